package transfer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"
)

// PartSuffix is behind the name of a file that is not complete.
const PartSuffix = ".part"

// NoteSuffix is behind the name of a part: the note beside it says of which
// file it is a part, by size and time, so that parts of two files never become
// one.
const NoteSuffix = ".note"

// part is a file in which a download arrives. While it is open nobody else can
// write to it.
type part struct {
	*os.File
	to    *destination
	have  int64  // bytes that are there from before
	given bool   // by the user, who said where to begin: they are not compared
	note  string // what the note should say
	noted bool   // and does
}

// errBusy is of a part that another transfer, perhaps of another process, is
// writing.
var errBusy = errors.New("another transfer is writing it")

// belongs reports whether the part was begun from the file as it is now.
func (p *part) belongs(t Task) bool {
	text, err := p.to.note(p.to.part())
	p.noted = err == nil && text == p.note
	if err == nil {
		return p.noted
	}
	return errors.Is(err, fs.ErrNotExist) && !t.again // another client's perhaps, which takes no notes
}

// noteBegins is how each note begins.
const noteBegins = "size "

// noteOf is what the note beside a part of the remote file says.
func noteOf(t Task) string {
	text := fmt.Sprintf(noteBegins+"%d\n", t.Size)
	if !t.ModTime.IsZero() {
		text += "time " + t.ModTime.UTC().Format(time.RFC3339Nano) + "\n"
	}
	return text
}

func (p *part) writeNote() error {
	name := p.to.part() + NoteSuffix
	if err := remove(p.to.dir, name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	note, err := p.to.dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = note.WriteString(p.note)
	p.noted = true
	return errors.Join(err, note.Close())
}

// tailSize is how much of a part is fetched once more and compared, whatever a note
// says. A part that is not longer is not worth it: all of the file is fetched.
const tailSize = 4 << 10

// tail returns the end of a part.
func (p *part) tail() ([]byte, error) {
	if p.given || p.have <= tailSize {
		return nil, nil
	}
	tail := make([]byte, tailSize)
	_, err := p.ReadAt(tail, p.have-tailSize)
	return tail, err
}

// empty throws away what is there.
func (p *part) empty() error {
	p.have, p.given = 0, false
	if err := p.Truncate(0); err != nil {
		return err
	}
	_, err := p.Seek(0, io.SeekStart)
	return err
}

// close ends a download, whether it is whole or not.
func (p *part) close() {
	p.keep()
	p.to.close()
}

// keep leaves the part of a download that failed for another try, unless it is
// empty.
func (p *part) keep() {
	info, err := p.Stat()
	switch {
	case err != nil: // closed: it has its final name
	case info.Size() == 0:
		p.drop()
	case !p.noted:
		_ = p.writeNote() // a disk that is full may have no room for it
		fallthrough
	default:
		p.Close()
	}
}

// drop removes the part, while it is locked.
func (p *part) drop() {
	_ = p.to.remove()
	p.Close()
}

// finish gives the part its time, mode and final name.
func (p *part) finish(t Task) error {
	d := p.to
	mode := t.mode()
	if info, err := d.dir.Lstat(d.name); err == nil && info.Mode().IsRegular() && t.Mode == 0 {
		mode = info.Mode().Perm()
	}
	if err := p.Chmod(mode); err != nil {
		return d.failed("chmod", PartSuffix, err)
	}
	if t.Preserve && !t.ModTime.IsZero() {
		if err := d.dir.Chtimes(d.part(), time.Time{}, t.ModTime); err != nil {
			return d.failed("set the time of", PartSuffix, err)
		}
	}
	if d.isBeingWritten() || !d.isPart(p.File) { // a file of that name came meanwhile
		return d.failed("rename", PartSuffix, errBusy)
	}
	if err := d.backUp(t.Backup); err != nil {
		return d.failed("back up", "", err)
	}
	if err := p.handOver(); err != nil {
		return d.failed("rename", PartSuffix, err)
	}
	if p.noted {
		_ = remove(d.dir, d.part()+NoteSuffix)
	}
	return nil
}

// mode are the permissions of a new file. From a server only the nine bits of permissions
// are taken, and those that the umask leaves.
func (t Task) mode() os.FileMode {
	if t.Mode != 0 {
		return t.Mode.Perm() &^ umask()
	}
	return 0o666 &^ umask()
}

// isPart reports whether a local name is that of a part or of its note, or of
// several parts.
func isPart(name string) bool {
	return strings.HasSuffix(name, SegmentSuffix) || strings.HasSuffix(strings.TrimSuffix(name, NoteSuffix), PartSuffix)
}
