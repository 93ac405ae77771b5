package commands

import (
	"context"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// KeepAlive sends NOOP now and then while no command runs, until stop is called.
func KeepAlive(sh *command.Shell) (stop func()) {
	every := sh.Settings.KeepAlive
	if every == 0 || sh.Raw || sh.Stepper.On { // they say what is sent
		return func() {}
	}
	ctx, cancel := context.WithCancel(sh.Base)
	var watching sync.WaitGroup
	sh.Each(func(c command.Peer) {
		if c.Session.Server().CanKeepAlive() && !c.Manual.Open() {
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
func watchOver(ctx context.Context, sh *command.Shell, c command.Peer, every time.Duration) {
	for ctx.Err() == nil {
		sh.Wire.Lock()
		conn, quiet := c.Session.Conn(), c.Session.Server().Quiet()
		if !c.Session.Server().CanKeepAlive() {
			sh.Wire.Unlock()
			if err := conn.Err(); err != nil {
				sh.Say("connection to " + c.Address.Host + ": " + conn.Mask(failure.InWords(err)) + " (the next command connects again)")
			}
			return
		}
		wait := quiescence(conn, every-quiet)
		if quiet >= every {
			wait = c.Session.KeepAlive()
		}
		sh.Wire.Unlock()
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

// IdleAlive is a pause in which no connection is used.
func IdleAlive(ctx context.Context, sh *command.Shell, d time.Duration) error {
	defer KeepAlive(sh)()
	return command.Pause(ctx, d)
}
