package transfer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// destination is where a download ends up: a name in a directory that is held
// open. Whatever is put in its way meanwhile, nothing is written elsewhere.
type destination struct {
	dir   *os.Root
	name  string // in dir
	shown string // as the user knows it
}

func (t Task) destination() (*destination, error) {
	dir, name := t.Within, ""
	if dir == "" {
		target := t.Local
		if real, err := filepath.EvalSymlinks(target); err == nil {
			target = real // a link that the user named is written through
		}
		dir, name = filepath.Split(target)
		dir = filepath.Clean(dir)
	} else {
		var err error
		if name, err = filepath.Rel(dir, t.Local); err != nil {
			return nil, err
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: t.Local, Err: reason(err)}
	}
	return &destination{root, name, t.Local}, nil
}

func (d *destination) close() { d.dir.Close() }

func (d *destination) part() string { return d.name + PartSuffix }

// failed names the file as the user does.
func (d *destination) failed(op, suffix string, err error) error {
	return &fs.PathError{Op: op, Path: d.shown + suffix, Err: reason(err)}
}

// reason is what the system said, without the name.
func reason(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

var errNotPlain = errors.New("is here already, and no plain file")

// open opens the part. Without Resume it starts empty, or with the first Offset
// bytes of what stands under the final name; with it, an earlier part, or what
// stands there, is gone on with.
func (d *destination) open(t Task) (*os.File, error) {
	whole, err := d.dir.Lstat(d.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, d.failed("write", "", err)
	case whole.IsDir():
		return nil, d.failed("write", "", errors.New("is a directory"))
	case t.Within != "" && !whole.Mode().IsRegular():
		return nil, d.failed("write", "", errNotPlain)
	}
	if t.Resume {
		part, err := d.plain(d.part(), PartSuffix)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return part, err
		}
	} else if err := d.dir.Remove(d.part()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, d.failed("remove", PartSuffix, err)
	}
	part, err := d.dir.OpenFile(d.part(), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, d.failed("open", PartSuffix, err)
	}
	if t.Resume || t.Offset > 0 {
		if err := d.keep(part, t); err != nil {
			d.drop(part)
			return nil, err
		}
	}
	return part, nil
}

// plain opens a file that is there and neither a link nor a device.
func (d *destination) plain(name, suffix string) (*os.File, error) {
	before, err := d.dir.Lstat(name)
	if err != nil {
		return nil, d.failed("open", suffix, err)
	}
	if !before.Mode().IsRegular() {
		return nil, d.failed("open", suffix, errNotPlain)
	}
	file, err := d.dir.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil, d.failed("open", suffix, err)
	}
	if now, err := file.Stat(); err != nil || !os.SameFile(before, now) {
		file.Close()
		return nil, d.failed("open", suffix, errNotPlain)
	}
	return file, nil
}

// keep copies what there is of a file that another client began, or what the
// user wants to keep of it.
func (d *destination) keep(part *os.File, t Task) error {
	old, err := d.plain(d.name, "")
	if errors.Is(err, fs.ErrNotExist) && t.Offset == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	defer old.Close()
	if t.Offset == 0 {
		_, err = io.Copy(part, old)
		return err
	}
	n, err := io.CopyN(part, old, t.Offset)
	if errors.Is(err, io.EOF) {
		return d.failed("restart", "", fmt.Errorf("has only %d bytes, not %d", n, t.Offset))
	}
	return err
}

// drop removes the part.
func (d *destination) drop(part *os.File) {
	part.Close()
	d.dir.Remove(d.part())
}

// finish gives the part its time, mode and final name. From a server only the
// nine bits of permissions are taken, and those that the umask leaves.
func (d *destination) finish(part *os.File, t Task) error {
	mode := os.FileMode(0o666)
	if t.Mode != 0 {
		mode = t.Mode.Perm()
	}
	mode &^= umask()
	if info, err := d.dir.Lstat(d.name); err == nil && info.Mode().IsRegular() && t.Mode == 0 {
		mode = info.Mode().Perm()
	}
	if err := part.Chmod(mode); err != nil {
		return d.failed("chmod", PartSuffix, err)
	}
	if err := part.Close(); err != nil {
		return d.failed("close", PartSuffix, err)
	}
	if t.Preserve && !t.ModTime.IsZero() {
		if err := d.dir.Chtimes(d.part(), time.Time{}, t.ModTime); err != nil {
			return d.failed("set the time of", PartSuffix, err)
		}
	}
	if err := d.dir.Rename(d.part(), d.name); err != nil {
		return d.failed("rename", PartSuffix, err)
	}
	return nil
}
