//go:build unix

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestNotices: what reaches the terminal when a command or a job has ended that
// took long, if that was asked for.
func TestNotices(t *testing.T) {
	t.Parallel()
	server := serves(t, practice.Options{}, nil)
	const osc9, osc777 = "\x1b]9;", "\x1b]777;notify;ftpsh;"
	for _, row := range []struct{ name, variable, how, line, want string }{
		{"not asked", "TERM=xterm", "off", "sleep 0.1", ""},
		{"bell", "TERM=xterm", "bell", "sleep 0.1", "\a"},
		{"done", "TERM=xterm", "osc9", "sleep 0.1", osc9 + "done: sleep 0.1\a"},
		{"failed", "TERM=xterm", "osc9", "sleep 0.1 && size a", osc9 + "failed (6): sleep 0.1 && size a\a"},
		{"job", "TERM=xterm", "osc777", "sleep 0.1 &", osc777 + "done: sleep 0.1\a"},
		{"secret", "TERM=xterm", "osc777", "sleep 0.1 || user bob hunter2 &", osc777 + "done: sleep 0.1 || user bob\a"},
		{"short", "TERM=xterm", "osc9", "pwd", ""},
		{"inside tmux", "TMUX=/tmp/s,1,0", "osc9", "sleep 0.1", "\x1bPtmux;\x1b" + osc9 + "done: sleep 0.1\a\x1b\\"},
		{"dumb", "TERM=dumb", "osc9", "sleep 0.1", ""},
		{"dumb bell", "TERM=dumb", "bell", "sleep 0.1", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			term, dir := start(t, "TMUX=", row.variable, "FTPSH_PASSWORD="+practice.Password, address(server))
			for _, line := range []string{"set notify " + row.how, "set notify-after 50ms", row.line} {
				term.see("> ")
				term.enter(line)
			}
			for deadline := time.After(patience); row.want != "" && !strings.Contains(term.seen.String(), row.want); {
				select {
				case more := <-term.text:
					term.seen.WriteString(more)
				case <-deadline:
					t.Fatalf("no %q in\n%q", row.want, term.seen.String())
				}
			}
			if row.want == "" {
				term.enter("lpwd")
				term.see(dir)
				if seen := term.seen.String(); strings.ContainsAny(seen, "\a") || strings.Contains(seen, "\x1b]") {
					t.Errorf("a notice in\n%q", seen)
				}
			}
		})
	}
}
