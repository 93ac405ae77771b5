package race

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// tree is many small files in folders of the same size.
type tree struct{ files, folders int }

func (t tree) name(i int) string {
	return filepath.Join(fmt.Sprintf("d%04d", i/(t.files/t.folders)), fileName(i))
}

// scale is what is done with a tree, one after the other; HERE is a folder that the first step fills.
var scale = []struct{ name, ours, lftp string }{
	{"down", "mirror -P 8 many HERE", "mirror -P 8 many HERE"},
	{"nothing to do", "mirror -P 8 many HERE", "mirror -P 8 many HERE"},
	{"up", "mirror -P 8 -R HERE up", "mirror -P 8 -R HERE up"},
	{"nothing to do, up", "mirror -P 8 -R HERE up", "mirror -P 8 -R HERE up"},
	{"find", "find up", "find up"},
	{"du", "du -s up", "du -s up"},
	{"rm -r", "rm -rf up", "rm -rf up"},
}

// BenchmarkScale does with hundreds of thousands of files what a user does, once in a round, against
// lftp with eight sessions: seconds, processor time for a file, and the largest memory.
func BenchmarkScale(b *testing.B) {
	program := build(b)
	for _, t := range []tree{{1000, 10}, {20_000, 200}, {40_000, 400}, {100_000, 1}, {200_000, 2000}} {
		b.Run(fmt.Sprintf("%d-in-%d", t.files, t.folders), func(b *testing.B) {
			srv := daemon.Start(b, "vsftpd", daemon.Options{})
			for i := range t.files {
				srv.Put("many/"+t.name(i), daemon.Content(small, uint64(i)))
			}
			r := run{host: srv.Host, port: srv.Port, user: srv.User, password: srv.Password}
			us, other := make([]figures, len(scale)), make([]figures, len(scale))
			for b.Loop() {
				t.work(b, srv, us, func(i int, here string) []string {
					return []string{program, "--no-config", "--tls", "off", "-c", strings.ReplaceAll(scale[i].ours, "HERE", here), r.address()}
				})
				t.work(b, srv, other, func(i int, here string) []string {
					return []string{"lftp", "-c", fmt.Sprintf("%s%sopen -u '%s,%s' -p %d %s; %s", lftpClear, lftpBest, r.user, r.password,
						r.port, r.host, strings.ReplaceAll(scale[i].lftp, "HERE", here))}
				})
			}
			b.ReportMetric(0, "ns/op")
			for i, step := range scale {
				b.Logf("| %s | %.2f | %.2f | %.2f | %.3f | %.3f | %d | %d |", step.name, median(us[i].seconds), median(other[i].seconds),
					median(us[i].seconds)/median(other[i].seconds), 1000*median(us[i].cpu)/float64(t.files),
					1000*median(other[i].cpu)/float64(t.files), us[i].peak>>10, other[i].peak>>10)
			}
		})
	}
}

// work lets one client do all steps, and looks whether it did.
func (t tree) work(b *testing.B, srv *daemon.Server, steps []figures, command func(step int, here string) []string) {
	here := filepath.Join(b.TempDir(), "here")
	up := filepath.Join(srv.Root, "up")
	defer os.RemoveAll(here)
	for i, step := range scale {
		_, words, err := steps[i].run(b.Context(), command(i, here), b.TempDir(), 10*time.Minute)
		if err != nil {
			b.Fatalf("%s: %v\n%.300s", step.name, err, words)
		}
		switch step.name {
		case "down":
			err = t.check(here)
		case "up":
			err = t.check(up)
		case "rm -r":
			if _, gone := os.Stat(up); gone == nil {
				err = fmt.Errorf("%s is still there", up)
			}
		}
		if err != nil {
			b.Fatalf("%s: %v", step.name, err)
		}
	}
}

func (t tree) check(dir string) error {
	for i := range t.files {
		if info, err := os.Stat(filepath.Join(dir, t.name(i))); err != nil || info.Size() != small {
			return fmt.Errorf("%s: %w", t.name(i), err)
		}
	}
	return nil
}
