//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestAnswers: a means this one and all others, p the same and never again.
func TestAnswers(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"a.txt": "a", "b.txt": "b", "c.txt": "c"})
	term, dir := loggedIn(t, server)
	term.enter("mget *.txt")
	term.see("mget a.txt? [ynapq?] ")
	term.enter("n")
	term.see("mget b.txt? [ynapq?] ")
	term.enter("a")
	term.see("2 files  2 bytes ")
	term.see("PLAIN> ")
	term.enter("mdelete *.txt")
	term.see("mdelete a.txt? [ynapq?] ")
	term.enter("p")
	term.see("PLAIN> ")
	term.enter("set prompt")
	term.see("prompt         off ")
	names, _ := filepath.Glob(filepath.Join(dir, "*.txt"))
	if len(names) != 2 {
		t.Errorf("got %v, want b.txt and c.txt", names)
	}
	if left, _ := server.FS().Open("/"); left != nil {
		if names, _ := left.Readdirnames(-1); strings.Contains(strings.Join(names, " "), ".txt") {
			t.Errorf("%v is left", names)
		}
	}
}

// TestMissingArguments: at a terminal, and only there, they are asked for.
func TestMissingArguments(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"a.txt": "a"})
	term, dir := loggedIn(t, server)
	term.enter("get")
	term.see("(remote-file) ")
	term.enter("a.txt b.txt")
	term.see("a.txt  1 byte ")
	if _, err := os.Stat(filepath.Join(dir, "b.txt")); err != nil {
		t.Error(err)
	}
	term.enter("rename")
	term.see("(from-name) ")
	term.enter("a.txt")
	term.see("(to-name) ")
	term.enter("c.txt")
	term.see("PLAIN> ")
	term.enter("macdef")
	term.see("(macro name) ")
	term.enter("here")
	term.see("macro> ")
	term.enter("size $1")
	term.see("macro> ")
	term.enter("")
	term.see("PLAIN> ")
	term.enter("$here c.txt")
	term.see("\r\n1\r\n")
	term.see("PLAIN> ")
	term.enter("$here missing")
	term.see("$here:1: size: missing: 550")
	term.see("PLAIN> ")
}

// TestMeters: the ways to see how far a transfer is.
func TestMeters(t *testing.T) {
	t.Parallel()
	server := serves(t, practice.Options{Faults: []practice.Fault{{Name: "rate", At: 1 << 20}}},
		map[string]string{"big.bin": strings.Repeat("x", 1<<20)})
	term, _ := loggedIn(t, server)
	term.enter("hash 128k")
	term.see("hash is 131072")
	term.enter("get big.bin a.bin")
	term.see("########\r\n")
	term.see("big.bin  1.0M in")
	term.enter("hash")
	term.see("hash is off")
	term.enter("tick")
	term.see("tick is on")
	term.enter("bell on")
	term.see("bell is on")
	term.enter("get big.bin b.bin")
	term.see("big.bin  ")
	term.see(" bytes")
	term.see("\a")
	term.see("PLAIN> ")
}

// TestEditOff: the terminal edits lines itself.
func TestEditOff(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"a.txt": "a"})
	term, _ := loggedIn(t, server)
	term.enter("edit off")
	term.see("edit is off")
	term.see("PLAIN> ")
	term.enter("size a.tx\x7fxt")
	term.see("\r\n1\r\n")
	term.enter("edit on")
	term.see("edit is on")
	term.see("PLAIN> ")
	term.press("siz\t")
	term.see("size ")
	term.enter("a.txt")
	term.see("\r\n1\r\n")
}

// TestHostileCompletion: names that lead elsewhere are not offered, and none
// commands the terminal.
func TestHostileCompletion(t *testing.T) {
	played, err := practice.Script(`
		S: 220 hello
		C: AUTH TLS
		S: 500 no
		C: USER anonymous
		S: 230 in
		C: FEAT
		S: 211-Features:
		S>  MLST type*;size*;\r\n
		S: 211 End
		C: PWD
		S: 257 "/" is here
		C: SYST
		S: 215 UNIX
		C: TYPE I
		S: 200 ok
		C: EPSV
		S: 229 Entering (|||$PORT|)
		C~ MLSD.*
		S: 150 here
		D: type=file;size=2; x|touch pwned
		D: type=file;size=2; ../escaped
		D: type=file;size=2; /tmp/abs
		D: type=file;size=2; .bashrc
		D> type=file;size=2; x\x1b]0;title\x07\r\n
		S: 226 done
		silence`)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { played.Close() })
	term, dir := start(t, "-a", "ftp://"+played.Addr()+"/")
	term.see("PLAIN> ")
	term.press("get x\t\t")
	term.see("x|touch pwned")
	term.press("\x15get /\t\t\x15get .\t\t")
	term.see(".bashrc")
	term.press("\x15bye\r")
	seen := term.seen.String()
	for _, bad := range []string{"escaped", "/tmp/abs", "\x1b]0;title"} {
		if strings.Contains(seen, bad) {
			t.Errorf("%q is on the screen:\n%s", bad, seen)
		}
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*pwned*")); len(names) > 0 {
		t.Errorf("%v was made", names)
	}
}
