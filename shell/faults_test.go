package shell

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/command"
)

// broken are all faults of the practice server, what a user does there, and what `explain last` and `doctor` must say of it. Where no words are
// wanted, the fault does no harm, or belongs to nobody but the file that is stored.
var broken = []struct {
	fault   string
	do      string // lines, separated by ;
	explain string
	doctor  string
}{
	{"refuse:PASS=530 No.", "", "the login was refused", "The server refuses the login"},
	{"421:CONNECT", "", "does not serve us now", "takes no users now"},
	{"drop:NOOP", "noop", "the control connection is gone", "the control connection is gone"},
	{"mute:NOOP", "noop", "said nothing more", "said nothing more"},
	{"idle=300ms", "sleep 0.6;ls", "had hung up before", "421 ends the connection"},
	{"no-epsv", "ls", "does not know EPSV", "does not know EPSV"},
	{"no-mlsd", "ls", "has no MLSD", "has no MLSD"},
	{"nat-pasv", "set epsv4 off;ls", "sits behind a router", "PASV names another address"},
	{"pasv-closed", "ls", "the data connection was refused", "are closed, although the control connection is fine"},
	{"hasty=1", "ls;ls", "could not make the second connection", "too many may have come in a short time"},
	{"late:NOOP=1100ms", "noop", "the server is slow", "takes its time to answer"},
	{"no-end", "ls", "the last reply of the transfer did not come", "its final reply (226) does not"},
	{"no-begin", "ls", "no 150 came", "without the 150"},
	{"hang-up", "get -f haiku.txt;ls", "the connection was gone before", "was lost in the middle"},
	{"extra-reply", "", "between AUTH TLS and its handshake", "before TLS"},
	{"split-reply", "ls", "it went well", "Nothing is wrong"},
	{"bare-lf", "ls", "it went well", "Nothing is wrong"},
	{"cut:RETR=200", "get -f README.txt", "the transfer was cut off", "break in the middle of a transfer"},
	{"cut-reset:RETR=200", "get -f README.txt", "the transfer was cut off", "break in the middle of a transfer"},
	{"cut-silent:RETR=200", "get -f README.txt", "less came than the server said", "Files come incomplete"},
	{"cut-notify:RETR=200", "get -f README.txt", "(close_notify)", "without the end mark of TLS"},
	{"stall:RETR=200", "get -f README.txt", "the transfer was cut off", "stand still"},
	{"no-fin", "get -f README.txt", "leaves the data connection open", "leaves the data connection open"},
	{"quota=1000", "put big", "no room left", "no room left"},
	{"store-less=1000", "put big", "kept less than was sent", "kept less than was sent"},
	{"rate=2000", "get -f README.txt", "it went well", "Nothing is wrong"},
	{"dos-list", "ls", "it went well", "the form of DOS"},
	{"listing=gibberish\\r\\n", "ls", "in no known form", "in no known form"},
	{"require-tls", "set tls off;practice open;set tls auto", "the server wants TLS", "The server demands TLS"},
	{"require-reuse", "set tls-reuse off;ls;set tls-reuse on", "one TLS session", "resume the TLS session"},
	{"expired-cert", "", "no longer valid", "out of its time"},
	{"wrong-name", "", "another name", "another name"},
	{"self-signed", "", "Nobody vouches", "No authority"},
	{"other-cert", "ls", "shows another certificate", "show another certificate"},
	{"clear-data", "ls", "in the clear", "sends it in the clear"},
	{"tls10", "", "too old", "too old"},
}

// TestEveryFaultIsNamed: whatever the practice server has wrong with it, both ways to ask tell it.
func TestEveryFaultIsNamed(t *testing.T) {
	t.Parallel()
	all := map[string]bool{}
	for _, f := range practice.Faults() {
		all[f.Name] = true
	}
	for _, row := range broken {
		f, err := practice.ParseFault(row.fault)
		if err != nil {
			t.Fatal(err)
		}
		delete(all, f.Name)
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel() // most of the time they wait
			dir := t.TempDir()
			p := pupilIn(t, dir)
			if err := os.WriteFile(filepath.Join(dir, "big"), make([]byte, 5000), 0o600); err != nil {
				t.Fatal(err)
			}
			for line := range strings.SplitSeq("set timeout 2s;set retries 0;practice start --fault '"+row.fault+"';practice open;"+row.do, ";") {
				p.Do(command.Line{Text: line}) // many of them fail
			}
			p.tells(t, "explain last", row.explain)
			if f.Name == "require-tls" {
				p.Do(command.Line{Text: "set tls off"})
			}
			begun := time.Now()
			p.tells(t, "doctor --timeout 2500ms", row.doctor)
			if took := time.Since(begun); took > 20*time.Second {
				t.Errorf("doctor took %v", took)
			}
		})
	}
	for name := range all {
		t.Errorf("there is no row for %s", name)
	}
}

// tells runs a line, whose end does not matter, and wants words in what it prints, however they are broken into lines.
func (p *pupil) tells(t *testing.T, line, want string) {
	t.Helper()
	p.out.Reset()
	p.Do(command.Line{Text: line})
	if text := p.out.String(); !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
		t.Errorf("%s: no %q in\n%s", line, want, text)
	}
}
