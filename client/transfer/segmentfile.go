package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
)

// SegmentSuffix is behind the name of a file that is fetched in parts. They lie
// at their places in it; behind its end stands which are missing.
const SegmentSuffix = ".segments"

// HasSegments reports whether there are parts of a local file.
func (f Folder) HasSegments(local string) bool {
	return f.isFile(shortName(local, SegmentSuffix))
}

func (f Folder) isFile(name string) bool {
	info, err := f.Lstat(name)
	return err == nil && info.Mode().IsRegular()
}

func (d *destination) segments() string { return shortName(d.name, SegmentSuffix) }

// open opens the file of the parts. Without Resume it starts empty; with it,
// earlier parts or an ordinary beginning are resumed.
func (f *segmented) open() error {
	d, err := f.task.destination()
	if err != nil {
		return err
	}
	if err := f.openIn(d); err != nil {
		d.close()
		return err
	}
	f.to = d
	return nil
}

func (f *segmented) openIn(d *destination) error {
	switch info, err := d.dir.Lstat(d.name); {
	case err == nil && info.IsDir():
		return d.failed("write", "", errors.New("is a directory"))
	case err == nil && f.task.Within != "" && !info.Mode().IsRegular():
		return d.failed("write", "", errNotPlain)
	}
	if !d.isSegments() {
		return d.failed("write", SegmentSuffix, errors.New("is here already, and was not begun by a download"))
	}
	begun := int64(0)
	switch {
	case !f.task.Resume:
		_ = remove(d.dir, d.segments())
		_ = d.remove()
	case !f.task.Here.HasSegments(f.task.Local):
		begun = d.adopt(f.task)
	}
	file, err := d.openSegments()
	if err != nil {
		return err
	}
	if f.file, f.missing = file, f.recall(file); f.missing == nil {
		f.missing = []*piece{{next: begun, end: f.task.Size}}
	}
	if err := f.task.fits(f.task.Size, f.task.Size-f.left()); err != nil {
		if f.left() == f.task.Size {
			_ = remove(d.dir, d.segments())
		}
		file.Close()
		f.file = nil
		return err
	}
	return f.note()
}

// openSegments opens the file that is filled in segments, for this program alone.
func (d *destination) openSegments() (*os.File, error) {
	file, err := d.plain(d.segments(), SegmentSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		if file, err = d.dir.OpenFile(d.segments(), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
			err = d.failed("open", SegmentSuffix, err)
		}
	}
	if err != nil {
		return nil, err
	}
	if err := lock(file); err != nil {
		file.Close()
		return nil, d.failed("write", SegmentSuffix, err)
	}
	return file, nil
}

// adopt continues the part of an ordinary download, if it is of this file.
func (d *destination) adopt(t Task) (begun int64) {
	old, err := d.plain(d.part(), PartSuffix)
	if err != nil {
		return 0
	}
	defer old.Close()
	p := &part{File: old, to: d, note: noteOf(t)}
	info, err := old.Stat()
	if err != nil || info.Size() > t.Size || lock(old) != nil || !p.belongs(t) || !p.noted {
		return 0
	}
	renamed, err := d.renameOpen(old, d.part(), d.segments())
	if err != nil {
		return 0
	}
	defer renamed.Close()
	_ = d.remove() // the note
	return info.Size()
}

// becomePart makes an ordinary part of the parts, which is whole, and gives it
// its name.
func (f *segmented) becomePart() error {
	if err := f.file.Truncate(f.task.Size); err != nil {
		return f.to.failed("write", SegmentSuffix, err)
	}
	_ = f.to.remove() // of an earlier transfer
	renamed, err := f.to.renameOpen(f.file, f.to.segments(), f.to.part())
	if err != nil {
		return f.to.failed("rename", SegmentSuffix, err)
	}
	f.mu.Lock() // a session that comes late looks whether there is a file
	f.file = renamed
	f.mu.Unlock()
	whole := &part{File: renamed, to: f.to}
	return whole.finish(f.task)
}

// isSegments reports whether the file of the parts is one, or not there.
func (d *destination) isSegments() bool {
	file, err := d.plain(d.segments(), SegmentSuffix)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return false
	}
	end := make([]byte, min(info.Size(), mostMissing))
	_, err = file.ReadAt(end, info.Size()-int64(len(end)))
	return err == nil && (len(end) == 0 || bytes.Contains(end, []byte(headingBegins)))
}

// headingBegins is how each heading begins.
const headingBegins = "ftpsh: parts of "

// mostMissing is how long the text can be that says what is missing.
const mostMissing = 1 << 20

// heading says of which file the parts are. Listings tell the time to the minute.
func (f *segmented) heading() string {
	return fmt.Sprintf(headingBegins+"%d bytes of %s; missing:\n", f.task.Size, f.task.ModTime.UTC().Truncate(time.Minute).Format(time.RFC3339))
}

// note writes down what is missing.
func (f *segmented) note() error {
	text := f.heading()
	for _, p := range f.missing {
		text += fmt.Sprintln(p.written(), p.end)
	}
	if _, err := f.file.WriteAt([]byte(text), f.task.Size); err != nil {
		return err
	}
	return f.file.Truncate(f.task.Size + int64(len(text)))
}

// recall reads what note wrote; nil if that is about another file.
func (f *segmented) recall(file *os.File) []*piece {
	info, err := file.Stat()
	if err != nil || info.Size() <= f.task.Size || info.Size() > f.task.Size+mostMissing {
		return nil
	}
	text := make([]byte, info.Size()-f.task.Size)
	if _, err := file.ReadAt(text, f.task.Size); err != nil {
		return nil
	}
	rest, ok := strings.CutPrefix(string(text), f.heading())
	if !ok {
		return nil
	}
	missing := []*piece{}
	for line := range strings.Lines(rest) {
		p := &piece{}
		if _, err := fmt.Sscanln(line, &p.next, &p.end); err != nil || p.next < 0 || p.next > p.end || p.end > f.task.Size {
			return nil
		}
		missing = append(missing, p)
	}
	return missing
}
