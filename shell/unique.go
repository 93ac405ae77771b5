package shell

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/ftpsh/ftpsh/client/transfer"
)

// mostUnique is where runique gives up, as ftp(1) does.
const mostUnique = 99

// uniqueLocal returns name, or with runique the first of name.1, name.2 … that
// no local file has.
func (sh *Shell) uniqueLocal(name string) (string, error) {
	if !sh.Settings.RUnique {
		return name, nil
	}
	for i := 0; i <= mostUnique; i++ {
		unique := name
		if i > 0 {
			unique = fmt.Sprintf("%s.%d", name, i)
		}
		if _, err := sh.folder().Lstat(unique); errors.Is(err, fs.ErrNotExist) {
			return unique, nil
		}
	}
	return "", &localError{fmt.Sprintf("%s and %s.1 to %s.%d are all there already", name, name, name, mostUnique)}
}

// once refuses a download whose local name another file of the same command has
// taken: one would replace the other.
func (e *each) once(t transfer.Task) error {
	if t.Op != transfer.Download {
		return nil
	}
	if first, taken := e.taken[t.Local]; taken {
		return &localError{fmt.Sprintf("%s is not fetched: %s has become %s already", t.Remote, first, t.Local)}
	}
	if e.taken == nil {
		e.taken = map[string]string{}
	}
	e.taken[t.Local] = t.Remote
	return nil
}
