package teach

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// TestCaptureAndBack: a recording that was saved as a capture shows the same dialogue when it is read again.
func TestCaptureAndBack(t *testing.T) {
	for _, mode := range []practice.TLSMode{practice.NoTLS, practice.Explicit} {
		w := serve(t, practice.Options{TLS: mode})
		w.mustOpen(func(o *client.Options) { o.Ways = []client.Way{client.EPRT} })
		for _, transfer := range w.transfers() {
			if err := transfer(); err != nil {
				t.Fatal(err)
			}
		}
		text := saved(t, w.rec.All())
		if bytes.Contains(text, []byte(practice.Password)) {
			t.Error("the password is in the capture")
		}
		back, err := Read(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if mode == practice.Explicit {
			continue // what ftpsh writes is in clear, and ends for a reader where TLS begins
		}
		if got, want := dialogue(back), dialogue(w.rec.All()); !slices.Equal(got, want) {
			t.Errorf("read again it is\n%s\nwas\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

func saved(t *testing.T, events []*Event) []byte {
	t.Helper()
	var text bytes.Buffer
	if err := writePcap(&text, events, Style{}); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

// dialogue is what was said, and which data connections there were.
func dialogue(events []*Event) (all []string) {
	for _, e := range events {
		switch e.Ev {
		case Sent:
			all = append(all, "> "+e.Line)
		case Replied:
			all = append(all, "< "+strings.Join(e.Lines, "|"))
		}
	}
	return all
}

// TestTshark: Debian's tshark reads what ftpsh writes, and ftpsh what tshark writes, in both of its formats.
func TestTshark(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	switch {
	case err != nil && os.Getenv("FTPSH_BROWSER_TEST") == "require":
		t.Fatal(err)
	case err != nil:
		t.Skip("no tshark (.ci/install-browser gets it)")
	}
	w := serve(t, practice.Options{})
	w.mustOpen(nil)
	for _, transfer := range w.transfers() {
		if err := transfer(); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "session.pcapng")
	if err := os.WriteFile(file, saved(t, w.rec.All()), 0o600); err != nil {
		t.Fatal(err)
	}
	_, port, _ := strings.Cut(w.server.Addr(), ":")
	out, err := exec.CommandContext(t.Context(), tshark, "-r", file, "-d", "tcp.port=="+port+",ftp", "-Y", "ftp.request", "-T", "fields",
		"-e", "ftp.request.command", "-e", "ftp.request.arg").Output()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, e := range w.rec.All() {
		if e.Ev == Sent {
			verb, arg, _ := strings.Cut(e.Line, " ")
			want = append(want, strings.TrimSpace(verb+"\t"+arg))
		}
	}
	var got []string
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); line != "" { // it has frames of its own for the data that a command asks for
			got = append(got, line)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("tshark reads\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	bad, err := exec.CommandContext(t.Context(), tshark, "-r", file, "-o", "tcp.check_checksum:TRUE", "-Y",
		"tcp.analysis.flags && !tcp.analysis.keep_alive || tcp.checksum.status==0 || _ws.malformed").Output()
	if err != nil || len(bad) > 0 {
		t.Errorf("%v, tshark finds fault with\n%s", err, bad)
	}
	for _, format := range []string{"pcap", "pcapng"} {
		again := filepath.Join(dir, "again."+format)
		if out, err := exec.CommandContext(t.Context(), tshark, "-r", file, "-F", format, "-w", again).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if got, want := dialogue(readFile(t, again)), dialogue(w.rec.All()); !slices.Equal(got, want) {
			t.Errorf("%s of tshark is read as\n%s\nwant\n%s", format, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// FuzzReadCapture: whatever a capture holds, it is read or refused.
func FuzzReadCapture(f *testing.F) {
	f.Add([]byte("\x0a\x0d\x0d\x0a"))
	f.Add([]byte("\xd4\xc3\xb2\xa1\x02\x00\x04\x00"))
	var text bytes.Buffer
	events := []*Event{{Ev: TCPConnect, Conn: "C", Local: "127.0.0.1:5000", Remote: "127.0.0.1:21"},
		{Ev: Replied, Conn: "C", Lines: []string{"220 hello"}}, {Ev: Sent, Conn: "C", Line: "EPSV"},
		{Ev: Replied, Conn: "C", Lines: []string{"229 (|||6000|)"}}}
	if err := writePcap(&text, events, Style{}); err != nil {
		f.Fatal(err)
	}
	f.Add(text.Bytes())
	f.Fuzz(func(_ *testing.T, data []byte) {
		events, err := Read(bytes.NewReader(data))
		if err == nil {
			_ = Operations(events)
		}
	})
}
