//go:build unix

package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell/console/tmux"
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
		History: lines("get one.txt", "get two.txt"),
		Suggest: func(line string) string { return strings.Repeat("~", len(line)%2) },
		Complete: func(ctx context.Context, line string, pos int) Completion {
			return Completion{End: pos, Candidates: []Candidate{{Text: "get 'my file'"}}}
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

func sample(t *testing.T) string {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return "'" + path + "'"
}

// startSample has the sample program at its prompt.
func startSample(t *testing.T, width, height int) *tmux.Screen {
	t.Helper()
	tm := tmux.Start(t, width, height, sample(t), sampleVariable+"=1")
	tm.Cursor("demo> ▏")
	return tm
}

func TestTmuxEditing(t *testing.T) {
	tm := startSample(t, 20, 12)
	tm.Type("0123456789abcdefghijklmnopqrstuvwx")
	tm.Cursor("demo> 0123456789abcd\nefghijklmnopqrstuvwx\n▏")
	tm.Type("yz\x01")
	tm.Cursor("demo> ▏0123456789abcd\nefghijklmnopqrstuvwx\nyz")
	tm.Type("中e\u0301👍")
	tm.Cursor("demo> 中e\u0301👍▏012345678\n9abcdefghijklmnopqrs\ntuvwxyz")
	tm.Type("\x0b\x1b[D\x1b[D")
	tm.Cursor("demo> 中▏e\u0301👍")
	tm.Type("\x15\x1b[200~ls\npwd\x1b[201~")
	tm.Cursor("demo> ls⏎pwd▏e\u0301👍")
}

func TestTmuxWrapAtTheMargin(t *testing.T) {
	tm := startSample(t, 20, 12)
	tm.Type("0123456789abc中")
	tm.Cursor("demo> 0123456789abc\n中▏")
	tm.Type("\x7fd")
	tm.Cursor("demo> 0123456789abcd\n▏")
	tm.Type("\x1b[Dx")
	tm.Cursor("demo> 0123456789abcx\n▏d")
	tm.Type("\r")
	tm.Cursor("demo> 0123456789abcx\nd\n\"0123456789abcxd\"\ndemo> ▏")
}

func TestTmuxResize(t *testing.T) {
	tm := startSample(t, 40, 12)
	tm.Type("ls\r")
	tm.Cursor("demo> ls\n\"ls\"\ndemo> ▏")
	tm.Type("0123456789abcdefghijklmnopqr\x1b[D\x1b[D")
	tm.Cursor("demo> ls\n\"ls\"\ndemo> 0123456789abcdefghijklmnop▏qr")
	tm.Resize(15, 12)
	// tmux keeps the row of the cursor and may scroll what was above out of sight.
	tm.Ends("demo> 012345678\n9abcdefghijklmn\nop▏qr")
	tm.Resize(50, 12)
	tm.Ends("\"ls\"\ndemo> 0123456789abcdefghijklmnop▏qr")
	tm.Type("!\r")
	tm.Ends("\"ls\"\ndemo> 0123456789abcdefghijklmnop!qr\n\"0123456789abcdefghijklmnop!qr\"\ndemo> ▏")
}

// TestTmuxResizeWideCharacters: no row of the old width stays, and none of what is above is lost, wherever characters of two
// columns meet the margin.
func TestTmuxResizeWideCharacters(t *testing.T) {
	for _, row := range []struct{ name, line, right string }{
		{"letters", "0123456789abcdefghijklmnopqrst", ""},
		{"CJK", "ab" + strings.Repeat("中文", 16), ""},
		{"CJK, cursor within", "ab" + strings.Repeat("中文", 15), "文中文"},
		{"emoji", "get " + strings.Repeat("👍中👍👍x👍👍", 4) + "中文 tails", ""},
		{"emoji, cursor within", "get " + strings.Repeat("👍中👍👍x👍👍", 4) + "中", "👍👍中文 tail"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			tm := startSample(t, 44, 20)
			before := ""
			for range 5 {
				tm.Type("ls\r")
				before += "demo> ls\n\"ls\"\n"
				tm.Cursor(before + "demo> ▏")
			}
			tm.Type(row.line + row.right + strings.Repeat("\x1b[D", len([]rune(row.right))))
			tm.Cursor(before + shownAt(44, "demo> "+row.line, row.right))
			// Not 30 columns: there tmux 3.3 loses the cursor of the line with emoji when it joins rows.
			for _, width := range []int{19, 15, 31, 12, 11, 36, 13, 50} {
				tm.Resize(width, 20)
				// tmux keeps the row of the cursor and scrolls what was above out of sight.
				tm.Until(fmt.Sprintf("line in %d columns", width), func(screen string) bool {
					above, found := strings.CutSuffix(screen, shownAt(width, "demo> "+row.line, row.right))
					return found && strings.HasSuffix(before, above)
				})
			}
			tm.Ends("\"ls\"\n" + shownAt(50, "demo> "+row.line, row.right))
		})
	}
}

// TestTmuxResizeNothingAbove: what tmux scrolls out of sight, because the line needs more rows than there are above, does
// not come back as a copy.
func TestTmuxResizeNothingAbove(t *testing.T) {
	const line, right = "0123456789abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRST", "uvwx"
	tm := startSample(t, 44, 12)
	tm.Type(line + right + strings.Repeat("\x1b[D", len(right)))
	tm.Cursor(shownAt(44, "demo> "+line, right))
	for _, width := range []int{19, 50, 15, 50, 11, 36, 12, 30, 80} {
		tm.Resize(width, 12)
		tm.Cursor(shownAt(width, "demo> "+line, right))
	}
	tm.Type("!\r")
	tm.Cursor("demo> " + line + "!" + right + "\n\"" + line + "!" + right + "\"\ndemo> ▏")
}

// shownAt is what a line looks like on rows of a width, with the cursor before right.
func shownAt(width int, left, right string) string {
	cells := styled(left + right)
	f := layout(cells, len(styled(left)), width)
	var rows []string
	for i, r := range f.rows {
		text, col := "", 0
		for _, c := range r.cells {
			if i == f.cursor.row && col == f.cursor.col {
				text += "▏"
			}
			text += c.text
			col += c.width
		}
		if i == f.cursor.row && col == f.cursor.col {
			text += "▏"
		}
		rows = append(rows, strings.TrimRight(text, " "))
	}
	return strings.Join(rows, "\n")
}

func TestTmuxSuspend(t *testing.T) {
	tm := tmux.Start(t, 60, 12, "env PS1='sh$ ' bash --norc --noediting -i", sampleVariable+"=1")
	tm.Cursor("sh$ ▏")
	tm.Type("clear; " + sample(t) + "\r")
	tm.Cursor("demo> ▏")
	tm.Type("half")
	tm.Cursor("demo> half▏")
	tm.Type("\x1a")
	tm.Until("the shell", func(screen string) bool {
		return strings.Contains(screen, "Stopped") && strings.HasSuffix(screen, "sh$ ▏")
	})
	tm.Type("clear; fg\r")
	tm.Ends("\ndemo> half▏")
	tm.Type(" way\r")
	tm.Ends("\"half way\"\ndemo> ▏")
	tm.Type("\x04")
	tm.Ends("sh$ ▏")
}

func TestTmuxOtherPrograms(t *testing.T) {
	tm := startSample(t, 40, 8)
	tm.Type("sh printf :;read x;echo got $x\r")
	tm.Cursor("demo> sh printf :;read x;echo got $x\n:▏")
	tm.Type("words\r")
	tm.Cursor("demo> sh printf :;read x;echo got $x\n:words\ngot words\ndemo> ▏")
	tm.Type("sh stty raw -echo; kill -9 $$\r")
	tm.Cursor("demo> sh printf :;read x;echo got $x\n:words\ngot words\ndemo> sh stty raw -echo; kill -9 $$\ndemo> ▏")
	tm.Type("wait\r")
	tm.Ends("waiting\n▏")
	tm.Type("\x03") // between prompts it is a signal
	tm.Ends("stopped\ndemo> ▏")
}

func TestTmuxSecretFromTheTerminal(t *testing.T) {
	tm := tmux.Start(t, 60, 8, "sh -c \"echo ls | "+sampleVariable+"=secret "+sample(t)+"; read wait\"", sampleVariable+"=1")
	tm.Cursor("Password: ▏")
	tm.Type("hunter2\r")
	tm.Cursor("Password:\n\"hunter2\" <nil>\n\"ls\" <nil>\n▏")
}

func TestTmuxPager(t *testing.T) {
	if _, err := exec.LookPath("less"); err != nil {
		t.Skip("less is not installed")
	}
	tm := startSample(t, 40, 6)
	tm.Type("page\r")
	tm.Until("the first page", func(screen string) bool { return strings.Contains(screen, "line 4\n:▏") })
	tm.Type("q")
	tm.Ends("demo> ▏")
	tm.Type("ls\r")
	tm.Ends("\"ls\"\ndemo> ▏")
}
