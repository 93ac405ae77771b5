package tx

import (
	"cmp"
	"context"
	"io/fs"
	"path"
	"slices"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/listing"
)

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

// expected is what stands under a name before the step.
func (s Step) expected(name string) *facts.Facts {
	if s.Do == Move && name == string(s.From) {
		return s.Is
	}
	return cmp.Or(s.Over, facts.None())
}

// taken tells whether a step is in effect, if that can be known. The command for a mode or a time
// can be said again; before says what is thought of it.
func (s Step) taken(now map[string]*facts.Facts, before bool) (done, known bool) {
	from, to, under := now[string(s.From)], now[string(s.To)], s.expected(string(s.To))
	switch s.Do {
	case Mkdir:
		return from.IsDir(), from.IsDir() || !from.There()
	case Rmdir:
		return !from.There(), from.IsDir() || !from.There()
	case Chmod, Touch:
		return before, from.There()
	}
	switch {
	case s.Is.Same(from) && under.Same(to):
		return false, true
	case !from.There() && s.Is.Like(to):
		return true, true
	}
	return false, false
}

// Step is one command of a commit, and has one that takes it back. A rename replaces nothing: what
// stood there has been moved away by a step before. One with Over does, and nothing takes it back.
type Step struct {
	Do      Do           `json:"do"` // mv, mkdir, rmdir, chmod, touch
	From    jsonl.Name   `json:"from"`
	To      jsonl.Name   `json:"to,omitempty"`   // of mv
	Is      *facts.Facts `json:"is,omitempty"`   // what is moved
	Over    *facts.Facts `json:"over,omitempty"` // of mv: the file that it replaces, of which nothing is kept
	Mode    string       `json:"mode,omitempty"`
	Was     string       `json:"was,omitempty"`
	Time    time.Time    `json:"time,omitzero"`
	WasTime time.Time    `json:"was_time,omitzero"`
}

// names are those that a step is about.
func (s Step) names() []string {
	if s.To == "" {
		return []string{string(s.From)}
	}
	return []string{string(s.From), string(s.To)}
}

// How much is sent at once. What is replaced is away for a round trip and as many renames.
const (
	widest      = 16 // files that are replaced
	longestMove = 2 * widest
	longestElse = 100
)

// compile makes the steps of the rows. now is what stands under the names of the server, those of
// the staged files among them. With direct files are replaced by one rename.
func (t *Tx) compile(now map[string]*facts.Facts, direct bool) []Step {
	c := compiler{Head: &t.Head, rows: ordered(t.rows), now: now, direct: direct}
	for i, r := range c.rows {
		if r.Do != Put || len(c.in) == widest {
			c.flush()
		}
		c.row(i, r)
	}
	c.flush()
	return c.steps
}

// compiler makes steps of rows.
type compiler struct {
	*Head
	rows      []Row
	now       map[string]*facts.Facts
	direct    bool   // files are replaced by one rename
	steps, in []Step // in: of files that are replaced, when all of them have been moved away
	old       int    // number of a file that was moved away
}

func (c *compiler) flush() {
	c.steps, c.in = append(c.steps, c.in...), nil
}

// row makes the steps of one row.
func (c *compiler) row(i int, r Row) {
	p := string(r.Path)
	switch r.Do {
	case Put:
		staged := c.staged(r.Staged)
		one := move(staged, p, c.now[staged])
		if is := c.stands(i, p); c.direct && is.Type == listing.File.String() {
			one.Over = is
		}
		if one.Over == nil && c.away(i, p) {
			c.in = append(c.in, one)
		} else {
			c.flush()
			c.steps = append(c.steps, one)
		}
	case Move:
		is := c.now[c.place(c.rows[:i], p).at]
		c.away(i, string(r.To))
		if is == nil {
			is = &facts.Facts{Type: "dir", Size: -1} // that is made before
		}
		c.steps = append(c.steps, move(p, string(r.To), is))
	case Remove:
		if !c.away(i, p) && c.place(c.rows[:i], p).made {
			c.keep(p, &facts.Facts{Type: "dir", Size: -1})
		}
	case Mkdir, Rmdir:
		c.steps = append(c.steps, Step{Do: r.Do, From: r.Path})
	case Chmod:
		c.steps = append(c.steps, Step{Do: Chmod, From: r.Path, Mode: r.Mode, Was: r.Was})
	case Touch:
		c.steps = append(c.steps, Step{Do: Touch, From: r.Path, Time: r.Time, WasTime: r.WasTime})
	}
}

// away moves what stands under the name of a row out of the way, if anything does.
func (c *compiler) away(i int, name string) bool {
	is := c.stands(i, name)
	if is.There() {
		c.keep(name, is)
	}
	return is.There()
}

// stands is what stands under the name of a row when its turn comes.
func (c *compiler) stands(i int, name string) *facts.Facts {
	return cmp.Or(c.now[c.place(c.rows[:i], name).at], facts.None())
}

// keep moves something into the folder.
func (c *compiler) keep(name string, is *facts.Facts) {
	c.old++
	c.steps = append(c.steps, move(name, c.replaced(c.old), is))
}

func move(from, to string, is *facts.Facts) Step {
	return Step{Do: Move, From: jsonl.Name(from), To: jsonl.Name(to), Is: is}
}

// rank is when a row has its turn, if no other depends on it: what a page needs is there before the
// page, and goes after it.
func (r Row) rank() int {
	if r.Do == Put && r.Over == nil {
		return 1
	}
	return map[Do]int{Mkdir: 0, Put: 2, Move: 3, Chmod: 4, Touch: 4, Remove: 5, Rmdir: 6}[r.Do]
}

// ordered are rows in the order of their ranks; where one is about a name of another one, in the
// order in which they came.
func ordered(rows []Row) []Row {
	if !independent(rows) {
		return rows
	}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(a.rank(), b.rank()) })
	return rows
}

func independent(rows []Row) bool {
	at := map[string]Do{}
	for _, r := range rows {
		for _, name := range []jsonl.Name{r.Path, r.To} {
			if name == "" {
				continue
			}
			if _, twice := at[string(name)]; twice {
				return false
			}
			at[string(name)] = r.Do
		}
	}
	for name, do := range at {
		for dir := path.Dir(name); dir != "/" && dir != "."; dir = path.Dir(dir) {
			above, is := at[dir]
			goes := do == Remove || do == Rmdir
			if is && !(above == Mkdir && !goes && do != Move) && !(above == Rmdir && goes) {
				return false
			}
		}
	}
	return true
}

// batches are steps that leave together: of one kind, and none about a name of another one, so that
// none does harm when another one is refused.
func batches(steps []Step) (all [][]int) {
	for i, s := range steps {
		if len(all) > 0 && joins(steps, all[len(all)-1], s) {
			all[len(all)-1] = append(all[len(all)-1], i)
		} else {
			all = append(all, []int{i})
		}
	}
	return all
}

func joins(steps []Step, batch []int, s Step) bool {
	most := longestElse
	if s.Do == Move {
		most = longestMove
	}
	first := steps[batch[0]]
	if len(batch) >= most || first.Do != s.Do || (first.Over == nil) != (s.Over == nil) { // no way back only when all before it is done
		return false
	}
	for _, i := range batch {
		for _, a := range steps[i].names() {
			for _, b := range s.names() {
				if facts.Within(a, b) || facts.Within(b, a) {
					return false
				}
			}
		}
	}
	return true
}
