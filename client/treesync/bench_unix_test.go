//go:build unix

package treesync_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/internal/everystep"
	"github.com/ftpsh/ftpsh/client/localname"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
	"github.com/ftpsh/ftpsh/client/transfer"
)

// BenchmarkUnchanged compares the processor time of a sync of 50,000 files with that of a mirror of
// them, in turn, where neither has anything to do.
func BenchmarkUnchanged(b *testing.B) {
	p := newPair(b, everystep.Daemon(daemon.Start(b, "vsftpd", daemon.Options{})), "many")
	p.rules, p.lines = &localname.Rules{}, 4
	past := time.Now().AddDate(-2, 0, 0).Truncate(24 * time.Hour)
	for i := range 50_000 {
		name := fmt.Sprintf("d%02d/file%05d.txt", i%20, i)
		for _, root := range []string{p.local, p.there()} {
			put(b, root, name, "")
			os.Chtimes(filepath.Join(root, name), past, past)
		}
	}
	s := p.srv.Open(b, nil)
	sync := func() error {
		_, err := p.sync(b.Context(), s)
		return err
	}
	mirror := func() error {
		m := &transfer.Mirror{Up: true, Local: p.local, Remote: string(p.head(s).Remote), Rules: func(*os.Root) localname.Rules { return *p.rules }}
		m.OnStep = func(step transfer.Step) { p.steps = append(p.steps, step.Path) }
		return m.Run(b.Context(), p.engine(s))
	}
	for range 2 {
		if err := sync(); err != nil {
			b.Fatal(err)
		}
	}
	var times [2][]time.Duration
	for b.Loop() {
		for i, run := range []func() error{sync, mirror} {
			runtime.GC()
			before := processorTime()
			if err := run(); err != nil || len(p.steps) > 0 {
				b.Fatal(err, p.steps)
			}
			times[i] = append(times[i], processorTime()-before)
		}
	}
	median := func(all []time.Duration) float64 {
		slices.Sort(all)
		return all[len(all)/2].Seconds()
	}
	b.ReportMetric(median(times[0]), "sync-s")
	b.ReportMetric(median(times[1]), "mirror-s")
	b.ReportMetric(median(times[0])/median(times[1]), "times")
}

func processorTime() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
