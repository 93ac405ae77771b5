package shell

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
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
		if _, err := os.Lstat(unique); errors.Is(err, fs.ErrNotExist) {
			return unique, nil
		}
	}
	return "", &localError{fmt.Sprintf("%s and %s.1 to %s.%d are all there already", name, name, name, mostUnique)}
}
