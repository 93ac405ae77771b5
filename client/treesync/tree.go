package treesync

import (
	"iter"
	"path"
)

// tree is what stands on one side. What is as it was agreed is noted in its row: of most paths in most
// runs there is nothing more to keep.
type tree struct {
	side    int // 0: here, 1: there
	rows    map[string]*Row
	others  map[string]Side // what is not as it was agreed
	held    map[string]bool // directories with something in them that is left alone
	left    []string        // names of the meantime, of a run that broke off
	missing bool            // the directory itself
}

func newTree(side int, rows map[string]*Row) *tree {
	return &tree{side: side, rows: rows, others: map[string]Side{}, held: map[string]bool{}}
}

// at is what stands at a path.
func (t *tree) at(name string) Side {
	if s, other := t.others[name]; other {
		return s
	}
	if row := t.rows[name]; row != nil && row.seen[t.side] {
		return row.side(t.side)
	}
	return Side{}
}

func (t *tree) put(name string, s Side) {
	row := t.rows[name]
	same := row != nil && row.side(t.side) == s
	if row != nil {
		row.seen[t.side] = same
	}
	if same {
		delete(t.others, name)
	} else {
		t.others[name] = s
	}
}

func (t *tree) remove(name string) {
	delete(t.others, name)
	if row := t.rows[name]; row != nil {
		row.seen[t.side] = false
	}
}

// all are the paths at which something stands.
func (t *tree) all() iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range t.others {
			if !yield(name) {
				return
			}
		}
		for name, row := range t.rows {
			if row.seen[t.side] && !keyed(t.others, name) && !yield(name) {
				return
			}
		}
	}
}

func (t *tree) empty() bool {
	for range t.all() {
		return false
	}
	return true
}

// hold keeps the directories that something is in.
func (t *tree) hold(name string) {
	for at := path.Dir(name); at != "." && !t.held[at]; at = path.Dir(at) {
		t.held[at] = true
	}
}

// own is how names begin that are no part of a tree.
const own = ".ftpsh-"
