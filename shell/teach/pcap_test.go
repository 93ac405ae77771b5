package teach

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// TestCaptureAndBack: a recording that was saved as a capture shows the same dialogue when it is read again.
func TestCaptureAndBack(t *testing.T) {
	for _, mode := range []practice.TLSMode{practice.NoTLS, practice.Explicit} {
		w := serve(t, practice.Options{TLS: mode})
		w.mustOpen(func(o *client.Options) { o.Ways = []client.DataMode{client.EPRT} })
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
			continue // what ftpsh writes is in the clear, and ends for a reader where TLS begins
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

// TestCaptureOfTheWire: what the wire does to segments, links put before them and the formats of files change nothing.
func TestCaptureOfTheWire(t *testing.T) {
	w := serve(t, practice.Options{})
	w.mustOpen(nil)
	for _, transfer := range w.transfers() {
		if err := transfer(); err != nil {
			t.Fatal(err)
		}
	}
	frames := framesOf(t, saved(t, w.rec.All()))
	twice := func(all []frame) (out []frame) {
		for _, f := range all {
			out = append(out, f, f)
		}
		return out
	}
	swapped := func(all []frame) []frame {
		out := slices.Clone(all)
		for i := 3; i+1 < len(out); i += 2 { // behind the handshake
			out[i], out[i+1] = out[i+1], out[i]
			out[i].at, out[i+1].at = out[i+1].at, out[i].at
		}
		return out
	}
	behind := func(link uint16, head string) func([]frame) []frame {
		return func(all []frame) (out []frame) {
			for _, f := range all {
				out = append(out, frame{f.at, link, append([]byte(head), f.data...)})
			}
			return out
		}
	}
	zeros := strings.Repeat("\x00", 20)
	for name, change := range map[string]func([]frame) []frame{
		"as it is":            func(all []frame) []frame { return all },
		"each segment twice":  twice,
		"neighbours swapped":  swapped,
		"Ethernet":            behind(linkEthernet, zeros[:12]+"\x08\x00"),
		"Ethernet, two VLANs": behind(linkEthernet, zeros[:12]+"\x88\xa8\x00\x01\x81\x00\x00\x02\x08\x00"),
		"any interface":       behind(linkSLL, zeros[:16]),
		"any interface, new":  behind(linkSLL2, zeros),
		"BSD's loopback":      behind(linkNull, "\x02\x00\x00\x00"),
	} {
		for _, format := range []string{"\xa1\xb2\xc3\xd4", "\xd4\xc3\xb2\xa1", "\xa1\xb2\x3c\x4d", "\x4d\x3c\xb2\xa1"} {
			back, err := Read(bytes.NewReader(classic(format, change(frames))))
			if err != nil {
				t.Errorf("%s, %x: %v", name, format, err)
				continue
			}
			got, want := dialogue(back), dialogue(w.rec.All())
			if name == "neighbours swapped" {
				slices.Sort(got) // whose turn it was is lost, the bytes are not
				slices.Sort(want)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s, %x: read as\n%s\nwant\n%s", name, format, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	}
}

func framesOf(t *testing.T, text []byte) (all []frame) {
	t.Helper()
	c, ok, err := openCapture(bufio.NewReader(bytes.NewReader(text)))
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	for {
		f, err := c.next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		f.data = bytes.Clone(f.data)
		all = append(all, f)
	}
}

// classic makes a capture in tcpdump's format.
func classic(magic string, frames []frame) []byte {
	var order binary.AppendByteOrder = binary.LittleEndian
	if magic[0] == 0xa1 {
		order = binary.BigEndian
	}
	unit := time.Microsecond
	if strings.Contains(magic, "\x3c") {
		unit = time.Nanosecond
	}
	out := append([]byte(magic), make([]byte, 16)...)
	out = order.AppendUint32(out, uint32(frames[0].link))
	for _, f := range frames {
		out = order.AppendUint32(out, uint32(f.at.Unix()))
		out = order.AppendUint32(out, uint32(f.at.Nanosecond()/int(unit)))
		out = order.AppendUint32(out, uint32(len(f.data)))
		out = order.AppendUint32(out, uint32(len(f.data)))
		out = append(out, f.data...)
	}
	return out
}

// TestCaptureThatIsCut: what is there is read, and a gap does not hide what comes behind it.
func TestCaptureThatIsCut(t *testing.T) {
	events := []*Event{
		{Ev: TCPConnect, Conn: "C", Local: "[::1]:5000", Remote: "[::1]:21"},
		{Ev: Replied, Conn: "C", Lines: []string{"220 hello"}},
		{Ev: Sent, Conn: "C", Line: "USER a"},
		{Ev: Replied, Conn: "C", Lines: []string{"331 word?"}},
		{Ev: Sent, Conn: "C", Line: "PASS b"},
		{Ev: Replied, Conn: "C", Lines: []string{"230 in"}},
	}
	text := saved(t, events)
	frames := framesOf(t, text)
	lost := slices.Delete(slices.Clone(frames), 4, 5) // USER
	again := slices.Concat(frames, frames)            // the same ports once more
	for i := range again[len(frames):] {
		again[len(frames)+i].at = again[len(frames)+i].at.Add(time.Second)
	}
	all := []string{"< 220 hello", "> USER a", "< 331 word?", "> PASS ********", "< 230 in"}
	for name, c := range map[string]struct {
		text []byte
		want []string
	}{
		"whole":        {text, all},
		"in a packet":  {text[:len(text)-10], all},
		"a gap":        {classic("\xd4\xc3\xb2\xa1", lost), []string{"< 220 hello", "< 331 word?", "> PASS ********", "< 230 in"}},
		"ports reused": {classic("\xd4\xc3\xb2\xa1", again), slices.Concat(all, all)},
	} {
		back, err := Read(bytes.NewReader(c.text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := dialogue(back); !slices.Equal(got, c.want) {
			t.Errorf("%s: read as\n%s", name, strings.Join(got, "\n"))
		}
	}
}

// TestDamagedCapture: lengths that cannot be are told as such, and cost no memory.
func TestDamagedCapture(t *testing.T) {
	good := saved(t, []*Event{{Ev: TCPConnect, Conn: "C", Local: "127.0.0.1:5000", Remote: "127.0.0.1:21"}})
	section := binary.LittleEndian.Uint32(good[4:])
	long := bytes.Clone(good)
	binary.LittleEndian.PutUint32(long[section+4:], 0xfffffff0)
	packet := append(classic("\xd4\xc3\xb2\xa1", []frame{{link: linkRaw}}), make([]byte, 16)...)
	binary.LittleEndian.PutUint32(packet[len(packet)-8:], 0xfffffff0)
	for name, text := range map[string][]byte{"block": long, "packet": packet} {
		if _, err := Read(bytes.NewReader(text)); !errors.Is(err, errNoCapture) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzReadCapture: whatever a capture holds, it is read or refused.
func FuzzReadCapture(f *testing.F) {
	f.Add([]byte("\x0a\x0d\x0d\x0a"))
	f.Add([]byte("\xd4\xc3\xb2\xa1\x02\x00\x04\x00"))
	var text bytes.Buffer
	events := []*Event{
		{Ev: TCPConnect, Conn: "C", Local: "127.0.0.1:5000", Remote: "127.0.0.1:21"},
		{Ev: Replied, Conn: "C", Lines: []string{"220 hello"}},
		{Ev: Sent, Conn: "C", Line: "EPSV"},
		{Ev: Replied, Conn: "C", Lines: []string{"229 (|||6000|)"}},
	}
	if err := writePcap(&text, events, Style{}); err != nil {
		f.Fatal(err)
	}
	f.Add(text.Bytes())
	f.Add(classic("\xa1\xb2\xc3\xd4", []frame{{link: linkEthernet, data: make([]byte, 60)}}))
	f.Fuzz(func(_ *testing.T, data []byte) {
		events, err := Read(bytes.NewReader(data))
		if err == nil {
			_ = Operations(events)
		}
	})
}
