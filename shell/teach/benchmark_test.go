package teach

import (
	"context"
	"io"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// What recording costs: the same work with and without it, in one run.
func BenchmarkRecorder(b *testing.B) {
	const size = 64 << 20
	files := afero.NewMemMapFs()
	if err := afero.WriteFile(files, "/big", make([]byte, size), 0o644); err != nil {
		b.Fatal(err)
	}
	server, err := practice.Start(practice.Options{FS: files})
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	for _, row := range []struct {
		name  string
		trace *client.Trace
	}{{"off", nil}, {"on", NewRecorder("ftpsh", "benchmark").Trace()}} {
		opt := client.Options{Addr: server.Addr(), Security: client.Off}
		opt.Trace = row.trace
		s, err := client.Open(context.Background(), opt)
		if err != nil {
			b.Fatal(err)
		}
		defer s.Close()
		if err := s.Login(context.Background(), client.Login{User: practice.User, Password: practice.Password}); err != nil {
			b.Fatal(err)
		}
		b.Run("noop/"+row.name, func(b *testing.B) {
			for b.Loop() {
				if err := s.Noop(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("get/"+row.name, func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				d, err := s.Retrieve(b.Context(), "/big", 0)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, d); err != nil {
					b.Fatal(err)
				}
				if err := d.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The work for one command and its reply.
func BenchmarkCommand(b *testing.B) {
	trace := NewRecorder("ftpsh", "benchmark").Trace()
	reply := client.Reply{Code: 200, Lines: []string{"200 NOOP command successful"}}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		trace.Sent(client.SentInfo{Channel: "C", Verb: "NOOP", Line: "NOOP", Seq: i + 1})
		trace.Got(client.GotInfo{Channel: "C", Verb: "NOOP", Reply: reply, Seq: i + 1, Asked: true})
	}
}
