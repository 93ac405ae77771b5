package transfer

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/internal/delay"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// All sessions with a server far away are opened while the first files are on
// their way: few files would be through before it was measured what more bring.
func TestFarServer(t *testing.T) {
	srv := daemon.Start(t, "vsftpd", daemon.Options{})
	low, high := srv.PassivePorts()
	p := delay.Start("127.0.0.2", srv.Host, min(low, srv.Port), high, 8*highLatency)
	defer p.Close()
	var logins atomic.Int32
	trace := &client.Trace{Sent: func(i client.SentInfo) {
		if i.Verb == "USER" {
			logins.Add(1)
		}
	}}
	s, err := client.Open(t.Context(), client.Options{Addr: fmt.Sprintf("%s:%d", p.Host, srv.Port), Security: client.Off, Trace: trace})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Login(t.Context(), client.Login{User: srv.User, Password: srv.Password}); err != nil {
		t.Fatal(err)
	}
	if got := s.Server().RoundTrip(); got < 8*highLatency || got > time.Minute {
		t.Errorf("a round trip of %v takes %v", 8*highLatency, got)
	}
	const n = 12
	for i := range n {
		srv.Put(fmt.Sprintf("f%03d", i), body(i))
	}
	if done, failed := run(t, &Engine{Session: s}, downloads(n, t.TempDir())); done != n || failed != nil {
		t.Errorf("%d done, failed: %v", done, failed)
	}
	if got := logins.Load(); got != MostSessions {
		t.Errorf("%d sessions, not %d", got, MostSessions)
	}
}
