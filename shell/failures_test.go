package shell

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell/command"
)

// TestFirstLineOfFailures: whatever goes wrong with one of the connections, the
// first line says with which one, and why; none of it ends well.
func TestFirstLineOfFailures(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, start, lines string // of the practice server, and what is typed then
		says               string
		status             int
	}{
		{"an address that nobody can reach is not used", "--tls off --fault nat-pasv --fault no-epsv", "practice open; ls", "", 0},
		{
			"nor are closed ports behind it", "--tls off --fault nat-pasv=10.9.9.9 --fault no-epsv --fault pasv-closed", "set sendport off; practice open; ls",
			"ls: no data connection: .*PASV: data connection to 127.0.0.1:.*: connection refused", 3,
		},
		{
			"the ports of the server are closed", "--tls off --fault pasv-closed", "set sendport off; set epsv4 off; practice open; ls",
			"ls: no data connection: PASV: data connection to 127.0.0.1:.*: connection refused", 3,
		},
		{"nothing listens", "", "open 127.0.0.1 1", "open: control connection to 127.0.0.1:1: connection refused", 3},
		{"the server is mute", "--tls off --fault mute:CONNECT", "practice open", "practice: 127.0.0.1: timed out waiting for the greeting on the control connection", 9},
		{"a command is never answered", "--tls off --fault mute:EPSV", "practice open; ls", "ls: timed out waiting for the reply to EPSV on the control connection", 9},
		{
			"the data stands still", "--tls off --fault stall:RETR=100", "practice open; get README.txt",
			"get: README.txt: .* after 100 bytes: timed out waiting for the data connection", 8,
		},
		{
			"the data stands still, for as long as a reply may take", "--tls off --fault stall:RETR=100", "set timeout 300ms; practice open; get README.txt",
			"get: README.txt: .* after 100 bytes: timed out waiting for the data connection", 8,
		},
		{"the server is busy", "--fault 421:CONNECT", "practice open", "practice: 127.0.0.1: control connection refused: 421 ", 3},
		{"TLS is required", "--tls require", "practice open --clear", "practice: 127.0.0.1: login refused: 530 AUTH TLS", 4},
		{"the certificate has expired", "--fault expired-cert", "practice open", "practice: TLS on the control connection: certificate of 127.0.0.1: expired on ", 5},
		{"TLS is too old", "--fault tls10", "practice open", "practice: 127.0.0.1: TLS on the control connection: the other side says: protocol version not supported", 5},
		{"the TLS session is new", "--fault require-reuse", "set tls-reuse off; practice open; ls", "ls: data connection refused: 522 ", 6},
		{"the password is wrong", "--tls off", "practice open; user learner wrong", "user: login refused: 530 ", 4},
		{"the account is refused", "--tls off --fault 'refuse:ACCT=502 none here'", "practice open; account x", "account: account refused: 502 none here", 4},
		{"the data connection is cut", "--tls off --fault cut:RETR=200", "practice open; get README.txt", "get: README.txt: data connection lost: 426 ", 8},
		{"bytes are missing", "--tls off --fault cut-silent:RETR=200", "practice open; get README.txt", "get: README.txt: 200 bytes came, not .*: the transfer is not complete", 8},
		{"TLS ends without its mark", "--fault cut-notify:RETR=200", "practice open; get README.txt", "get: README.txt: cut short after 200 bytes: the data connection ended without close_notify", 8},
		{"the control connection is cut", "--tls off --fault drop:PASS", "practice open", "practice: 127.0.0.1: control connection closed by the server", 3},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := pupilIn(t, t.TempDir())
			p.Do(command.Line{Text: "set retries 0"})
			if !strings.Contains(row.lines, "timeout") {
				p.Do(command.Line{Text: "set stall 300ms"})
			}
			if strings.Contains(row.start, "mute") {
				p.Do(command.Line{Text: "set timeout 300ms"})
			}
			p.Do(command.Line{Text: "practice start " + row.start})
			p.out.Reset()
			err := p.Do(command.Line{Text: row.lines})
			if command.Status(err) != row.status {
				t.Errorf("status %d, want %d", command.Status(err), row.status)
			}
			if !regexp.MustCompile("(?m)^" + row.says).MatchString(p.out.String()) {
				t.Errorf("no line %q in\n%s", row.says, p.out)
			}
		})
	}
}

// TestFailedDownloadSaysWhatIsLeft: how much, where, and what resumes it.
func TestFailedDownloadSaysWhatIsLeft(t *testing.T) {
	p := newPupil(t)
	p.Do(command.Line{Text: "set retries 0; practice start --tls off --fault cut:RETR=200*1; practice open"})
	p.says(t, "get README.txt", "200 of 608 bytes are in README.txt.part; `reget README.txt` resumes")
	p.says(t, "reget README.txt && hash README.txt", "")
	if _, err := os.Stat("README.txt"); err != nil {
		t.Errorf("%v\n%s", err, p.out)
	}
}

// TestLessonsLetFail: in a lesson about a transfer that breaks it is not tried
// again behind the learner's back.
func TestLessonsLetFail(t *testing.T) {
	p := newPupil(t)
	p.begin(t, lessons(t)[5], 1)
	p.out.Reset()
	if err := p.Do(command.Line{Text: "get report.bin"}); err == nil || strings.Contains(p.out.String(), "again in") {
		t.Errorf("%v\n%s", err, p.out)
	}
}
