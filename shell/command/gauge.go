package command

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/processors"
	"github.com/ftpsh/ftpsh/shell/render"
)

// A Gauge tells how far the transfers of a shell are: one row for each that
// goes on, and one for all of them together where a command has several.
type Gauge struct {
	mu    sync.Mutex
	files []*moving
	whole whole
}

// moving is a file on its way.
type moving struct {
	name  string
	meter *transfer.Meter
	since time.Time
	first int64     // what was there when the first byte came: it says nothing about the speed
	begun time.Time // when that was
}

// whole is what a command has to do altogether.
type whole struct {
	files, done int
	bytes       int64 // -1: not known
	moved       int64 // of files that are done
	there       int64 // of those, before: it says nothing about the speed
	since       time.Time
}

// All says that a command is about to move so many files and bytes (-1: not
// known). The function that it returns says that it is over.
func (g *Gauge) All(files int, bytes int64) (over func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.whole = whole{files: files, bytes: bytes, since: time.Now()}
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.whole = whole{}
	}
}

// More says that another file was found.
func (g *Gauge) More(bytes int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.whole.files++
	g.whole.bytes += bytes
}

// Passed counts a file that is done, or was left out: the bytes that were moved,
// and those that were there before.
func (g *Gauge) Passed(moved, there int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.whole.done++
	g.whole.moved += moved
	g.whole.there += there
}

// File says that a file is on its way; the function that it returns, that it has
// arrived or failed.
func (g *Gauge) File(name string, m *transfer.Meter) (over func()) {
	f := &moving{name: name, meter: m, since: time.Now()}
	fewer := processors.WhileLarge(m.Moved)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.files = append(g.files, f)
	return func() {
		fewer()
		g.mu.Lock()
		defer g.mu.Unlock()
		g.files = slices.DeleteFunc(g.files, func(one *moving) bool { return one == f })
	}
}

// Rows are the rows of what goes on for some time already.
func (g *Gauge) Rows() []render.Progress {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	var rows []render.Progress
	w := g.whole
	for _, f := range g.files {
		p := f.progress(now)
		w.moved += f.meter.Moved()
		w.there += p.Done - f.meter.Moved()
		if now.Sub(f.since) >= progressDelay {
			rows = append(rows, p)
		}
	}
	if w.files < 2 || now.Sub(w.since) < progressDelay {
		return rows
	}
	elapsed := now.Sub(w.since)
	return append(rows, render.Progress{
		Name: fmt.Sprintf("%d of %d files", w.done, w.files), Done: w.there + w.moved, Total: w.bytes,
		Rate: float64(w.moved) / elapsed.Seconds(), Elapsed: elapsed,
	})
}

func (f *moving) progress(now time.Time) render.Progress {
	done := f.meter.Done()
	if f.first == 0 {
		f.first, f.begun = done, now
	}
	p := render.Progress{Name: f.name, Done: done, Total: f.meter.Total(), Elapsed: now.Sub(f.since)}
	if pace, looked := f.meter.Pace(); looked {
		p.Rate = pace
	} else if since := now.Sub(f.begun).Seconds(); since > 0 {
		p.Rate = float64(done-f.first) / since
	}
	return p
}

// status is the rows as the screen shows them.
func (g *Gauge) status(width int) string {
	var lines []string
	for _, p := range g.Rows() {
		lines = append(lines, p.Line(width))
	}
	return strings.Join(lines, "\n")
}

// Draw shows the gauges at the bottom of the screen until the returned
// function is called.
func (sh *Shell) Draw(gauges ...*Gauge) (stop func()) {
	if !sh.Settings.Progress {
		return func() {}
	}
	halt := Every(progressPeriod, func() {
		width := sh.Console.Width() - 1
		var lines []string
		for _, g := range gauges {
			if text := g.status(width); text != "" {
				lines = append(lines, text)
			}
		}
		sh.Console.Status(strings.Join(lines, "\n"))
	})
	return func() {
		halt()
		sh.Console.Status("")
	}
}
