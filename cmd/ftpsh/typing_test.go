//go:build unix

package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestTypingNeverWaits: with 300 ms between a command and its reply, and with a
// listing that never comes, keys are seen at once and Ctrl-C answers.
func TestTypingNeverWaits(t *testing.T) {
	t.Parallel()
	server := serves(t, practice.Options{Faults: []practice.Fault{
		{Name: "late", Delay: 300 * time.Millisecond}, {Name: "mute", Verb: "MLSD"}, {Name: "mute", Verb: "LIST"},
	}}, map[string]string{"far/name.txt": "x"})
	term, _ := loggedIn(t, server)
	term.press("get far/\t")
	term.see("completing, Ctrl-C stops")
	for _, key := range strings.Split("name", "") {
		term.press(key)
		term.see(key)
	}
	term.press("\x03") // the completion ended with the first key: this is for the line
	term.see("^C")
	term.see("PLAIN> ")
	term.press("ls far/\t")
	term.see("completing, Ctrl-C stops")
	term.press("\x03")
	term.press("still here")
	term.see("still here")
	term.press("\x03")
	term.see("PLAIN> ")
	term.enter("ls")
	halt := again(term, "\x03") // the first one may come before the command has begun
	term.see("ls: interrupted")
	halt()
	term.see("PLAIN> ")
}

// again presses a key every now and then until halt is called.
func again(term *terminal, key string) (halt func()) {
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		now := time.NewTicker(50 * time.Millisecond)
		defer now.Stop()
		for {
			term.press(key)
			select {
			case <-now.C:
			case <-end:
				return
			}
		}
	}()
	return func() {
		close(end)
		<-ended
	}
}

// TestHistoryOfTwoShells: two shells write at the same time and are killed. No
// line is lost, none is there twice, and no password is in the file.
func TestHistoryOfTwoShells(t *testing.T) {
	t.Parallel()
	const lines, secret = 500, "s3cr3t-w0rd"
	state := t.TempDir()
	var shells []*terminal
	for range 2 {
		term, _ := start(t, "XDG_STATE_HOME="+state)
		term.see("ftpsh> ")
		shells = append(shells, term)
	}
	typed := make(chan struct{}, len(shells))
	for n, term := range shells {
		go func() {
			defer func() { typed <- struct{}{} }()
			for i := range lines {
				line := fmt.Sprintf("echo shell-%d-line-%d", n, i)
				if i%100 == 50 {
					line = fmt.Sprintf("user u%d-%d %s", n, i, secret)
				}
				term.press(line + "\r")
			}
		}()
	}
	for n, term := range shells {
		term.see(fmt.Sprintf("\nshell-%d-line-%d", n, lines-1))
		term.see("ftpsh> ")
		term.cmd.Process.Signal(syscall.SIGKILL)
	}
	for range shells {
		<-typed
	}
	text, err := os.ReadFile(filepath.Join(state, "ftpsh", "history"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), secret) {
		t.Error("a password is in the file")
	}
	for n := range shells {
		for i := range lines {
			want := fmt.Sprintf("\techo shell-%d-line-%d\n", n, i)
			if i%100 == 50 {
				want = fmt.Sprintf("\tuser u%d-%d\n", n, i)
			}
			if got := strings.Count(string(text), want); got != 1 {
				t.Fatalf("%q is there %d times", want, got)
			}
		}
	}
}

// BenchmarkKeystroke measures the time from a key to its echo on a pseudo
// terminal, while nothing else goes on and while jobs download a file and list a
// directory of 2000 names without a break. The server is a process of its own.
func BenchmarkKeystroke(b *testing.B) {
	addr := servedFolder(b)
	const flatOut = "repeat forever get -f big.bin &\rrepeat forever ls -l many > list &\r"
	for _, row := range []struct {
		name, jobs string
		cat        bool // who echoes is cat, beside ftpsh with its jobs: what the machine itself takes
	}{
		{"idle", "", false},
		{"transfer", "set rate-get 20m; repeat forever get -f big.bin &\r", false},
		{"transfer and listing", "set rate-get 20m; repeat forever get -f big.bin &\rrepeat -d 0.2 forever ls -l many > list &\r", false},
		{"both flat out", flatOut, false},
		{"both flat out, cat echoes", flatOut, true},
	} {
		b.Run(row.name, func(b *testing.B) {
			term, _ := start(b, "FTPSH_PASSWORD=b0b", "-V", "--no-config", "--insecure", "bob@"+addr)
			term.see("/ tls> ")
			term.enter("ls many > list")
			term.see("/ tls> ")
			term.press(row.jobs)
			if n := strings.Count(row.jobs, "&"); n > 0 {
				term.see([]string{"1 job> ", "2 jobs> "}[n-1])
			}
			typing := keystrokes
			if row.cat {
				typing = echoes
			}
			report(b, typing(b, term))
		})
	}
}

// echoes types at a program that does nothing but write what it reads.
func echoes(b *testing.B, _ *terminal) (took []time.Duration) {
	term := onTerminal(b, exec.Command("sh", "-c", "stty raw -echo; echo ready; exec cat"))
	term.see("ready")
	for i := range b.N {
		key := fmt.Sprintf("<%d>", i)
		start := time.Now()
		term.press(key)
		term.see(key)
		took = append(took, time.Since(start))
	}
	return took
}

// servedFolder starts a server with a large file and a directory of many names.
func servedFolder(b *testing.B) (addr string) {
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "big.bin"), make([]byte, 64<<20), 0o600); err != nil {
		b.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "many"), 0o700); err != nil {
		b.Fatal(err)
	}
	for i := range 2000 {
		if err := os.WriteFile(filepath.Join(dir, "many", fmt.Sprintf("file-%d", i)), nil, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	path, err := exec.LookPath("ftpsh")
	if err != nil {
		b.Fatal(err)
	}
	server := exec.Command(path, "--serve", dir, "-p", "0", "--user", "bob", "--password", "b0b")
	out, err := server.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { server.Process.Kill(); server.Wait() })
	welcome, err := bufio.NewReader(out).ReadString('\n')
	port := regexp.MustCompile(`:(\d+)/ \(user bob`).FindStringSubmatch(welcome)
	if port == nil {
		b.Fatalf("%q %v", welcome, err)
	}
	return "127.0.0.1:" + port[1]
}

// keystrokes types letters that stand nowhere else on the screen.
func keystrokes(b *testing.B, term *terminal) (took []time.Duration) {
	alphabet := strings.Split("αβγδεζηθικλμνξοπρστυφχψω", "")
	lines := []string{"size many/fi", "get many/fi"} // what both have in common is not drawn again
	term.press(lines[1])
	term.see(lines[1])
	b.ResetTimer()
	for i := range b.N {
		if i%40 == 39 {
			lines[0], lines[1] = lines[1], lines[0]
			term.press("\x15" + lines[1])
			term.see(lines[1])
		}
		key := alphabet[i%len(alphabet)]
		start := time.Now()
		term.press(key)
		term.see(key)
		took = append(took, time.Since(start))
	}
	return took
}

func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	for _, p := range []int{50, 99} {
		b.ReportMetric(float64(took[len(took)*p/100].Microseconds())/1000, fmt.Sprintf("ms-p%d", p))
	}
}
