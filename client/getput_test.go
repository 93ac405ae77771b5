package client_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// practised is a session over TLS with a practice server that has one file, hello.txt.
func practised(t *testing.T) (*client.Session, *practice.Server) {
	t.Helper()
	srv, err := practice.Start(practice.Options{TLS: practice.RequireExplicit})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	if err := afero.WriteFile(srv.FS(), "/hello.txt", []byte("hello\r\nworld\r\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := client.Open(t.Context(), client.Options{Addr: srv.Addr(), TLS: trust(srv.RootCAs())})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Login(t.Context(), client.Login{User: practice.User, Password: practice.Password}); err != nil {
		t.Fatal(err)
	}
	return s, srv
}

func TestGetPut(t *testing.T) {
	s, srv := practised(t)
	for _, test := range []struct {
		name string
		typ  client.Type
		get  string // what arrives of hello.txt
		sent int64  // of "a\n", which the server stores
	}{
		{"binary", client.Binary, "hello\r\nworld\r\n", 2},
		{"text", client.ASCII, "hello\nworld\n", 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.SetType(test.typ)
			var got bytes.Buffer
			if n, err := s.Get(t.Context(), &got, "hello.txt"); err != nil || got.String() != test.get || n != int64(len(test.get)) {
				t.Errorf("got %d bytes, %q, %v", n, got.String(), err)
			}
			if n, err := s.Put(t.Context(), "new.txt", strings.NewReader("a\n")); err != nil || n != test.sent {
				t.Errorf("put %d bytes, %v", n, err)
			}
			if text, err := afero.ReadFile(srv.FS(), "/new.txt"); string(text) != "a\n" || err != nil {
				t.Errorf("stored %q, %v", text, err)
			}
		})
	}
}

// TestGetPutFailures: the error is the one that the caller can do something about, and the session
// goes on.
func TestGetPutFailures(t *testing.T) {
	s, _ := practised(t)
	broken := errors.New("out of paper")
	reader, writer := io.Pipe()
	reader.CloseWithError(broken)
	if _, err := s.Get(t.Context(), writer, "hello.txt"); !errors.Is(err, broken) {
		t.Errorf("get into a writer that fails: %v", err)
	}
	if _, err := s.Put(t.Context(), "cut.txt", io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("put from a reader that fails: %v", err)
	}
	if _, err := s.Get(t.Context(), io.Discard, "nowhere"); !client.IsCode(err, 550) {
		t.Errorf("get of a file that is not there: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	stop := readerFunc(func(p []byte) (int, error) {
		cancel()
		return copy(p, "x"), nil
	})
	if _, err := s.Put(ctx, "endless", stop); !errors.Is(err, context.Canceled) {
		t.Errorf("put that is cancelled: %v", err)
	}
	if size, err := s.Size(t.Context(), "hello.txt"); size != 14 || err != nil {
		t.Errorf("afterwards: %d bytes, %v", size, err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
