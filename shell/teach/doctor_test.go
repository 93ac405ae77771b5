package teach

import (
	"context"
	"crypto/tls"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// patients are servers with something wrong, and what a doctor must find.
var patients = []struct {
	name string
	opt  PracticeOptions
	full bool
	want string // key of a problem; "": sound
}{
	{name: "sound"},
	{name: "sound, everything", full: true},
	{name: "nat-pasv", opt: faulty("nat-pasv"), want: "pasv-address"},
	{name: "pasv-closed", opt: faulty("pasv-closed"), want: "data-refused"},
	{name: "too many data connections", opt: faulty("hasty=1"), want: "data-not-now"},
	{name: "no-epsv", opt: faulty("no-epsv"), want: "no-epsv"},
	{name: "no-mlsd", opt: faulty("no-mlsd"), want: "no-mlsd"},
	{name: "require-tls, asked in the clear", opt: faulty("require-tls"), want: "tls-required"},
	{name: "require-reuse", opt: faulty("require-reuse"), want: "tls-reuse"},
	{name: "expired-cert and closed ports", opt: faulty("expired-cert", "pasv-closed"), want: "data-refused"},
	{name: "other-cert", opt: faulty("other-cert"), want: "data-cert"},
	{name: "clear-data", opt: faulty("clear-data"), want: "data-clear"},
	{name: "no-fin", opt: faulty("no-fin"), want: "no-fin"},
	{name: "no-begin", opt: faulty("no-begin"), want: "no-begin"},
	{name: "hang-up", opt: faulty("hang-up"), want: "lost"},
	{name: "refuse:REST", opt: faulty("refuse:REST=502 No."), want: "no-rest"},
	{name: "listing", opt: faulty("listing=gibberish\\r\\n"), want: "list-odd"},
	{name: "cut-reset", opt: faulty("cut-reset=100"), want: "data-cut"},
	{name: "extra-reply behind the 234", opt: faulty("extra-reply"), want: "extra-reply"},
	{name: "expired-cert", opt: faulty("expired-cert"), want: "cert-expired"},
	{name: "wrong-name", opt: faulty("wrong-name"), want: "cert-name"},
	{name: "self-signed", opt: faulty("self-signed"), want: "cert-unknown"},
	{name: "tls10", opt: faulty("tls10"), want: "tls-version"},
	{name: "stall", opt: faulty("stall=100"), want: "data-stalled"},
	{name: "cut", opt: faulty("cut=100"), want: "data-cut"},
	{name: "cut-silent", opt: inClear(faulty("cut-silent=100")), want: "data-short"},
	{name: "cut-silent, in TLS", opt: faulty("cut-silent=100"), want: "data-short"},
	{name: "cut-notify", opt: faulty("cut-notify=100"), want: "data-truncated"},
	{name: "no-end", opt: faulty("no-end"), want: "no-end"},
	{name: "dos-list", opt: faulty("dos-list", "no-mlsd"), want: "list-dos"},
	{name: "dos-list beside MLSD", opt: faulty("dos-list"), want: "list-dos"},
	{name: "421 for a greeting", opt: faulty("421:CONNECT"), want: "busy"},
	{name: "mute", opt: faulty("mute:CONNECT"), want: "mute"},
	{name: "mute to one command", opt: faulty("mute:EPSV"), want: "no-reply"},
	{name: "drop", opt: faulty("drop:PASS"), want: "lost"},
	{name: "no TLS", opt: PracticeOptions{TLS: "off"}, want: "tls-missing"},
	{name: "extra-reply", opt: faulty("extra-reply:PASV=200 Hello."), want: "extra-reply"},
	{name: "late", opt: faulty("late:EPSV=1100ms"), want: "slow"},
	{name: "cut files", opt: faulty("cut:RETR=100"), want: "data-cut"},
	{name: "files cut by reset", opt: faulty("cut-reset:RETR=100"), want: "data-cut"},
	{name: "files cut in silence", opt: faulty("cut-silent:RETR=100"), want: "file-short"},
	{name: "files without the mark of their end", opt: faulty("cut-notify:RETR=100"), want: "data-truncated"},
	{name: "files that stall", opt: faulty("stall:RETR=100"), want: "data-stalled"},
	{name: "files that are refused", opt: faulty("refuse:RETR=550 No."), want: "read-refused"},
	{name: "a zone", opt: faulty("listing:LIST="+daysAgo("10:00"), "listing:MLSD="+factsAgo("08:00")), want: "zone"},
	{name: "a clock that is fast", opt: faulty("listing:MLSD=" + factsOf(time.Now().Add(time.Hour))), want: "clock"},
	{name: "refused login", opt: faulty("refuse:PASS=530 No."), want: "login"},
}

// The day of the listings whose zone is to be found.
var someDays = time.Now().UTC().AddDate(0, 0, -5)

func daysAgo(clock string) string {
	return "-rw-r--r-- 1 ftp ftp 5 " + someDays.Format("Jan _2 ") + clock + " a\\r\\n"
}

func factsAgo(clock string) string {
	at, err := time.Parse("15:04", clock)
	if err != nil {
		panic(err)
	}
	y, m, d := someDays.Date()
	return factsOf(time.Date(y, m, d, at.Hour(), at.Minute(), 30, 0, time.UTC))
}

func factsOf(at time.Time) string {
	return "type=file;size=5;modify=" + at.UTC().Format("20060102150405") + "; a\\r\\n"
}

func faulty(texts ...string) (opt PracticeOptions) {
	for _, text := range texts {
		f, err := practice.ParseFault(text)
		if err != nil {
			panic(err)
		}
		opt.Faults = append(opt.Faults, f)
	}
	return opt
}

func inClear(opt PracticeOptions) PracticeOptions {
	opt.TLS = "off"
	return opt
}

// patient is a server, and an examination of it with the password and without trust.
func patient(t *testing.T, opt PracticeOptions) (*Practice, Examination) {
	t.Helper()
	server, err := StartPractice(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	e := Examination{Known: true, Login: client.Login{User: PracticeUser, Password: PracticePassword}, Limit: 2 * time.Second}
	e.Options.Addr, e.Options.TLS = server.Addr(), &tls.Config{}
	return server, e
}

// TestDoctorFinds: the doctor names the cause, and sends little.
func TestDoctorFinds(t *testing.T) {
	for _, p := range patients {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			server, e := patient(t, p.opt)
			before := treeOf(t, server)
			e.Full, e.Options.Security = p.full, client.Opportunistic
			if server.Trusted() {
				e.Options.TLS.RootCAs = server.RootCAs()
			}
			if strings.Contains(p.name, "in the clear") {
				e.Options.Security = client.Off
			}
			start := time.Now()
			d := Examine(context.Background(), e)
			t.Log("\n" + sheet(d))
			var keys []string
			for _, problem := range d.Problems {
				keys = append(keys, problem.Key)
				if problem.Says == "" {
					t.Errorf("nothing is said about %s", problem.Key)
				}
			}
			if p.want == "" && len(keys) > 0 || p.want != "" && !slices.Contains(keys, p.want) {
				t.Errorf("found %q, want %q", keys, p.want)
			}
			if d.Commands > 25 {
				t.Errorf("%d commands", d.Commands)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
			if after := treeOf(t, server); after != before {
				t.Errorf("the server has other files now:\n%s\nbefore:\n%s", after, before)
			}
			for line := range strings.SplitSeq(sheet(d), "\n") {
				if len([]rune(line)) > 79 {
					t.Errorf("%d columns: %s", len([]rune(line)), line)
				}
			}
		})
	}
}

// TestDoctorIsQuick: a server whose every reply is late is examined for so long and no longer, and the cause is named.
func TestDoctorIsQuick(t *testing.T) {
	t.Parallel()
	server, e := patient(t, faulty("late=200ms"))
	e.Limit, e.Whole, e.Options.TLS.RootCAs = time.Second, 700*time.Millisecond, server.RootCAs()
	start := time.Now()
	d := Examine(context.Background(), e)
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
	if text := sheet(d); !strings.Contains(text, "no time is left") {
		t.Errorf("nothing was left out:\n%s", text)
	}
}

// TestDoctorKeepsThePassword: a server that nobody vouches for is examined, and gets no password.
func TestDoctorKeepsThePassword(t *testing.T) {
	t.Parallel()
	server, e := patient(t, faulty("self-signed"))
	d := Examine(context.Background(), e)
	if wire := strings.Join(server.Wire(), "\n"); strings.Contains(wire, PracticePassword) || strings.Contains(wire, "USER "+PracticeUser) {
		t.Errorf("the password or its user was sent:\n%s", wire)
	}
	if text := strings.Join(strings.Fields(sheet(d)), " "); !strings.Contains(text, "MLSD: ") || !strings.Contains(text, "vouches for gets no") {
		t.Errorf("the rest was not examined:\n%s", text)
	}
}

// TestDoctorFixes: the settings that help are lines of config.toml, each once.
func TestDoctorFixes(t *testing.T) {
	d := doctor{Diagnosis: &Diagnosis{Host: "ftp.example.org:21"}}
	if got := d.Fix(); got != nil {
		t.Errorf("%q", got)
	}
	for _, key := range []string{"data-refused", "slow", "no-reply", "no-mlsd"} {
		d.problem(key)
	}
	want := "[host.\"ftp.example.org\"]\npassive = \"off\"\ntimeout = \"2m\""
	if got := strings.Join(d.Fix(), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func sheet(d *Diagnosis) string {
	var lines []string
	for _, f := range d.Findings {
		lines = append(lines, f.Line()...)
	}
	return strings.Join(append(lines, d.Advice()...), "\n")
}

// treeOf is the names and sizes of all files.
func treeOf(t *testing.T, server *Practice) string {
	t.Helper()
	var all []string
	err := afero.Walk(server.FS(), "/", func(name string, info fs.FileInfo, err error) error {
		name = filepath.ToSlash(name)
		if err == nil && !info.IsDir() {
			name += fmt.Sprintf(" %d", info.Size())
		}
		all = append(all, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}
