//go:build unix

package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

const scriptLines = 10_000

// benchScripts are scripts that ftpsh and lftp both understand. Wire is what a
// bare loop over the socket sends for the same; "" where files move.
var benchScripts = []struct{ name, lines, wire string }{
	{"noop", "quote NOOP\n", "NOOP\n"},
	{"mkdir", "mkdir d\nrmdir d\n", "MKD d\nRMD d\n"},
	{"cd", "cd there\ncd ..\n", "CWD there\nCDUP\n"},
	{"mix", "mkdir d\ncd d\nput small.txt\nmv small.txt b.txt\nls\nrm b.txt\ncd ..\nrmdir d\n", ""},
}

// BenchmarkScript runs scripts of many lines, each a command and its reply, as a
// bare loop over the socket, with ftpsh, and with lftp where it is installed.
// The three take turns, so that what else the machine does hits all of them, and
// the folder of the server should not be on a disk:
//
//	TMPDIR=/dev/shm go test ./cmd/ftpsh -run '^$' -bench Script -benchtime 5x
func BenchmarkScript(b *testing.B) {
	program := filepath.Join(b.TempDir(), "ftpsh")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	lftp, _ := exec.LookPath("lftp")
	for _, flavour := range []string{"vsftpd", "proftpd"} {
		for _, script := range benchScripts {
			b.Run(flavour+"/"+script.name, func(b *testing.B) {
				s := daemon.Start(b, flavour, daemon.Options{})
				s.Put("there/small.txt", []byte("a line\n"))
				count := strings.Count(script.lines, "\n")
				lines := strings.Repeat(script.lines, scriptLines/count)
				ours, theirs := benchFile(b, lines), benchFile(b, lftpHead(s)+lines)
				here := filepath.Dir(benchFile(b, "a line\n"))
				runs := []struct {
					tool string
					run  func() error
				}{
					{"socket", func() error { return bare(s, strings.Repeat(script.wire, scriptLines/count)) }},
					{"ftpsh", func() error {
						cmd := exec.Command(program, "--no-config", "--tls=off", "-f", ours, s.User+"@"+s.Addr())
						cmd.Env = append(os.Environ(), "FTPSH_PASSWORD="+s.Password, "XDG_STATE_HOME="+b.TempDir())
						cmd.Dir = here
						return cmd.Run()
					}},
					{"lftp", func() error {
						cmd := exec.Command(lftp, "--norc", "-f", theirs)
						cmd.Dir = here
						return cmd.Run()
					}},
				}
				took := map[string]time.Duration{}
				for b.Loop() {
					for _, r := range runs {
						if r.tool == "socket" && script.wire == "" || r.tool == "lftp" && lftp == "" {
							continue
						}
						start := time.Now()
						if err := r.run(); err != nil {
							b.Fatalf("%s: %v", r.tool, err)
						}
						took[r.tool] += time.Since(start)
					}
				}
				for tool, d := range took {
					b.ReportMetric(float64(scriptLines*b.N)/d.Seconds(), tool+"-lines/s")
				}
				if d := took["lftp"]; d > 0 {
					b.ReportMetric(float64(d)/float64(took["ftpsh"]), "ahead-of-lftp")
				}
			})
		}
	}
}

// benchFile is a file small.txt with a text, in a folder of its own.
func benchFile(b *testing.B, text string) string {
	name := filepath.Join(b.TempDir(), "small.txt")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return name
}

// lftpHead opens the session for a script of lftp.
func lftpHead(s *daemon.Server) string {
	return fmt.Sprintf("set ftp:ssl-allow no\nopen -u %s,%q %s\n", s.User, s.Password, s.Addr())
}

// bare sends lines and waits for each reply: as fast as it goes one by one.
func bare(s *daemon.Server, lines string) error {
	nc, err := net.Dial("tcp", s.Addr())
	if err != nil {
		return err
	}
	defer nc.Close()
	in := bufio.NewReader(nc)
	if _, err := in.ReadString('\n'); err != nil {
		return err
	}
	for line := range strings.SplitSeq("USER "+s.User+"\nPASS "+s.Password+"\n"+strings.TrimSpace(lines), "\n") {
		if _, err := fmt.Fprintf(nc, "%s\r\n", line); err != nil {
			return err
		}
		if reply, err := in.ReadString('\n'); err != nil || reply[0] > '3' {
			return fmt.Errorf("%s: %s %w", line, reply, err)
		}
	}
	return nil
}
