package teach

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// What recording costs: the same work without and with it, in turn, in one run.
// "%slower" compares the medians. -bench Recorder/noop -benchtime 10000x, and
// -bench Recorder/get -benchtime 11x.
func BenchmarkRecorder(b *testing.B) {
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "big"), nil, 0o600); err != nil {
		b.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(dir, "big"), 1<<30); err != nil {
		b.Fatal(err)
	}
	server, err := practice.Start(practice.Options{FS: afero.NewBasePathFs(afero.NewOsFs(), dir)})
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	without, with := logIn(b, server, nil), logIn(b, server, NewRecorder("ftpsh", "benchmark").Trace())
	b.Run("noop", func(b *testing.B) {
		inTurn(b, without, with, func(s *client.Session) error { return s.Noop(b.Context()) })
	})
	b.Run("get", func(b *testing.B) { // 1 GiB each
		inTurn(b, without, with, func(s *client.Session) error {
			d, err := s.Retrieve(b.Context(), "/big", 0)
			if err != nil {
				return err
			}
			if _, err := io.Copy(io.Discard, d); err != nil {
				return err
			}
			return d.Close()
		})
	})
}

func logIn(b *testing.B, server *practice.Server, trace *client.Trace) *client.Session {
	b.Helper()
	opt := client.Options{Addr: server.Addr(), Security: client.Off}
	opt.Trace = trace
	s, err := client.Open(b.Context(), opt)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	if err := s.Login(b.Context(), client.Login{User: practice.User, Password: practice.Password}); err != nil {
		b.Fatal(err)
	}
	return s
}

// inTurn does the same with both sessions, and reports how much slower the
// second is.
func inTurn(b *testing.B, without, with *client.Session, work func(*client.Session) error) {
	var took [2][]time.Duration
	for round := 0; b.Loop(); round++ {
		for _, i := range [][]int{{0, 1}, {1, 0}}[round%2] {
			start := time.Now()
			if err := work([]*client.Session{without, with}[i]); err != nil {
				b.Fatal(err)
			}
			took[i] = append(took[i], time.Since(start))
		}
	}
	var median [2]float64
	for i := range took {
		slices.Sort(took[i])
		median[i] = took[i][len(took[i])/2].Seconds()
	}
	b.ReportMetric(100*(median[1]/median[0]-1), "%slower")
}

// The work for one command and its reply.
func BenchmarkCommand(b *testing.B) {
	trace := NewRecorder("ftpsh", "benchmark").Trace()
	reply := client.Reply{Code: 200, Lines: []string{"200 NOOP command successful"}}
	b.ReportAllocs()
	at := time.Now()
	for i := 0; b.Loop(); i++ {
		trace.Sent(client.SentInfo{Channel: "C", Verb: "NOOP", Line: "NOOP", Seq: i + 1, At: at})
		trace.Got(client.GotInfo{Channel: "C", Verb: "NOOP", Reply: reply, Seq: i + 1, Asked: true, At: at})
	}
}
