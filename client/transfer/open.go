package transfer

import (
	"context"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// Open is os.OpenFile for a local name that the user typed, which may be that
// of a FIFO: the system waits there for somebody at the other end, for ever.
// Here the waiting ends with ctx, and so do later reads and writes of what is no
// plain file: they fail with os.ErrDeadlineExceeded.
func Open(ctx context.Context, name string, flag int, mode fs.FileMode) (*os.File, error) {
	info, err := os.Stat(name)
	if err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		file, failed := os.OpenFile(name, flag, mode)
		if failed == nil && err == nil && info.Mode()&fs.ModeDevice != 0 {
			_ = context.AfterFunc(ctx, func() { _ = file.SetDeadline(time.Now()) })
		}
		return file, failed
	}
	type result struct {
		file *os.File
		err  error
	}
	opened := make(chan result, 1)
	go func() {
		file, err := os.OpenFile(name, flag, mode)
		opened <- result{file, err}
	}()
	select {
	case r := <-opened:
		if r.err == nil {
			_ = context.AfterFunc(ctx, func() { _ = r.file.SetDeadline(time.Now()) })
		}
		return r.file, r.err
	case <-ctx.Done():
	}
	if both, err := os.OpenFile(name, os.O_RDWR|syscall.O_NONBLOCK, 0); err == nil { // we are the other end: the waiting is over
		if r := <-opened; r.err == nil {
			r.file.Close()
		}
		both.Close()
	}
	return nil, ctx.Err()
}
