package treesync

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/transfer"
)

// Action is what is done with a path.
type Action string

// The actions, in the order in which they are done.
const (
	Conflict    Action = "conflict" // nothing: both sides were changed
	MkdirHere   Action = "mkdir-here"
	MkdirThere  Action = "mkdir-there"
	RenameHere  Action = "rename-here"
	RenameThere Action = "rename-there"
	Get         Action = "get"
	Put         Action = "put"
	DeleteHere  Action = "delete-here"
	DeleteThere Action = "delete-there"
)

var order = []Action{Conflict, MkdirHere, MkdirThere, RenameHere, RenameThere, Get, Put, DeleteHere, DeleteThere}

// Step is what is done with one path.
type Step struct {
	Action Action
	Path   string
	To     string // of a rename
	Dir    bool   // it is a directory that is deleted
	Size   int64
	Why    string // in words: "changed there"
	Err    error

	early bool   // a deletion that makes room for something of another type
	from  string // of a Get: the path there, where that is another one; of a Put: see keepBoth
}

// state is what became of a path on one side since both agreed.
type state string

const (
	none    state = ""
	same    state = "same"
	changed state = "changed"
	gone    state = "gone"
	added   state = "new"
)

func stateOf(was Side, known bool, now Side) state {
	switch {
	case !known && now.there():
		return added
	case !known:
		return none
	case !now.there():
		return gone
	case was.same(now):
		return same
	}
	return changed
}

// decide finds out what is to be done with each path.
func (y *Sync) decide(ctx context.Context) error {
	y.Steps, y.agreed, y.forgotten = nil, map[string]bool{}, nil
	names := y.undecided()
	if err := y.compareAll(ctx, names); err != nil {
		return err
	}
	for _, name := range names {
		seen := y.trees[0].at(name).there() || y.trees[1].at(name).there() // what is ignored is not
		if y.isPassed(name) || y.Only != nil && !y.Only(name) || !seen && y.rowIsIgnored(name) {
			continue
		}
		if err := y.decideOne(ctx, name); err != nil {
			return err
		}
	}
	y.renames()
	y.directories()
	slices.SortStableFunc(y.Steps, func(a, b Step) int {
		return cmp.Compare(slices.Index(order, a.Action), slices.Index(order, b.Action))
	})
	return nil
}

// undecided are the paths, sorted, that are not on both sides just as they were agreed.
func (y *Sync) undecided() (names []string) {
	here, there := y.trees[0].others, y.trees[1].others
	for name, row := range y.Archive.Rows {
		if row.Sum != "" || row.seen != [2]bool{true, true} {
			names = append(names, name)
		}
	}
	for name := range here {
		if !keyed(y.Archive.Rows, name) {
			names = append(names, name)
		}
	}
	for name := range there {
		if !keyed(here, name) && !keyed(y.Archive.Rows, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// rowIsIgnored reports whether a path that was agreed is none of ours any more: it has not gone.
func (y *Sync) rowIsIgnored(name string) bool {
	row, known := y.Archive.row(name)
	if !known || y.Ignored == nil {
		return false
	}
	for at, isDir := name, row.Here.Type == dir; at != "."; at, isDir = path.Dir(at), true {
		if y.Ignored(at, isDir) {
			return true
		}
	}
	return false
}

func (y *Sync) decideOne(ctx context.Context, name string) error {
	row, known := y.Archive.row(name)
	here, there := y.trees[0].at(name), y.trees[1].at(name)
	h, t := stateOf(row.Here, known, here), stateOf(row.There, known, there)
	var err error
	if h, t, err = y.racy(ctx, name, row, h, t); err != nil {
		return err
	}
	var step Step
	switch {
	case h == same && t == same:
		if row.Here != here || row.There != there || row.Sum != "" {
			y.agreed[name] = true // times told more exactly, or racy no more
		}
		return nil
	case h == gone && t == gone:
		y.forgotten = append(y.forgotten, name)
		return nil
	case h == none || h == same:
		step = y.to(Get, name, t, there)
	case t == none || t == same:
		step = y.to(Put, name, h, here)
	default:
		equal, err := y.equal(ctx, name, here, there)
		switch {
		case err != nil:
			return err
		case equal:
			y.agreed[name] = true
			return nil
		}
		step = y.resolve(name, here, there, h, t)
	}
	y.Steps = append(y.Steps, step)
	return nil
}

// to is the step that makes one side like the other one, which is in a state.
func (y *Sync) to(action Action, name string, s state, from Side) Step {
	side, mkdir, remove := "there", MkdirHere, DeleteHere
	if action == Put {
		side, mkdir, remove = "here", MkdirThere, DeleteThere
	}
	step := Step{Action: action, Path: name, Size: from.Size, Why: string(s) + " " + side}
	switch {
	case s == gone:
		row, _ := y.Archive.row(name)
		step.Action, step.Dir = remove, row.Here.Type == dir
	case from.Type == dir:
		step.Action = mkdir
	}
	return step
}

// equal reports whether both sides hold the same, although no archive says so.
func (y *Sync) equal(ctx context.Context, name string, here, there Side) (bool, error) {
	switch {
	case here.Type != there.Type || !here.there():
		return false, nil
	case here.Type == dir:
		return true, nil
	case here.Size != there.Size:
		return false, nil
	}
	if same, known := y.compared[name]; known {
		return same, nil
	}
	return y.sameContent(ctx, name)
}

// compareAll compares the contents of files that both sides have and no archive knows, as on a first
// run, over several sessions. What cannot be compared here is compared by itself later, and has its error then.
func (y *Sync) compareAll(ctx context.Context, names []string) error {
	var ask []*transfer.Checksum
	var asked []string
	algorithm := client.SHA256
	if all := y.Session.Algorithms(); len(all) > 0 {
		algorithm = all[0]
	}
	for _, name := range names {
		here, there := y.trees[0].at(name), y.trees[1].at(name)
		if here.Type == file && there.Type == file && here.Size == there.Size && !keyed(y.Archive.Rows, name) && !y.isPassed(name) && (y.Only == nil || y.Only(name)) {
			ask = append(ask, &transfer.Checksum{Remote: y.there(name), Size: there.Size, Algorithm: algorithm})
			asked = append(asked, name)
		}
	}
	if len(ask) < 2 {
		return nil
	}
	e := y.Engine()
	err := e.Checksums(ctx, ask, false, y.configure)
	e.Wait()
	y.compared = make(map[string]bool, len(ask))
	for i, of := range ask {
		if err != nil {
			return err
		}
		if of.Err != nil {
			continue
		}
		sum, failed := y.hashHere(ctx, asked[i], algorithm)
		if failed == nil {
			y.compared[asked[i]] = bytes.Equal(sum, of.Sum)
		}
		err = ctx.Err()
	}
	return err
}

// racy looks at the contents of a file that may have been changed within the moment in which it was
// agreed on, and of one that has another identity at the same size and time.
func (y *Sync) racy(ctx context.Context, name string, row Row, h, t state) (state, state, error) {
	here, there := y.trees[0].at(name), y.trees[1].at(name)
	if row.Sum != "" {
		for _, side := range []struct {
			s   *state
			sum func(context.Context, string) (string, error)
		}{{&h, y.sumHere}, {&t, y.sumThere}} {
			if *side.s != same {
				continue
			}
			sum, err := side.sum(ctx, name)
			if err != nil {
				return h, t, err
			}
			if sum != row.Sum {
				*side.s = changed
			}
		}
		return h, t, nil
	}
	if h == same && t == same && row.There.Type == file && row.There.ID != "" && there.ID != "" && row.There.ID != there.ID {
		equal, err := y.equal(ctx, name, here, there)
		if err == nil && !equal {
			t = changed
		}
		return h, t, err
	}
	return h, t, nil
}

// Policy says what is done with a conflict.
type Policy string

// The policies.
const (
	Skip   Policy = "skip"   // leave it
	Local  Policy = "local"  // what is here is right
	Remote Policy = "remote" // what is there is right
	Newer  Policy = "newer"  // the newer one, where both tell the time
	Both   Policy = "both"   // keep both, the server's under another name
)

// resolve says what is done with a path that both sides have changed.
func (y *Sync) resolve(name string, here, there Side, h, t state) Step {
	conflict := Step{Action: Conflict, Path: name, Size: max(here.Size, there.Size), Why: y.words(here, there, h, t)}
	put, get := y.to(Put, name, h, here), y.to(Get, name, t, there)
	files := here.Type != dir && there.Type != dir
	newer := func(a, b Side) bool {
		return a.Precision >= listing.Second && b.Precision >= listing.Second && a.Time.Unix() > b.Time.Unix()
	}
	switch {
	case !files: // a directory on one side and a file on the other: for the user to move away
		return conflict
	case y.Policy == Local:
		return put
	case y.Policy == Remote:
		return get
	case y.Policy == Newer && here.there() && there.there() && newer(here, there):
		return put
	case y.Policy == Newer && here.there() && there.there() && newer(there, here):
		return get
	case y.Policy == Both && !there.there():
		return put
	case y.Policy == Both && !here.there():
		return get
	case y.Policy == Both:
		get.Path, get.from = y.conflictName(name), name
		return get
	}
	return conflict
}

// words tell a conflict.
func (y *Sync) words(here, there Side, h, t state) string {
	tell := func(side string, is Side, s state) string {
		if s == gone || !is.there() {
			return "gone " + side
		}
		if is.Type == dir {
			return side + " a directory"
		}
		when := ""
		if is.Precision > listing.NoTime {
			when = ", " + is.Time.Format("2006-01-02 15:04:05Z")
		}
		return fmt.Sprintf("%s %d bytes%s", side, is.Size, when)
	}
	return tell("here", here, h) + "; " + tell("there", there, t)
}

// conflictName is a name for the server's file of two that both stay.
func (y *Sync) conflictName(name string) string {
	ext := path.Ext(name)
	if base := path.Base(name); ext == base { // .profile
		ext = ""
	}
	stem := strings.TrimSuffix(name, ext)
	for n := 1; ; n++ {
		number := ""
		if n > 1 {
			number = fmt.Sprintf(" %d", n)
		}
		other := fmt.Sprintf("%s (conflict %s %s%s)%s", stem, strings.ReplaceAll(y.Archive.Host, ":", "_"), y.now().Format("2006-01-02"), number, ext)
		if !y.trees[0].at(other).there() && !y.trees[1].at(other).there() {
			return other
		}
	}
}

// renames finds files that have only another name now, and renames them on the other side too.
func (y *Sync) renames() {
	for side := range sideActions {
		other := sideActions[1-side]
		past := func(name string) Side {
			row, _ := y.Archive.row(name)
			return row.side(side)
		}
		goneAt := map[string]int{} // by identity
		for i, step := range y.Steps {
			row, _ := y.Archive.row(step.Path)
			if id := row.side(side).ID; step.Action == other.remove && !step.Dir && id != "" && row.Sum == "" {
				goneAt[id] = i
			}
		}
		for i, step := range y.Steps {
			now := y.trees[side].at(step.Path)
			j, some := goneAt[now.ID]
			if step.Action != other.copies || !some || step.from != "" || y.trees[1-side].at(step.Path).there() || !past(y.Steps[j].Path).same(now) {
				continue
			}
			delete(goneAt, now.ID)
			y.Steps[i] = Step{Action: other.rename, Path: y.Steps[j].Path, To: step.Path, Size: now.Size, Why: "renamed " + [2]string{"here", "there"}[side]}
			y.Steps[j].Action = ""
		}
		y.Steps = slices.DeleteFunc(y.Steps, func(s Step) bool { return s.Action == "" })
	}
}

// sideActions are the actions that change one side: here, there.
var sideActions = [2]struct{ mkdir, rename, copies, remove Action }{
	{MkdirHere, RenameHere, Get, DeleteHere},
	{MkdirThere, RenameThere, Put, DeleteThere},
}

// directories sees to it that a directory is deleted only with everything in it, and that what
// takes the place of something of another type finds room.
func (y *Sync) directories() {
	for side := range sideActions {
		y.keepFull(side)
		y.makeRoom(side)
	}
}

// keepFull keeps directories in which something stays. One that is gone on the other side is made
// there again, where something of it goes there.
func (y *Sync) keepFull(side int) {
	does, other := sideActions[side], sideActions[1-side]
	if !slices.ContainsFunc(y.Steps, func(s Step) bool { return s.Action == does.remove && s.Dir }) {
		return
	}
	goes, needed := map[string]bool{}, map[string]bool{}
	for _, step := range y.Steps {
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
	for name := range y.trees[side].all() {
		if !goes[name] {
			need(full, name)
		}
	}
	for i, step := range y.Steps {
		switch {
		case step.Action != does.remove || !step.Dir:
		case needed[step.Path]:
			y.Steps[i].Action, y.Steps[i].Why = other.mkdir, "something in it stays"
		case full[step.Path] || y.trees[side].held[step.Path]:
			y.Steps[i].Action = ""
		}
	}
	y.Steps = slices.DeleteFunc(y.Steps, func(s Step) bool { return s.Action == "" })
}

// need marks the directories that a path is in.
func need(marks map[string]bool, name string) {
	for at := path.Dir(name); at != "." && !marks[at]; at = path.Dir(at) {
		marks[at] = true
	}
}

// makeRoom finds what stands in the way of something of another type: it is deleted first, with all
// that is in it, or that is a conflict.
func (y *Sync) makeRoom(side int) {
	comes, does := map[string]int{}, sideActions[side]
	for i, step := range y.Steps {
		old := y.trees[side].at(step.Path)
		if step.Action == does.copies && old.Type == dir || step.Action == does.mkdir && old.Type == file {
			comes[step.Path] = i
		}
	}
	if len(comes) == 0 {
		return
	}
	goes := map[string]bool{}
	for i, step := range y.Steps {
		if step.Action == does.remove && under(step.Path, comes) != "" {
			y.Steps[i].early, goes[step.Path] = true, true
		}
	}
	for name := range y.trees[side].all() {
		if at := under(name, comes); at != "" && !goes[name] || y.trees[side].held[name] && keyed(comes, name) {
			at = cmp.Or(at, name)
			y.Steps[comes[at]].Action, y.Steps[comes[at]].Err = Conflict, errInTheWay
		}
	}
	for _, i := range slices.Sorted(maps.Values(comes)) {
		step := y.Steps[i]
		old := y.trees[side].at(step.Path)
		if step.Action != Conflict {
			y.Steps = append(y.Steps, Step{Action: does.remove, Path: step.Path, Dir: old.Type == dir, Why: step.Why, early: true})
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

func keyed[V any](m map[string]V, key string) bool {
	_, is := m[key]
	return is
}
