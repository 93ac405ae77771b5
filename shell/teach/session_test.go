package teach

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// wire is a recorded session with a practice server.
type wire struct {
	t      *testing.T
	rec    *Recorder
	server *practice.Server
	s      *client.Session
}

// serve starts a server with two files and a recorder beside it.
func serve(t *testing.T, opt practice.Options) *wire {
	t.Helper()
	opt.FS = afero.NewMemMapFs()
	for name, size := range map[string]int{"/pub/notes.txt": 1000, "/data.bin": 200 << 10} {
		if err := afero.WriteFile(opt.FS, name, bytes.Repeat([]byte("0123456789"), size/10), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	server, err := practice.Start(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return &wire{t: t, rec: NewRecorder("ftpsh", "test"), server: server}
}

// op runs a function as an operation and returns how it ended.
func (w *wire) op(cmd string, run func(ctx context.Context) error) error {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 20*time.Second)
	defer cancel()
	end := w.rec.Begin(cmd)
	err := run(ctx)
	end(err)
	return err
}

// open connects and logs in.
func (w *wire) open(change func(*client.Options)) error {
	opt := client.Options{Security: client.Opportunistic}
	opt.Trace = w.rec.Trace()
	opt.Timeout, opt.Stall = 10*time.Second, 10*time.Second
	if w.server != nil {
		opt.Addr = w.server.Addr()
		if w.server.RootCAs() != nil {
			opt.TLS = &tls.Config{RootCAs: w.server.RootCAs()}
		}
	}
	if change != nil {
		change(&opt)
	}
	return w.op("open "+opt.Addr, func(ctx context.Context) (err error) {
		if w.s, err = client.Open(ctx, opt); err != nil {
			return err
		}
		w.t.Cleanup(func() { w.s.Close() })
		return w.s.Login(ctx, client.Login{User: practice.User, Password: practice.Password})
	})
}

func (w *wire) mustOpen(change func(*client.Options)) {
	w.t.Helper()
	if err := w.open(change); err != nil {
		w.t.Fatal(err)
	}
}

func (w *wire) list(dir string) error {
	return w.op("ls "+dir, func(ctx context.Context) error {
		for _, err := range w.s.List(ctx, dir, client.ListOptions{}) {
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *wire) get(name string) error {
	return w.op("get "+name, func(ctx context.Context) error {
		size, err := w.s.Size(ctx, name)
		if err != nil {
			return err
		}
		d, err := w.s.Retrieve(ctx, name, 0)
		if err != nil {
			return err
		}
		d.Expect(size)
		n, err := io.Copy(io.Discard, d)
		if closing := d.Close(); closing != nil {
			err = closing
		}
		if err == nil && n < size {
			err = &client.IncompleteError{Got: n, Want: size, Reason: "cut short"}
		}
		return err
	})
}

func (w *wire) put(name string, size int) error {
	return w.op("put "+name, func(ctx context.Context) error {
		d, err := w.s.Store(ctx, name, 0)
		if err != nil {
			return err
		}
		_, err = d.Write(bytes.Repeat([]byte("x"), size))
		if closing := d.Close(); closing != nil {
			err = closing
		}
		return err
	})
}

// last is the last operation, and all events.
func (w *wire) last() (Operation, []*Event) {
	w.t.Helper()
	events := w.rec.All()
	operations := Operations(events)
	if len(operations) == 0 {
		w.t.Fatal("nothing was recorded")
	}
	return operations[len(operations)-1], events
}
