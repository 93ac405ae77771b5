//go:build unix

package main

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clipperhouse/displaywidth"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/console/tmux"
)

// A view is the program on a terminal of one kind.
type view struct {
	*tmux.Screen
	t             *testing.T
	place         place
	width, height int
	kind          string // a variable of the environment
	dumb, color   bool
}

// everywhere runs a session on the terminals that people have: large and small,
// with colours, without, and one that can do nothing but lines.
func everywhere(t *testing.T, opt practice.Options, files map[string]string, session func(*view)) {
	for _, size := range []struct {
		name          string
		width, height int
	}{{"80x24", 80, 24}, {"40x10", 40, 10}, {"120x40", 120, 40}} {
		for _, kind := range []struct{ name, variable string }{
			{"xterm-256color", "TERM=xterm-256color"}, {"no colour", "NO_COLOR=1"}, {"dumb", "TERM=dumb"},
		} {
			if size.width == 120 && kind.name != "xterm-256color" {
				continue // what these two leave out does not depend on the size
			}
			t.Run(size.name+" "+kind.name, func(t *testing.T) {
				t.Parallel()
				p := newPlace(t, opt, files)
				session(&view{
					p.sized(t, size.width, size.height, kind.variable, "EDITOR=sed -i.was s/one/two/",
						"PAGER=head -n 2; printf 'more? '; read answer </dev/tty"), t, p, size.width, size.height, kind.variable,
					kind.name == "dumb", kind.name == "xterm-256color",
				})
			})
		}
	}
}

// ends waits for a screen that ends with a text, wrapped as the terminal wraps it.
func (v *view) ends(text string) {
	v.t.Helper()
	var rows []string
	for line := range strings.SplitSeq(text, "\n") {
		rows = append(rows, wrapped(line, v.width)...)
	}
	v.Ends(strings.Join(rows[max(0, len(rows)-v.height):], "\n"))
}

// says is ends for messages, which break at blanks wherever the margin is.
func (v *view) says(text string) {
	v.t.Helper()
	words := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	v.Until(text, func(screen string) bool {
		return strings.HasSuffix(words(text), words(screen)) || strings.HasSuffix(words(screen), words(text))
	})
}

// drawn is ends for what a terminal that can do nothing gets in ASCII.
func (v *view) drawn(text string) {
	v.t.Helper()
	if v.dumb {
		text = strings.NewReplacer("├── ", "|-- ", "└── ", "`-- ", "╭", "+", "╮", "+", "├", "+", "┤", "+", "╰", "+", "╯", "+",
			"┬", "+", "┼", "+", "┴", "+", "─", "-", "│", "|").Replace(text)
	}
	v.ends(text)
}

// wrapped splits a line into rows. The cursor mark takes no room, but the cursor is never behind the margin.
func wrapped(line string, width int) []string {
	rows, col := []string{""}, 0
	for g := displaywidth.StringGraphemes(line); g.Next(); {
		w := displaywidth.String(g.Value())
		switch {
		case g.Value() == "▏" && col < width:
			w = 0
		case col+w > width:
			rows[len(rows)-1] = strings.TrimRight(rows[len(rows)-1], " ")
			rows, col = append(rows, ""), 0
			if g.Value() == "▏" {
				w = 0
			}
		}
		rows[len(rows)-1] += g.Value()
		col += w
	}
	return rows
}

// holds waits for a screen that holds a text and ends with the usual prompt.
func (v *view) holds(text, prompt string) {
	v.t.Helper()
	end := wrapped(prompt+"▏", v.width)
	v.Until(text, func(screen string) bool {
		return strings.Contains(strings.ReplaceAll(screen, "\n", ""), strings.ReplaceAll(text, "\n", "")) &&
			strings.HasSuffix(screen, strings.Join(end, "\n"))
	})
}

var typingFiles = map[string]string{"a.csv": "1", "b.csv": "22", "my notes.txt": "x"}

// TestScreensOfTyping: editing, pasting, recalling, searching, completing, and
// what is shown beside the line.
func TestScreensOfTyping(t *testing.T) {
	t.Parallel()
	const (
		home, undo, up, right = "\x1b[H", "\x1f", "\x1b[A", "\x1b[C"
		long                  = "echo 中文 e\u0301 👍 and so on, beyond the margin of both"
	)
	everywhere(t, practice.Options{}, typingFiles, func(v *view) {
		v.Type("size a.csv\r")
		v.ends(here + "size a.csv\n1\n" + here + "▏")
		if v.dumb { // the terminal edits
			v.Type("sizz\x7fe b.csv\r")
			v.ends("2\n" + here + "▏")
			return
		}
		v.Type(long)
		v.ends(here + long + "▏")
		v.Type(home + "X")
		v.ends(here + "X▏" + long)
		v.Type(undo + right + right + right + right + right + right)
		v.ends(here + "echo 中▏" + strings.TrimPrefix(long, "echo 中"))
		v.Type("\x0b") // Ctrl-K cuts, Ctrl-Y brings it back
		v.ends(here + "echo 中▏")
		v.Type("\x19\x15")
		v.ends("1\n" + here + "▏")

		v.Type("\x1b[200~size a.csv\nsize b.csv\x1b[201~")
		v.ends(here + "size a.csv⏎size b.csv▏")
		v.Type("\r")
		v.ends("\n1\n2\n" + here + "▏")
		v.Type("siz" + up + up)
		v.ends(here + "size a.csv▏")
		v.Type("\x15get \x1b.")
		v.ends(here + "get b.csv▏")
		v.Type("\x15\x12a.c")
		v.ends(here + "size a.csv⏎size b.csv\nsearch: a.c▏\n  size a.csv")
		v.Type("\x12")
		v.ends(here + "size a.csv\nsearch: a.c▏")
		v.Type("\x07")
		v.ends("\n2\n" + here + "▏")

		v.Type("size m\t")
		v.ends(here + `size my\ notes.txt ▏`)
		v.Type("\x15size \t")
		v.Until("the names with sizes and dates", func(screen string) bool {
			_, list, found := strings.Cut(screen, here+"size ▏")
			return found && strings.Contains(list, "a.csv            1  20") && strings.Contains(list, "my notes.txt     1  20")
		})
		v.Type("\x15set keys v\t\rsize b.csv\x1b")
		v.ends(here + "size b.cs▏v") // a key at once after it would be one with Alt
		v.Type("0D")
		v.ends(here + "▏")
		v.Type("u")
		v.ends(here + "▏size b.csv")
		v.Type("wcwx y\x1b")
		v.ends(here + "size x ▏y.csv")
		v.Type("u")
		v.ends(here + "size ▏b.csv")
		v.Type("ddiset keys emacs\r")
		v.ends(here + "set keys emacs\n" + here + "▏")

		v.Type("rm *.csv")
		v.ends(here + "rm *.csv▏\ndeletes 2 files")
		v.Type("\x15put b.csv")
		v.ends(here + "put b.csv▏\nreplaces b.csv on the server")
		v.Type("\x15siz")
		if v.color { // in grey, the newest such line
			v.ends(here + "siz▏e a.csv")
			v.Type(right)
			v.ends(here + "size a.csv▏")
		} else {
			v.ends(here + "siz▏")
		}
		v.Type("\x15foo b.csv; size a.csv; rm b.csv")
		v.ends(here + "foo b.csv; size a.csv; rm b.csv▏\ndeletes b.csv")
		for _, colour := range []string{"\x1b[31mfoo", "\x1b[4ma.csv", "\x1b[33mrm"} {
			if strings.Contains(strings.ReplaceAll(v.Styled(), "\n", ""), colour) != v.color {
				t.Errorf("%q: %v in\n%q", colour, !v.color, v.Styled())
			}
		}
		v.Type("\x15" + long)
		v.ends(here + long + "▏")
		v.width -= 9
		v.Resize(v.width, v.height)
		v.ends(here + long + "▏")
	})
}

// TestScreenOfTheFirstStart: two lines for beginners, once.
func TestScreenOfTheFirstStart(t *testing.T) {
	t.Parallel()
	everywhere(t, practice.Options{}, nil, func(v *view) {
		v.Screen = v.place.run(v.t, v.width, v.height, "", v.kind, "XDG_STATE_HOME="+v.t.TempDir())
		v.says("`open HOST` connects, `help` lists the commands; `practice open` starts a server\nto try them on, and `lesson` teaches FTP\n" +
			"Tab completes names on both sides, Up brings lines back, Ctrl-C stops anything\nftpsh> ▏")
		v.Screen = v.place.sized(v.t, v.width, v.height, v.kind)
		v.holds("`ls` lists, `get` and `put` move files", here)
		v.Type("pwd\r")
		v.holds("pwd\n/", here)
		v.Screen = v.place.sized(v.t, v.width, v.height, v.kind)
		v.Cursor(here + "▏")
		if strings.Contains(v.Styled(), "\x1b[") != v.color {
			v.t.Errorf("colours: %v in\n%q", !v.color, v.Styled())
		}
	})
}

// TestScreensOfEveryDay: the menu of Tab, the question before a file of the server is replaced, what a mirror would delete, a
// setting with all that belongs to it, and the status, wherever somebody sits.
func TestScreensOfEveryDay(t *testing.T) {
	t.Parallel()
	everywhere(t, practice.Options{}, map[string]string{"a.csv": "1", "b.csv": "22", "pub/new.txt": "n"}, func(v *view) {
		for _, name := range []string{"a.csv", "pub/old.txt", "pub/sub/older.txt"} {
			name = filepath.Join(v.place.dir, name)
			os.MkdirAll(filepath.Dir(name), 0o755)
			if err := os.WriteFile(name, []byte("mine"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		hour := time.Now().Add(-90 * time.Minute)
		if err := cmp.Or(os.Chtimes(filepath.Join(v.place.dir, "a.csv"), hour, hour), v.place.server.FS().Chtimes("/a.csv", hour.Add(-time.Hour), hour.Add(-time.Hour))); err != nil {
			t.Fatal(err)
		}
		if !v.dumb {
			v.Type("set tls\t\t")
			v.Until("the menu", func(screen string) bool {
				return strings.Contains(screen, here[:10]) && strings.Contains(screen, "set tls▏") && strings.Contains(screen, "tls-reuse")
			})
			v.Type("\x1b[B\x1b[B\x1b[B")
			v.Until("the chosen one", func(screen string) bool {
				return strings.Contains(screen, "set tls-") && strings.Contains(screen, "▏\n")
			})
			v.Type("\x07\x15")
			v.ends(here + "▏")
		}
		v.Type("put a.csv\r")
		v.says("a.csv is on the server already\n  on the server  1 byte, 2 hours ago\n  here           4 bytes, 1 hour ago\nreplace it? [y]es, [c]ontinue, [r]ename, [n]o, [?] ▏")
		v.Type("?\r")
		v.says("to do the same with all others\nreplace it? [y]es, [c]ontinue, [r]ename, [n]o, [?] ▏")
		v.Type("n\r")
		v.says("a.csv stays as it was\n" + here + "▏")
		v.Type("mirror --delete pub\r")
		v.says("delete  4  old.txt\ndelete  4  sub/older.txt\nrmdir      sub\ndelete 2 files and 1 directory, and keep 1? [y/n] ▏")
		v.Type("n\r")
		v.says("nothing was deleted\n" + here + "▏")
		for _, row := range [][2]string{{"set rate", "rate-put"}, {"help keys", "keys vi"}} {
			v.Type(row[0] + "\r")
			v.Until(row[0], func(screen string) bool {
				return strings.HasSuffix(screen, "more? ▏") || strings.Contains(screen, row[1]) && strings.HasSuffix(screen, "PLAIN> ▏")
			})
			if strings.HasSuffix(v.Text(), "more? ▏") {
				v.Type("\r")
				v.Until("the prompt", func(screen string) bool { return strings.HasSuffix(screen, "PLAIN> ▏") })
			}
		}
		v.Type("status\r")
		v.Until("the status", func(screen string) bool { return strings.Contains(screen, "alice") && strings.HasSuffix(screen, "▏") })
		if screen := v.Text(); strings.Contains(screen, "%!") {
			t.Error(screen)
		}
	})
}

// TestScreensOfWaiting: progress, jobs and the way out.
func TestScreensOfWaiting(t *testing.T) {
	t.Parallel()
	const job = "alice@127.0.0.1:/ PLAIN, 1 job> "
	everywhere(t, slow, bigFile(), func(v *view) {
		v.Type("get big.bin\r")
		if v.dumb {
			v.place.got(v.t, "RETR")
		} else {
			v.Until("progress", func(screen string) bool {
				return strings.Contains(screen, "big.bin") && strings.Contains(screen, "%") && strings.Contains(screen, "K/s")
			})
			for _, width := range []int{v.width - 9, v.width} {
				v.Resize(width, v.height)
				v.Until("one row of progress that fits", func(screen string) bool {
					rows := strings.Split(screen, "\n")
					return strings.Count(screen, "K/s") == 1 && !slices.ContainsFunc(rows, func(row string) bool { return displaywidth.String(row) > width })
				})
			}
		}
		v.Type("\x1a")
		v.ends("[1] get big.bin\n" + job + "▏")
		v.Type("sleep 0.2 && size a.csv &\r")
		if v.dumb {
			v.Until("the end of the job", func(screen string) bool { return strings.Contains(screen, "\n1\n[2] done") })
		} else {
			v.Type("half a line\x1b[D\x1b[D")
			v.ends("1\n[2] done  sleep 0.2 && size a.csv\n" + job + "half a li▏ne")
			v.Type("\x05\x15")
		}
		v.Type("jobs\r")
		v.holds("[1]  running  0:0", job)
		v.Type("bye\r")
		v.says(job + "bye\n1 job still runs: [w]ait, [k]ill, [d]etach, [S]tay here? ▏")
		v.Type("s\r")
		v.holds("[S]tay here? s", job)
		v.Type("kill 1\r")
		v.holds("[1] killed  get big.bin", here)
		v.Type("bye\r")
	})
}

// TestScreensOfLooking: listings, mistakes, history and prompts.
func TestScreensOfLooking(t *testing.T) {
	t.Parallel()
	everywhere(t, practice.Options{}, bigFile(), func(v *view) {
		v.Type("ls\r")
		v.ends(here + "ls\na.csv  b.csv  big.bin\n" + here + "▏")
		v.Type("ls --table --columns name,size\r")
		v.drawn(strings.Join([]string{
			"╭─────────┬─────────╮",
			"│ name    │    size │",
			"├─────────┼─────────┤",
			"│ a.csv   │       1 │",
			"│ b.csv   │       2 │",
			"│ big.bin │ 1048576 │",
			"╰─────────┴─────────╯",
		}, "\n") + "\n" + here + "▏")
		v.Type("tree\r")
		v.drawn("├── a.csv\n├── b.csv\n└── big.bin\n0 directories, 3 files\n" + here + "▏")
		v.Type("watch -n 60 ls -1\r")
		if v.dumb {
			v.ends("\na.csv\nb.csv\nbig.bin\n▏")
			v.Type("\x03")
			v.ends("big.bin\n^C" + here + "▏")
		} else {
			v.ends("ls -1  (Ctrl-C ends it)\na.csv\nb.csv\nbig.bin▏")
			v.Type("\x03")
			v.ends(here + "watch -n 60 ls -1\na.csv\nb.csv\nbig.bin\n" + here + "▏")
		}
		v.Type("gte big.bin\r")
		v.ends("gte: no such command\n  hint: did you mean `gate` or `get`?\n" + here + "▏")
		v.Type("size bgi.bin\r")
		v.says("size: bgi.bin: 550 File does not exist.\n  hint: did you mean `big.bin`?\n  hint: `ls` shows what is there, `pwd` where you are\n" + here + "▏")
		v.Type("history 2\r")
		v.ends("6  size bgi.bin\n7  history 2\n" + here + "▏")
		v.Type("!-3\r")
		v.ends("gte big.bin\ngte: no such command\n  hint: did you mean `gate` or `get`?\n" + here + "▏")
		v.Type("rm *.csv\r")
		v.ends("delete 2 files? [y/n] ▏")
		v.Type("n\r")
		v.holds("delete 2 files? [y/n] n", here)
		v.Type("set prompt-right {state}; set prompt-format '{base}> '\r")
		if v.dumb {
			v.ends("\n/> ▏")
		} else {
			v.ends("\n/> ▏" + strings.Repeat(" ", v.width-9) + "PLAIN")
		}
	})
}

// TestScreensOfDoing: lines that run again, a prompt of one's own, the queue, and
// the programs that get the screen for a while.
func TestScreensOfDoing(t *testing.T) {
	t.Parallel()
	const own = "127.0.0.1 /> "
	everywhere(t, practice.Options{}, map[string]string{"a.txt": "one\n", "page.txt": "1\n2\n3\n4\n"}, func(v *view) {
		v.Type("set prompt-right {state}; set prompt-format '{host} {dir}[ {jobs}]> '\r")
		prompt := own + "▏" + strings.Repeat(" ", v.width-len(own)-6) + "PLAIN"
		if v.dumb {
			prompt = own + "▏"
		}
		v.ends("\n" + prompt)
		for _, row := range []struct{ typed, seen string }{
			{"size a.txt", "4"},
			{"!!", "size a.txt\n4"},
			{"size page.txt", "8"},
			{"!?a.t", "size a.txt\n4"},
			{"!-2", "size page.txt\n8"},
			{"edit a.txt", ""},
			{"cat a.txt", "two"},
		} {
			v.Type(row.typed + "\r")
			v.ends(strings.TrimSuffix(own+row.typed+"\n"+row.seen, "\n") + "\n" + prompt)
		}

		v.Type("queue sleep 0.3\r")
		if v.dumb {
			v.Until("the end of the job", func(screen string) bool { return strings.Contains(screen, "[1] done  sleep 0.3") })
			v.Type("\r")
		} else {
			v.Until("the prompt after it", func(screen string) bool {
				_, after, queued := strings.Cut(screen, "[1] queued  sleep 0.3\n")
				return queued && strings.Contains(after, "> ▏")
			})
			v.Type("half a line\x1b[D\x1b[D")
			v.ends("[1] done  sleep 0.3\n" + own + "half a li▏ne" + strings.TrimPrefix(prompt, own+"▏           "))
			v.Type("\x05\x15")
		}
		v.ends("\n" + prompt)
		v.Type("jobs\r")
		v.Until("the list", func(screen string) bool {
			return strings.Contains(screen, own+"jobs\n[1]  done  0:0") && strings.HasSuffix(screen, "  sleep 0.3\n"+prompt)
		})

		v.Type("page page.txt\r")
		if v.dumb { // it has no pages
			v.ends("page page.txt\n1\n2\n3\n4\n" + prompt)
			return
		}
		v.ends("page page.txt\n1\n2\nmore? ▏")
		v.Type("\r")
		v.ends("more?\n" + prompt)
	})
}

// TestScreensOfASlowServer: a listing that never comes takes no key, and shows
// that it is waited for.
func TestScreensOfASlowServer(t *testing.T) {
	t.Parallel()
	mute := practice.Options{Faults: []practice.Fault{{Name: "mute", Verb: "MLSD"}, {Name: "mute", Verb: "LIST"}}}
	everywhere(t, mute, typingFiles, func(v *view) {
		if v.dumb { // the terminal edits, and completes nothing
			v.Type("size a.csv\r")
			v.ends(here + "size a.csv\n1\n" + here + "▏")
			return
		}
		v.Type("size a\t")
		v.Until("the spinner", func(screen string) bool {
			before, below, found := strings.Cut(screen, here+"size a▏\n")
			return found && !strings.Contains(before, "completing") && len(below) > 0 && strings.HasSuffix(below, " completing, Ctrl-C stops")
		})
		v.Type(".csv")
		v.ends(here + "size a.csv▏")
		v.Type("\t")
		v.Until("the spinner", func(screen string) bool { return strings.HasSuffix(screen, " completing, Ctrl-C stops") })
		v.Type("\x03")
		v.ends(here + "size a.csv▏")
		v.Type("\r")
		v.ends(here + "size a.csv\n1\n" + here + "▏")
	})
}
