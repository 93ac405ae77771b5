package console

import (
	"errors"
	"io"
	"maps"
	"strings"
	"testing"
	"time"
)

// typedBytes is a terminal on which all keys were typed before.
type typedBytes []byte

func (b *typedBytes) next(wait time.Duration) (byte, error) {
	if len(*b) == 0 {
		if wait < 0 {
			return 0, io.EOF
		}
		return 0, errNoKey
	}
	first := (*b)[0]
	*b = (*b)[1:]
	return first, nil
}

func TestKeys(t *testing.T) {
	for _, row := range []struct{ name, bytes, key, text string }{
		{"letter", "a", "Text", "a"},
		{"two bytes", "é", "Text", "é"},
		{"four bytes", "🎉", "Text", "🎉"},
		{"broken UTF-8", "\xff", "", ""},
		{"truncated UTF-8", "\xe4\xb8", "", ""},
		{"C1 control character", "\xc2\x9b", "", ""},
		{"enter", "\r", "Enter", ""},
		{"line feed", "\n", "Enter", ""},
		{"tab", "\t", "Tab", ""},
		{"backspace of most terminals", "\x7f", "Backspace", ""},
		{"backspace of others", "\x08", "Backspace", ""},
		{"Ctrl-A", "\x01", "C-a", ""},
		{"Ctrl-_", "\x1f", "C-_", ""},
		{"Ctrl-Space", "\x00", "C-Space", ""},
		{"Escape alone", "\x1b", "Esc", ""},
		{"Alt-f", "\x1bf", "M-f", ""},
		{"Alt-.", "\x1b.", "M-.", ""},
		{"Alt-Backspace", "\x1b\x7f", "M-Backspace", ""},
		{"Up", "\x1b[A", "Up", ""},
		{"Up in application mode", "\x1bOA", "Up", ""},
		{"Home of xterm", "\x1b[H", "Home", ""},
		{"Home in application mode", "\x1bOH", "Home", ""},
		{"Home of the Linux console and tmux", "\x1b[1~", "Home", ""},
		{"Home of rxvt", "\x1b[7~", "Home", ""},
		{"End of xterm", "\x1b[F", "End", ""},
		{"End of the Linux console and tmux", "\x1b[4~", "End", ""},
		{"End of rxvt", "\x1b[8~", "End", ""},
		{"Delete", "\x1b[3~", "Delete", ""},
		{"Ctrl-Delete", "\x1b[3;5~", "C-Delete", ""},
		{"Ctrl-Left", "\x1b[1;5D", "C-Left", ""},
		{"Ctrl-Left of rxvt", "\x1bOd", "C-Left", ""},
		{"Alt-Right", "\x1b[1;3C", "M-Right", ""},
		{"Alt-Right of iTerm2", "\x1b\x1b[C", "M-Right", ""},
		{"keypad Enter", "\x1bOM", "Enter", ""},
		{"paste", "\x1b[200~one\rtwo\x1b[201~", "Paste", "one\ntwo"},
		{"paste that ends a line", "\x1b[200~ls\r\n\x1b[201~", "Paste", "ls"},
		{"paste with control characters", "\x1b[200~a\x1b]0;x\x07\tb\x03\x1b[201~", "Paste", "a]0;x\tb"},
		{"paste that never ends", "\x1b[200~abc", "Paste", "abc"},
		{"focus report", "\x1b[I", "", ""},
		{"cursor report", "\x1b[12;40R", "Position", "12;40"},
		{"colour report", "\x1b]11;rgb:0000/0000/0000\x07", "", ""},
		{"function key of the Linux console", "\x1b[[A", "F1", ""},
		{"F5", "\x1b[15~", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			in := typedBytes(row.bytes)
			got, err := decode(&in)
			if err != nil || got != (key{row.key, row.text}) {
				t.Fatalf("%q is %+v, %v; want %s %q", row.bytes, got, err, row.key, row.text)
			}
			if len(in) != 0 {
				t.Fatalf("%q left %q", row.bytes, in)
			}
		})
	}
}

// Whatever a terminal sends, each key takes at least a byte and no control character becomes text.
func FuzzKeys(f *testing.F) {
	for _, seed := range []string{"ls\r", "\x1b[1;5D", "\x1b[200~x\x1b[201~", "\x1b]11;x\x1b\\", "\xe4\xb8\xad", "\x1b\x1b\x1b[A"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, bytes []byte) {
		in := typedBytes(bytes)
		for {
			left := len(in)
			k, err := decode(&in)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(in) >= left {
				t.Fatalf("%+v took nothing of %q", k, in)
			}
			if k.Name == "Text" {
				for _, r := range k.Text {
					if r < 0x20 || r >= 0x7f && r < 0xa0 {
						t.Fatalf("text %q", k.Text)
					}
				}
			}
		}
	})
}

func TestEveryKeyIsBoundOnce(t *testing.T) {
	for i, table := range []map[string]func(*editor){actions, nil, searchActions} {
		bound := 0
		for _, b := range Bindings()[i].Bindings {
			if b.Help == "" || b.do == nil {
				t.Errorf("%q has no help or no action", b.Keys)
			}
			bound += len(strings.Fields(b.Keys))
		}
		if i == 1 {
			table = maps.Clone(menuActions)
			maps.Copy(table, chosenActions)
		}
		if bound != len(table) {
			t.Errorf("%d keys in table %d, %d in the map: one is bound twice", bound, i, len(table))
		}
	}
}
