package transfer

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"
	"go.uber.org/goleak"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(daemon.ManyAtOnce{M: m}) }

// server starts a server with the file "data" on it and logs in.
func server(t *testing.T, data []byte, o practice.Options, faults ...string) (*practice.Server, *client.Session) {
	t.Helper()
	for _, text := range faults {
		f, err := practice.ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		o.Faults = append(o.Faults, f)
	}
	srv, err := practice.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	if err := afero.WriteFile(srv.FS(), "/data", data, 0o644); err != nil {
		t.Fatal(err)
	}
	opt := client.Options{Addr: srv.Addr(), Security: client.Off}
	opt.Stall = 5 * time.Second
	if o.TLS != practice.NoTLS {
		opt.Security, opt.TLS = client.Require, &tls.Config{RootCAs: srv.RootCAs()}
	}
	s, err := client.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Login(t.Context(), client.Login{User: practice.User, Password: practice.Password}); err != nil {
		t.Fatal(err)
	}
	return srv, s
}

func content(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7 / 3)
	}
	return b
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return b
}

// Whatever goes wrong, the old file stays, and what came is kept for later.
func TestFailedDownload(t *testing.T) {
	data := content(300_000)
	for _, test := range []struct {
		fault string
		tls   practice.TLSMode
		part  bool // something is kept
		isErr func(error) bool
	}{
		{"cut=100000", practice.NoTLS, true, func(err error) bool { return client.IsCode(err, 426) }},
		{"cut-reset=100000", practice.NoTLS, true, func(err error) bool { return err != nil }},
		{"cut-silent=100000", practice.NoTLS, true, func(err error) bool { return errors.As(err, new(*VerifyError)) }},
		{"cut-silent=100000", practice.Explicit, true, func(err error) bool { return errors.As(err, new(*VerifyError)) }},
		{"cut-notify=100000", practice.Explicit, true, func(err error) bool { return errors.Is(err, client.ErrTruncated) }},
		{"refuse:RETR=550 no", practice.NoTLS, false, func(err error) bool { return client.IsCode(err, 550) }},
	} {
		t.Run(test.fault, func(t *testing.T) {
			_, s := server(t, data, practice.Options{TLS: test.tls}, test.fault)
			local := filepath.Join(t.TempDir(), "data")
			if err := os.WriteFile(local, []byte("old"), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Run(t.Context(), s, Task{Remote: "data", Local: local}, nil)
			if !test.isErr(err) {
				t.Errorf("download: %v", err)
			}
			if got := read(t, local); string(got) != "old" {
				t.Errorf("the old file has now %d bytes", len(got))
			}
			part := read(t, local+PartSuffix)
			if !bytes.HasPrefix(data, part) || (len(part) > 0) != test.part {
				t.Errorf("the part has %d bytes", len(part))
			}
			if _, err := s.Getwd(t.Context()); err != nil {
				t.Errorf("pwd afterwards: %v", err)
			}
		})
	}
}

func TestResumedDownload(t *testing.T) {
	data := content(300_000)
	srv, s := server(t, data, practice.Options{}, "cut=100000*1")
	local := filepath.Join(t.TempDir(), "data")
	if _, err := Run(t.Context(), s, Task{Remote: "data", Local: local}, nil); err == nil {
		t.Fatal("the data connection was cut and nobody noticed")
	}
	r, err := Run(t.Context(), s, Task{Remote: "data", Local: local, Resume: true}, nil)
	if err != nil || !bytes.Equal(read(t, local), data) {
		t.Fatalf("resumed: %v, %d bytes", err, len(read(t, local)))
	}
	if r.Resumed == 0 || r.Resumed+r.Bytes != int64(len(data)) {
		t.Errorf("%d bytes were there, %d came", r.Resumed, r.Bytes)
	}
	if _, err := os.Stat(local + PartSuffix); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the part is still there: %v", err)
	}
	if !strings.Contains(strings.Join(srv.Commands(), "\n"), "REST ") {
		t.Error("REST was not sent")
	}
}

func TestDownloadKeepsTheTime(t *testing.T) {
	srv, s := server(t, content(10), practice.Options{})
	when := time.Date(2019, 3, 4, 5, 6, 7, 0, time.UTC)
	if err := srv.FS().Chtimes("/data", when, when); err != nil {
		t.Fatal(err)
	}
	local := filepath.Join(t.TempDir(), "data")
	if _, err := Run(t.Context(), s, Task{Remote: "data", Local: local, Preserve: true}, nil); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(local); err != nil || !info.ModTime().Equal(when) {
		t.Errorf("time %v, %v", info.ModTime(), err)
	}
}

func TestUpload(t *testing.T) {
	for _, mode := range []practice.TLSMode{practice.NoTLS, practice.Explicit} {
		srv, s := server(t, nil, practice.Options{TLS: mode})
		for _, size := range []int{0, 1, 300_000} {
			local := filepath.Join(t.TempDir(), "up")
			if err := os.WriteFile(local, content(size), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := Run(t.Context(), s, Task{Op: Upload, Remote: "up", Local: local}, nil); err != nil {
				t.Error(err)
			}
			got, err := afero.ReadFile(srv.FS(), "/up")
			if err != nil || !bytes.Equal(got, content(size)) {
				t.Errorf("%d bytes arrived as %d, %v", size, len(got), err)
			}
		}
	}
}

func TestUploadRefusedInTheMiddle(t *testing.T) {
	_, s := server(t, nil, practice.Options{}, "quota=100000")
	local := filepath.Join(t.TempDir(), "up")
	if err := os.WriteFile(local, content(8<<20), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), s, Task{Op: Upload, Remote: "up", Local: local}, nil); !client.IsCode(err, 552) {
		t.Errorf("over quota: %v", err)
	}
	if _, err := s.Getwd(t.Context()); err != nil {
		t.Errorf("pwd afterwards: %v", err)
	}
}

func TestResumedUpload(t *testing.T) {
	srv, s := server(t, nil, practice.Options{})
	local := filepath.Join(t.TempDir(), "up")
	if err := os.WriteFile(local, content(300_000), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := afero.WriteFile(srv.FS(), "/up", content(300_000)[:123_456], 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := Run(t.Context(), s, Task{Op: Upload, Remote: "up", Local: local, Resume: true}, nil)
	if err != nil || r.Resumed != 123_456 {
		t.Errorf("resumed at %d: %v", r.Resumed, err)
	}
	if got, _ := afero.ReadFile(srv.FS(), "/up"); !bytes.Equal(got, content(300_000)) {
		t.Errorf("%d bytes on the server", len(got))
	}
}

func TestInterruptKeepsThePart(t *testing.T) {
	data := content(8 << 20)
	_, s := server(t, data, practice.Options{}, "stall=2M")
	local := filepath.Join(t.TempDir(), "data")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var m Meter
	go func() {
		for m.Done() < 1<<20 && ctx.Err() == nil {
		}
		cancel()
	}()
	_, err := Run(ctx, s, Task{Remote: "data", Local: local}, &m)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	if part := read(t, local+PartSuffix); len(part) < 1<<20 || !bytes.HasPrefix(data, part) {
		t.Errorf("the part has %d bytes", len(part))
	}
	if _, err := s.Getwd(t.Context()); err != nil {
		t.Errorf("pwd afterwards: %v", err)
	}
}

func TestText(t *testing.T) {
	srv, s := server(t, []byte("one\r\ntwo\n\rthree\r\n"), practice.Options{})
	s.SetType(client.ASCII)
	var got bytes.Buffer
	if _, err := Run(t.Context(), s, Task{Remote: "data", Out: &got}, nil); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(got.String(), "\r\n") || !strings.HasPrefix(got.String(), "one\ntwo\n") {
		t.Errorf("text came as %q", &got)
	}
	if _, err := Run(t.Context(), s, Task{Op: Upload, Remote: "text", In: io.MultiReader(strings.NewReader("a\n"), strings.NewReader("b\r\n"))}, nil); err != nil {
		t.Fatal(err)
	}
	stored, err := afero.ReadFile(srv.FS(), "/text")
	if text := strings.ReplaceAll(string(stored), "\r\n", "\n"); err != nil || text != "a\nb\n" {
		t.Errorf("text was stored as %q, %v", stored, err)
	}
}

// TestFileChangesDuringUpload: what was read of a file that grows or shrinks
// meanwhile is what the server has, and it is said.
func TestFileChangesDuringUpload(t *testing.T) {
	for _, size := range []int64{500, 2000} {
		local := filepath.Join(t.TempDir(), "log")
		if err := os.WriteFile(local, content(1000), 0o644); err != nil {
			t.Fatal(err)
		}
		srv, err := practice.Start(practice.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer srv.Close()
		opt := client.Options{Addr: srv.Addr(), Security: client.Off}
		opt.Trace = &client.Trace{Sent: func(i client.SentInfo) {
			if i.Verb == "STOR" {
				os.Truncate(local, size)
			}
		}}
		s, err := client.Open(t.Context(), opt)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := s.Login(t.Context(), client.Login{User: practice.User, Password: practice.Password}); err != nil {
			t.Fatal(err)
		}
		r, err := Run(t.Context(), s, Task{Op: Upload, Remote: "log", Local: local}, nil)
		if err != nil || r.Size != size || !strings.Contains(r.Note, "changed while it was read") {
			t.Errorf("%d bytes: %+v, %v", size, r, err)
		}
		if there, err := s.Size(t.Context(), "log"); err != nil || there != size {
			t.Errorf("the server has %d bytes, not %d: %v", there, size, err)
		}
	}
}
