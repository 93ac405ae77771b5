package tx

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/listing"
)

// Outcome is what a commit did.
type Outcome struct {
	New, Replaced, Removed, Moved, Other int

	Took  time.Duration // all of it
	Mixed time.Duration // from the first step that others see to the last
	Notes []string      // what is not as it was asked for
}

// Check compares what the transaction is about with the server. It changes nothing.
func (t *Tx) Check(ctx context.Context, s *client.Session) error {
	_, err := t.check(ctx, s)
	return err
}

func (t *Tx) check(ctx context.Context, s *client.Session) (map[string]*facts.Facts, error) {
	if t.phase != Staging {
		return nil, ErrBusy
	}
	if differs := t.Differs(facts.ServerOf(s)); differs != "" {
		return nil, &StaleError{Why: differs}
	}
	names := slices.Sorted(maps.Keys(t.saw))
	sizes := map[string]int64{}
	for _, r := range t.rows {
		if r.Do == Put {
			sizes[t.staged(r.Staged)] = r.Size
			names = append(names, t.staged(r.Staged))
		}
	}
	now, err := facts.Look(ctx, s, names)
	if err != nil {
		return nil, err
	}
	stale := &StaleError{}
	for _, name := range names {
		was := t.saw[name]
		if size, staged := sizes[name]; staged {
			was = &facts.Facts{Type: listing.File.String(), Size: size}
		}
		if !was.Same(now[name]) {
			stale.Moved = append(stale.Moved, Moved{name, was, now[name]})
		}
	}
	if len(stale.Moved) > 0 {
		return nil, stale
	}
	return now, nil
}

// Commit makes all changes, or none. What they replace is kept in the folder until Tidy; with noOld
// the files that an upload replaces are not, where the server replaces one by a rename, and once one
// is replaced Commit cannot go back. After an error that is a *BrokenError the transaction waits
// for Recover; after any other one everything is as it was before, and Commit can be tried again.
func (t *Tx) Commit(ctx context.Context, s *client.Session, noOld bool) (out Outcome, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	start, c := time.Now(), commit{t, s}
	err = s.Aside(func() error {
		now, err := t.check(ctx, s)
		if err != nil {
			return err
		}
		if out.Notes, err = c.keepModes(ctx, now); err != nil {
			return err
		}
		direct, says, err := c.direct(ctx, noOld)
		if err != nil {
			return err
		}
		if says != "" {
			out.Notes = append(out.Notes, says)
		}
		t.steps = nil
		for _, step := range t.compile(now, direct) {
			t.steps = append(t.steps, step)
			if err := t.journal.add(note{Step: &step}, false); err != nil {
				return err
			}
		}
		mixed := time.Now()
		err = c.run(ctx)
		out.Mixed = time.Since(mixed)
		return err
	})
	out.Took = time.Since(start)
	out.count(t.rows)
	return out, err
}

// count counts what becomes of rows.
func (out *Outcome) count(rows []Row) {
	for _, r := range rows {
		switch {
		case r.Do == Put && r.Over == nil:
			out.New++
		case r.Do == Put:
			out.Replaced++
		case r.Do == Remove:
			out.Removed++
		case r.Do == Move:
			out.Moved++
		default:
			out.Other++
		}
	}
}

// Dry are the steps that a commit would take now, if the server replaces files by a rename.
func (t *Tx) Dry(ctx context.Context, s *client.Session, noOld bool) (steps []Step, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, err := t.check(ctx, s)
	if err == nil {
		steps = t.compile(now, noOld)
	}
	return steps, err
}

// keepModes gives files that wait the mode of those that they replace: STOR over a file keeps it, a
// rename does not.
func (c commit) keepModes(ctx context.Context, now map[string]*facts.Facts) (notes []string, err error) {
	for i, r := range c.rows {
		if r.Do != Put || r.Over == nil || r.Mode != "" {
			continue
		}
		old, staged := now[c.place(c.rows[:i], string(r.Path)).at], now[c.staged(r.Staged)]
		if old == nil || old.Mode == "" || staged.Mode == "" || old.Mode == staged.Mode {
			continue
		}
		err := c.s.Chmod(ctx, fs.FileMode(mode(old.Mode)), c.staged(r.Staged))
		switch {
		case err == nil:
			staged.Mode = old.Mode
		case client.Refusal(err) == nil:
			return notes, err
		default:
			notes = append(notes, fmt.Sprintf("%s had the mode %s and gets %s: %v", r.Path, old.Mode, staged.Mode, err))
		}
	}
	return notes, nil
}

// commit is a commit over a session, to its end or back.
type commit struct {
	*Tx
	s *client.Session
}

// run takes the steps, and takes them back when the server refuses one.
func (c commit) run(ctx context.Context) error {
	if err := c.begin(Forward); err != nil {
		return err
	}
	err := c.forward(ctx)
	if no := new(RefusedError); errors.As(err, &no) {
		return c.back(ctx, no)
	}
	return err
}

// begin begins a phase; it is on the disk before anything of it is sent.
func (t *Tx) begin(p Phase) error {
	if err := t.journal.add(note{Phase: p}, true); err != nil {
		return err
	}
	return t.enter(p)
}

// forward takes the steps that are not taken yet, looks at the outcome, and leaves the rest to Tidy.
func (c commit) forward(ctx context.Context) error {
	for i := range c.batches {
		if err := c.take(ctx, i, true); err != nil {
			return err
		}
	}
	if err := c.prove(ctx); err != nil {
		return err
	}
	return c.begin(Tidying)
}

// prove looks whether all that was put is there: servers say 250 to renames that they do not do.
func (c commit) prove(ctx context.Context) error {
	after := map[string]*facts.Facts{}
	for _, step := range c.steps {
		if step.Do == Move {
			delete(after, string(step.From))
			after[string(step.To)] = step.Is
		}
	}
	maps.DeleteFunc(after, func(name string, _ *facts.Facts) bool { return facts.Within(name, string(c.Folder)) })
	for _, step := range c.steps { // what has moved on with its directory is not looked at
		if step.Do == Move && step.Is.IsDir() {
			maps.DeleteFunc(after, func(name string, _ *facts.Facts) bool {
				return name != string(step.From) && facts.Within(name, string(step.From))
			})
		}
	}
	now, err := facts.Look(ctx, c.s, slices.Sorted(maps.Keys(after)))
	if err != nil {
		return &BrokenError{err}
	}
	foreign := &ForeignError{Said: true}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if !after[name].Like(now[name]) {
			foreign.Moved = append(foreign.Moved, Moved{name, after[name], now[name]})
		}
	}
	if len(foreign.Moved) == 0 {
		return nil
	}
	return &BrokenError{errors.Join(foreign, c.retract(ctx, foreign.Moved))}
}

// retract notes which renames to some names the server has not done, so that Recover takes them again.
func (c commit) retract(ctx context.Context, to []Moved) error {
	for i, step := range c.steps {
		if step.Do != Move || !slices.ContainsFunc(to, func(m Moved) bool { return m.Path == string(step.To) }) {
			continue
		}
		now, err := facts.Each(ctx, c.s, step.names()...)
		if err != nil {
			return err
		}
		if done, known := step.taken(now, true); known && !done {
			if err := c.note([]int{i}, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// back takes back the steps that were taken, for a reason. It stays where it is when a file was
// replaced of which nothing was kept.
func (c commit) back(ctx context.Context, why *RefusedError) error {
	if c.replacing() > 0 {
		return c.partly(why.Err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := c.begin(Back); err != nil {
		return &BrokenError{errors.Join(why.Err, err)}
	}
	for i := range slices.Backward(c.batches) {
		if err := c.take(ctx, i, false); err != nil {
			return &BrokenError{errors.Join(why.Err, err)}
		}
	}
	if err := c.begin(Staging); err != nil {
		return &BrokenError{err}
	}
	return why
}

const (
	patience = 30 * time.Second
	tries    = 3
	settling = 25 * time.Millisecond // an old session may have commands in its buffer
)

// take takes the steps of a batch, or takes them back. When the connection is lost it looks which
// of them were taken.
func (c commit) take(ctx context.Context, batch int, forward bool) error {
	var failed error
	for try := 1; ; try++ {
		if !forward && c.replacing() > 0 { // an old session was late
			return c.partly(cmp.Or(failed, errNoOld))
		}
		todo := c.pending(batch, forward)
		if len(todo) == 0 {
			return nil
		}
		refused := client.Refusal(failed) != nil && !client.IsCode(failed, 421)
		if failed != nil && (refused || ctx.Err() != nil || try > tries) {
			if !forward {
				return failed
			}
			return &RefusedError{failed}
		}
		if err := c.journal.add(note{Try: batch + 1}, true); err != nil {
			return &BrokenError{err}
		}
		c.tried = batch + 1
		done, err := c.send(ctx, todo, forward)
		if err := c.note(done, forward); err != nil {
			return &BrokenError{err}
		}
		if failed = err; err == nil {
			continue
		}
		if err := c.decide(ctx, batch); err != nil {
			return &BrokenError{errors.Join(failed, err)}
		}
	}
}

// note notes steps that are in effect, or are not any more.
func (t *Tx) note(steps []int, forward bool) error {
	if len(steps) == 0 {
		return nil
	}
	var numbers []int
	for _, i := range steps {
		t.done[i] = forward
		numbers = append(numbers, i+1)
	}
	if forward {
		return t.journal.add(note{Done: numbers}, false)
	}
	return t.journal.add(note{Undone: numbers}, false)
}

// send sends steps, renames all at once. Its error is the first.
func (c commit) send(ctx context.Context, todo []int, forward bool) (done []int, failed error) {
	if c.steps[todo[0]].Do != Move {
		for _, i := range todo {
			if err := c.steps[i].send(ctx, c.s, forward); err != nil {
				return done, err
			}
			done = append(done, i)
		}
		return done, nil
	}
	var all []client.Renaming
	for _, i := range todo {
		r := client.Renaming{From: string(c.steps[i].From), To: string(c.steps[i].To)}
		if !forward {
			r.From, r.To = r.To, r.From
		}
		all = append(all, r)
	}
	for n, err := range c.s.Pipeline().RenameAll(ctx, all...) {
		if err == nil {
			done = append(done, todo[n])
		} else {
			err = &StepError{all[n].From + " to " + all[n].To, err}
		}
		failed = cmp.Or(failed, err)
	}
	return done, failed
}

// decide looks which steps of a batch are in effect. An old session may still work on what it was
// sent, so that it looks until nothing changes.
func (c commit) decide(ctx context.Context, batch int) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	var names []string
	for _, i := range c.batches[batch] {
		names = append(names, c.steps[i].names()...)
	}
	var before map[string]*facts.Facts
	for {
		now, err := facts.Each(ctx, c.s, names...)
		if err != nil {
			return err
		}
		if maps.EqualFunc(before, now, func(a, b *facts.Facts) bool { return a.Same(b) }) {
			return c.settle(batch, now)
		}
		before = now
		select {
		case <-time.After(settling):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// settle notes what the names of a batch tell.
func (c commit) settle(batch int, now map[string]*facts.Facts) error {
	foreign := &ForeignError{}
	for _, i := range c.batches[batch] {
		done, known := c.steps[i].taken(now, c.done[i])
		if !known {
			for _, name := range c.steps[i].names() {
				foreign.Moved = append(foreign.Moved, Moved{name, c.steps[i].expected(name), now[name]})
			}
			continue
		}
		if err := c.note([]int{i}, done); err != nil {
			return err
		}
	}
	if len(foreign.Moved) > 0 {
		return foreign
	}
	return nil
}
