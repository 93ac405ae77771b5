//go:build unix

package shell

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/clipperhouse/displaywidth"
	"github.com/creack/pty"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/equivalents"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// TestTextFitsTheScreen: what explains something breaks between words, however narrow the terminal is.
func TestTextFitsTheScreen(t *testing.T) {
	const columns = 40
	t.Setenv("PAGER", "cat")
	t.Setenv("NO_COLOR", "1")
	screen, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(tty, &pty.Winsize{Rows: 10, Cols: columns}); err != nil {
		t.Fatal(err)
	}
	shown := make(chan string)
	go func() {
		text, _ := io.ReadAll(screen)
		shown <- strings.ReplaceAll(string(text), "\r\n", "\n")
	}()
	sh, err := New(command.Options{StateDir: t.TempDir(), Console: console.Options{In: tty, Out: tty, Err: tty}})
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{"help", "help -a", "help keys", "set", "status", "help 550", "explain", "practice", "lesson", "limits", "tls list", "bookmark"}
	for c := range Catalog().Commands() {
		lines = append(lines, "usage "+c.Name, "help "+c.Name)
	}
	for _, row := range settings.All() {
		lines = append(lines, "help "+row.Name)
	}
	for _, e := range equivalents.All() {
		if !strings.ContainsAny(e.Word, " '\"") {
			lines = append(lines, "help "+e.Word)
		}
	}
	for _, topic := range teach.Topics() {
		lines = append(lines, "explain '"+topic+"'")
	}
	for _, line := range lines {
		sh.Do(command.Line{Text: "echo '# " + line + "'"})
		sh.Do(command.Line{Text: line})
	}
	Close(sh)
	tty.Close()
	said := ""
	for line := range bytes.Lines([]byte(<-shown)) {
		text := strings.TrimRight(string(line), "\n")
		if strings.HasPrefix(text, "# ") {
			said = text
		} else if displaywidth.String(text) > columns && strings.Contains(strings.TrimSpace(text), " ") && !strings.Contains(strings.TrimSpace(text), "  ") && !(strings.HasPrefix(said, "# help ") && (text[0] == ' ' || strings.HasPrefix(text, "set "))) {
			t.Errorf("%s: %q", said, text)
		}
	}
}
