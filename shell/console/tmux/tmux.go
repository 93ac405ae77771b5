//go:build unix

// Package tmux shows tests what a real terminal makes of the output of a
// program: the rows of the screen, and where the cursor is.
package tmux

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clipperhouse/displaywidth"
)

// patience is how long is waited for what must come; it only passes when
// something is broken.
const patience = 10 * time.Second

// A Screen is a real terminal emulator, driven in control mode: it says when output has come.
type Screen struct {
	t      *testing.T
	in     io.Writer
	events chan string   // what is not a reply
	reply  chan []string // one for each command

	outputs atomic.Int64
}

// Start runs a command of the shell on a screen of its own, with some variables
// added to the environment. It skips the test where there is no tmux.
func Start(t *testing.T, width, height int, command string, variables ...string) *Screen {
	t.Helper()
	path, err := exec.LookPath("tmux")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("tmux is not installed")
		}
		t.Skip("tmux is not installed: what a real terminal makes of the output is not tested")
	}
	socket := filepath.Join(t.TempDir(), "s")
	cmd := exec.Command(path, "-S", socket, "-f", "/dev/null", "-C", "new-session", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height),
		"stty noflsh; "+command) // or Ctrl-C drops what the screen has not got yet
	cmd.Env = append(append(os.Environ(), "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "TERM=xterm-256color", "PS1=$ "), variables...)
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tm := &Screen{t: t, in: in, events: make(chan string, 1), reply: make(chan []string)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		tm.listen(out)
	}()
	t.Cleanup(func() {
		_ = exec.Command(path, "-S", socket, "kill-server").Run()
		in.Close()
		<-done
		_ = cmd.Wait()
	})
	<-tm.reply // of new-session
	return tm
}

// listen sorts the lines of control mode into replies and events.
func (tm *Screen) listen(out io.Reader) {
	defer close(tm.reply)
	scanner := bufio.NewScanner(out)
	scanner.Buffer(nil, 1<<20)
	var reply []string
	inReply := false
	for scanner.Scan() {
		line := scanner.Text()
		switch {
		case strings.HasPrefix(line, "%begin "):
			reply, inReply = nil, true
		case strings.HasPrefix(line, "%end ") || strings.HasPrefix(line, "%error "):
			inReply = false
			select {
			case tm.reply <- reply:
			case <-tm.t.Context().Done():
			}
		case inReply:
			reply = append(reply, line)
		default:
			if strings.HasPrefix(line, "%output ") {
				tm.outputs.Add(1)
			}
			select {
			case tm.events <- line:
			default:
			}
		}
	}
}

func (tm *Screen) command(format string, arguments ...any) []string {
	tm.t.Helper()
	if _, err := fmt.Fprintf(tm.in, format+"\n", arguments...); err != nil {
		tm.t.Fatal(err)
	}
	return <-tm.reply
}

// Type sends bytes as a keyboard does.
func (tm *Screen) Type(keys string) {
	tm.t.Helper()
	var hex strings.Builder
	for _, b := range []byte(keys) {
		fmt.Fprintf(&hex, " %02x", b)
	}
	tm.command("send-keys -H%s", hex.String())
}

// Resize changes the size of the window and waits for the program to answer: tmux lets it know a while later.
func (tm *Screen) Resize(width, height int) {
	tm.t.Helper()
	before := tm.outputs.Load()
	tm.command("refresh-client -C %d,%d", width, height)
	deadline := time.After(patience)
	for tm.outputs.Load() == before {
		select {
		case <-tm.events:
		case <-deadline:
			tm.t.Fatal("the program did not draw")
		}
	}
}

// Cursor waits for a screen, with ▏ where the cursor is.
func (tm *Screen) Cursor(want string) {
	tm.t.Helper()
	deadline := time.After(patience)
	for {
		got := tm.Text()
		if got == want {
			return
		}
		select {
		case <-tm.events:
		case <-deadline:
			tm.t.Fatalf("screen\n%s\nwant\n%s", got, want)
		}
	}
}

// Settled is the screen when nothing has come for a while: for pictures, not for
// tests.
func (tm *Screen) Settled(quiet time.Duration) string {
	for {
		select {
		case <-tm.events:
		case <-time.After(quiet):
			return tm.Text()
		}
	}
}

// Text is the screen as it is now, with ▏ where the cursor is.
func (tm *Screen) Text() string {
	at := tm.command("display-message -p '#{cursor_x} #{cursor_y}'")
	rows := tm.command("capture-pane -p")
	var x, y int
	if len(at) > 0 {
		_, _ = fmt.Sscan(at[0], &x, &y)
	}
	for len(rows) <= y {
		rows = append(rows, "")
	}
	before, col := "", 0
	for g := displaywidth.StringGraphemes(rows[y]); g.Next() && col < x; {
		before += g.Value()
		col += max(displaywidth.String(g.Value()), 1)
	}
	after := rows[y][len(before):]
	rows[y] = before + strings.Repeat(" ", x-col) + "▏" + strings.TrimRight(after, " ")
	return strings.TrimRight(strings.Join(rows, "\n"), "\n ")
}

// Styled is the screen with its colours, as SGR sequences.
func (tm *Screen) Styled() string { return strings.Join(tm.command("capture-pane -p -e"), "\n") }

// Ends waits for a screen that ends so.
func (tm *Screen) Ends(want string) {
	tm.t.Helper()
	tm.Until("end\n"+want+"\n", func(screen string) bool { return strings.HasSuffix(screen, want) })
}

// Until waits for a screen that passes; what is said when none comes.
func (tm *Screen) Until(what string, ok func(screen string) bool) {
	tm.t.Helper()
	deadline := time.After(patience)
	for {
		screen := tm.Text()
		if ok(screen) {
			return
		}
		select {
		case <-tm.events:
		case <-deadline:
			tm.t.Fatalf("no %s on\n%s", what, screen)
		}
	}
}
