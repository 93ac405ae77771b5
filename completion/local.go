package completion

import (
	"cmp"
	"os"
	"os/user"
	"path/filepath"
	"strings"
)

// Local completes local names. The zero value works in the current directory.
type Local struct {
	Dir  string                   // where relative names begin; "" is the current directory
	Home string                   // what ~ means; "" asks the system
	Note func(os.FileInfo) string // what to show beside a name, if set
}

// Complete finds what a local path can become. A ~ or ~user at its start is
// looked up and kept as typed. A directory that cannot be read has no names.
func (l Local) Complete(typed string, dirsOnly bool) Result {
	typed = filepath.ToSlash(typed)
	if strings.HasPrefix(typed, "~") && !strings.Contains(typed, "/") {
		return l.home(typed)
	}
	parent, rest := split(typed)
	list, err := l.names(parent)
	if err != nil {
		return partial(typed, dirsOnly, l.names)
	}
	return list.complete(parent, rest, dirsOnly)
}

// Match finds the names in a directory that match.
func (l Local) Match(dir string, match func(name string) bool, dirsOnly bool) Result {
	list, err := l.names(dir)
	if err != nil {
		return Result{}
	}
	return list.matching(dir, match, dirsOnly)
}

func (l Local) names(dir string) (names, error) {
	list, err := os.ReadDir(l.Path(dir))
	if err != nil {
		return nil, err
	}
	var found []Name
	for _, e := range list {
		found = append(found, l.name(dir, e))
	}
	return sortNames(found), nil
}

// name follows links, as a directory behind one is a directory to its user.
func (l Local) name(parent string, e os.DirEntry) Name {
	n := Name{Name: e.Name(), Dir: e.IsDir()}
	if l.Note == nil && e.Type()&os.ModeSymlink == 0 {
		return n
	}
	info, err := os.Stat(filepath.Join(l.Path(parent), e.Name()))
	if err != nil {
		return n
	}
	n.Dir = info.IsDir()
	if l.Note != nil {
		n.Note = l.Note(info)
	}
	return n
}

// Path returns the file that a typed local path means: ~ is looked up, and a
// relative path begins at Dir.
func (l Local) Path(typed string) string {
	name, rest, _ := strings.Cut(typed, "/")
	if strings.HasPrefix(name, "~") {
		if home, ok := l.lookup(name[1:]); ok {
			return filepath.Join(home, rest)
		}
	}
	if filepath.IsAbs(typed) {
		return filepath.Clean(typed)
	}
	dir := cmp.Or(l.Dir, ".")
	if typed != "" && os.IsPathSeparator(typed[0]) { // of the same drive, on Windows
		return filepath.Join(filepath.VolumeName(dir)+"/", typed)
	}
	return filepath.Join(dir, typed)
}

// home completes ~ and ~user, if there is such a home.
func (l Local) home(typed string) Result {
	if _, ok := l.lookup(typed[1:]); !ok {
		return Result{Common: typed}
	}
	c := Candidate{Text: typed + "/", Shown: typed + "/", Open: true}
	return Result{Candidates: []Candidate{c}, Common: c.Text}
}

func (l Local) lookup(name string) (string, bool) {
	if name != "" {
		u, err := user.Lookup(name)
		if err != nil {
			return "", false
		}
		return u.HomeDir, true
	}
	if l.Home != "" {
		return l.Home, true
	}
	home, err := os.UserHomeDir()
	return home, err == nil
}
