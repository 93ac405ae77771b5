package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestPasswordLeavesNoTrace: however a password came in, it is found nowhere:
// not in what ps shows, nor in a file, a trace, the screen, the title or what is
// left of a crash. The server repeats it in its replies.
func TestPasswordLeavesNoTrace(t *testing.T) {
	const secret, account = "Tr0ub4dor-and-3", "acc0unt-number-9"
	echo := practice.Tap{Reply: func(_ int, verb, reply string) string {
		switch verb {
		case "PASS", "ACCT", "NOOP", "PWD":
			return strings.Replace(reply, "\r\n", " ("+secret+")\r\n", 1)
		}
		return reply
	}}
	server := serves(t, practice.Options{Users: map[string]string{"alice": secret}, Tap: echo}, map[string]string{"a.txt": "a\n"})
	at := fmt.Sprintf("%s:%d", server.Host(), server.Port())
	term, dir := start(t, "--log", "log", "--trace=3")
	os.WriteFile(filepath.Join(dir, "netrc"), nil, 0o600)
	for _, step := range [][2]string{
		{"set title on", "ftpsh> "},
		{"open ftp://alice:" + secret + "@" + at + "/", "PLAIN> "},
		{"ls", "PLAIN> "},
		{"close", "ftpsh> "},
		{"open alice@" + at, "password: "},
		{secret, "PLAIN> "},
		{"user alice " + secret + " " + account, "PLAIN> "},
		{"user alice wrong-" + secret, "password: "},
		{secret, "PLAIN> "},
		{"quote PASS " + secret, "PLAIN> "},
		{"quote ACCT " + account, "PLAIN> "},
		{"quote NOOP", "PLAIN> "},
		{"get a.txt", "PLAIN> "},
		{"bookmark add here", "PLAIN> "},
		{"status", "PLAIN> "},
		{"history", "PLAIN> "},
		{"ladder", "PLAIN> "},
		{"why", "PLAIN> "},
		{"trace save t.jsonl", "PLAIN> "},
		{"trace save t.html", "PLAIN> "},
	} {
		before := term.seen.Len()
		term.enter(step[0])
		term.see(step[1])
		if !strings.Contains(step[0], secret) && !strings.Contains(step[0], account) && strings.Contains(term.seen.String()[before:], secret) {
			t.Errorf("%s shows it: %q", step[0], term.seen.String()[before:])
		}
	}
	for _, name := range []string{"cmdline", "environ"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", term.cmd.Process.Pid, name))
		if err != nil || strings.Contains(string(text), secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
	before := term.seen.Len()
	term.cmd.Process.Signal(syscall.SIGABRT) // what a crash writes
	term.see("goroutine ")
	term.ends(2)
	if strings.Contains(term.seen.String()[before:], secret) {
		t.Error("it is in what a crash writes")
	}
	files := 0
	filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		text, err := os.ReadFile(name)
		for _, s := range []string{secret, account} {
			if err != nil || strings.Contains(string(text), s) {
				t.Errorf("%s: %v, or %s is in it", name, err, s)
			}
		}
		return nil
	})
	if files < 6 { // log, history, bookmarks, traces, the download
		t.Errorf("only %d files were looked at", files)
	}
}

// TestHostileScreen: what a server says never acts on the terminal, wherever it
// is shown: greeting, prompt, title, completion, progress, errors, history.
func TestHostileScreen(t *testing.T) {
	t.Parallel()
	const evil = "x\x1b]0;pwned\x07\x1b[2J\x9b31m\xc2\x9b31m\x7f\xe2\x80\xae\r{red}$(id)"
	tap := practice.Tap{Reply: func(_ int, verb, reply string) string {
		switch verb {
		case practice.Greeting:
			return "220-" + evil + "\r\nftpsh> password: \r\n220 " + evil + "\r\n"
		case "CWD":
			return "250 " + evil + "\r\n"
		case "PWD":
			return "257 \"/" + evil + "\"\r\n"
		case "NOOP":
			return "200 " + evil + "\r\n"
		case "DELE":
			return "550 " + evil + "\r\n"
		}
		return reply
	}}
	server := serves(t, practice.Options{Tap: tap, Faults: []practice.Fault{{Name: "rate", Verb: "RETR", At: 2000}}},
		map[string]string{strings.ReplaceAll(evil, "\r", ""): strings.Repeat("data", 1000)})
	term, _ := start(t, address(server))
	term.see("password: \r") // theirs; behind it stands a line end of ours
	term.see("password: ")
	term.enter(practice.Password)
	term.see("PLAIN> ")
	for _, step := range [][2]string{
		{"set title on", "PLAIN> "},
		{"cd /", "PLAIN> "},
		{"quote NOOP", "PLAIN> "},
		{"ls", "PLAIN> "},
		{"ls -l", "PLAIN> "},
		{"rm x*", "? [y/n] "},
		{"n", "PLAIN> "},
		{"get x\t", "PLAIN> "},
		{"mget -f x*", "[ynapq?] "},
		{"y", "PLAIN> "},
		{"trace 3", "PLAIN> "},
		{"pwd", "PLAIN> "},
		{"status", "PLAIN> "},
		{"history", "PLAIN> "},
		{"ladder", "PLAIN> "},
		{"why", "PLAIN> "},
		{"ls | cat -v", "PLAIN> "}, // a program gets the bytes
	} {
		term.enter(step[0])
		term.see(step[1])
	}
	screen := term.seen.String()
	for _, bad := range []string{"\x1b]0;pwned", "\x1b[2J", "\x9b31m", "\xc2\x9b", "\x7f", "\u202e", "\r{red}"} {
		if i := strings.Index(screen, bad); i >= 0 {
			t.Errorf("%q reached the terminal: %q", bad, screen[max(0, i-200):i+40])
		}
	}
	if !strings.Contains(screen, `x\x1b]0;pwned\x07\x1b[2J\x9b31m\u009b31m\x7f\u202e`) {
		t.Error("the name is not shown")
	}
	if title := strings.Index(screen, "\x1b]2;"); title < 0 && !strings.Contains(screen, "\x1b]0;") {
		t.Error("there is no title")
	}
}
