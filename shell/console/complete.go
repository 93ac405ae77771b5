package console

import (
	"context"
	"strconv"
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
	// More candidates than this are listed only when the user says so.
	listedUnasked = 100
	// and no more than this even then.
	listedAtMost = 10_000
)

// completing is a completion whose answer has not come.
type completing struct {
	cancel context.CancelFunc
	answer chan Completion
	asked  buffer
}

// complete asks for candidates on another goroutine: no key waits for the network. Any key that changes the
// line, and Ctrl-C, cancels it; the line is given back when it has ended.
func (e *editor) complete() {
	if e.plain || e.c.opts.Complete == nil || e.waiting != nil {
		return
	}
	ctx, cancel := context.WithCancel(e.ctx)
	w := &completing{cancel, make(chan Completion, 1), e.buf}
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
	e.below = [][]cell{plain(string(`|/-\`[turn%4])+" completing, Ctrl-C stops", dim)}
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
		e.apply(found)
	}
	e.c.mu.Unlock()
	if current {
		e.c.refresh(e)
	}
}

// apply inserts what all candidates share; when they share no more than is there, it lists them.
func (e *editor) apply(found Completion) {
	if found.Start < 0 || found.Start > found.End || found.End > len(e.buf.text) {
		return
	}
	switch len(found.Candidates) {
	case 0:
		e.c.bell()
		return
	case 1:
		if found.More == 0 {
			e.take(found)
			return
		}
	}
	present := e.buf.text[found.Start:found.End]
	common := found.Common
	if found.More == 0 {
		common = commonPrefix(found.Candidates)
	}
	if len(common) > len(present) && !found.Matches {
		e.replace(found, common)
		return
	}
	if n := len(found.Candidates); n > listedUnasked {
		e.askToList(found, n+found.More)
		return
	}
	e.list(found)
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

func (e *editor) askToList(found Completion, n int) {
	mode := e.mode
	e.below = [][]cell{plain("list all "+strconv.Itoa(n)+"? (y/n)", "")}
	e.mode = func(k key) {
		e.mode = mode
		switch {
		case strings.EqualFold(k.Text, "y") || k.Text == " " || k.Name == "Tab":
			e.list(found)
		case strings.EqualFold(k.Text, "n") || k.Name == "C-c" || k.Name == "Esc" || k.Name == "Enter" || k.Name == "C-g":
		default:
			e.mode(k)
		}
	}
}

// list shows the candidates under the line until the next key, or above it when they need more rows
// than the screen has.
func (e *editor) list(found Completion) {
	if over := len(found.Candidates) - listedAtMost; over > 0 {
		found.Candidates = found.Candidates[:listedAtMost]
		found.More += over
	}
	columns, height := e.c.Width(), e.c.Height()
	cells, cursor := e.content()
	room := height - len(layout(cells, cursor, columns).rows) - 1
	rows := menu(found, columns, room)
	if len(rows) <= room {
		e.below = rows
		return
	}
	e.c.above(rows)
}
