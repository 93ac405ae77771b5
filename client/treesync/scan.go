package treesync

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/transfer"
)

// scanner goes through both trees.
type scanner struct {
	*Options
	alone *alone
}

// both scans the two sides at the same time.
func (sc *scanner) both(ctx context.Context) (trees [2]*tree, err error) {
	failed := make(chan error, 1)
	go func() {
		var err error
		trees[0], err = sc.scanHere()
		failed <- err
	}()
	trees[1], err = sc.scanThere(ctx)
	err = errors.Join(<-failed, err)
	return trees, err
}

// scanHere goes through the tree here.
func (sc *scanner) scanHere() (*tree, error) {
	t := newTree(0, sc.Archive.Rows)
	info, err := sc.Here.Stat(sc.Local)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		t.missing = true
		return t, nil
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, &fs.PathError{Op: "sync", Path: sc.Local, Err: errors.New("is not a directory")}
	}
	root, err := sc.Here.OpenRoot(sc.Local)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		if sc.isOwn(t, name) {
			return skipped(d)
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it has just gone
		}
		if err != nil {
			return err
		}
		if sc.takes(t, name, sideHere(info), info.Mode().Type()) {
			return nil
		}
		return skipped(d)
	})
	return t, err
}

// isOwn reports whether a name is no part of a tree, but of this program.
func (sc *scanner) isOwn(t *tree, name string) bool {
	base := path.Base(name)
	switch {
	case strings.HasPrefix(base, sc.meantime()):
		t.left = append(t.left, name)
	case strings.HasPrefix(base, own):
		t.hold(name)
	}
	return strings.HasPrefix(base, own)
}

func skipped(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// takes puts a path into a tree, unless it is to be left alone.
func (sc *scanner) takes(t *tree, name string, s Side, mode fs.FileMode) bool {
	if s.Type == "" || sc.Ignored != nil && sc.Ignored(name, s.Type == dir) {
		t.hold(name)
		if s.Type == "" && (sc.Ignored == nil || !sc.Ignored(name, false)) {
			sc.alone.leave(name, nothingElse(mode))
		}
		return false
	}
	t.put(name, s)
	return true
}

func nothingElse(mode fs.FileMode) error {
	if mode&fs.ModeSymlink != 0 {
		return errors.New("a link")
	}
	return errors.New("neither file nor directory")
}

// scanThere lists the tree of the server. What is not seen is an error: it would look as if it were
// gone.
func (sc *scanner) scanThere(ctx context.Context) (*tree, error) {
	t := newTree(1, sc.Archive.Rows)
	there, err := sc.Session.IsDir(ctx, sc.Remote)
	if err != nil {
		return nil, err
	}
	if !there {
		t.missing = true
		return t, nil
	}
	unseen := &UnseenError{}
	survey := &transfer.Survey{
		Root: sc.Remote, Bounds: sc.Bounds, Depth: sc.Depth, Directories: sc.Directories,
		Found:  func(name string, e listing.Entry) bool { return sc.takesThere(t, name, e) },
		Unseen: func(name string, err error) { unseen.add(name, err) },
	}
	e := sc.Engine()
	err = survey.Run(ctx, e)
	e.Wait()
	if err == nil && len(unseen.Dirs) > 0 {
		err = unseen
	}
	return t, err
}

// takesThere puts an entry of the server into its tree, unless it is to be left alone.
func (sc *scanner) takesThere(t *tree, name string, e listing.Entry) bool {
	if sc.isOwn(t, name) {
		return false
	}
	s, mode := sideThere(e), fs.ModeIrregular
	if s.Type == file && s.Size < 0 {
		sc.alone.leave(name, errors.New("the server does not say its size"))
		t.hold(name)
		return false
	}
	if e.Type == listing.Link {
		mode = fs.ModeSymlink
	}
	return sc.takes(t, name, s, mode)
}

// UnseenError says that not all of a tree could be seen.
type UnseenError struct {
	Dirs []string
	Err  error // of the first
}

func (e *UnseenError) add(name string, err error) {
	if e.Dirs = append(e.Dirs, name); e.Err == nil {
		e.Err = err
	}
}

func (e *UnseenError) Error() string {
	return fmt.Sprintf("nothing was done: not all of the tree there could be seen (%s: %v)", path.Join(".", e.Dirs[0]), e.Err)
}

// Unwrap returns what was wrong with the first directory.
func (e *UnseenError) Unwrap() error { return e.Err }

// fold makes one path of what is one file here, and leaves alone what can have no name here, or
// would take the place of another file.
func (sc *scanner) fold(here, there *tree) {
	rules := sc.rules()
	if !rules.Folds && !rules.Forms && !rules.Trims && !rules.Forbids && !rules.Devices && !rules.UTF8 {
		return
	}
	key := func(name string) string {
		parts := strings.Split(name, "/")
		for i := range parts {
			parts[i] = rules.Key(parts[i])
		}
		return strings.Join(parts, "/")
	}
	known := map[string]string{}
	for _, names := range []iter.Seq[string]{there.all(), maps.Keys(sc.Archive.Rows)} {
		for _, name := range slices.Sorted(names) {
			other, taken := known[key(name)]
			if taken && other != name {
				sc.alone.leave(name, fmt.Errorf("it and %s are one file here", other))
				sc.alone.leave(other, fmt.Errorf("it and %s are one file here", name))
			}
			if ours, err := rules.Name(path.Base(name)); err != nil || ours != path.Base(name) {
				sc.alone.leave(name, errors.New("no file can have this name here"))
			}
			known[key(name)] = name
		}
	}
	for _, name := range slices.Sorted(here.all()) {
		if theirs, some := known[key(name)]; some && theirs != name {
			if !here.at(theirs).there() {
				here.put(theirs, here.at(name))
			}
			here.remove(name)
		}
	}
}
