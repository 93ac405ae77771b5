//go:build unix

package console

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// sampleVariable makes the test binary the program that runs inside tmux.
const sampleVariable = "FTPSH_CONSOLE_SAMPLE"

// sampleProgram reads lines and says what it read. "tick" writes a line from another goroutine with the next key,
// "crowd" shows a status line, "sh …" runs a program, "page" pages.
func sampleProgram() {
	if os.Getenv(sampleVariable) == "secret" {
		sampleSecret()
		return
	}
	c, err := New(Options{
		History: lines{"get one.txt", "get two.txt"},
		Suggest: func(line string) string { return strings.Repeat("~", len(line)%2) },
		Complete: func(ctx context.Context, line string, pos int) Completion {
			return Completion{0, pos, []Candidate{{Text: "get 'my file'"}}, 0}
		},
	})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	defer c.Close()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	for {
		line, err := c.ReadLine(context.Background(), "\x1b[32mdemo\x1b[m> ")
		switch {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			fmt.Fprintln(c.Err(), err)
			continue
		}
		name, rest, _ := strings.Cut(line, " ")
		switch name {
		case "sh":
			_ = c.Run(exec.Command("/bin/sh", "-c", rest))
		case "page":
			w, err := c.Pager(context.Background())
			if err == nil {
				for i := range 100 {
					fmt.Fprintln(w, "line", i)
				}
				_ = w.Close()
			}
		case "wait":
			fmt.Fprintln(c.Out(), "waiting")
			<-signals
			fmt.Fprintln(c.Out(), "stopped")
		default:
			fmt.Fprintf(c.Out(), "%q\n", line)
		}
	}
}

// sampleSecret asks for a secret although its input is a pipe.
func sampleSecret() {
	c, err := New(Options{SecretsFromTTY: true})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	defer c.Close()
	secret, err := c.ReadSecret(context.Background(), "Password: ")
	fmt.Printf("%q %v\n", secret, err)
	line, err := c.ReadLine(context.Background(), "")
	fmt.Printf("%q %v\n", line, err)
}

// A tmux is a real terminal emulator, driven in control mode: it says when output has come.
type tmux struct {
	t      *testing.T
	in     io.Writer
	events chan string   // what is not a reply
	reply  chan []string // one for each command

	outputs atomic.Int64
}

func startTmux(t *testing.T, width, height int, command string) *tmux {
	t.Helper()
	path, err := exec.LookPath("tmux")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("tmux is not installed")
		}
		t.Skip("tmux is not installed: what a real terminal makes of the output is not tested")
	}
	socket := filepath.Join(t.TempDir(), "s")
	cmd := exec.Command(path, "-S", socket, "-f", "/dev/null", "-C", "new-session", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height), command)
	cmd.Env = append(os.Environ(), sampleVariable+"=1", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "TERM=xterm-256color", "PS1=$ ")
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tm := &tmux{t: t, in: in, events: make(chan string, 1), reply: make(chan []string)}
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
func (tm *tmux) listen(out io.Reader) {
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

func (tm *tmux) command(format string, arguments ...any) []string {
	tm.t.Helper()
	if _, err := fmt.Fprintf(tm.in, format+"\n", arguments...); err != nil {
		tm.t.Fatal(err)
	}
	return <-tm.reply
}

// typed sends bytes as they are.
func (tm *tmux) typed(keys string) {
	tm.t.Helper()
	var hex strings.Builder
	for _, b := range []byte(keys) {
		fmt.Fprintf(&hex, " %02x", b)
	}
	tm.command("send-keys -H%s", hex.String())
}

// resize waits for the program to answer: tmux lets it know a while later.
func (tm *tmux) resize(width, height int) {
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

// cursor waits for a screen, with ▏ where the cursor is.
func (tm *tmux) cursor(want string) {
	tm.t.Helper()
	deadline := time.After(patience)
	for {
		got := tm.screen()
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

func (tm *tmux) screen() string {
	at := tm.command("display-message -p '#{cursor_x} #{cursor_y}'")
	rows := tm.command("capture-pane -p")
	var x, y int
	if len(at) > 0 {
		fmt.Sscan(at[0], &x, &y)
	}
	for len(rows) <= y {
		rows = append(rows, "")
	}
	before, col := "", 0
	for c := range clusters(rows[y]) {
		if col >= x {
			break
		}
		before += c
		col += newCell(c, "").width
	}
	after := rows[y][len(before):]
	rows[y] = before + strings.Repeat(" ", x-col) + "▏" + strings.TrimRight(after, " ")
	return strings.TrimRight(strings.Join(rows, "\n"), "\n ")
}

func sample(t *testing.T) string {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return "'" + path + "'"
}

func TestTmuxEditing(t *testing.T) {
	tm := startTmux(t, 20, 12, sample(t))
	tm.cursor("demo> ▏")
	tm.typed("0123456789abcdefghijklmnopqrstuvwx")
	tm.cursor("demo> 0123456789abcd\nefghijklmnopqrstuvwx\n▏")
	tm.typed("yz\x01")
	tm.cursor("demo> ▏0123456789abcd\nefghijklmnopqrstuvwx\nyz")
	tm.typed("中e\u0301👍")
	tm.cursor("demo> 中e\u0301👍▏012345678\n9abcdefghijklmnopqrs\ntuvwxyz")
	tm.typed("\x0b\x1b[D\x1b[D")
	tm.cursor("demo> 中▏e\u0301👍")
	tm.typed("\x15\x1b[200~ls\npwd\x1b[201~")
	tm.cursor("demo> ls⏎pwd▏e\u0301👍")
}

func TestTmuxWrapAtTheMargin(t *testing.T) {
	tm := startTmux(t, 20, 12, sample(t))
	tm.cursor("demo> ▏")
	tm.typed("0123456789abc中")
	tm.cursor("demo> 0123456789abc\n中▏")
	tm.typed("\x7fd")
	tm.cursor("demo> 0123456789abcd\n▏")
	tm.typed("\x1b[Dx")
	tm.cursor("demo> 0123456789abcx\n▏d")
	tm.typed("\r")
	tm.cursor("demo> 0123456789abcx\nd\n\"0123456789abcxd\"\ndemo> ▏")
}

func TestTmuxResize(t *testing.T) {
	tm := startTmux(t, 40, 12, sample(t))
	tm.cursor("demo> ▏")
	tm.typed("ls\r")
	tm.cursor("demo> ls\n\"ls\"\ndemo> ▏")
	tm.typed("0123456789abcdefghijklmnopqr\x1b[D\x1b[D")
	tm.cursor("demo> ls\n\"ls\"\ndemo> 0123456789abcdefghijklmnop▏qr")
	tm.resize(15, 12)
	// tmux keeps the row of the cursor and may scroll what was above out of sight.
	tm.ends("demo> 012345678\n9abcdefghijklmn\nop▏qr")
	tm.resize(50, 12)
	tm.ends("\"ls\"\ndemo> 0123456789abcdefghijklmnop▏qr")
	tm.typed("!\r")
	tm.ends("\"ls\"\ndemo> 0123456789abcdefghijklmnop!qr\n\"0123456789abcdefghijklmnop!qr\"\ndemo> ▏")
}

func TestTmuxSuspend(t *testing.T) {
	tm := startTmux(t, 60, 12, "env PS1='sh$ ' bash --norc --noediting -i")
	tm.cursor("sh$ ▏")
	tm.typed("clear; " + sample(t) + "\r")
	tm.cursor("demo> ▏")
	tm.typed("half")
	tm.cursor("demo> half▏")
	tm.typed("\x1a")
	tm.until("the shell", func(screen string) bool {
		return strings.Contains(screen, "Stopped") && strings.HasSuffix(screen, "sh$ ▏")
	})
	tm.typed("clear; fg\r")
	tm.ends("\ndemo> half▏")
	tm.typed(" way\r")
	tm.ends("\"half way\"\ndemo> ▏")
	tm.typed("\x04")
	tm.ends("sh$ ▏")
}

func (tm *tmux) ends(want string) {
	tm.t.Helper()
	tm.until("end\n"+want+"\n", func(screen string) bool { return strings.HasSuffix(screen, want) })
}

func (tm *tmux) until(what string, ok func(screen string) bool) {
	tm.t.Helper()
	deadline := time.After(patience)
	for {
		screen := tm.screen()
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

func TestTmuxOtherPrograms(t *testing.T) {
	tm := startTmux(t, 40, 8, sample(t))
	tm.cursor("demo> ▏")
	tm.typed("sh read x; echo got $x\r")
	tm.cursor("demo> sh read x; echo got $x\n▏")
	tm.typed("words\r")
	tm.cursor("demo> sh read x; echo got $x\nwords\ngot words\ndemo> ▏")
	tm.typed("sh stty raw -echo; kill -9 $$\r")
	tm.cursor("demo> sh read x; echo got $x\nwords\ngot words\ndemo> sh stty raw -echo; kill -9 $$\ndemo> ▏")
	tm.typed("wait\r")
	tm.ends("waiting\n▏")
	tm.typed("\x03") // between prompts it is a signal
	tm.ends("stopped\ndemo> ▏")
}

func TestTmuxSecretFromTheTerminal(t *testing.T) {
	tm := startTmux(t, 60, 8, "sh -c \"echo ls | "+sampleVariable+"=secret "+sample(t)+"; read wait\"")
	tm.cursor("Password: ▏")
	tm.typed("hunter2\r")
	tm.cursor("Password:\n\"hunter2\" <nil>\n\"ls\" <nil>\n▏")
}

func TestTmuxPager(t *testing.T) {
	if _, err := exec.LookPath("less"); err != nil {
		t.Skip("less is not installed")
	}
	tm := startTmux(t, 40, 6, sample(t))
	tm.cursor("demo> ▏")
	tm.typed("page\r")
	tm.until("the first page", func(screen string) bool { return strings.Contains(screen, "line 4\n:▏") })
	tm.typed("q")
	tm.ends("demo> ▏")
	tm.typed("ls\r")
	tm.ends("\"ls\"\ndemo> ▏")
}
