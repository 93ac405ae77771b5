package transfer

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Backup says what becomes of a local file that a download replaces.
type Backup int

// The ways to keep it.
const (
	NoBackup Backup = iota
	Simple          // as NAME~, in place of an older one
	Numbered        // as NAME.~1~, NAME.~2~ and so on
)

// mostBackups is how many backups of one file are numbered.
const mostBackups = 9999

// backUp keeps the file that is about to be replaced. A second name for it leaves it in its place; where the
// file system has no such names it is renamed.
func (d *destination) backUp(how Backup) error {
	info, err := d.dir.Lstat(d.name)
	switch {
	case errors.Is(err, fs.ErrNotExist) || how == NoBackup:
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errNotPlain
	}
	if how == Simple {
		name := d.name + "~"
		if err := remove(d.dir, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return d.keepAs(name)
	}
	for n := 1; n <= mostBackups; n++ {
		if err := d.keepAs(fmt.Sprintf("%s.~%d~", d.name, n)); !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return fmt.Errorf("there are %d backups of it", mostBackups)
}

// keepAs gives the file another name that nothing has.
func (d *destination) keepAs(name string) error {
	err := d.dir.Link(d.name, name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := d.dir.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, os.ErrExist)
	}
	return rename(d.dir, d.name, name)
}
