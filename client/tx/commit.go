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
	"github.com/ftpsh/ftpsh/client/trash"
)

// Moved is a name under which something else stands than was seen.
type Moved struct {
	Path    string
	Was, Is *facts.Facts
}

func (m Moved) String() string { return fmt.Sprintf("%s  was %s, is %s", m.Path, m.Was, m.Is) }

// StaleError says that the server is not as it was when the changes were prepared. Nothing was
// changed.
type StaleError struct {
	Why   string // of the transaction as a whole, or ""
	Moved []Moved
}

func (e *StaleError) Error() string {
	if e.Why != "" {
		return "the transaction does not fit: " + e.Why
	}
	return fmt.Sprintf("somebody has changed %s since; nothing was changed", counted(len(e.Moved), "file"))
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// RefusedError says that the server refused a step, and that all before it were taken back.
type RefusedError struct{ Err error }

func (e *RefusedError) Error() string { return "rolled back, nothing was changed: " + e.Err.Error() }
func (e *RefusedError) Unwrap() error { return e.Err }

// BrokenError says that a commit broke off between its steps: Recover ends it.
type BrokenError struct{ Err error }

func (e *BrokenError) Error() string {
	return "the commit broke off between its steps: " + e.Err.Error()
}
func (e *BrokenError) Unwrap() error { return e.Err }

// ForeignError says that neither what was there nor what should be there is under some names:
// somebody else is at work. Nothing more was changed.
type ForeignError struct{ Moved []Moved }

func (e *ForeignError) Error() string {
	return fmt.Sprintf("somebody else has changed %s meanwhile; nothing more was done", counted(len(e.Moved), "file"))
}

// Outcome is what a commit did.
type Outcome struct {
	New, Replaced, Removed, Moved, Other int

	Took  time.Duration // all of it
	Mixed time.Duration // from the first step that others see to the last
	Notes []string      // what could not be kept of a file that is replaced
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

// Commit makes all changes, or none. What they replace is kept in the folder until Tidy. After an
// error that is a *BrokenError the transaction waits for Recover; after any other one everything is
// as it was before, and Commit can be tried again.
func (t *Tx) Commit(ctx context.Context, s *client.Session) (out Outcome, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	start := time.Now()
	err = s.Aside(func() error {
		now, err := t.check(ctx, s)
		if err != nil {
			return err
		}
		if out.Notes, err = t.keepModes(ctx, s, now); err != nil {
			return err
		}
		t.steps = nil
		for _, step := range t.compile(now) {
			t.steps = append(t.steps, step)
			if err := t.journal.add(note{Step: &step}, false); err != nil {
				return err
			}
		}
		mixed := time.Now()
		err = t.run(ctx, s)
		out.Mixed = time.Since(mixed)
		return err
	})
	out.Took = time.Since(start)
	for _, r := range t.rows {
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
	return out, err
}

// Dry are the steps that a commit would take now.
func (t *Tx) Dry(ctx context.Context, s *client.Session) (steps []Step, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, err := t.check(ctx, s)
	if err == nil {
		steps = t.compile(now)
	}
	return steps, err
}

// keepModes gives files that wait the mode of those that they replace: STOR over a file keeps it, a
// rename does not.
func (t *Tx) keepModes(ctx context.Context, s *client.Session, now map[string]*facts.Facts) (notes []string, err error) {
	for i, r := range t.rows {
		if r.Do != Put || r.Over == nil || r.Mode != "" {
			continue
		}
		old, staged := now[t.place(t.rows[:i], string(r.Path)).at], now[t.staged(r.Staged)]
		if old == nil || old.Mode == "" || staged.Mode == "" || old.Mode == staged.Mode {
			continue
		}
		err := s.Chmod(ctx, fs.FileMode(mode(old.Mode)), t.staged(r.Staged))
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

// run takes the steps, and takes them back when the server refuses one.
func (t *Tx) run(ctx context.Context, s *client.Session) error {
	if err := t.begin(Forward); err != nil {
		return err
	}
	err := t.forward(ctx, s)
	if no := new(RefusedError); errors.As(err, &no) {
		return t.back(ctx, s, no)
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
func (t *Tx) forward(ctx context.Context, s *client.Session) error {
	for i := range t.batches {
		if err := t.take(ctx, s, i, true); err != nil {
			return err
		}
	}
	if err := t.prove(ctx, s); err != nil {
		return err
	}
	return t.begin(Tidying)
}

// prove looks whether all that was put is there: servers say 250 to renames that they do not do.
func (t *Tx) prove(ctx context.Context, s *client.Session) error {
	after := map[string]*facts.Facts{}
	for _, step := range t.steps {
		if step.Do == Move {
			delete(after, string(step.From))
			after[string(step.To)] = step.Is
		}
	}
	maps.DeleteFunc(after, func(name string, _ *facts.Facts) bool { return facts.Within(name, string(t.Folder)) })
	for _, step := range t.steps { // what has moved on with its directory is not looked at
		if step.Do == Move && step.Is.IsDir() {
			maps.DeleteFunc(after, func(name string, _ *facts.Facts) bool {
				return name != string(step.From) && facts.Within(name, string(step.From))
			})
		}
		if step.Do == Touch {
			delete(after, string(step.From))
		}
	}
	now, err := facts.Look(ctx, s, slices.Sorted(maps.Keys(after)))
	if err != nil {
		return &BrokenError{err}
	}
	foreign := &ForeignError{}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if !after[name].Same(now[name]) {
			foreign.Moved = append(foreign.Moved, Moved{name, after[name], now[name]})
		}
	}
	if len(foreign.Moved) > 0 {
		return &BrokenError{foreign}
	}
	return nil
}

// back takes back the steps that were taken, for a reason.
func (t *Tx) back(ctx context.Context, s *client.Session, why *RefusedError) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := t.begin(Back); err != nil {
		return &BrokenError{errors.Join(why.Err, err)}
	}
	for i := range slices.Backward(t.batches) {
		if err := t.take(ctx, s, i, false); err != nil {
			return &BrokenError{errors.Join(why.Err, err)}
		}
	}
	if err := t.begin(Staging); err != nil {
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
func (t *Tx) take(ctx context.Context, s *client.Session, batch int, forward bool) error {
	var failed error
	for try := 1; ; try++ {
		todo := t.pending(batch, forward)
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
		if err := t.journal.add(note{Try: batch + 1}, true); err != nil {
			return &BrokenError{err}
		}
		t.tried = batch + 1
		done, err := t.send(ctx, s, todo, forward)
		if err := t.note(done, forward); err != nil {
			return &BrokenError{err}
		}
		if failed = err; err == nil {
			continue
		}
		if err := t.decide(ctx, s, batch); err != nil {
			return &BrokenError{errors.Join(failed, err)}
		}
	}
}

// pending are the steps of a batch that are still to be taken, or taken back.
func (t *Tx) pending(batch int, forward bool) (todo []int) {
	for _, i := range t.batches[batch] {
		if t.done[i] != forward {
			todo = append(todo, i)
		}
	}
	return todo
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
func (t *Tx) send(ctx context.Context, s *client.Session, todo []int, forward bool) (done []int, failed error) {
	if t.steps[todo[0]].Do != Move {
		for _, i := range todo {
			if err := t.steps[i].send(ctx, s, forward); err != nil {
				return done, err
			}
			done = append(done, i)
		}
		return done, nil
	}
	var all []client.Renaming
	for _, i := range todo {
		r := client.Renaming{From: string(t.steps[i].From), To: string(t.steps[i].To)}
		if !forward {
			r.From, r.To = r.To, r.From
		}
		all = append(all, r)
	}
	for n, err := range s.Pipeline().RenameAll(ctx, all...) {
		if err == nil {
			done = append(done, todo[n])
		} else {
			err = &StepError{all[n].From + " to " + all[n].To, err}
		}
		failed = cmp.Or(failed, err)
	}
	return done, failed
}

// StepError is of one step.
type StepError struct {
	Step string
	Err  error
}

func (e *StepError) Error() string { return e.Step + ": " + e.Err.Error() }
func (e *StepError) Unwrap() error { return e.Err }

func (s Step) send(ctx context.Context, session *client.Session, forward bool) error {
	name, octal, when := string(s.From), s.Mode, s.Time
	if !forward {
		octal, when = s.Was, s.WasTime
	}
	var err error
	switch {
	case s.Do == Chmod && octal == "": // of a directory that was made here, and goes
	case s.Do == Chmod:
		err = session.Chmod(ctx, fs.FileMode(mode(octal)), name)
	case s.Do == Touch:
		err = session.SetModTime(ctx, name, when)
	case (s.Do == Mkdir) == forward:
		_, err = session.Mkdir(ctx, name)
	default:
		err = session.Rmdir(ctx, name)
		if !forward && client.Refusal(err) != nil {
			err = nil // somebody has put something into it, or has made it
		}
	}
	if err != nil {
		return &StepError{string(s.Do) + " " + name, err}
	}
	return nil
}

// decide looks which steps of a batch are in effect. An old session may still work on what it was
// sent, so that it looks until nothing changes.
func (t *Tx) decide(ctx context.Context, s *client.Session, batch int) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	var names []string
	for _, i := range t.batches[batch] {
		names = append(names, t.steps[i].names()...)
	}
	var before map[string]*facts.Facts
	for {
		now, err := facts.Each(ctx, s, names...)
		if err != nil {
			return err
		}
		if maps.EqualFunc(before, now, func(a, b *facts.Facts) bool { return a.Same(b) }) {
			return t.settle(batch, now)
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
func (t *Tx) settle(batch int, now map[string]*facts.Facts) error {
	foreign := &ForeignError{}
	for _, i := range t.batches[batch] {
		done, known := t.steps[i].taken(now, t.done[i])
		if !known {
			for _, name := range t.steps[i].names() {
				foreign.Moved = append(foreign.Moved, Moved{name, t.steps[i].expected(name), now[name]})
			}
			continue
		}
		if err := t.note([]int{i}, done); err != nil {
			return err
		}
	}
	if len(foreign.Moved) > 0 {
		return foreign
	}
	return nil
}

// expected is what stands under a name before the step.
func (s Step) expected(name string) *facts.Facts {
	if s.Do == Move && name == string(s.From) {
		return s.Is
	}
	return facts.None()
}

// taken tells whether a step is in effect, if that can be known. The command for a mode or a time
// can be said again; before says what is thought of it.
func (s Step) taken(now map[string]*facts.Facts, before bool) (done, known bool) {
	from, to := now[string(s.From)], now[string(s.To)]
	switch s.Do {
	case Mkdir:
		return from.IsDir(), from.IsDir() || !from.There()
	case Rmdir:
		return !from.There(), from.IsDir() || !from.There()
	case Chmod, Touch:
		return before, from.There()
	}
	switch {
	case s.Is.Same(from) && !to.There():
		return false, true
	case !from.There() && s.Is.Same(to):
		return true, true
	}
	return false, false
}

// Recover ends a commit that broke off: forward, or back to how it was. What is left to do when
// nothing is left but the folder, Tidy does.
func (t *Tx) Recover(ctx context.Context, s *client.Session, forward bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if differs := t.Differs(facts.ServerOf(s)); differs != "" {
		return &StaleError{Why: differs}
	}
	if t.phase != Forward && t.phase != Back {
		return nil
	}
	return s.Aside(func() error {
		if t.tried > 0 {
			if err := t.decide(ctx, s, t.tried-1); err != nil {
				return &BrokenError{err}
			}
		}
		if forward {
			return t.run(ctx, s)
		}
		err := t.back(ctx, s, &RefusedError{errBack})
		if errors.Is(err, errBack) && t.phase == Staging {
			err = nil
		}
		return err
	})
}

var errBack = errors.New("it is to go back")

// Tidy ends a transaction whose commit is done. What was replaced goes into the trash, so that the
// group can take all of it back; without one it is deleted. It can be called again when it fails.
// After it the journal is of no use.
func (t *Tx) Tidy(ctx context.Context, s *client.Session, g *trash.Group) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.phase != Tidying {
		return ErrBusy
	}
	return s.Aside(func() error {
		for _, step := range t.steps {
			if g == nil {
				break
			}
			if err := t.hand(ctx, s, g, step); err != nil {
				return err
			}
		}
		return t.leave(ctx, s)
	})
}

// hand tells a trash of a step that was taken.
func (t *Tx) hand(ctx context.Context, s *client.Session, g *trash.Group, step Step) error {
	one := trash.Step{Op: trash.Moved, From: step.From, To: step.To}
	switch {
	case step.Do == Mkdir:
		one.Op = trash.Made
	case step.Do == Rmdir:
		one.Op = trash.Emptied
	case step.Do == Chmod:
		one.Op, one.Was = trash.Moded, &facts.Facts{Mode: step.Was, Size: -1}
	case step.Do == Touch:
		one.Op, one.Was = trash.Timed, &facts.Facts{Time: step.WasTime, Size: -1}
	case facts.Within(string(step.To), string(t.Folder)):
		_, there, err := facts.Stands(ctx, s, string(step.To))
		if err == nil && there {
			err = g.Adopt(ctx, s, string(step.To), string(step.From))
		}
		return err
	case facts.Within(string(step.From), string(t.Folder)):
		one = trash.Step{Op: trash.Made, From: step.To}
	}
	g.Note(one)
	return nil
}
