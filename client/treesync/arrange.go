package treesync

import (
	"cmp"
	"errors"
	"maps"
	"path"
	"slices"
)

// arrangement brings steps into an order in which they can be done.
type arrangement struct {
	rows  *Archive
	trees [2]*tree
	steps []Step
}

// arranged are the steps in their order.
func (d *decider) arranged() []Step {
	a := arrangement{rows: d.Archive, trees: d.trees, steps: d.steps}
	a.renames()
	a.directories()
	slices.SortStableFunc(a.steps, func(a, b Step) int {
		return cmp.Compare(slices.Index(order, a.Action), slices.Index(order, b.Action))
	})
	return a.steps
}

// renames finds files that have only another name now, and renames them on the other side too.
func (a *arrangement) renames() {
	for side := range sideActions {
		other := sideActions[1-side]
		past := func(name string) Side {
			row, _ := a.rows.row(name)
			return row.side(side)
		}
		goneAt := map[string]int{} // by identity
		for i, step := range a.steps {
			row, _ := a.rows.row(step.Path)
			if id := row.side(side).ID; step.Action == other.remove && !step.Dir && id != "" && row.Sum == "" {
				goneAt[id] = i
			}
		}
		for i, step := range a.steps {
			now := a.trees[side].at(step.Path)
			j, some := goneAt[now.ID]
			if step.Action != other.copies || !some || step.from != "" || a.trees[1-side].at(step.Path).there() || !past(a.steps[j].Path).same(now) {
				continue
			}
			delete(goneAt, now.ID)
			a.steps[i] = Step{Action: other.rename, Path: a.steps[j].Path, To: step.Path, Size: now.Size, Why: "renamed " + [2]string{"here", "there"}[side]}
			a.steps[j].Action = ""
		}
		a.steps = slices.DeleteFunc(a.steps, func(s Step) bool { return s.Action == "" })
	}
}

// sideActions are the actions that change one side: here, there.
var sideActions = [2]struct{ mkdir, rename, copies, remove Action }{
	{MkdirHere, RenameHere, Get, DeleteHere},
	{MkdirThere, RenameThere, Put, DeleteThere},
}

// directories sees to it that a directory is deleted only with everything in it, and that what
// takes the place of something of another type finds room.
func (a *arrangement) directories() {
	for side := range sideActions {
		a.keepFull(side)
		a.makeRoom(side)
	}
}

// keepFull keeps directories in which something stays. One that is gone on the other side is made
// there again, where something of it goes there.
func (a *arrangement) keepFull(side int) {
	does, other := sideActions[side], sideActions[1-side]
	if !slices.ContainsFunc(a.steps, func(s Step) bool { return s.Action == does.remove && s.Dir }) {
		return
	}
	goes, needed := map[string]bool{}, map[string]bool{}
	for _, step := range a.steps {
		switch step.Action {
		case does.remove, does.rename:
			goes[step.Path] = true
		case other.copies, other.mkdir:
			need(needed, step.Path)
		case other.rename:
			need(needed, step.To)
		}
	}
	full := map[string]bool{}
	for name := range a.trees[side].all() {
		if !goes[name] {
			need(full, name)
		}
	}
	for i, step := range a.steps {
		switch {
		case step.Action != does.remove || !step.Dir:
		case needed[step.Path]:
			a.steps[i].Action, a.steps[i].Why = other.mkdir, "something in it stays"
		case full[step.Path] || a.trees[side].held[step.Path]:
			a.steps[i].Action = ""
		}
	}
	a.steps = slices.DeleteFunc(a.steps, func(s Step) bool { return s.Action == "" })
}

// need marks the directories that a path is in.
func need(marks map[string]bool, name string) {
	for at := path.Dir(name); at != "." && !marks[at]; at = path.Dir(at) {
		marks[at] = true
	}
}

// makeRoom finds what stands in the way of something of another type: it is deleted first, with all
// that is in it, or that is a conflict.
func (a *arrangement) makeRoom(side int) {
	comes, does := map[string]int{}, sideActions[side]
	for i, step := range a.steps {
		old := a.trees[side].at(step.Path)
		if step.Action == does.copies && old.Type == dir || step.Action == does.mkdir && old.Type == file {
			comes[step.Path] = i
		}
	}
	if len(comes) == 0 {
		return
	}
	goes := map[string]bool{}
	for i, step := range a.steps {
		if step.Action == does.remove && under(step.Path, comes) != "" {
			a.steps[i].early, goes[step.Path] = true, true
		}
	}
	for name := range a.trees[side].all() {
		if at := under(name, comes); at != "" && !goes[name] || a.trees[side].held[name] && keyed(comes, name) {
			at = cmp.Or(at, name)
			a.steps[comes[at]].Action, a.steps[comes[at]].Err = Conflict, errInTheWay
		}
	}
	for _, i := range slices.Sorted(maps.Values(comes)) {
		step := a.steps[i]
		old := a.trees[side].at(step.Path)
		if step.Action != Conflict {
			a.steps = append(a.steps, Step{Action: does.remove, Path: step.Path, Dir: old.Type == dir, Why: step.Why, early: true})
		}
	}
}

var errInTheWay = errors.New("a directory stands in the way, with something in it that was changed")

// under is the path of some that another one is in, "" if none.
func under(name string, some map[string]int) string {
	for at := path.Dir(name); at != "."; at = path.Dir(at) {
		if keyed(some, at) {
			return at
		}
	}
	return ""
}
