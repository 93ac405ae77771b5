package transfer

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"sync"

	"github.com/ftpsh/ftpsh/client"
)

// folders are the directories of the copy.
type folders struct {
	*Mirror
	naming *naming
	tally  *tally

	making sync.Mutex      // for what follows
	here   *os.Root        // Local, unless it is the original: what the server lists leads nowhere else
	made   map[string]bool // those that are there, or could not be made
}

func (f *folders) close() {
	if f.here != nil {
		f.here.Close()
	}
}

// make makes a directory of the copy, and those that it is in.
func (f *folders) make(ctx context.Context, s *client.Session, rel string) bool {
	f.making.Lock()
	defer f.making.Unlock()
	return f.makeAll(ctx, f.holder(s), rel)
}

func (f *folders) makeAll(ctx context.Context, s *client.Session, rel string) bool {
	if there, known := f.made[rel]; known {
		return there
	}
	if rel != "" && !f.makeAll(ctx, s, above(rel)) {
		return false
	}
	step := Step{Action: ActMkdir, Path: rel, Size: -1, Why: "new"}
	switch {
	case f.DryRun:
	case rel == "":
		step.Err = f.makeRoot(ctx, s, &step.Result)
	case f.copyIsThere():
		step.Err = mkdir(ctx, s, f.copied(rel))
		if f.DirMode != 0 && step.Err == nil {
			step.Err = step.Result.moded(s.Chmod(ctx, f.DirMode, f.copied(rel)))
		}
	default:
		step.Err = f.here.Mkdir(f.naming.at(rel), 0o777)
		if info, err := f.here.Lstat(f.naming.at(rel)); errors.Is(step.Err, fs.ErrExist) && err == nil && info.IsDir() {
			step.Err = nil // another mirror has made it meanwhile
		}
	}
	if rel != "" || step.Err != nil || f.TellRoot {
		f.tally.tell(step)
	}
	f.made[rel] = step.Err == nil
	return f.made[rel]
}

// mkdir makes a directory of the server. Servers refuse one that somebody else has made meanwhile,
// in words that tell nothing; whether it is there CWD says.
func mkdir(ctx context.Context, s *client.Session, dir string) error {
	_, err := s.Mkdir(ctx, dir)
	switch {
	case errors.Is(err, client.ErrThere):
		return nil
	case client.Refusal(err) == nil:
		return err
	}
	if there, failed := s.IsDir(ctx, dir); failed == nil && there {
		return nil
	}
	return err
}

func (f *folders) makeRoot(ctx context.Context, s *client.Session, r *Result) error {
	if f.copyIsThere() {
		there, err := false, error(nil)
		if f.DirMode != 0 {
			there, err = s.IsDir(ctx, f.copied(""))
		}
		if err == nil {
			err = s.MkdirAll(ctx, f.copied(""))
		}
		if err == nil && f.DirMode != 0 && !there {
			err = r.moded(s.Chmod(ctx, f.DirMode, f.copied("")))
		}
		return err
	}
	err := f.Here.MkdirAll(f.Local)
	if err == nil {
		f.here, err = f.Here.OpenRoot(f.Local)
	}
	return err
}

// isThere notes that a directory of the copy need not be made.
func (f *folders) isThere(rel string) {
	f.making.Lock()
	defer f.making.Unlock()
	f.made[rel] = true
}

// above is the directory that a path is in, "" for the tree itself.
func above(rel string) string {
	if dir := path.Dir(rel); dir != "." {
		return dir
	}
	return ""
}
