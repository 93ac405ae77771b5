//go:build unix

package console

import (
	"bufio"
	"io"
	"os/exec"
	"testing"

	"golang.org/x/term"
)

// A program that began while a line was typed, and ends later, does not bring the
// raw mode of that line back.
func TestProgramBesideALine(t *testing.T) {
	s := start(t, 40, 10, Options{})
	before, err := term.GetState(s.c.in.fd)
	if err != nil {
		t.Fatal(err)
	}
	s.reads(t.Context(), "> ")
	in, talk := io.Pipe()
	hear, out := io.Pipe()
	cmd := exec.Command("cat")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, out
	ended := make(chan error, 1)
	go func() { ended <- s.c.Run(cmd) }()
	io.WriteString(talk, "it runs\n")
	if line, err := bufio.NewReader(hear).ReadString('\n'); err != nil {
		t.Fatalf("%q, %v", line, err)
	}
	s.typed("ls\r")
	s.answered("ls", nil)
	talk.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	after, err := term.GetState(s.c.in.fd)
	if err != nil || *after != *before {
		t.Errorf("the terminal is not as it was: %v", err)
	}
}
