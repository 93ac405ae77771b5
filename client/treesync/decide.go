package treesync

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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

// decider finds out what is to be done with each path.
type decider struct {
	*Options
	trees     [2]*tree
	alone     *alone
	compared  map[string]bool // whether the contents of a path are the same on both sides
	steps     []Step
	agreed    map[string]bool
	forgotten []string
}

// all decides of all paths.
func (d *decider) all(ctx context.Context) error {
	d.agreed = map[string]bool{}
	names := d.undecided()
	if err := d.compareAll(ctx, names); err != nil {
		return err
	}
	for _, name := range names {
		seen := d.trees[0].at(name).there() || d.trees[1].at(name).there() // what is ignored is not
		if d.alone.has(name) || d.Only != nil && !d.Only(name) || !seen && d.rowIsIgnored(name) {
			continue
		}
		if err := d.decide(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// undecided are the paths, sorted, that are not on both sides just as they were agreed.
func (d *decider) undecided() (names []string) {
	here, there := d.trees[0].others, d.trees[1].others
	for name, row := range d.Archive.Rows {
		if row.Sum != "" || row.seen != [2]bool{true, true} {
			names = append(names, name)
		}
	}
	for name := range here {
		if !keyed(d.Archive.Rows, name) {
			names = append(names, name)
		}
	}
	for name := range there {
		if !keyed(here, name) && !keyed(d.Archive.Rows, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// rowIsIgnored reports whether a path that was agreed is none of ours any more: it has not gone.
func (d *decider) rowIsIgnored(name string) bool {
	row, known := d.Archive.row(name)
	if !known || d.Ignored == nil {
		return false
	}
	for at, isDir := name, row.Here.Type == dir; at != "."; at, isDir = path.Dir(at), true {
		if d.Ignored(at, isDir) {
			return true
		}
	}
	return false
}

func (d *decider) decide(ctx context.Context, name string) error {
	row, known := d.Archive.row(name)
	here, there := d.trees[0].at(name), d.trees[1].at(name)
	h, t := stateOf(row.Here, known, here), stateOf(row.There, known, there)
	var err error
	if h, t, err = d.racy(ctx, name, row, h, t); err != nil {
		return err
	}
	var step Step
	switch {
	case h == same && t == same:
		if row.Here != here || row.There != there || row.Sum != "" {
			d.agreed[name] = true // times told more exactly, or racy no more
		}
		return nil
	case h == gone && t == gone:
		d.forgotten = append(d.forgotten, name)
		return nil
	case h == none || h == same:
		step = d.to(Get, name, t, there)
	case t == none || t == same:
		step = d.to(Put, name, h, here)
	default:
		equal, err := d.equal(ctx, name, here, there)
		switch {
		case err != nil:
			return err
		case equal:
			d.agreed[name] = true
			return nil
		}
		step = d.resolve(name, here, there, h, t)
	}
	d.steps = append(d.steps, step)
	return nil
}

// to is the step that makes one side like the other one, which is in a state.
func (d *decider) to(action Action, name string, s state, from Side) Step {
	side, mkdir, remove := "there", MkdirHere, DeleteHere
	if action == Put {
		side, mkdir, remove = "here", MkdirThere, DeleteThere
	}
	step := Step{Action: action, Path: name, Size: from.Size, Why: string(s) + " " + side}
	switch {
	case s == gone:
		row, _ := d.Archive.row(name)
		step.Action, step.Dir = remove, row.Here.Type == dir
	case from.Type == dir:
		step.Action = mkdir
	}
	return step
}

// equal reports whether both sides hold the same, although no archive says so.
func (d *decider) equal(ctx context.Context, name string, here, there Side) (bool, error) {
	switch {
	case here.Type != there.Type || !here.there():
		return false, nil
	case here.Type == dir:
		return true, nil
	case here.Size != there.Size:
		return false, nil
	}
	if same, known := d.compared[name]; known {
		return same, nil
	}
	return d.sameContent(ctx, name)
}

// compareAll compares the contents of files that both sides have and no archive knows, as on a first
// run, over several sessions. What cannot be compared here is compared by itself later, and has its error then.
func (d *decider) compareAll(ctx context.Context, names []string) error {
	var ask []*transfer.Checksum
	var asked []string
	algorithm := client.SHA256
	if all := d.Session.Algorithms(); len(all) > 0 {
		algorithm = all[0]
	}
	for _, name := range names {
		here, there := d.trees[0].at(name), d.trees[1].at(name)
		if here.Type == file && there.Type == file && here.Size == there.Size && !keyed(d.Archive.Rows, name) && !d.alone.has(name) && (d.Only == nil || d.Only(name)) {
			ask = append(ask, &transfer.Checksum{Remote: d.there(name), Size: there.Size, Algorithm: algorithm})
			asked = append(asked, name)
		}
	}
	if len(ask) < 2 {
		return nil
	}
	e := d.Engine()
	err := e.Checksums(ctx, ask, false, d.configure)
	e.Wait()
	d.compared = make(map[string]bool, len(ask))
	for i, of := range ask {
		if err != nil {
			return err
		}
		if of.Err != nil {
			continue
		}
		sum, failed := d.hashHere(ctx, asked[i], algorithm)
		if failed == nil {
			d.compared[asked[i]] = bytes.Equal(sum, of.Sum)
		}
		err = ctx.Err()
	}
	return err
}

// sameContent compares a file here with the one there.
func (d *decider) sameContent(ctx context.Context, name string) (bool, error) {
	_, err := transfer.Verify(ctx, d.Session, d.there(name), d.Here, d.here(name))
	if errors.As(err, new(*transfer.MismatchError)) {
		return false, nil
	}
	return err == nil, err
}

// racy looks at the contents of a file that may have been changed within the moment in which it was
// agreed on, and of one that has another identity at the same size and time.
func (d *decider) racy(ctx context.Context, name string, row Row, h, t state) (state, state, error) {
	here, there := d.trees[0].at(name), d.trees[1].at(name)
	if row.Sum != "" {
		for _, side := range []struct {
			s   *state
			sum func(context.Context, string) (string, error)
		}{{&h, d.sumHere}, {&t, d.sumThere}} {
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
		equal, err := d.equal(ctx, name, here, there)
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
func (d *decider) resolve(name string, here, there Side, h, t state) Step {
	conflict := Step{Action: Conflict, Path: name, Size: max(here.Size, there.Size), Why: words(here, there, h, t)}
	put, get := d.to(Put, name, h, here), d.to(Get, name, t, there)
	files := here.Type != dir && there.Type != dir
	newer := func(a, b Side) bool {
		return a.Precision >= listing.Second && b.Precision >= listing.Second && a.Time.Unix() > b.Time.Unix()
	}
	switch {
	case !files: // a directory on one side and a file on the other: for the user to move away
		return conflict
	case d.Policy == Local:
		return put
	case d.Policy == Remote:
		return get
	case d.Policy == Newer && here.there() && there.there() && newer(here, there):
		return put
	case d.Policy == Newer && here.there() && there.there() && newer(there, here):
		return get
	case d.Policy == Both && !there.there():
		return put
	case d.Policy == Both && !here.there():
		return get
	case d.Policy == Both:
		get.Path, get.from = d.conflictName(name), name
		return get
	}
	return conflict
}

// words tell a conflict.
func words(here, there Side, h, t state) string {
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
func (d *decider) conflictName(name string) string {
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
		other := fmt.Sprintf("%s (conflict %s %s%s)%s", stem, strings.ReplaceAll(d.Archive.Host, ":", "_"), d.now().Format("2006-01-02"), number, ext)
		if !d.trees[0].at(other).there() && !d.trees[1].at(other).there() {
			return other
		}
	}
}

func keyed[V any](m map[string]V, key string) bool {
	_, is := m[key]
	return is
}
