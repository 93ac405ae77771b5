package commands

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// mostUnique is where runique gives up, as ftp(1) does.
const mostUnique = 99

// uniqueLocal returns name, or with runique the first of name.1, name.2 … that
// no local file has.
func uniqueLocal(sh *command.Shell, name string) (string, error) {
	if !sh.Settings.RUnique {
		return name, nil
	}
	return freeLocal(sh, name)
}

// freeLocal is a name that no local file has: name itself, else name.1 and so on.
func freeLocal(sh *command.Shell, name string) (string, error) {
	for i := 0; i <= mostUnique; i++ {
		unique := name
		if i > 0 {
			unique = fmt.Sprintf("%s.%d", name, i)
		}
		if _, err := sh.Folder().Lstat(unique); errors.Is(err, fs.ErrNotExist) {
			return unique, nil
		}
	}
	return "", &failure.LocalError{Text: fmt.Sprintf("%s and %s.1 to %s.%d are all there already", name, name, name, mostUnique)}
}
