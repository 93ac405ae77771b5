package transfer

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice"
)

// A FIFO is waited at for its other end, and the waiting ends with ctx; so does
// a write that nobody reads.
func TestFIFO(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, flag := range map[string]int{"to write": os.O_WRONLY, "to read": os.O_RDONLY} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		if _, err := Open(ctx, fifo, flag, 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
	}
	ctx, cancel := context.WithCancel(t.Context())
	reader, err := os.OpenFile(fifo, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	writer, err := Open(ctx, fifo, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err := writer.Write(make([]byte, 8<<20)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a write that nobody reads: %v", err)
	}
}

// What a FIFO gives is uploaded to its end; its size says nothing.
func TestUploadFromFIFO(t *testing.T) {
	_, s := server(t, nil, practice.Options{})
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	go func() { written <- os.WriteFile(fifo, make([]byte, 300_000), 0) }()
	r, err := Run(t.Context(), s, Task{Op: Upload, Local: fifo, Remote: "up"}, nil)
	if err != nil || r.Size != 300_000 {
		t.Errorf("%+v, %v", r, err)
	}
	if err := <-written; err != nil {
		t.Error(err)
	}
}
