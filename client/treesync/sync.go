package treesync

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/localname"
	"github.com/ftpsh/ftpsh/client/transfer"
)

// Sync makes a tree here and a tree on a server the same.
type Sync struct {
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
	MaxDelete int  // how much may be deleted on a side; below 0: what is no sign of a lost side
	Rescan    bool // nothing was agreed on, so that nothing is deleted
	DryRun    bool

	TrashHere   string // a directory in Local where deleted and replaced files go; "": nowhere
	Bounds      transfer.Bounds
	Depth       int
	Directories int

	Tell func(Step)       // hears of each step that was done, or not; nil: nobody
	Now  func() time.Time // nil: time.Now

	Steps []Step // what Look has found

	mu        sync.Mutex
	trees     [2]*tree // here, there
	passed    map[string]error
	compared  map[string]bool // whether the contents of a path are the same on both sides
	agreed    map[string]bool // paths that need nothing but their rows
	forgotten []string
	saved     time.Time
	root      *os.Root
	number    int // of names for the meantime
}

// StopError says that a side looks lost, so that nothing is done.
type StopError struct {
	Why  string
	Gone bool // all of the side is: MaxDelete does not matter
}

func (e *StopError) Error() string { return "nothing was done: " + e.Why }

// Passed are the paths that are left alone, with the reason.
func (y *Sync) Passed() map[string]error { return y.passed }

func (y *Sync) now() time.Time {
	if y.Now != nil {
		return y.Now()
	}
	return time.Now()
}

// Look compares both sides with the archive and finds out what is to be done. It changes nothing.
func (y *Sync) Look(ctx context.Context) error {
	if y.Rescan {
		y.Archive.Rows = map[string]*Row{}
	}
	var here *tree
	failed := make(chan error, 1)
	go func() {
		var err error
		here, err = y.scanHere()
		failed <- err
	}()
	there, err := y.scanThere(ctx)
	if err = errors.Join(<-failed, err); err != nil {
		return err
	}
	y.trees = [2]*tree{here, there}
	if err := y.lost(); err != nil {
		return err
	}
	y.fold(here, there)
	if err := y.decide(ctx); err != nil {
		return err
	}
	return y.tooMany()
}

// lost looks for the signs of a tree that is not there: a disk that is not mounted, another server.
func (y *Sync) lost() error {
	files := y.files()
	if y.trees[0].missing && y.trees[1].missing {
		return fmt.Errorf("nothing was done: there is neither %s here nor %s there", y.Local, y.Remote)
	}
	for side, name := range []string{y.Local + " here", y.Remote + " there"} {
		t := y.trees[side]
		switch {
		case files == 0:
		case t.missing:
			return &StopError{Why: fmt.Sprintf("%s is gone, and had %d files", name, files), Gone: true}
		case t.empty() && y.MaxDelete < files:
			return &StopError{Why: fmt.Sprintf("%s is empty, and had %d files", name, files)}
		}
	}
	return nil
}

// files is how many files both sides agreed on.
func (y *Sync) files() (n int) {
	for _, row := range y.Archive.Rows {
		if row.Here.Type == file {
			n++
		}
	}
	return n
}

// fewDeletions are few in any case.
const fewDeletions = 10

// tooMany stops where so much is gone that the tree itself may be.
func (y *Sync) tooMany() error {
	most := max(fewDeletions, y.files()/2)
	if y.MaxDelete >= 0 {
		most = y.MaxDelete
	}
	for side, does := range sideActions {
		n := 0
		for _, step := range y.Steps {
			if step.Action == does.remove && !step.Dir {
				n++
			}
		}
		if n > most {
			return &StopError{Why: fmt.Sprintf("%d of %d files are gone %s", n, y.files(), []string{"there", "here"}[side])}
		}
	}
	return nil
}

// sameContent compares a file here with the one there.
func (y *Sync) sameContent(ctx context.Context, name string) (bool, error) {
	_, err := transfer.Verify(ctx, y.Session, y.there(name), y.Here, y.here(name))
	if errors.As(err, new(*transfer.MismatchError)) {
		return false, nil
	}
	return err == nil, err
}

// configure completes the task of a transfer.
func (y *Sync) configure(t *transfer.Task) {
	if y.Configure != nil {
		y.Configure(t)
	}
	t.Here, t.Atomic = y.Here, false
}

// sumHere is the SHA-256 of a file here.
func (y *Sync) sumHere(ctx context.Context, name string) (string, error) {
	sum, err := y.hashHere(ctx, name, client.SHA256)
	return hex.EncodeToString(sum), err
}

func (y *Sync) hashHere(ctx context.Context, name string, a client.Algorithm) ([]byte, error) {
	f, err := y.Here.Open(ctx, y.here(name), os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sum := client.NewHash(a)
	_, err = io.Copy(sum, f)
	return sum.Sum(nil), err
}

// sumThere is that of one there: as the server says, else it is fetched.
func (y *Sync) sumThere(ctx context.Context, name string) (string, error) {
	if h, err := y.Session.Hash(ctx, y.there(name), client.SHA256); err == nil {
		return hex.EncodeToString(h.Sum), nil
	}
	sum := sha256.New()
	if _, err := y.Session.Get(ctx, sum, y.there(name)); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
