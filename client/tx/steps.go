package tx

import (
	"cmp"
	"path"
	"slices"
	"time"

	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/jsonl"
)

// Step is one command of a commit, and has one that takes it back. A rename never replaces
// anything: what stood there has been moved away by a step before.
type Step struct {
	Do      Do           `json:"do"` // mv, mkdir, rmdir, chmod, touch
	From    jsonl.Name   `json:"from"`
	To      jsonl.Name   `json:"to,omitempty"` // of mv
	Is      *facts.Facts `json:"is,omitempty"` // what is moved
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

// compile makes the steps of rows. now is what stands under the names of the server, those of the
// staged files among them.
func (t *Tx) compile(now map[string]*facts.Facts) []Step {
	rows := ordered(t.rows)
	var steps, in []Step
	old := 0
	move := func(from, to string, is *facts.Facts) Step {
		return Step{Do: Move, From: jsonl.Name(from), To: jsonl.Name(to), Is: is}
	}
	away := func(i int, name string) bool {
		at := t.place(rows[:i], name).at
		if at == "" || now[at] == nil || !now[at].There() {
			return false
		}
		old++
		steps = append(steps, move(name, t.replaced(old), now[at]))
		return true
	}
	flush := func() {
		steps, in = append(steps, in...), nil
	}
	for i, r := range rows {
		p := string(r.Path)
		if r.Do != Put || len(in) == widest {
			flush()
		}
		switch r.Do {
		case Put:
			one := move(t.staged(r.Staged), p, now[t.staged(r.Staged)])
			if away(i, p) {
				in = append(in, one)
			} else {
				flush()
				steps = append(steps, one)
			}
		case Move:
			at := t.place(rows[:i], p).at
			away(i, string(r.To))
			is := now[at]
			if is == nil {
				is = &facts.Facts{Type: "dir", Size: -1} // that is made before
			}
			steps = append(steps, move(p, string(r.To), is))
		case Remove:
			if !away(i, p) && t.place(rows[:i], p).made {
				old++
				steps = append(steps, move(p, t.replaced(old), &facts.Facts{Type: "dir", Size: -1}))
			}
		case Mkdir, Rmdir:
			steps = append(steps, Step{Do: r.Do, From: r.Path})
		case Chmod:
			steps = append(steps, Step{Do: Chmod, From: r.Path, Mode: r.Mode, Was: r.Was})
		case Touch:
			steps = append(steps, Step{Do: Touch, From: r.Path, Time: r.Time, WasTime: r.WasTime})
		}
	}
	flush()
	return steps
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
	if len(batch) >= most || steps[batch[0]].Do != s.Do {
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
