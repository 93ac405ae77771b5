package treesync

import (
	"context"
	"path"
	"path/filepath"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/localname"
	"github.com/ftpsh/ftpsh/client/transfer"
)

// Options say which two trees are kept the same, and how.
type Options struct {
	Session *client.Session
	Here    transfer.Folder // that Local is in
	Local   string
	Remote  string // from the root of the server

	Archive *Archive         // what both agreed on; it is kept up to date
	Save    func() error     // has Archive written
	Rules   *localname.Rules // of the file system here; nil: it is asked

	// Engine makes an engine for some transfers, Configure completes the task of one.
	Engine    func() *transfer.Engine
	Configure func(*transfer.Task)

	Ignored   func(path string, dir bool) bool // what is left alone on both sides; nil: nothing
	Only      func(path string) bool           // what this is about; nil: everything
	Policy    Policy
	MaxDelete int  // how much may be deleted on a side; below 0: ten, or half of the files
	Rescan    bool // nothing was agreed on, so that nothing is deleted
	DryRun    bool

	TrashHere   string // a directory in Local where deleted and replaced files go; "": nowhere
	Bounds      transfer.Bounds
	Depth       int
	Directories int

	Tell func(Step)       // hears of each step that was done, or not; nil: nobody
	Now  func() time.Time // nil: time.Now
}

func (o *Options) now() time.Time {
	if o.Now != nil {
		return o.Now()
	}
	return time.Now()
}

// configure completes the task of a transfer.
func (o *Options) configure(t *transfer.Task) {
	if o.Configure != nil {
		o.Configure(t)
	}
	t.Here, t.Atomic = o.Here, false
}

// meantime is how names of this pair of trees begin, until what they stand for is whole.
func (o *Options) meantime() string { return own + "sync-" + o.Archive.ID[:idLength/2] + "-" }

// rules are those of the file system that the tree here is on.
func (o *Options) rules() localname.Rules {
	if o.Rules != nil {
		return *o.Rules
	}
	root, err := o.Here.OpenRoot(o.Local)
	if err != nil {
		return localname.System()
	}
	defer root.Close()
	if o.DryRun {
		return localname.Look(root)
	}
	return localname.Ask(root)
}

// here and there are full names.
func (o *Options) here(name string) string  { return filepath.Join(o.Local, filepath.FromSlash(name)) }
func (o *Options) there(name string) string { return path.Join(o.Remote, name) }

// tell tells of a step.
func (o *Options) tell(step Step, err error) {
	step.Err = err
	if o.Tell != nil {
		o.Tell(step)
	}
}

// stops reports whether an error is of more than the step at hand.
func (o *Options) stops(ctx context.Context, err error) bool {
	return err != nil && client.Refusal(err) == nil && (ctx.Err() != nil || o.Session.Idle() != nil)
}
