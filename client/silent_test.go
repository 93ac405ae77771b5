package client

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice"
)

// A server that falls silent keeps nobody waiting for ever, also while more is to
// be asked than may be in flight; and Ctrl-C ends the waiting at once.
func TestSilenceBeforeAllIsAsked(t *testing.T) {
	var names []string
	for i := range 40 {
		names = append(names, fmt.Sprint("file", i))
	}
	for _, row := range []struct {
		name  string
		limit time.Duration
		stop  func(context.CancelFunc)
		is    func(error) bool
	}{
		{
			"time limit", 100 * time.Millisecond, func(context.CancelFunc) {},
			func(err error) bool { return errors.As(err, new(*TimeoutError)) },
		},
		{
			"interrupt", time.Minute, func(cancel context.CancelFunc) { cancel() },
			func(err error) bool { return errors.Is(err, context.Canceled) },
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			srv, err := practice.Script(`
				S: 220 ready
				C: USER alice
				S: 230 in
				C: FEAT
				S: 211 none
				C: PWD
				S: 257 "/"
				C: SYST
				S: 215 UNIX Type: L8
				C: TYPE I
				S: 200 fine
				C: SIZE file0
				silence`)
			if err != nil {
				t.Fatal(err)
			}
			defer srv.Close()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			asked := 0
			opt := Options{Addr: srv.Addr(), Security: Off, Depth: 4, Trace: &Trace{
				Sent: func(i SentInfo) {
					if i.Verb == "SIZE" || i.Verb == "MDTM" {
						if asked++; asked == 3 { // behind TYPE there is room for three
							row.stop(cancel)
						}
					}
				},
			}}
			s, err := Open(ctx, opt)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Login(ctx, Login{User: "alice"}); err != nil {
				t.Fatal(err)
			}
			s.conn.timeout.Store(int64(row.limit))
			answered := make(chan error, 1)
			go func() {
				for _, err := range s.StatEach(ctx, names...) {
					if err != nil {
						answered <- err
						return
					}
				}
				answered <- nil
			}()
			select {
			case err = <-answered:
			case <-time.After(10 * time.Second):
				t.Error("it waits for ever")
				s.Conn().Close()
				err = <-answered
			}
			if !row.is(err) {
				t.Errorf("it ended with %v", err)
			}
			s.Conn().Close()
		})
	}
}

// Ctrl-C is heard although as many commands as may be are in flight.
func TestAbortNeedsNoTurn(t *testing.T) {
	srv, err := practice.Script("S: 220 ready\nC: STAT\nC: ABOR\nC: NOOP\nS: 226 aborted\nS: 226 once more\nS: 200 fine\nclose")
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	c, err := Dial(t.Context(), srv.Addr(), false, Options{Depth: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	x := c.Send("STAT")
	go c.abort(x, func() {})
	if err := srv.Wait(); err != nil {
		t.Error(err)
	}
}
