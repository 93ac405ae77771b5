package teach

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// troubles are faults of a server, and what must be read from what was recorded.
var troubles = []struct {
	rule   string
	faults string // of the practice server, separated by blanks
	open   func(*client.Options)
	run    func(*wire)
	says   []string
}{
	{"refused", "", func(o *client.Options) { o.Addr = "127.0.0.1:1" }, nil, []string{"control connection was refused", "127.0.0.1 port 1"}},
	{"tls-verify", "expired-cert", nil, nil, []string{"certificate", "expired on", "SHA-256", "no longer valid"}},
	{"tls-verify", "wrong-name", nil, nil, []string{"wrong.example", "another name"}},
	{"tls-verify", "self-signed", func(o *client.Options) { o.TLS = nil }, nil, []string{"self-signed", "Nobody vouches"}},
	{"tls", "tls10", nil, nil, []string{"too old"}},
	{"tls-plain", "", func(o *client.Options) { o.Security = client.Implicit }, nil, []string{"in the clear", "AUTH TLS"}},
	{"tls-required", "require-tls", func(o *client.Options) { o.Security = client.Off }, nil, []string{"wants TLS", "open --tls=require"}},
	{"login", "", nil, wrongPassword, []string{"login was refused", "530"}},
	{"data-address", "no-epsv nat-pasv=10.9.9.9 pasv-closed", passiveOnly, listOnly, []string{"10.9.9.9", "PASV", "behind a router", "passive off"}},
	{"data-refused", "pasv-closed", passiveOnly, listOnly, []string{"asked PASV", "offered 127.0.0.1 port", "refused", "passive off"}},
	{"cut", "cut=1000", nil, getOnly, []string{"426", "1000 B of file", "reget"}},
	{"short", "cut-silent=1000", nil, getOnly, []string{"204800 bytes", "1000 bytes, 203800 are missing"}},
	{"unsigned", "cut-notify=1000", nil, getOnly, []string{"close_notify"}},
	{"cut", "cut-reset=1000", nil, func(w *wire) { w.put("a", 4<<20) }, []string{"426", "end by reset"}},
	{"stored-less", "store-less=1000", nil, func(w *wire) { w.putChecked("a", 5000) }, []string{"5000 bytes", "1000 bytes, 4000 are missing", "put -c"}},
	{"cut", "require-reuse cut=1000", nil, getOnly, []string{"426", "reget"}},
	{"data-tls", "clear-data", nil, listOnly, []string{"in the clear", "PROT P", "prot clear"}},
	{"data-tls", "other-cert", nil, listOnly, []string{"another certificate", "second machine"}},
	{"data-reuse", "require-reuse", nil, func(w *wire) { w.s.Manual().SetReuse(false); w.list("") }, []string{"522", "set tls-reuse on"}},
	{"tls-injected", "require-reuse extra-reply:AUTH", nil, nil, []string{"between AUTH TLS and its handshake"}},
	{"data-not-arranged", "", nil, func(w *wire) { w.op("quote LIST", byHand(w, "LIST")) }, []string{"425", "quote EPSV", "quote LIST"}},
	{"cut", "stall=1000", func(o *client.Options) { o.Stall = 300 * time.Millisecond }, getOnly, []string{"1000 B of file", "end by error"}},
	{"quota", "quota=1000", nil, func(w *wire) { w.put("a", 200<<10) }, []string{"552", "quota"}},
	{"no-such-name", "", nil, getMissing, []string{"550", "Capitals count"}},
	{"denied", "refuse:STOR=553 not here", nil, func(w *wire) { w.put("a", 10) }, []string{"553 not here", "STOR a"}},
	{"busy", "421=421 too many users", nil, nil, []string{"421 too many users"}},
	{"idle", "421:NOOP=421 idle timeout", nil, func(w *wire) { w.op("noop", noop(w)) }, []string{"idle timeout", "after a silence"}},
	{"silent", "mute:NOOP", func(o *client.Options) { o.Timeout = 300 * time.Millisecond }, func(w *wire) { w.op("noop", noop(w)) }, []string{"the answer to NOOP"}},
	{"unknown-command", "refuse:MFMT=500 what", nil, func(w *wire) { w.op("modtime", quoted(w, "MFMT 20200101000000 data.bin")) }, []string{"500 what", "explain MFMT"}},
	{"size-ascii", "refuse:SIZE=550 SIZE not allowed in ASCII mode", nil, func(w *wire) { w.op("size", quoted(w, "SIZE data.bin")) }, []string{"binary"}},
	{"rest-ascii", "refuse:REST=501 not in type A", nil, func(w *wire) { w.op("get", quoted(w, "REST 100")) }, []string{"501 not in type A", "binary"}},
	{"ok", "", nil, listOnly, []string{"it went well", "ladder"}},
	{"ok", "pasv-closed", nil, listOnly, []string{"well in the end (at first: the data connection was refused)", "asked PASV", "A firewall or a router"}},
}

func passiveOnly(o *client.Options) { o.Ways = []client.DataMode{client.EPSV, client.PASV} }

func noop(w *wire) func(context.Context) error {
	return func(ctx context.Context) error { _, err := w.s.Conn().Cmd(ctx, 2, "NOOP"); return err }
}

func quoted(w *wire, line string) func(context.Context) error {
	return func(ctx context.Context) error {
		r, err := w.s.Quote(ctx, line)
		return refusal(line, r, err)
	}
}

// refusal is how a command fails that a reply refuses.
func refusal(line string, r client.Reply, err error) error {
	if err == nil && r.Class() > 3 {
		return &client.Error{Verb: Verb(line), Reply: r}
	}
	return err
}

// putChecked sends a file and asks what the server has of it.
func (w *wire) putChecked(name string, size int) {
	w.op("put "+name, func(ctx context.Context) error {
		d, err := w.s.Store(ctx, name, 0)
		if err != nil {
			return err
		}
		if _, err = d.Write(bytes.Repeat([]byte("x"), size)); err != nil {
			return err
		}
		if err = d.Close(); err != nil {
			return err
		}
		if got, err := w.s.Size(ctx, name); err != nil || got == int64(size) {
			return err
		}
		return errors.New("the server has another size")
	})
}

// byHand sends a line as quote does, without a data connection.
func byHand(w *wire, line string) func(context.Context) error {
	return func(ctx context.Context) error {
		w.rec.Typed(line)
		x, err := w.s.Manual().Send(ctx, line)
		if err != nil {
			return err
		}
		r, err := x.Wait(ctx)
		return refusal(line, r, err)
	}
}

func wrongPassword(w *wire) {
	w.op("user alice", func(ctx context.Context) error {
		return w.s.Login(ctx, client.Login{User: practice.User, Password: "wrong password"})
	})
}

// What rules say is in the data, and what is there some rule says.
func TestReadings(t *testing.T) {
	var said, known []string
	names, _ := filepath.Glob("rules*.go")
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\breads\("([^"]+)"`).FindAllSubmatch(text, -1) {
			said = append(said, string(m[1]))
		}
	}
	for _, r := range Readings() {
		known = append(known, r.Rule)
	}
	slices.Sort(said)
	slices.Sort(known)
	if !slices.Equal(said, known) {
		t.Errorf("rules say\n%s\nand the data has\n%s", said, known)
	}
}

// What the events of a failure mean is read correctly.
func TestReadOperation(t *testing.T) {
	for _, row := range troubles {
		t.Run(row.rule+" "+row.faults, func(t *testing.T) {
			w := serve(t, troubled(t, row.faults))
			if err := w.open(row.open); err == nil && row.run != nil {
				row.run(w)
			}
			o, events := w.last()
			got := ReadOperation(o, events, nil)
			text := strings.Join(got.Lines(), "\n")
			if got.Rule != row.rule {
				t.Errorf("read as %s, want %s", got.Rule, row.rule)
			}
			for _, want := range row.says {
				if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
					t.Errorf("no %q", want)
				}
			}
			mustFit(t, got.Lines(), pageHeight, pageWidth-1)
			if t.Failed() {
				t.Log(text + "\n" + strings.Join(Ladder(o, events, Style{Width: 80}, false), "\n"))
			}
		})
	}
}

// troubled is a server with faults as a user types them, split at blanks
// before a word that is no part of a text.
func troubled(t *testing.T, names string) practice.Options {
	t.Helper()
	var o practice.Options
	for _, part := range splitFaults(names) {
		f, err := practice.ParseFault(part)
		if err != nil {
			t.Fatal(err)
		}
		o.Faults = append(o.Faults, f)
		switch f.Name {
		case "expired-cert", "wrong-name", "self-signed", "tls10", "cut-notify":
			o.TLS = practice.Explicit
		}
	}
	return o
}

func splitFaults(names string) []string {
	if _, text, found := strings.Cut(names, "="); found && strings.Contains(text, " ") && !strings.Contains(names, "nat-pasv") {
		return []string{names}
	}
	return strings.Fields(names)
}

// Without the session reuse that a server wants, the reading says so.
func TestReadReuse(t *testing.T) {
	events := readFile(t, "testdata/seen-reuse-522.jsonl")
	operations := Operations(events)
	got := ReadOperation(operations[len(operations)-1], events, nil)
	if text := strings.Join(got.Lines(), "\n"); got.Rule != "data-reuse" || !strings.Contains(text, "522 SSL connection failed") {
		t.Errorf("%s:\n%s", got.Rule, text)
	}
}

// An SSH server is recognised.
func TestReadSSH(t *testing.T) {
	played, err := practice.Script("S: SSH-2.0-OpenSSH_9.2\n")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { played.Close() })
	w := &wire{t: t, rec: NewRecorder("ftpsh", "test")}
	w.op("open", func(ctx context.Context) error {
		opt := client.Options{Addr: played.Addr(), Security: client.Opportunistic}
		opt.Trace = w.rec.Trace()
		_, err := client.Open(ctx, opt)
		return err
	})
	o, events := w.last()
	if got := ReadOperation(o, events, nil); got.Rule != "not-ftp" || !strings.Contains(got.Cause, "SSH") {
		t.Errorf("%+v", got)
	}
}

// In active mode the server that does not come is the cause.
func TestReadActive(t *testing.T) {
	played, err := practice.Script(`
S: 220 hello
C~ EPRT .*
S: 200 ok
C: NLST
S: 425 cannot open the data connection
`)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { played.Close() })
	w := &wire{t: t, rec: NewRecorder("ftpsh", "test")}
	err = w.op("nlist", func(ctx context.Context) error {
		c, err := client.Dial(ctx, played.Addr(), false, client.Options{Trace: w.rec.Trace()})
		if err != nil {
			return err
		}
		defer c.Close()
		_, err = c.Transfer(ctx, client.Transfer{Way: client.EPRT, Verb: "NLST"})
		return err
	})
	o, events := w.last()
	if got := ReadOperation(o, events, nil); err == nil || got.Rule != "active-blocked" {
		t.Errorf("%v, %+v", err, got)
	}
}

// What went wrong outside of the wire is not blamed on the server.
func TestReadLocalFailure(t *testing.T) {
	w := serve(t, practice.Options{})
	w.mustOpen(nil)
	w.op("get a /nowhere/a", func(ctx context.Context) error {
		if err := w.s.Noop(ctx); err != nil {
			t.Error(err)
		}
		_, err := afero.ReadFile(afero.NewMemMapFs(), "/nowhere/a")
		return err
	})
	o, events := w.last()
	if got := ReadOperation(o, events, nil); got.Rule != "unknown" || !strings.Contains(got.Headline, "did its part") {
		t.Errorf("%+v", got)
	}
}
