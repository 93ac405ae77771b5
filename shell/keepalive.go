package shell

import (
	"context"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// useKeepAlive tells the sessions about it, for their transfers.
func useKeepAlive(sh *Shell) {
	sh.sessions(func(s *client.Session) { s.SetKeepAlive(sh.Settings.KeepAlive) })
}

// keepAlive sends NOOP now and then while no command runs, until stop is called.
func keepAlive(sh *Shell) (stop func()) {
	every := sh.Settings.KeepAlive
	if every == 0 || sh.raw || sh.stepper.on { // they say what is sent
		return func() {}
	}
	ctx, cancel := context.WithCancel(sh.base)
	var watching sync.WaitGroup
	sh.each(func(c connection) {
		if c.session.CanKeepAlive() && !c.manual.open() {
			watching.Go(func() { watchOver(ctx, sh, c, every) })
		}
	})
	return func() {
		cancel()
		watching.Wait()
	}
}

// watchOver keeps a connection alive, and tells when it is lost. A completion may
// use the session meanwhile, and may make a new connection.
func watchOver(ctx context.Context, sh *Shell, c connection, every time.Duration) {
	for ctx.Err() == nil {
		sh.wire.Lock()
		conn, quiet := c.session.Conn(), c.session.Quiet()
		if !c.session.CanKeepAlive() {
			sh.wire.Unlock()
			if err := conn.Err(); err != nil {
				sh.Say("connection to " + c.address.Host + ": " + conn.Mask(failure.InWords(err)) + " (the next command connects again)")
			}
			return
		}
		wait := quiescence(conn, every-quiet)
		if quiet >= every {
			wait = c.session.KeepAlive()
		}
		sh.wire.Unlock()
		wait(ctx)
	}
}

// quiescence returns a function that waits for a time, or the end of the
// connection.
func quiescence(conn *client.Conn, d time.Duration) func(context.Context) {
	return func(ctx context.Context) {
		until, cancel := context.WithTimeout(ctx, d)
		defer cancel()
		select {
		case <-conn.Done():
		case <-until.Done():
		}
	}
}

// idleAlive is a pause in which no connection is used.
func idleAlive(ctx context.Context, sh *Shell, d time.Duration) error {
	defer keepAlive(sh)()
	return pause(ctx, d)
}

// open reports whether what was arranged by hand waits for what comes next:
// a NOOP would come between.
func (h *manual) open() bool {
	return h != nil && (h.channel != nil || h.waiting != nil || h.talk.Open())
}
