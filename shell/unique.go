package shell

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ftpsh/ftpsh/client/localname"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// mostUnique is where runique gives up, as ftp(1) does.
const mostUnique = 99

// uniqueLocal returns name, or with runique the first of name.1, name.2 … that
// no local file has.
func (sh *Shell) uniqueLocal(name string) (string, error) {
	if !sh.Settings.RUnique {
		return name, nil
	}
	return sh.freeLocal(name)
}

// freeLocal is a name that no local file has: name itself, else name.1 and so on.
func (sh *Shell) freeLocal(name string) (string, error) {
	for i := 0; i <= mostUnique; i++ {
		unique := name
		if i > 0 {
			unique = fmt.Sprintf("%s.%d", name, i)
		}
		if _, err := sh.folder().Lstat(unique); errors.Is(err, fs.ErrNotExist) {
			return unique, nil
		}
	}
	return "", &failure.LocalError{Text: fmt.Sprintf("%s and %s.1 to %s.%d are all there already", name, name, name, mostUnique)}
}

// collisionSettings say what becomes of names that are one file here.
var collisionSettings = []*Setting{
	word("collisions", "two files of a command that have one local name: refuse the second, or keep it as `name (2)`", []string{"refuse", "number"},
		func(s *Settings) *string { return &s.Collisions }),
}

// foldsHere asks a folder whether its file system folds names; tests answer in its place.
var foldsHere = func(dir string) bool {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return false
	}
	defer root.Close()
	return localname.Folding(root)
}

// folds is foldsHere, asked once for each folder of a command.
func (e *each) folds(dir string) bool {
	folds, asked := e.folding[dir]
	if !asked {
		folds = foldsHere(dir)
		if e.folding == nil {
			e.folding = map[string]bool{}
		}
		e.folding[dir] = folds
	}
	return folds
}

// once keeps two downloads of a command from becoming one file, where one would replace the other: the second is refused,
// or gets a number. Names that differ in case or normal form only are one file on some systems; the folder is asked when
// it matters.
func (e *each) once(t *transfer.Task) error {
	if t.Op != transfer.Download {
		return nil
	}
	for n := 2; ; n++ {
		first, taken := e.has(t.Local)
		if !taken {
			break
		}
		if e.call.Shell.Settings.Collisions != "number" || n > mostUnique {
			return &failure.LocalError{Text: fmt.Sprintf("%s is not fetched: %s has become %s already; `set collisions number` keeps both", t.Remote, first, t.Local)}
		}
		dir, name := filepath.Split(t.Local)
		if n > 2 {
			name = e.plain
		}
		e.plain = name
		t.Local = dir + localname.Numbered(name, n)
	}
	if e.taken == nil {
		e.taken = map[string][]taken{}
	}
	key := folded(t.Local)
	e.taken[key] = append(e.taken[key], taken{t.Local, t.Remote})
	return nil
}

// taken is a local name, and the remote file that it is for.
type taken struct{ local, remote string }

// has returns the remote file that a local name is for already.
func (e *each) has(local string) (remote string, ok bool) {
	for _, t := range e.taken[folded(local)] {
		if t.local == local || e.folds(filepath.Dir(e.call.Shell.local(local))) {
			return t.remote, true
		}
	}
	return "", false
}

func folded(name string) string {
	return localname.Rules{Folds: true, Windows: localname.System().Windows}.Key(name)
}
