package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// countdown calls zero when the bytes that are left have been read.
type countdown struct {
	net.Conn
	left *atomic.Int64
	zero func()
}

func (c countdown) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if now := c.left.Add(-int64(n)); now <= 0 && now+int64(n) > 0 {
		c.zero()
	}
	return n, err
}

// A server that is restarted cuts everything off and refuses connections for
// a while: transfers wait for it and go on.
func TestServerRestart(t *testing.T) {
	data := content(big)
	srv, s := server(t, data, practice.Options{}, "rate=4M")
	var refusing, refused, left atomic.Int64
	restart := func() {
		refusing.Store(3)
		srv.Drop()
	}
	opt := s.Options()
	opt.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if refusing.Add(-1) >= 0 {
			refused.Add(1)
			return nil, &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
		}
		c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return countdown{c, &left, restart}, nil
	}
	open := func() *client.Session {
		s, err := client.Open(t.Context(), opt)
		if err == nil {
			err = s.Login(t.Context(), client.Login{User: practice.User, Password: practice.Password})
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	for _, how := range []string{"one file", "engine"} {
		t.Run(how, func(t *testing.T) {
			refusing.Store(0)
			s := open()
			left.Store(500_000)
			local := filepath.Join(t.TempDir(), "data")
			task := Task{Remote: "data", Local: local, Retry: quick, Size: int64(len(data)), Known: true}
			if how == "one file" {
				if _, err := Run(t.Context(), s, task, nil); err != nil {
					t.Error(err)
				}
			} else {
				var failed error
				e := &Engine{
					Session: s, Parallel: 1, Retry: quick,
					Done: func(_ Task, _ Result, err error) { failed = err },
				}
				if err := e.Run(t.Context(), func(yield func(Task) bool) { yield(task) }); err != nil || failed != nil {
					t.Errorf("%v, %v", err, failed)
				}
				e.Wait()
			}
			if !bytes.Equal(read(t, local), data) {
				t.Errorf("%d bytes", len(read(t, local)))
			}
			nothingLeft(t, local)
			if n := refused.Swap(0); n != 3 {
				t.Errorf("%d connections were refused, not 3", n)
			}
		})
	}
}

// Every third data connection is refused: all files arrive nevertheless.
func TestScarceDataPorts(t *testing.T) {
	var asked atomic.Int64
	tap := practice.Tap{Command: func(_ int, line string) (string, string) {
		if strings.HasPrefix(line, "EPSV") && asked.Add(1)%3 == 0 {
			return line, "425 no port left"
		}
		return line, ""
	}}
	srv, s := server(t, nil, practice.Options{Tap: tap})
	down := t.TempDir()
	for i := range 10 {
		if err := afero.WriteFile(srv.FS(), fmt.Sprintf("/f%03d", i), body(i), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if done, failed := run(t, &Engine{Session: s, Parallel: 2}, downloads(10, down)); done != 10 || failed != nil {
		t.Errorf("%d done, failed: %v", done, failed)
	}
	for i := range 10 {
		if got := read(t, filepath.Join(down, fmt.Sprintf("f%03d", i))); !bytes.Equal(got, body(i)) {
			t.Errorf("file %d has %d bytes", i, len(got))
		}
	}
}

// Trouble with the local file is told before STOR is sent, and the next file
// goes on.
func TestLocalFileTrouble(t *testing.T) {
	srv, s := server(t, nil, practice.Options{})
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "good"), content(1000), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]error{"missing": fs.ErrNotExist, ".": nil} {
		_, err := Run(t.Context(), s, Task{Op: Upload, Remote: "up", Local: filepath.Join(dir, name)}, nil)
		if !errors.As(err, new(*fs.PathError)) || want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if sent := strings.Join(srv.Commands(), "\n"); strings.Contains(sent, "STOR") {
		t.Errorf("the server heard\n%s", sent)
	}
	if _, err := Run(t.Context(), s, Task{Op: Upload, Remote: "up", Local: filepath.Join(dir, "good")}, nil); err != nil {
		t.Error(err)
	}
	broken := io.MultiReader(bytes.NewReader(content(1000)), failing{})
	if _, err := Run(t.Context(), s, Task{Op: Upload, Remote: "broken", In: broken}, nil); !errors.As(err, new(*fs.PathError)) {
		t.Errorf("a source that breaks: %v", err)
	}
	pwd(t, s)
}

type failing struct{}

func (failing) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: "the source", Err: syscall.EIO}
}
