package transfer

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/ftpsh/ftpsh/client/localname"
)

// names are those of one directory that have been seen to. A server may list a
// name twice, and two names may be one file here.
type names struct {
	first  map[string]string // by what a file system may make of the name
	others map[string]bool   // those that are not the first of their kind
	folds  func() bool       // whether this one does; asked when it matters
	folded bool
}

// names begins with a directory of which nothing is known. To find out what the file
// system makes of names it is needed, and made.
func (m *Mirror) names(rel string, needed func() bool) *names {
	return &names{first: map[string]string{}, others: map[string]bool{},
		folds: func() bool { return !m.copyIsThere() && needed() && foldsNames(m.here, rel) }}
}

// take refuses a name that stands for a file which has been seen to already.
func (n *names) take(name string) error {
	key := folded(name)
	first, taken := n.first[key]
	switch {
	case !taken:
		n.first[key] = name
		return nil
	case first == name || n.others[name]:
		return errors.New("is listed twice")
	case n.folded || n.folds():
		n.folded = true
		return fmt.Errorf("is the same file here as %q", first)
	}
	n.others[name] = true
	return nil
}

// folded is what names have in common that some file system takes for the same.
func folded(name string) string { return localname.Rules{Folds: true}.Key(name) }

// foldsNames finds out whether names that differ in case only are one file in a directory.
func foldsNames(dir *os.Root, rel string) bool {
	inner, err := dir.OpenRoot(filepath.FromSlash(path.Join(".", rel)))
	if err != nil {
		return false
	}
	defer inner.Close()
	return localname.Folding(inner)
}
