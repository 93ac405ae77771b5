package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// destination is where a download ends up: a name in a directory that is held
// open. Whatever is put in its way meanwhile, nothing is written elsewhere.
type destination struct {
	dir   *os.Root
	name  string // in dir
	temp  string // of the part
	shown string // as the user knows it
}

func (t Task) destination() (*destination, error) {
	if t.Here.Instead != nil {
		return nil, &fs.PathError{Op: "write", Path: t.Local, Err: ErrNotWritten}
	}
	dir, name := t.Within, ""
	if dir == "" {
		target := t.Here.Name(t.Local)
		if real, err := filepath.EvalSymlinks(target); err == nil && t.Here.Root == nil {
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
	root, err := t.Here.OpenRoot(dir)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: t.Local, Err: reason(err)}
	}
	d := &destination{dir: root, name: name, shown: t.Local}
	if err := d.enter(); err != nil {
		root.Close()
		return nil, d.failed("open", "", err)
	}
	d.choosePart(t)
	return d, nil
}

// choosePart decides on the name of the part: the usual one, unless another file has it, such as one that the server lists
// as well. A part that was begun under the other name is resumed there.
func (d *destination) choosePart(t Task) {
	d.temp = otherPart(d.name)
	if _, err := d.dir.Lstat(d.temp); err != nil && !t.PartTaken && !d.isOthers(PartName(d.name)) {
		d.temp = PartName(d.name)
	}
}

// isOthers reports whether files that have the names of a part and its note are none that were begun here: a part has a
// note, or is small and nobody else's.
func (d *destination) isOthers(name string) bool {
	if note, err := d.note(name); err == nil {
		return !strings.HasPrefix(note, noteBegins)
	}
	info, err := d.dir.Lstat(name)
	return err == nil && info.Mode().IsRegular() && (info.Size() >= smallFile || info.Mode().Perm() != partMode)
}

// note is the beginning of the note beside a part, which is all of it if it is one.
func (d *destination) note(part string) (string, error) {
	info, err := d.dir.Lstat(part + NoteSuffix)
	if err != nil || !info.Mode().IsRegular() {
		return "", cmp.Or(err, errNotPlain)
	}
	file, err := d.dir.Open(part + NoteSuffix)
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, longestNote))
	return string(text), err
}

const longestNote = 200

// isBeingWritten reports whether the final name is that of the part of another transfer which runs.
func (d *destination) isBeingWritten() bool {
	if !isPart(d.name) {
		return false
	}
	other, err := d.plain(d.name, "")
	if err != nil {
		return false
	}
	defer other.Close()
	return errors.Is(lock(other), errBusy)
}

// partMode are the permissions of a part. Windows has them not: there a part without a note is another program's.
const partMode fs.FileMode = 0o600

// enter holds the innermost directory open in place of the one that no link may
// lead out of: each step would be walked again with every call.
func (d *destination) enter() error {
	inner, name := filepath.Split(d.name)
	if inner == "" {
		return nil
	}
	dir, err := d.dir.OpenRoot(filepath.Clean(inner))
	if err != nil {
		return err
	}
	d.dir.Close()
	d.dir, d.name = dir, name
	return nil
}

func (d *destination) close() { d.dir.Close() }

func (d *destination) part() string { return d.temp }

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

var errNotPlain = errors.New("is here already, and not a plain file")

// open opens the part. Without Resume it starts empty, or with the first Offset
// bytes of what stands under the final name; with it, an earlier part, or what
// stands there, is resumed.
func (d *destination) open(t Task) (*part, error) {
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
	old, err := d.plain(d.part(), PartSuffix)
	switch {
	case err == nil:
		if p, err := d.goOn(t, old); p != nil || err != nil {
			return p, err
		}
	case errors.Is(err, fs.ErrNotExist):
	case t.Resume:
		return nil, err
	default: // a link, or what cannot be read
		if err := d.remove(); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, d.failed("remove", PartSuffix, err)
		}
	}
	return d.create(t, t.Offset > 0 || t.Resume && !t.again && old == nil && err != nil && whole != nil && whole.Size() > tailSize)
}

// goOn resumes a part that is there. It is nil, without an error, where the part is of no use
// and was removed.
func (d *destination) goOn(t Task, old *os.File) (*part, error) {
	p := &part{File: old, to: d, note: noteOf(t)}
	if err := lock(old); err != nil {
		old.Close()
		return nil, d.failed("write", PartSuffix, err)
	}
	if !d.isPart(old) { // it was whole by then, and has its name
		old.Close()
		return nil, d.failed("write", PartSuffix, errBusy)
	}
	if info, err := old.Stat(); t.Resume && p.belongs(t) && err == nil && info.Size() > tailSize {
		p.have, err = old.Seek(0, io.SeekEnd)
		return p, err
	}
	err := errors.Join(d.remove(), old.Close()) // while it is locked
	if errors.Is(err, fs.ErrNotExist) {         // Windows lets go of the lock before the file gets its name
		err = errBusy
	}
	if err != nil {
		return nil, d.failed("remove", PartSuffix, err)
	}
	return nil, nil
}

// isPart reports whether an open file has the name of the part still.
func (d *destination) isPart(file *os.File) bool {
	named, err := d.dir.Lstat(d.part())
	info, failed := file.Stat()
	return err == nil && failed == nil && os.SameFile(named, info)
}

// holds reports whether the file is here by now, as the server describes it.
func (d *destination) holds(t Task) bool {
	info, err := d.dir.Lstat(d.name)
	return err == nil && info.Mode().IsRegular() && t.Size >= 0 && info.Size() == t.Size &&
		!t.ModTime.IsZero() && info.ModTime().Sub(t.ModTime).Abs() < time.Second
}

// busyPause is how long the part of another transfer is left alone before it is looked at again.
const busyPause = 20 * time.Millisecond

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// create makes a part, with the beginning of what is there.
func (d *destination) create(t Task, begun bool) (*part, error) {
	file, err := d.dir.OpenFile(d.part(), os.O_RDWR|os.O_CREATE|os.O_EXCL, partMode)
	if errors.Is(err, fs.ErrExist) {
		err = errBusy // it was not there a moment ago
	}
	if err != nil {
		return nil, d.failed("open", PartSuffix, err)
	}
	if err := lock(file); err != nil {
		file.Close()
		return nil, d.failed("write", PartSuffix, err)
	}
	if !d.isPart(file) { // another transfer took it for an old one before it was locked
		file.Close()
		return nil, d.failed("write", PartSuffix, errBusy)
	}
	p := &part{File: file, to: d, note: noteOf(t)}
	if begun {
		if err := d.keep(file, t); err != nil {
			p.drop()
			return nil, err
		}
		p.have, err = file.Seek(0, io.SeekEnd)
		p.given = t.Offset > 0
	}
	if err == nil && (t.Size < 0 || t.Size >= smallFile) { // a small one is fetched again sooner than noted
		err = p.writeNote()
	}
	if err != nil {
		p.drop()
		return nil, d.failed("write", PartSuffix, err)
	}
	return p, nil
}

// remove removes a part and its note.
func (d *destination) remove() error {
	err := remove(d.dir, d.part())
	if noteless := remove(d.dir, d.part()+NoteSuffix); !errors.Is(noteless, fs.ErrNotExist) {
		err = errors.Join(err, noteless)
	}
	return err
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
