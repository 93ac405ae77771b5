package plan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/listing"
)

// Moved is a row that no longer fits.
type Moved struct {
	Row  Row
	Side string // here, there
	Was  *facts.Facts
	Is   *facts.Facts
}

func (m Moved) String() string {
	name := m.Row.target()
	if m.Side == "here" {
		name = string(m.Row.Local)
	}
	return fmt.Sprintf("%d  %s  %s: was %s, is %s", m.Row.N, name, m.Side, m.Was, m.Is)
}

// StaleError says that a plan no longer fits.
type StaleError struct {
	Why   string // of the plan as a whole, or ""
	Moved []Moved
}

func (e *StaleError) Error() string {
	if e.Why != "" {
		return "the plan does not fit: " + e.Why
	}
	return fmt.Sprintf("the plan no longer fits: %d of its rows; nothing was changed", len(e.Moved))
}

// Fits reports whether a session is with the server that a plan is for.
func (p *Plan) Fits(s *client.Session) error {
	if differs := p.Differs(facts.ServerOf(s)); differs != "" {
		return &StaleError{Why: differs}
	}
	return nil
}

// Check compares all rows with both sides. The journal says which rows are done: these must look
// done. It changes nothing.
func (p *Plan) Check(ctx context.Context, s *client.Session, here Here, j *Journal, wanted func(int) bool) error {
	if err := p.Fits(s); err != nil {
		return err
	}
	there, err := facts.Look(ctx, s, p.names())
	if err != nil {
		return err
	}
	stale := &StaleError{}
	for _, r := range p.Rows {
		if wanted != nil && !wanted(r.N) {
			continue
		}
		local, err := r.here(here)
		if err != nil {
			return err
		}
		switch moved := r.compare(there, local); {
		case j.Done(r.N) && r.looksDone(there, local):
		case j.Done(r.N):
			side, is := "there", there[r.target()]
			if r.Do == MkdirHere {
				side, is = "here", local
			}
			moved = append(moved, Moved{r, side, r.after(), is})
			stale.Moved = append(stale.Moved, moved[len(moved)-1])
		case j.Begun(r.N) && len(moved) > 0 && r.looksDone(there, local):
			if err := j.note(r.N, true); err != nil {
				return err
			}
		default:
			stale.Moved = append(stale.Moved, moved...)
		}
	}
	if len(stale.Moved) > 0 {
		return stale
	}
	return nil
}

// here looks at the file of this computer that a row is about.
func (r Row) here(h Here) (*facts.Facts, error) {
	if r.Local == "" {
		return nil, nil
	}
	return look(h, string(r.Local))
}

// compare says what is not as it was.
func (r Row) compare(there map[string]*facts.Facts, local *facts.Facts) (moved []Moved) {
	differ := func(side string, was, is *facts.Facts, same bool) {
		if !same {
			moved = append(moved, Moved{r, side, was, is})
		}
	}
	switch {
	case r.uploads():
		differ("here", r.Source, local, sameHere(r.Source, local))
		differ("there", r.Was, there[string(r.Path)], r.Was.Same(there[string(r.Path)]))
	case r.Do == MkdirHere:
		differ("here", r.Was, local, sameHere(r.Was, local))
	case r.Do == Get:
		differ("there", r.Source, there[string(r.Path)], r.Source.Same(there[string(r.Path)]))
		differ("here", r.Was, local, sameHere(r.Was, local))
	case r.To != "":
		differ("there", r.Source, there[string(r.Path)], r.Source.Same(there[string(r.Path)]))
		differ("there", r.Was, there[string(r.To)], r.Was.Same(there[string(r.To)]))
	default:
		differ("there", r.Was, there[string(r.Path)], r.Was.Same(there[string(r.Path)]))
	}
	return moved
}

// sameHere compares files of this computer, whose times are exact.
func sameHere(was, is *facts.Facts) bool {
	return was.Type == is.Type && (was.IsDir() || was.Size == is.Size && was.Time.Equal(is.Time))
}

// after is what a row leads to.
func (r Row) after() *facts.Facts {
	switch {
	case r.Do == Mkdir || r.Do == MkdirHere:
		return &facts.Facts{Type: listing.Dir.String(), Size: -1}
	case r.Do == Delete || r.Do == Rmdir:
		return facts.None()
	case r.To != "":
		return r.Source
	case r.uploads():
		return &facts.Facts{Type: listing.File.String(), Size: r.Size}
	}
	return &facts.Facts{Type: r.Was.Type, Size: r.Was.Size}
}

// looksDone reports whether both sides are as a row leaves them.
func (r Row) looksDone(there map[string]*facts.Facts, local *facts.Facts) bool {
	now := there[r.target()]
	switch {
	case r.Do == MkdirHere:
		return local.IsDir()
	case r.Do == Get:
		return local.Type == "file" && (r.Size <= 0 || local.Size == r.Size)
	case r.Do == Move:
		return now.Type == r.Source.Type && (r.Source.Size < 0 || now.Size < 0 || now.Size == r.Source.Size) && !there[string(r.Path)].There()
	case r.Do == Chmod && now.Mode != "":
		mode, _ := strconv.ParseUint(r.Mode, 8, 12)
		is, _ := strconv.ParseUint(now.Mode, 8, 12)
		return mode == is
	case r.Do == Touch && !now.Time.IsZero():
		return now.Time.Unix() == r.Time.Unix()
	case r.Do == Copy:
		return now.Type == r.Source.Type && (r.Source.Size < 0 || now.Size < 0 || now.Size == r.Source.Size)
	}
	after := r.after()
	return now.Type == after.Type && (after.Size < 0 || now.Size < 0 || after.IsDir() || now.Size == after.Size)
}

// Mover moves the files that rows send or fetch.
type Mover interface {
	Move(ctx context.Context, s *client.Session, m Moves) error
	Copy(ctx context.Context, s *client.Session, r Row) error
	MkdirHere(r Row) error
}

// Moves are rows that send or fetch files; several at a time may be moved.
type Moves struct {
	Rows     []Row
	Preserve bool             // copies get the time of the original
	Part     func(Row) string // the name of an upload until it is complete

	// Look is to be asked just before a file gets its name, or is fetched; an error stops that.
	Look func(context.Context, *client.Session, Row) error

	// Done hears of each row when it is over. Its calls never overlap.
	Done func(Row, error)
}

// Failed is a row that was not done.
type Failed struct {
	Row Row
	Err error
}

// Apply does the rows that are not done yet, each after another look at what it changes. It goes on
// after a refusal, but not into what depends on it: the caller sees each failure through tell. The
// error is that of the connection, or of the journal.
func (p *Plan) Apply(ctx context.Context, s *client.Session, here Here, m Mover, j *Journal, wanted func(int) bool, tell func(Row, error) error) error {
	failed := false
	rows := slices.DeleteFunc(slices.Clone(p.Rows), func(r Row) bool { return wanted != nil && !wanted(r.N) || j.Done(r.N) })
	for len(rows) > 0 {
		if n := moving(rows); n > 0 {
			some, err := p.move(ctx, s, here, m, j, rows[:n], tell)
			if err != nil {
				return err
			}
			failed, rows = failed || some, rows[n:]
			continue
		}
		r := rows[0]
		rows = rows[1:]
		if failed && (r.Do == Delete || r.Do == Rmdir) {
			if err := tell(r, ErrNotDeleted); err != nil {
				return err
			}
			continue
		}
		err := p.apply(ctx, s, here, m, j, r)
		if err != nil && client.Refusal(err) == nil && !errors.As(err, new(*StaleError)) && (ctx.Err() != nil || s.Idle() != nil || errors.As(err, new(*JournalError))) {
			return err
		}
		failed = failed || err != nil
		if err := tell(r, err); err != nil {
			return err
		}
		if err != nil && (r.Do == Mkdir || r.Do == MkdirHere) { // all that goes into it would fail as well
			return nil
		}
	}
	return nil
}

// moving is how many rows in front only move files.
func moving(rows []Row) int {
	for n, r := range rows {
		if !r.uploads() && r.Do != Get {
			return n
		}
	}
	return len(rows)
}

// move moves the files of rows, and reports whether some of them failed.
func (p *Plan) move(ctx context.Context, s *client.Session, here Here, m Mover, j *Journal, rows []Row, tell func(Row, error) error) (failed bool, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var broken error // why nothing more is done
	err = m.Move(ctx, s, Moves{
		Rows: rows, Preserve: p.Preserve,
		Part: func(r Row) string { return string(r.Path) + "." + p.ID + ".part" }, // nobody else's, and the same the next time
		Look: func(ctx context.Context, s *client.Session, r Row) error {
			if err := r.lookAgain(ctx, s, here); err != nil {
				return err
			}
			return j.note(r.N, false)
		},
		Done: func(r Row, err error) {
			if broken != nil || err != nil && ctx.Err() != nil {
				return
			}
			if err == nil {
				err = j.note(r.N, true)
			}
			if errors.As(err, new(*JournalError)) {
				broken = err
			} else {
				failed = failed || err != nil
				broken = tell(r, err)
			}
			if broken != nil {
				stop()
			}
		},
	})
	return failed, cmp.Or(broken, err)
}

// ErrNotDeleted is of a deletion that comes after something has failed.
var ErrNotDeleted = errors.New("not deleted, since something before it has failed")

// apply does one row.
func (p *Plan) apply(ctx context.Context, s *client.Session, here Here, m Mover, j *Journal, r Row) error {
	if err := r.lookAgain(ctx, s, here); err != nil {
		return err
	}
	if err := j.note(r.N, false); err != nil {
		return err
	}
	if err := r.do(ctx, s, m); err != nil {
		return err
	}
	return j.note(r.N, true)
}

// lookAgain compares what a row takes away or writes over, once more: the look at all rows may have
// been minutes ago. What changes within the last round trip nobody sees: FTP has no command for it.
func (r Row) lookAgain(ctx context.Context, s *client.Session, here Here) error {
	if r.Do == Mkdir || r.Do == MkdirHere || r.Do == Rmdir || r.Do == Chmod || r.Do == Touch {
		return nil
	}
	local, err := r.here(here)
	if err != nil {
		return err
	}
	if r.Do == New {
		free, err := facts.Free(ctx, s, string(r.Path))
		if err == nil && free {
			if moved := r.compare(map[string]*facts.Facts{string(r.Path): facts.None()}, local); len(moved) > 0 {
				err = &StaleError{Why: moved[0].String(), Moved: moved}
			}
		}
		if err != nil || free {
			return err
		}
	}
	there := map[string]*facts.Facts{}
	for _, name := range []jsonl.Name{r.Path, r.To} {
		if name == "" {
			continue
		}
		e, is, err := facts.Stands(ctx, s, string(name))
		if err != nil {
			return err
		}
		there[string(name)] = facts.None()
		if is {
			there[string(name)] = facts.Of(e)
		}
	}
	if moved := r.compare(there, local); len(moved) > 0 {
		return &StaleError{Why: moved[0].String(), Moved: moved}
	}
	return nil
}

func (r Row) do(ctx context.Context, s *client.Session, m Mover) error {
	name := string(r.Path)
	switch r.Do {
	case Mkdir:
		_, err := s.Mkdir(ctx, name)
		if client.Refusal(err) == nil {
			return err
		}
		if is, failed := s.IsDir(ctx, name); failed == nil && is {
			return nil // somebody else has made it meanwhile
		}
		return err
	case MkdirHere:
		return m.MkdirHere(r)
	case Copy:
		return m.Copy(ctx, s, r)
	case Move:
		return s.Rename(ctx, name, string(r.To))
	case Chmod:
		return s.Chmod(ctx, r.FileMode(), name)
	case Touch:
		return s.SetModTime(ctx, name, r.Time)
	case Delete:
		return s.Remove(ctx, name)
	}
	return s.Rmdir(ctx, name)
}
