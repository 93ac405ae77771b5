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

// BenchmarkScript runs scripts of many lines, each a command and its reply, as a
// bare loop over the socket, with ftpsh, and with lftp where it is installed:
//
//	go test ./cmd/ftpsh -run '^$' -bench Script -benchtime 5x
func BenchmarkScript(b *testing.B) {
	program := filepath.Join(b.TempDir(), "ftpsh")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for _, flavour := range []string{"vsftpd", "proftpd"} {
		for _, script := range []struct{ name, line, again string }{
			{"noop", "quote NOOP\n", "quote NOOP\n"},
			{"mkdir", "mkdir d\n", "rmdir d\n"},
		} {
			s := daemon.Start(b, flavour, daemon.Options{})
			lines := strings.Repeat(script.line+script.again, scriptLines/2)
			name := filepath.Join(b.TempDir(), "script")
			if err := os.WriteFile(name, []byte(lines), 0o600); err != nil {
				b.Fatal(err)
			}
			b.Run(flavour+"/"+script.name+"/socket", func(b *testing.B) {
				wire := strings.NewReplacer("quote ", "", "mkdir", "MKD", "rmdir", "RMD").Replace(lines)
				rate(b, func() error { return bare(s, wire) })
			})
			b.Run(flavour+"/"+script.name+"/ftpsh", func(b *testing.B) {
				rate(b, func() error {
					cmd := exec.Command(program, "--no-config", "--tls=off", "-f", name, s.User+"@"+s.Addr())
					cmd.Env = append(os.Environ(), "FTPSH_PASSWORD="+s.Password, "XDG_STATE_HOME="+b.TempDir())
					return cmd.Run()
				})
			})
			lftp, err := exec.LookPath("lftp")
			if err != nil {
				continue
			}
			b.Run(flavour+"/"+script.name+"/lftp", func(b *testing.B) {
				head := fmt.Sprintf("set ftp:ssl-allow no\nopen -u %s,%q %s\n", s.User, s.Password, s.Addr())
				theirs := name + ".lftp"
				if err := os.WriteFile(theirs, []byte(head+lines), 0o600); err != nil {
					b.Fatal(err)
				}
				rate(b, func() error { return exec.Command(lftp, "--norc", "-f", theirs).Run() })
			})
		}
	}
}

// rate measures lines per second.
func rate(b *testing.B, run func() error) {
	start := time.Now()
	for b.Loop() {
		if err := run(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(scriptLines*b.N)/time.Since(start).Seconds(), "lines/s")
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
