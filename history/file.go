package history

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/ftpsh/ftpsh/history/private"
)

// lockTime is how long is waited for a lock: a process that is stopped while it holds it may not keep others from their prompts.
const lockTime = time.Second

// create makes the file and its directory, for nobody else to read. A device (/dev/null) is not ours to keep lines in.
func create(path string) (string, error) {
	if info, err := os.Stat(path); err == nil && info.Mode()&fs.ModeDevice != 0 {
		return "", nil
	}
	if err := private.MakeFolder(path); err != nil {
		return "", err
	}
	path = private.Target(path)
	f, err := private.Append(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = f.Chmod(0o600)
	}
	return path, err
}

// locked runs f while no other process changes the file. Where locks do not work, or one is held for too long, it runs
// f anyway: a line written at the end of a file is complete without a lock.
func (f *File) locked(change func() error) error {
	release, err := private.Lock(f.path, lockTime)
	f.sure = err == nil
	if f.sure {
		defer release()
	}
	return change()
}

// write adds a record at the end of the file, in one write.
func (f *File) write(record []byte) error {
	file, err := private.Append(f.path)
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
	file, err := private.Open(f.path)
	if err != nil {
		return err
	}
	defer file.Close()
	if info, err = file.Stat(); err != nil {
		return err
	}
	if !same {
		f.offset, f.records, f.damaged = 0, nil, -1
	}
	f.seen = info
	within := info.Size()-mostRead > f.offset // a line, whose rest is no record
	f.offset = max(f.offset, info.Size()-mostRead)
	added, err := io.ReadAll(io.NewSectionReader(file, f.offset, info.Size()-f.offset))
	if err != nil {
		return err
	}
	if within {
		end := bytes.IndexByte(added, '\n')
		if end < 0 {
			return private.Damaged(f.path, 0, fmt.Errorf("its last %d MiB are not a line", mostRead>>20))
		}
		f.offset, added = f.offset+int64(end)+1, added[end+1:]
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
		switch r, err := decode(string(line)); {
		case bytes.HasPrefix(line, []byte(endMark)):
			if !own { // others may be reading them
				f.records, own = slices.Clone(f.records), true
			}
			end(f.records, string(line))
		case err == nil:
			f.records = append(f.records, r)
		case f.damaged < 0 && !bytes.HasSuffix(line, []byte(torn[:len(torn)-1])):
			f.damaged = f.offset
		}
		f.offset += int64(len(line)) + 1
		added = rest
	}
}

// damage is the error of the first line that is not a record; nil if all are.
func (f *File) damage() error {
	if f.damaged < 0 {
		return nil
	}
	file, err := private.Open(f.path)
	if err != nil {
		return err
	}
	defer file.Close()
	lines, before := 1, bufio.NewReader(io.NewSectionReader(file, 0, f.damaged))
	for {
		switch b, err := before.ReadByte(); {
		case err == io.EOF:
			return private.Damaged(f.path, lines, errors.New("is not a line of a history; until it is mended or taken out no line is dropped"))
		case err != nil:
			return err
		case b == '\n':
			lines++
		}
	}
}

// compact keeps the newest lines when there are too many, unless one is damaged, which would go for good. Other processes
// see that the file is another one; with the lock held none of them writes to the old one.
func (f *File) compact() error {
	if len(f.records) <= f.limit+f.limit/4 || f.damaged >= 0 {
		return nil
	}
	return f.locked(func() error {
		if !f.sure {
			return nil
		}
		if err := f.read(); err != nil || len(f.records) <= f.limit || f.damaged >= 0 {
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
	if err := private.Write(f.path, all.Bytes()); err != nil {
		return err
	}
	return f.read()
}

// explain says what a failure means for the user.
func explain(err error) error { return fmt.Errorf("%w; lines are kept for this session only", err) }
