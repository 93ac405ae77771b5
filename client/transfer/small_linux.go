package transfer

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// A small file passes through memory. One that comes is written to a file without a name
// (O_TMPFILE, see open(2)), which gets its name when it is whole: nobody sees anything of it
// before, and a crash leaves nothing behind. Whatever is not plain is left to the usual way, through
// a part: a file that is replaced, a part that was begun, a file system without such files.

// smallFiles is what a session that moves many small files keeps between two of them.
type smallFiles struct {
	body   bytes.Buffer
	dir    *os.File // the directory of the last download: nil if none is open
	within string   // Task.Within and the folder of Task.Local that it was opened for
	inner  string
	here   Folder
	names  map[string]bool // what was in dir when it was opened; nil: too much
}

func (f *smallFiles) close() {
	if f.dir != nil {
		f.dir.Close()
		f.dir = nil
	}
}

// enter opens the directory that a download goes to, unless it is open.
func (f *smallFiles) enter(t Task, inner string) error {
	if f.dir != nil && f.within == t.Within && f.inner == inner && f.here.Root == t.Here.Root && f.here.Path == t.Here.Path {
		return nil
	}
	f.close()
	to, err := t.destination()
	if err != nil {
		return err
	}
	defer to.close()
	if f.dir, err = to.dir.Open("."); err != nil {
		return err
	}
	f.within, f.inner, f.here = t.Within, inner, t.Here
	f.names = namesIn(f.dir)
	return nil
}

// namesIn are the names in a directory, nil where there are many.
func namesIn(dir *os.File) map[string]bool {
	const many = 1000
	list, err := dir.Readdirnames(many)
	if err != nil && !errors.Is(err, io.EOF) || len(list) == many {
		return nil
	}
	names := make(map[string]bool, len(list))
	for _, name := range list {
		names[name] = true
	}
	return names
}

// isFree reports whether nothing had that name when the directory was opened. What has come
// since keeps its name: see unnamedFile.finish.
func (f *smallFiles) isFree(name string) bool {
	if f.names != nil {
		return !f.names[name]
	}
	var stat unix.Stat_t
	return errors.Is(unix.Fstatat(int(f.dir.Fd()), name, &stat, unix.AT_SYMLINK_NOFOLLOW), unix.ENOENT)
}

// create begins a download; nil says that it must go the usual way.
func (f *smallFiles) create(t Task) *unnamedFile {
	inner, name := filepath.Split(t.Local)
	if f == nil || !t.isPlain() || t.PartTaken || isPart(name) || f.enter(t, inner) != nil {
		return nil
	}
	if !f.isFree(name) || !f.isFree(PartName(name)) {
		return nil
	}
	dir := int(f.dir.Fd())
	fd, err := unix.Openat(dir, ".", unix.O_TMPFILE|unix.O_WRONLY|unix.O_CLOEXEC, uint32(t.mode()))
	if err != nil {
		f.close() // it may have been removed, and made again
		return nil
	}
	f.body.Reset()
	return &unnamedFile{body: &f.body, fd: fd, dir: dir, name: name}
}

// unnamedFile is a download that is held in memory.
type unnamedFile struct {
	body    *bytes.Buffer
	fd, dir int
	name    string
}

func (f *unnamedFile) Write(p []byte) (int, error) { return f.body.Write(p) }

// finish writes the file, and gives it its time, and then its name, unless that is taken. Its mode it
// has had from the beginning: there was nothing in it.
func (f *unnamedFile) finish(t Task) error {
	for rest := f.body.Bytes(); len(rest) > 0; {
		n, err := unix.Write(f.fd, rest)
		if err != nil {
			return err
		}
		rest = rest[n:]
	}
	file := "/proc/self/fd/" + strconv.Itoa(f.fd)
	if t.Preserve && !t.ModTime.IsZero() {
		modified, err := unix.TimeToTimespec(t.ModTime)
		if err == nil {
			err = unix.UtimesNanoAt(unix.AT_FDCWD, file, []unix.Timespec{{Nsec: unix.UTIME_OMIT}, modified}, 0)
		}
		if err != nil {
			return err
		}
	}
	return unix.Linkat(unix.AT_FDCWD, file, f.dir, f.name, unix.AT_SYMLINK_FOLLOW)
}

func (f *unnamedFile) close() { unix.Close(f.fd) }

// read returns what is in a file that is to be uploaded; false says that it must be read the
// usual way.
func (f *smallFiles) read(t Task) (r *bytes.Reader, modified time.Time, ok bool) {
	if f == nil || !t.isPlain() || t.Here.Root != nil {
		return nil, modified, false
	}
	fd, err := unix.Open(t.Here.Name(t.Local), unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, modified, false
	}
	defer unix.Close(fd)
	var stat unix.Stat_t
	if unix.Fstat(fd, &stat) != nil || stat.Mode&unix.S_IFMT != unix.S_IFREG || stat.Size != t.Size {
		return nil, modified, false
	}
	f.body.Reset()
	f.body.Grow(int(t.Size) + 1) // one more shows whether it grows
	body := f.body.AvailableBuffer()[:t.Size+1]
	if n, err := unix.Read(fd, body); err != nil || int64(n) != t.Size {
		return nil, modified, false
	}
	return bytes.NewReader(body[:t.Size]), time.Unix(stat.Mtim.Unix()), true
}
