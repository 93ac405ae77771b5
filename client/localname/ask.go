package localname

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Ask finds out what the file system of a folder makes of names: a disk of another system is mounted anywhere. It makes
// a folder in it for a moment, and looks what becomes of files there.
func Ask(dir *os.Root) Rules {
	r := Look(dir)
	name := ".ftpsh-" + rand.Text()
	if dir.Mkdir(name, 0o700) != nil {
		return r
	}
	defer func() { _ = dir.RemoveAll(name) }()
	probe, err := dir.OpenRoot(name)
	if err != nil {
		return r
	}
	defer probe.Close()
	r.Folds = r.Folds || same(probe, "case", "CASE")
	r.Forms = r.Forms || same(probe, "form\u00e9", "forme\u0301")
	r.Trims = r.Trims || same(probe, "dot", "dot.") || !takes(probe, "end.") || !takes(probe, "end ")
	r.UTF8 = r.UTF8 || !takes(probe, "byte\xff")
	r.Forbids = r.Forbids || !takes(probe, "colon:") || !takes(probe, `quote"`)
	for _, most := range lengths {
		if takes(probe, strings.Repeat("x", most)) {
			r.Longest = most
			break
		}
	}
	return r
}

// Look is Ask where nothing may be written: the rules of the system, and whether a file that is there, or the folder
// itself, has its name in other letters, too.
func Look(dir *os.Root) Rules {
	r := System()
	file, err := dir.Open(".")
	if err != nil {
		return r
	}
	defer file.Close()
	names, _ := file.Readdirnames(someNames)
	for _, name := range names {
		if other := inOtherLetters(name); other != name {
			r.Folds = r.Folds || isOne(dir.Lstat, name, other)
			return r
		}
	}
	if self, err := filepath.Abs(dir.Name()); err == nil {
		around, name := filepath.Split(self)
		other := inOtherLetters(name)
		r.Folds = r.Folds || other != name && isOne(os.Lstat, self, around+other)
	}
	return r
}

// inOtherLetters is a name in capitals, or in small letters.
func inOtherLetters(name string) string {
	if capitals := strings.ToUpper(name); capitals != name {
		return capitals
	}
	return strings.ToLower(name)
}

// isOne reports whether two names that are there are those of one file.
func isOne(lstat func(string) (os.FileInfo, error), a, b string) bool {
	one, err := lstat(a)
	if err != nil {
		return false
	}
	two, err := lstat(b)
	return err == nil && os.SameFile(one, two)
}

// someNames are so many that one of them has a letter.
const someNames = 20

// lengths are the limits of names that there are: the usual one, and that of eCryptfs.
var lengths = []int{longest, 143}

// same reports whether two names are one file.
func same(dir *os.Root, a, b string) bool {
	if !takes(dir, a) {
		return false
	}
	_, err := dir.Lstat(b)
	return err == nil
}

// takes reports whether a name can be given to a file. A disk that is full, or not to be written to, says nothing about
// names.
func takes(dir *os.Root, name string) bool {
	file, err := dir.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		return file.Close() == nil
	}
	return !errors.Is(err, fs.ErrInvalid) && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.EILSEQ) &&
		!errors.Is(err, syscall.ENAMETOOLONG) && !errors.Is(err, syscall.ENOENT)
}
