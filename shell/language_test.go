package shell

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/site"
)

// batchShell is a shell without a terminal, and what it prints.
func batchShell(t *testing.T, opt command.Options) (*command.Shell, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	opt.Console = console.Options{In: strings.NewReader(""), Out: &out, Err: &out}
	sh, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Close(sh) })
	return sh, &out
}

func TestClassicURL(t *testing.T) {
	for _, row := range []struct{ word, want string }{
		{"host", "host"},
		{"host:21", "host:21"},
		{"host:", "host:"},
		{"::1", "::1"},
		{"u:p@host", "u:p@host"},
		{"host:pub/a b", "ftp://host/pub/a%20b"},
		{"u@host:/etc/motd", "ftp://u@host/%2Fetc/motd"},
		{"ftp://host/x:y", "ftp://host/x:y"},
		{"u:p@host:x", "ftp://u:p@host/x"},
	} {
		if got := site.ClassicURL(row.word); got != row.want {
			t.Errorf("%s: got %s, want %s", row.word, got, row.want)
		}
	}
}

func TestIsFetch(t *testing.T) {
	for _, row := range []struct {
		words string
		want  bool
	}{
		{"host", false},
		{"host 2121", false},
		{"ftp://host", false},
		{"ftp://host/", false},
		{"ftp://host/pub/", false},
		{"ftp://host/a", true},
		{"ftp://host/a;type=a", true},
		{"ftp://host/pub/;type=d", true},
		{"host:a", true},
		{"ftp://host/a ftps://host/b", true},
		{"ftp://host/a host", false},
		{"", false},
	} {
		if got := IsFetch(strings.Fields(row.words)); got != row.want {
			t.Errorf("%s: got %v", row.words, got)
		}
	}
}

func TestURLPattern(t *testing.T) {
	for _, row := range []struct{ path, want string }{
		{"a.txt", ""}, {"*.txt", "*.txt"}, {"%2A.txt", ""}, {"%2A*", `\**`}, {"a%20[bc]", "a [bc]"}, {"100%", ""},
	} {
		if got := site.URLPattern(row.path); got != row.want {
			t.Errorf("%s: got %q, want %q", row.path, got, row.want)
		}
	}
}

func TestReadDuration(t *testing.T) {
	for _, row := range []struct {
		text string
		want time.Duration
	}{{"90", 90 * time.Second}, {"1.5", 1500 * time.Millisecond}, {"5m", 5 * time.Minute}, {"2d", 48 * time.Hour}, {"0", 0}} {
		if got, err := settings.ReadDuration(row.text); got != row.want || err != nil {
			t.Errorf("%s: got %v, %v", row.text, got, err)
		}
	}
	for _, text := range []string{"", "x", "-1", "-5m", "1e300", "d", "NaN"} {
		if got, err := settings.ReadDuration(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestRepeatable(t *testing.T) {
	want := map[string]bool{
		"open": true, "get": true, "put": false, "ls": true, "rm": true, "append": false, "rename": false,
		"quote": false, "source": false, "site": false, "echo": false,
	}
	sh, _ := batchShell(t, command.Options{})
	for name, want := range want {
		c, err := Catalog().Find(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := sh.Repeatable(c); got != want {
			t.Errorf("%s: repeatable is %v", name, got)
		}
	}
}

func TestPasses(t *testing.T) {
	sh, _ := batchShell(t, command.Options{})
	sh.Settings.RetryOn = "lost 421"
	for _, row := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{errors.New("x"), false},
		{&client.LostError{}, true},
		{&client.TimeoutError{}, false},
		{&client.Error{Reply: client.Reply{Code: 421}}, true},
		{&client.Error{Reply: client.Reply{Code: 450}}, false},
	} {
		if got := sh.Retriable(row.err); got != row.want {
			t.Errorf("%v: got %v", row.err, got)
		}
	}
}

// TestKeyring: a password that was kept is found again, for this host only.
func TestKeyring(t *testing.T) {
	keyring.MockInit()
	a := site.Address{Host: "ftp.example.org", Port: "2121"}
	if err := keyring.Set(command.KeyringService, command.KeyringName("alice", a), "s3cret"); err != nil {
		t.Fatal(err)
	}
	if got, found := command.FromKeyring("alice@ftp.example.org:2121"); got != "s3cret" || !found {
		t.Errorf("got %q, %v", got, found)
	}
	if _, found := command.FromKeyring("alice@ftp.example.org"); found {
		t.Error("found for another port")
	}
	keyring.MockInitWithError(errors.New("no dbus"))
	if _, found := command.FromKeyring("alice@ftp.example.org:2121"); found {
		t.Error("found where there is no keyring")
	}
}

// TestHostSettings: what the configuration says about a host ends with the
// session, but for what the user has changed since.
func TestHostSettings(t *testing.T) {
	sh, _ := batchShell(t, command.Options{})
	_, err := configure(sh, []byte("clobber = \"on\"\n[host.\"*.example.org\"]\nclobber = \"off\"\ntimeout = 5\nuser = \"u\"\nport = 2121\n"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := sh.ForHost(site.Address{Host: "FTP.example.org"})
	if err != nil || a.User != "u" || a.Port != "2121" || sh.Settings.Clobber != "off" || sh.Settings.Timeout != 5*time.Second {
		t.Errorf("%+v %v %+v", a, err, sh.Settings)
	}
	sh.Settings.Timeout = time.Hour
	sh.RestoreOverrides()
	if sh.Settings.Clobber != "on" || sh.Settings.Timeout != time.Hour {
		t.Errorf("%+v", sh.Settings)
	}
	if a, _ := sh.ForHost(site.Address{Host: "other.net", User: "me"}); a.User != "me" || sh.Settings.Clobber != "on" {
		t.Errorf("%+v", a)
	}
}

func TestConfigErrors(t *testing.T) {
	for _, row := range []struct {
		name, text string
		line       int
		want       string
	}{
		{"unknown setting", "\nnosuch = 1", 2, "nosuch: no such setting"},
		{"wrong value", "glob = true\ntimeout = \"soon\"", 2, `"soon" is not a time`},
		{"wrong kind of value", "timeout = [1]", 1, "must be a string"},
		{"unknown table", "[tables]\nx = 1", 1, "the tables are"},
		{"list of tables", "[[host]]\nx = 1", 1, "list of tables"},
		{"unknown setting of a host", "[host.a]\nuser = \"u\"\nglub = 1", 3, "glub: no such setting"},
		{"port of a host", "[host.a]\nport = 99999", 2, "not a port"},
		{"alias that is none", "[alias]\nx = \"ls |\"", 2, "the line of x"},
		{"too deep", "[host.a]\nx.y = 1", 2, "no such key"},
		{"twice", "glob = true\nglob = false", 2, "glob already exists"},
		{"table twice", "[alias]\n[alias]", 2, "alias already exists"},
		{"no TOML", "glob\n", 1, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			sh, _ := batchShell(t, command.Options{})
			line, err := configure(sh, []byte(row.text))
			if err == nil || line != row.line || !strings.Contains(err.Error(), row.want) {
				t.Errorf("line %d: %v; want line %d: %s", line, err, row.line, row.want)
			}
		})
	}
}

func FuzzConfigure(f *testing.F) {
	f.Add([]byte("timeout = 5\n[alias]\nll = \"ls -l\"\n[host.\"*.org\"]\nuser = 'u'\n"))
	f.Add([]byte("a.b.c = {d = [1]}\n[[x]]"))
	var out bytes.Buffer
	sh, err := New(command.Options{Console: console.Options{In: strings.NewReader(""), Out: &out, Err: &out}})
	if err != nil {
		f.Fatal(err)
	}
	defer Close(sh)
	f.Fuzz(func(t *testing.T, text []byte) {
		if line, err := configure(sh, text); err != nil && line == 0 {
			t.Fatalf("%q: an error without a line: %v", text, err)
		}
	})
}

// BenchmarkLine is what a line of a script costs beside its command.
func BenchmarkLine(b *testing.B) {
	sh, err := New(command.Options{Console: console.Options{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}})
	if err != nil {
		b.Fatal(err)
	}
	defer Close(sh)
	b.ReportAllocs()
	for b.Loop() {
		if err := sh.Do(command.Line{Text: "echo hello", Script: "script", Number: 1}); err != nil {
			b.Fatal(err)
		}
	}
}
