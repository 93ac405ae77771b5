package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// onceOnly are the verbs that are not sent again when it is not known what
// became of them: they would add, or rename, twice.
var onceOnly = Sends("RNFR", "COMB")

// Retry is how often a transfer is tried again, and tells of it.
func (c *Call) Retry() transfer.Retry {
	set := &c.Shell.Settings
	r := transfer.Retry{Most: transfer.DefaultRetry.Most, Wait: set.RetryWait}
	switch {
	case c.Shell.Class != nil: // what goes wrong in a lesson is what it is about
		r.Most = 0
	case set.Retries >= 0:
		r.Most = set.Retries
	}
	if set.Retries >= 0 || set.RetryOn != settings.DefaultRetryOn {
		r.On = c.Shell.Retriable
	}
	r.Tell = func(err error, wait time.Duration) { c.Shell.tellAgain(c.Command.Name, err, wait) }
	return r
}

func (s *Screen) tellAgain(what string, err error, wait time.Duration) {
	s.Say(fmt.Sprintf("%s: %s; again in %s", what, err, Seconds(wait)))
}

// persist runs a command, and again as the settings want it: when its failure
// passes with time, nothing was printed yet, and nothing would happen twice.
// Transfers are tried again where they broke, see retry.
func (sh *Shell) persist(ctx context.Context, call *Call) error {
	return sh.Again(ctx, call.Command.Name, func() (bool, error) {
		try := *call
		printed := &noticed{Writer: call.Out}
		if sh.Settings.Retries > 0 {
			try.Out = printed
		}
		err := run(ctx, &try)
		try.Landed()
		sh.sums.Store(false)
		call.Moves += try.Moves
		return sh.Repeatable(call.Command) && call.Inner == nil && !printed.any && try.Moves == 0, err
	})
}

// Again runs f until it succeeds, or fails for good. F returns whether it may
// run again.
func (sh *Shell) Again(ctx context.Context, what string, f func() (bool, error)) error {
	for attempt := 1; ; attempt++ {
		may, err := f()
		if !may || attempt > sh.Settings.Retries || !sh.Retriable(err) || ctx.Err() != nil {
			return err
		}
		wait := transfer.Retry{Wait: sh.Settings.RetryWait}.Pause(attempt)
		sh.tellAgain(what, err, wait)
		if err := Pause(ctx, wait); err != nil {
			return err
		}
	}
}

// Retriable reports whether a failure is one that retry-on names.
func (sh *Shell) Retriable(err error) bool {
	if err == nil {
		return false
	}
	on := strings.Fields(sh.Settings.RetryOn)
	for _, row := range settings.RetryKinds {
		if row.Is(err) && slices.Contains(on, row.Word) {
			return true
		}
	}
	var no *client.Error
	return errors.As(err, &no) && slices.Contains(on, strconv.Itoa(no.Reply.Code))
}

// Repeatable reports whether a command may be run again.
func (sh *Shell) Repeatable(c *Command) bool {
	return len(c.Wire) > 0 && !c.Nests && !c.Once && !slices.ContainsFunc(c.Wire, func(verb string) bool {
		return slices.Contains(onceOnly, verb) || verb == "STOU" && sh.Settings.SUnique
	})
}

// noticed knows whether anything was written.
type noticed struct {
	io.Writer
	any bool
}

func (w *noticed) Write(p []byte) (int, error) {
	w.any = true
	return w.Writer.Write(p)
}

// Pause waits, unless ctx ends before.
func Pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
