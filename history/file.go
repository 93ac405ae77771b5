package history

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

const (
	// A process that is stopped while it holds the lock may not keep others from their prompts.
	lockTime  = time.Second
	lockRetry = 2 * time.Millisecond
)

// create makes the file and its directory, for nobody else to read. What is no regular file (/dev/null) is not ours
// to keep lines in.
func create(path string) (string, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND|syscall.O_NONBLOCK, 0o600) // a FIFO is not waited at
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return "", err
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := f.Chmod(0o600); err != nil {
			return "", err
		}
	}
	return filepath.EvalSymlinks(path) // compaction must replace the file and not a link to it
}

// locked runs f while no other process changes the file. Where locks do not work, or one is held for too long, it runs
// f anyway: a line written at the end of a file is complete without a lock.
func (f *File) locked(change func() error) error {
	ctx, cancel := context.WithTimeout(context.Background(), lockTime)
	defer cancel()
	lock := flock.New(f.path+".lock", flock.SetPermissions(0o600))
	defer lock.Close()
	_, err := lock.TryLockContext(ctx, lockRetry)
	f.sure = err == nil
	return change()
}

// write adds a record at the end of the file, in one write.
func (f *File) write(record []byte) error {
	file, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if unfinished(file) {
		record = append([]byte(torn), record...)
	}
	_, err = file.Write(record)
	return errors.Join(err, file.Close())
}

// unfinished says whether the last line of a file has no end.
func unfinished(file *os.File) bool {
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return false
	}
	var last [1]byte
	_, err = file.ReadAt(last[:], info.Size()-1)
	return err == nil && last[0] != '\n'
}

// read takes in what was added to the file since the last time, or all of it when it is another file by now.
func (f *File) read() error {
	info, err := os.Stat(f.path)
	if err != nil {
		return err
	}
	same := f.seen != nil && os.SameFile(f.seen, info) && info.Size() >= f.offset
	if same && info.Size() == f.offset {
		return nil
	}
	file, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer file.Close()
	if info, err = file.Stat(); err != nil {
		return err
	}
	if !same {
		f.offset, f.records = 0, nil
	}
	f.seen = info
	f.offset = max(f.offset, info.Size()-mostRead) // where that is within a line, its rest is no record
	added, err := io.ReadAll(io.NewSectionReader(file, f.offset, info.Size()-f.offset))
	if err != nil {
		return err
	}
	f.take(added)
	return nil
}

// mostRead is how much of the end of a file is read: however large it was made, it takes no more memory.
const mostRead = 32 << 20

// take decodes complete lines; one that is not complete yet is read again later.
func (f *File) take(added []byte) {
	own := false
	for {
		line, rest, complete := bytes.Cut(added, []byte("\n"))
		if !complete {
			return
		}
		f.offset += int64(len(line)) + 1
		added = rest
		if bytes.HasPrefix(line, []byte(endMark)) {
			if !own { // others may be reading them
				f.records, own = slices.Clone(f.records), true
			}
			end(f.records, string(line))
		} else if r, err := decode(string(line)); err == nil {
			f.records = append(f.records, r)
		}
	}
}

// compact keeps the newest lines when there are too many. Other processes see that the file is another one; with the
// lock held none of them writes to the old one.
func (f *File) compact() error {
	if len(f.records) <= f.limit+f.limit/4 {
		return nil
	}
	return f.locked(func() error {
		if !f.sure {
			return nil
		}
		if err := f.read(); err != nil || len(f.records) <= f.limit {
			return err
		}
		return f.rewrite(f.records[len(f.records)-f.limit:])
	})
}

func (f *File) rewrite(records []Record) error {
	var all bytes.Buffer
	for _, r := range records {
		all.Write(r.encode())
	}
	next, err := os.CreateTemp(filepath.Dir(f.path), filepath.Base(f.path)+".new-*") // 0600
	if err != nil {
		return err
	}
	_, err = next.Write(all.Bytes())
	err = errors.Join(err, next.Sync(), next.Close())
	if err == nil {
		err = os.Rename(next.Name(), f.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(next.Name()))
	}
	return f.read()
}

// explain says what a failure means for the user.
func explain(path string, err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	return fmt.Errorf("history: %s: %w; lines are kept for this session only", path, err)
}
