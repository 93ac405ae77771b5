package treesync

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/localname"
	"github.com/ftpsh/ftpsh/client/transfer"
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

func (y *Sync) newTree(side int) *tree {
	return &tree{side: side, rows: y.Archive.Rows, others: map[string]Side{}, held: map[string]bool{}}
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

// meantime is how names of this pair of trees begin, until what they stand for is whole.
func (y *Sync) meantime() string { return own + "sync-" + y.Archive.ID[:idLength/2] + "-" }

// scanHere goes through the tree here.
func (y *Sync) scanHere() (*tree, error) {
	t := y.newTree(0)
	info, err := y.Here.Stat(y.Local)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		t.missing = true
		return t, nil
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, &fs.PathError{Op: "sync", Path: y.Local, Err: errors.New("is not a directory")}
	}
	root, err := y.Here.OpenRoot(y.Local)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		if strings.HasPrefix(d.Name(), own) {
			if strings.HasPrefix(d.Name(), y.meantime()) {
				t.left = append(t.left, name)
			} else {
				t.hold(name)
			}
			return skipped(d)
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it has just gone
		}
		if err != nil {
			return err
		}
		if y.takes(t, name, sideHere(info), info.Mode().Type()) {
			return nil
		}
		return skipped(d)
	})
	return t, err
}

func skipped(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// takes puts a path into a tree, unless it is to be left alone.
func (y *Sync) takes(t *tree, name string, s Side, mode fs.FileMode) bool {
	if s.Type == "" || y.Ignored != nil && y.Ignored(name, s.Type == dir) {
		t.hold(name)
		if s.Type == "" && (y.Ignored == nil || !y.Ignored(name, false)) {
			y.pass(name, nothingElse(mode))
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

// pass leaves a path alone, on both sides, and remembers why.
func (y *Sync) pass(name string, why error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.passed == nil {
		y.passed = map[string]error{}
	}
	if y.passed[name] == nil {
		y.passed[name] = why
	}
}

// isPassed reports whether a path, or a directory that it is in, is left alone.
func (y *Sync) isPassed(name string) bool {
	if len(y.passed) == 0 {
		return false
	}
	for ; name != "."; name = path.Dir(name) {
		if y.passed[name] != nil {
			return true
		}
	}
	return false
}

// sideHere is a file or directory of this computer.
func sideHere(info fs.FileInfo) Side {
	switch {
	case info.IsDir():
		return Side{Type: dir}
	case info.Mode().IsRegular():
		return Side{Type: file, Size: info.Size(), Time: info.ModTime().UTC(), Precision: listing.Subsecond, ID: identity(info)}
	}
	return Side{}
}

// sideThere is one of the server.
func sideThere(e listing.Entry) Side {
	switch {
	case e.Type == listing.Dir:
		return Side{Type: dir}
	case e.Type == listing.File && (e.Size < 0 || e.SizeApprox):
		return Side{Type: file, Size: -1}
	case e.Type == listing.File:
		return Side{Type: file, Size: e.Size, Time: e.Time.UTC(), Precision: e.Precision, ID: e.Unique}
	}
	return Side{}
}

// scanThere lists the tree of the server. What is not seen is an error: it would look as if it were
// gone.
func (y *Sync) scanThere(ctx context.Context) (*tree, error) {
	t := y.newTree(1)
	there, err := y.Session.IsDir(ctx, y.Remote)
	if err != nil {
		return nil, err
	}
	if !there {
		t.missing = true
		return t, nil
	}
	unseen := &UnseenError{}
	survey := &transfer.Survey{
		Root: y.Remote, Bounds: y.Bounds, Depth: y.Depth, Directories: y.Directories,
		Found: func(name string, e listing.Entry) bool {
			s := sideThere(e)
			switch {
			case strings.HasPrefix(e.Name, y.meantime()):
				t.left = append(t.left, name)
				return false
			case strings.HasPrefix(e.Name, own):
				t.hold(name)
				return false
			case s.Type == file && s.Size < 0:
				y.pass(name, errors.New("the server does not say its size"))
				t.hold(name)
				return false
			}
			mode := fs.ModeIrregular
			if e.Type == listing.Link {
				mode = fs.ModeSymlink
			}
			return y.takes(t, name, s, mode)
		},
		Unseen: func(name string, err error) { unseen.add(name, err) },
	}
	e := y.Engine()
	err = survey.Run(ctx, e)
	e.Wait()
	if err == nil && len(unseen.Dirs) > 0 {
		err = unseen
	}
	return t, err
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
func (y *Sync) fold(here, there *tree) {
	rules := y.rules()
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
	for _, names := range []iter.Seq[string]{there.all(), maps.Keys(y.Archive.Rows)} {
		for _, name := range slices.Sorted(names) {
			other, taken := known[key(name)]
			if taken && other != name {
				y.pass(name, fmt.Errorf("it and %s are one file here", other))
				y.pass(other, fmt.Errorf("it and %s are one file here", name))
			}
			if ours, err := rules.Name(path.Base(name)); err != nil || ours != path.Base(name) {
				y.pass(name, errors.New("no file can have this name here"))
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

// rules are those of the file system that the tree here is on.
func (y *Sync) rules() localname.Rules {
	if y.Rules != nil {
		return *y.Rules
	}
	root, err := y.Here.OpenRoot(y.Local)
	if err != nil {
		return localname.System()
	}
	defer root.Close()
	if y.DryRun {
		return localname.Look(root)
	}
	return localname.Ask(root)
}

// here and there are full names.
func (y *Sync) here(name string) string  { return filepath.Join(y.Local, filepath.FromSlash(name)) }
func (y *Sync) there(name string) string { return path.Join(y.Remote, name) }

// lookHere looks at one path here.
func lookHere(root *os.Root, name string) (Side, error) {
	info, err := root.Lstat(filepath.FromSlash(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Side{}, nil
	case err != nil:
		return Side{}, err
	case !info.IsDir() && !info.Mode().IsRegular():
		return Side{}, &fs.PathError{Op: "sync", Path: name, Err: errors.New("has become something that is neither file nor directory")}
	}
	return sideHere(info), nil
}
