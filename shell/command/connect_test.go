package command

import (
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/site"
)

// TestCertificatesFitTheScreen: the certificate from before and that of now stand beside each other where there is room,
// else above each other, and no line is longer than the screen.
func TestCertificatesFitTheScreen(t *testing.T) {
	before := site.KnownHost{Pin: strings.Repeat("ab", 32)}
	rows := [][]string{{"  name", "CN=now"}, {"  hosts", "ftp.example.org"}, {"  issuer", "CN=ca"}, {"  valid", "2026-01-01 to 2027-01-01"}, {"  SHA-256", Pairs(strings.Repeat("cd", 32))}}
	for _, row := range []struct {
		width int
		want  string
	}{{40, "now"}, {80, "now"}, {200, "accepted before"}} {
		var out strings.Builder
		if err := (render.Table{Rows: besides(rows, before, row.width), Width: row.width}).Write(&out); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if w := render.Width(strings.TrimRight(line, "\n")); w > row.width {
				t.Errorf("%d columns: a line of %d: %q", row.width, w, line)
			}
		}
		for _, want := range []string{row.want, "abab", "cdcd", "CN=now"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%d columns: no %q in\n%s", row.width, want, out.String())
			}
		}
	}
}
