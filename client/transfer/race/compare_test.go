package race

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

var (
	reportDir = flag.String("report", "", "a `FOLDER` for the table and the plots of BenchmarkClients")
	only      = flag.String("peers", "", "race against `NAMES` only, with commas between them")
)

// patience is the most that one run may take: over TLS some clients need
// minutes for what takes others a second.
const patience = 90 * time.Second

// figures are what one client needed, run by run.
type figures struct {
	seconds, cpu []float64
	peak         int64 // KiB
	failed       error
}

// slow reports whether it is clear after one run who is slower, and another
// would only take time.
func (f *figures) slow(our *figures) bool {
	return len(f.seconds) > 0 && f.seconds[0] > 8 && f.seconds[0] > 4*median(our.seconds)
}

func median(all []float64) float64 {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// BenchmarkClients times whole processes, login and all, for the same work, one
// after the other in every round, and compares the medians. Clients that are not
// installed are left out, and so are those that fail.
func BenchmarkClients(b *testing.B) {
	program := build(b)
	var results []result
	for _, w := range works {
		b.Run(strings.ReplaceAll(w.name, " ", "-"), func(b *testing.B) {
			r := result{w, compare(b, program, w)}
			for _, p := range peers {
				switch f := r.by[p.name]; {
				case len(f.seconds) > 0:
					b.ReportMetric(median(f.seconds), strings.ReplaceAll(p.name, " ", "-")+"-s")
				case !errors.Is(f.failed, errors.ErrUnsupported):
					b.Logf("%s: %v", p.name, f.failed)
				}
			}
			b.ReportMetric(0, "ns/op")
			if results = append(results, r); *reportDir != "" {
				write(b, *reportDir, results)
			}
		})
	}
}

// build makes the program. It starts in a millisecond less without libc.
func build(b *testing.B) (program string) {
	program = filepath.Join(b.TempDir(), us)
	build := exec.Command("go", "build", "-o", program, "github.com/ftpsh/ftpsh/cmd/ftpsh")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return program
}

// compare lets all clients do the same work, in turn.
func compare(b *testing.B, program string, w work) map[string]*figures {
	srv := daemon.Start(b, w.server, daemon.Options{PasvIP: map[bool]string{true: farAway}[w.distance > 0]})
	r := run{work: w, host: srv.Host, port: srv.Port, user: srv.User, password: srv.Password, ca: srv.CA, tls: srv.TLS}
	if w.distance > 0 {
		r.host = far(b, srv, w.distance)
	}
	w.serve(b, srv)
	results := map[string]*figures{}
	for _, p := range peers {
		results[p.name] = &figures{}
	}
	for round := 0; b.Loop(); round++ {
		for i := range peers {
			p := peers[(i+round)%len(peers)]
			if f := results[p.name]; f.failed == nil && !f.slow(results[us]) {
				f.add(b, p, program, r, srv)
			}
		}
	}
	if our := results[us]; our.failed != nil {
		b.Errorf("%s: %v", us, our.failed)
	}
	return results
}

// add lets a client do the work once.
func (f *figures) add(b *testing.B, p peer, program string, r run, srv *daemon.Server) {
	r.dir = r.prepare(b, srv)
	defer os.RemoveAll(r.dir)
	argv := p.command(r)
	if argv == nil || *only != "" && p.name != us && !slices.Contains(strings.Split(*only, ","), p.name) {
		f.failed = errors.ErrUnsupported
		return
	}
	if p.name == us {
		argv[0] = program
	} else if _, f.failed = exec.LookPath(p.program()); f.failed != nil {
		return
	}
	home := b.TempDir()
	for range r.times() {
		out, words, err := f.run(b.Context(), argv, home, patience)
		if err == nil {
			err = r.check(r.dir, srv, out)
		}
		if err != nil {
			*f = figures{failed: fmt.Errorf("%w: %.300s", err, words)}
			return
		}
	}
}

// run runs a program, for so long at most, and takes note of what it needed.
func (f *figures) run(ctx context.Context, argv []string, home string, most time.Duration) (out, words []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	var said, complained bytes.Buffer
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), "HOME="+home)
	cmd.Stdout, cmd.Stderr = &said, &complained
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	done := make(chan struct{})
	peak := make(chan int64)
	go func() { peak <- watchMemory(cmd.Process.Pid, done) }()
	err = cmd.Wait()
	took := time.Since(began)
	close(done)
	f.peak = max(f.peak, <-peak)
	f.seconds = append(f.seconds, took.Seconds())
	f.cpu = append(f.cpu, (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds())
	return said.Bytes(), complained.Bytes(), err
}

// program is what must be installed.
func (p peer) program() string {
	switch p.name {
	case "lftp best":
		return "lftp"
	case "ncftp":
		return "ncftpget"
	}
	return p.name
}

// watchMemory returns the most memory that a process had, in KiB, as long as it
// could be asked. The first time is later than most that only start have ended: to
// look at them takes them time.
func watchMemory(pid int, done <-chan struct{}) (peak int64) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return peak
		case <-tick.C:
		}
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if _, after, ok := strings.Cut(string(text), "VmHWM:"); ok {
			n, _ := strconv.ParseInt(strings.Fields(after)[0], 10, 64)
			peak = max(peak, n)
		}
	}
}
