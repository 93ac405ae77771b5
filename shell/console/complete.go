package console

import (
	"context"
	"strings"
	"time"
)

// A Completion is what may stand in the place of line[Start:End].
type Completion struct {
	Start, End int // byte offsets
	Candidates []Candidate
	More       int    // candidates that were left out
	Common     string // what all share, those that were left out included
	Matches    bool   // they match a pattern: it stays as long as there are several
}

// A Candidate is one of them.
type Candidate struct {
	Text  string // replaces line[Start:End], quoted as the command line needs it
	Shown string // what the list shows; "" for Text
	Note  string // shown beside it when there is room: size, date
	Open  bool   // more will follow, as after a directory: no blank is added
}

const (
	// An answer within this time counts as part of the key, so that what is typed ahead sees it.
	completionGrace = 30 * time.Millisecond
	spinnerDelay    = 200 * time.Millisecond
	spinnerPeriod   = 125 * time.Millisecond
	listedAtMost    = 10_000
)

// completing is a completion whose answer has not come.
type completing struct {
	cancel context.CancelFunc
	answer chan Completion
	asked  buffer
	narrow bool // only the menu shall follow what was typed
}

// complete asks for candidates on another goroutine: no key waits for the network. Any key that changes the
// line, and Ctrl-C, cancels it; the line is given back when it has ended.
func (e *editor) complete() { e.ask(false) }

func (e *editor) ask(narrow bool) {
	if e.plain || e.c.opts.Complete == nil || e.waiting != nil {
		return
	}
	ctx, cancel := context.WithCancel(e.ctx)
	w := &completing{cancel, make(chan Completion, 1), e.buf, narrow}
	e.waiting = w
	ask := e.c.opts.Complete
	e.later = func() {
		e.asking.Go(func() { w.answer <- ask(ctx, w.asked.text, w.asked.pos) })
		select {
		case found := <-w.answer:
			e.completed(w, found)
		case <-time.After(completionGrace):
			e.c.spawn(func() { e.await(ctx, w) })
		}
	}
}

// await shows that something is going on until the answer comes or the completion is cancelled.
func (e *editor) await(ctx context.Context, w *completing) {
	timer := time.NewTimer(spinnerDelay - completionGrace)
	defer timer.Stop()
	for turn := 0; ; turn++ {
		select {
		case found := <-w.answer:
			e.completed(w, found)
			return
		case <-ctx.Done():
			return
		case <-timer.C:
			e.showWaiting(w, turn)
			timer.Reset(spinnerPeriod)
		}
	}
}

func (e *editor) showWaiting(w *completing, turn int) {
	e.c.mu.Lock()
	defer e.c.mu.Unlock()
	if e.waiting != w {
		return
	}
	e.below = plain(string(`|/-\`[turn%4])+" completing, Ctrl-C stops", dim)
	e.c.draw()
}

func (e *editor) cancelCompletion() {
	if e.waiting != nil {
		e.waiting.cancel()
		e.waiting, e.below = nil, nil
	}
}

// completed applies an answer, unless the line is another one by now.
func (e *editor) completed(w *completing, found Completion) {
	e.c.mu.Lock()
	current := e.waiting == w
	if current {
		e.cancelCompletion()
		switch {
		case !found.fits(e.buf.text):
		case !w.narrow:
			e.apply(found)
		case len(found.Candidates) > 0:
			e.openMenu(found)
		}
	}
	e.c.mu.Unlock()
	if current {
		e.c.refresh(e)
	}
}

// fits reports whether there is a place for the candidates in a line.
func (c Completion) fits(line string) bool {
	return c.Start >= 0 && c.Start <= c.End && c.End <= len(line)
}

// apply inserts what is certain; when that is no more than is there, it shows the candidates.
func (e *editor) apply(found Completion) {
	switch {
	case len(found.Candidates) == 0:
		e.c.bell()
	case !e.extend(found):
		e.openMenu(found)
	}
}

// extend inserts the only candidate, or what all share, and reports whether there was something to insert.
func (e *editor) extend(found Completion) bool {
	if len(found.Candidates) == 1 && found.More == 0 {
		e.take(found)
		return true
	}
	common := found.Common
	if found.More == 0 {
		common = commonPrefix(found.Candidates)
	}
	if len(common) <= found.End-found.Start || found.Matches {
		return false
	}
	e.replace(found, common)
	return true
}

// take inserts the only candidate, with a blank after it when it is complete.
func (e *editor) take(found Completion) {
	only := found.Candidates[0]
	text := only.Text
	if rest := e.buf.text[found.End:]; !only.Open {
		if strings.HasPrefix(rest, " ") {
			found.End++
		}
		text += " "
	}
	e.replace(found, text)
}

func (e *editor) replace(found Completion, text string) {
	e.undo = append(e.undo, e.buf)
	e.now = chain{}
	e.buf.replace(found.Start, found.End, text)
}

// commonPrefix ends neither inside a character nor inside an escape.
func commonPrefix(candidates []Candidate) string {
	common := candidates[0].Text
	for _, c := range candidates[1:] {
		n := 0
		for n < len(common) && n < len(c.Text) && common[n] == c.Text[n] {
			n++
		}
		common = common[:n]
	}
	whole := 0
	for cluster := range clusters(candidates[0].Text) {
		if whole+len(cluster) > len(common) {
			break
		}
		whole += len(cluster)
	}
	common = common[:whole]
	if slashes := len(common) - len(strings.TrimRight(common, `\`)); slashes%2 == 1 {
		common = common[:len(common)-1]
	}
	return common
}
