package shell

import (
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice/daemon"
	"github.com/ftpsh/ftpsh/shell/command"
)

// TestDoctorOnRealServers: sound servers are found sound.
func TestDoctorOnRealServers(t *testing.T) {
	daemon.Each(t, func(t *testing.T, srv *daemon.Server) {
		p := pupilOf(t, srv, t.TempDir())
		p.Do(command.Line{Text: ".end"})
		p.out.Reset()
		p.Do(command.Line{Text: "doctor --full"})
		if text := p.out.String(); strings.Contains(text, "FAIL") || strings.Contains(text, "skip") {
			t.Errorf("%s", text)
		}
	})
}
