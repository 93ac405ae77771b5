package trash

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/listing"
)

// Op is what a step did.
type Op string

// The ops.
const (
	Trashed Op = "trash"    // From went to To, in the trash
	Moved   Op = "move"     // From went to To
	Made    Op = "make"     // From was made, or written
	Emptied Op = "rmdir"    // From was an empty directory, and is gone
	Moded   Op = "chmod"    // From had the mode of Was
	Timed   Op = "set-time" // From had the time of Was
	Lost    Op = "lost"     // What cannot be taken back: Says tells
)

// Step is one change. The paths begin at the root.
type Step struct {
	Op   Op           `json:"op"`
	From jsonl.Name   `json:"from,omitempty"`
	To   jsonl.Name   `json:"to,omitempty"`
	Was  *facts.Facts `json:"was,omitempty"` // of what went, or of what had another mode or time
	Is   *facts.Facts `json:"is,omitempty"`  // of what stands there now, when the group ended
	Says string       `json:"says,omitempty"`
}

// Group is what one command changed.
type Group struct {
	ID      string    `json:"id"`
	Time    time.Time `json:"time"`
	Command string    `json:"command"`
	Steps   []Step    `json:"steps"`
	Undoes  string    `json:"undoes,omitempty"` // the group that it took back
	Undone  bool      `json:"undone,omitempty"` // somebody has taken it back

	trash *Trash
	mu    sync.Mutex // for Steps, and what follows; sessions share a group
	taken []taken    // names in the trash
	made  map[string]bool
	told  bool // that something cannot be taken back
}

type taken struct{ layer, path string }

// Trash is the trash of one user of a server.
type Trash struct {
	Home string // the directory that the login begins in, from the root
	Dir  string // chosen by the user; "": Folder in Home

	// Unfit hears of a folder that a web server may show to everybody, before it is made; an error
	// stops that. nil: it is made.
	Unfit func(dir string) error

	// Tell hears of what cannot be taken back, before it is done. nil: nobody.
	Tell func(text string)

	mu    sync.Mutex
	dirs  map[string]bool // that are there
	place string          // where the trash turned out to be
}

// Folder is the name of the folder, at home or where a file is.
const Folder = ".ftpsh-trash"

// stamp is how the name of a group's folder begins.
const stamp = "20060102T150405"

// Begin begins a group. Nothing is sent before something must be moved.
func (t *Trash) Begin(command string, now time.Time) *Group {
	var random [3]byte
	rand.Read(random[:])
	id := fmt.Sprintf("%s-%03x%05x", now.UTC().Format(stamp), now.Nanosecond()/1e6, int(random[0]&15)<<16|int(random[1])<<8|int(random[2])) // in their order within a second
	return &Group{ID: id, Time: now, Command: command, trash: t, made: map[string]bool{}}
}

// Errors of what is not done.
var (
	ErrNoPlace = errors.New("the server does not say where files are, so that nothing can be brought back from a trash")
	ErrInTrash = errors.New("is in the trash already: `trash empty` deletes it")
)

// RefusedError says that something was not deleted or replaced since it could not be moved away.
type RefusedError struct {
	Path string
	Err  error
}

func (e *RefusedError) Error() string { return "cannot be moved into the trash: " + e.Err.Error() }
func (e *RefusedError) Unwrap() error { return e.Err }

// Hear is the funnel of a session whose changes are to be taken back some day.
func (g *Group) Hear(ctx context.Context, s *client.Session, c client.Change, do func() error) error {
	if c.Line != "" || c.Do == client.Other || c.Do == client.Append || c.Do == client.StoreUnique || c.Do == client.Store && c.Offset > 0 {
		return g.lose(c, do)
	}
	if !strings.HasPrefix(s.Dir(), "/") {
		return ErrNoPlace
	}
	from, to := facts.Absolute(s, c.Path), facts.Absolute(s, c.To)
	switch c.Do {
	case client.Delete, client.RemoveTree:
		if inTrash(from) {
			return ErrInTrash
		}
		return g.discard(ctx, s, from)
	case client.Store:
		return g.replace(ctx, s, from, Step{Op: Made, From: jsonl.Name(from)}, do)
	case client.Copy:
		return g.replace(ctx, s, to, Step{Op: Made, From: jsonl.Name(to)}, do)
	case client.Rename:
		return g.replace(ctx, s, to, Step{Op: Moved, From: jsonl.Name(from), To: jsonl.Name(to)}, do)
	case client.Mkdir, client.Link:
		return g.add(do(), Step{Op: Made, From: jsonl.Name(from)})
	case client.Rmdir:
		return g.add(do(), Step{Op: Emptied, From: jsonl.Name(from)})
	}
	return g.adjust(ctx, s, c, from, do)
}

func inTrash(p string) bool { return strings.Contains(p+"/", "/"+Folder+"/") }

// add notes a step that was done.
func (g *Group) add(failed error, step Step) error {
	if failed != nil {
		return failed
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch step.Op {
	case Made:
		g.made[string(step.From)] = true
	case Moved:
		if g.made[string(step.From)] { // under a name for the meantime: it was made under this one
			g.drop(Made, string(step.From))
			delete(g.made, string(step.From))
			g.made[string(step.To)] = true
			step = Step{Op: Made, From: step.To}
		}
	}
	g.Steps = append(g.Steps, step)
	return nil
}

// Note notes a step that somebody else has done, for the group to take back.
func (g *Group) Note(step Step) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.Steps = append(g.Steps, step)
}

// drop takes back the last note of an op.
func (g *Group) drop(op Op, from string) {
	for i := len(g.Steps) - 1; i >= 0; i-- {
		if g.Steps[i].Op == op && string(g.Steps[i].From) == from {
			g.Steps = append(g.Steps[:i], g.Steps[i+1:]...)
			return
		}
	}
}

// lose does what cannot be taken back, and says so before, once in a group.
func (g *Group) lose(c client.Change, do func() error) error {
	g.mu.Lock()
	first := !g.told
	g.told = true
	g.mu.Unlock()
	if first && g.trash.Tell != nil {
		g.trash.Tell(c.String() + ": undo cannot take this back")
	}
	return g.add(do(), Step{Op: Lost, From: jsonl.Name(c.Path), Says: c.String()})
}

// replace moves away the file that stands under a name before something takes its place.
func (g *Group) replace(ctx context.Context, s *client.Session, name string, step Step, do func() error) error {
	e, there, err := facts.Stands(ctx, s, name)
	if err != nil {
		return err
	}
	from := string(step.From)
	switch {
	case there && inTrash(name):
		return ErrInTrash
	case there && step.Op == Moved && name == from:
		return do()
	case there && e.Type == listing.Dir: // servers replace one only if it is empty, and only by another one
		if err := do(); err != nil {
			return err
		}
		if step.Op == Moved {
			if err := g.add(nil, Step{Op: Emptied, From: jsonl.Name(name)}); err != nil {
				return err
			}
		}
		return g.add(nil, step)
	case !there:
		return g.add(do(), step)
	}
	if err := g.discard(ctx, s, name); err != nil {
		return err
	}
	if err := do(); err != nil {
		return g.putBack(ctx, s, name, err)
	}
	return g.add(nil, step)
}

// putBack undoes the last discard, when what should have taken the place did not.
func (g *Group) putBack(ctx context.Context, s *client.Session, name string, why error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	g.mu.Lock()
	at := ""
	for _, step := range g.Steps {
		if step.Op == Trashed && string(step.From) == name {
			at = string(step.To)
		}
	}
	g.mu.Unlock()
	if _, there, err := facts.Stands(ctx, s, name); err != nil || there {
		return why // half of an upload, perhaps: undo has both
	}
	if err := s.Rename(ctx, at, name); err != nil {
		return fmt.Errorf("%w; what stood there is in the trash: %s", why, at)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.drop(Trashed, name)
	return why
}

const patience = 10 * time.Second

// adjust changes mode or time, when it is known what they were.
func (g *Group) adjust(ctx context.Context, s *client.Session, c client.Change, name string, do func() error) error {
	g.mu.Lock()
	ours := g.made[name]
	g.mu.Unlock()
	if ours {
		return do()
	}
	e, err := s.Stat(ctx, name)
	if err != nil && !facts.Missing(err) {
		return err
	}
	step := Step{Op: Moded, From: jsonl.Name(name), Was: facts.Of(e)}
	if err == nil && c.Do == client.Chmod && !e.HasMode {
		step.Was.Mode, err = facts.Mode(ctx, s, name)
	}
	known := step.Was.Mode != ""
	if c.Do == client.SetTime {
		step.Op, known = Timed, !step.Was.Time.IsZero()
	}
	if err != nil || !known {
		return g.lose(c, do)
	}
	return g.add(do(), step)
}
