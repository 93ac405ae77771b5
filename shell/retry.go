package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// retrySettings say when a command is run again by itself.
var retrySettings = []*Setting{
	{
		Name: "retries", Usage: "auto|5", Suggest: []string{"auto", "0", "5"}, Short: fmt.Sprintf("how often what failed for a while is tried again: auto (a transfer that broke %d times, other commands never), or a number for all of them",
			transfer.DefaultRetry.Most),
		show: func(s *Settings) string {
			if s.Retries < 0 {
				return "auto"
			}
			return strconv.Itoa(s.Retries)
		},
		parse: func(s *Settings, text string) error {
			n, err := strconv.Atoi(text)
			switch {
			case text == "auto":
				n = autoRetries
			case err != nil || n < 0:
				return fmt.Errorf("%q is neither auto nor a number", text)
			}
			s.Retries = n
			return nil
		},
	},
	duration("retry-wait", "the time before it; each time it is twice as long, up to five minutes",
		func(s *Settings) *time.Duration { return &s.RetryWait }),
	{
		Name: "retry-on", Usage: "\"connect lost timeout 421\"", Short: "which failures: codes such as 421, and the words " + strings.Join(retryWords(), ", "),
		show: func(s *Settings) string { return s.RetryOn },
		parse: func(s *Settings, text string) error {
			for _, word := range strings.Fields(text) {
				if !slices.Contains(retryWords(), word) && !isReplyCode(word) {
					return fmt.Errorf("%q is neither the code of a failure nor one of %s", word, strings.Join(retryWords(), ", "))
				}
			}
			s.RetryOn = strings.Join(strings.Fields(text), " ")
			return nil
		},
	},
}

// autoRetries stands for auto.
const autoRetries = -1

// defaultRetryOn are the failures that pass with time.
const defaultRetryOn = "connect lost timeout full 421 425 426 450 451"

// retryKinds are the words of retry-on.
var retryKinds = []struct {
	word string
	is   func(error) bool
}{
	{"connect", failure.AnyOf[*client.ConnectError, *client.NoDataError]},
	{"lost", func(err error) bool {
		return failure.AnyOf[*client.LostError, *client.IncompleteError](err) || errors.As(err, new(*transfer.VerifyError))
	}},
	{"timeout", failure.AnyOf[*client.TimeoutError, *client.TimeoutError]},
	{"full", func(err error) bool {
		no := client.Refusal(err)
		return no != nil && no.Reply.Code == 530 && tooMany().MatchString(err.Error())
	}},
}

// tooMany is what servers say when they take no more users.
var tooMany = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)too many|limit|maximum`) })

func retryWords() (words []string) {
	for _, row := range retryKinds {
		words = append(words, row.word)
	}
	return words
}

func isReplyCode(word string) bool {
	n, err := strconv.Atoi(word)
	return err == nil && n >= 400 && n < 600
}

// onceOnly are the verbs that are not sent again when it is not known what
// became of them: they would add, or rename, twice.
var onceOnly = sends("RNFR", "COMB")

// retry is how often a transfer is tried again, and tells of it.
func (c *Call) retry() transfer.Retry {
	set := &c.Shell.Settings
	r := transfer.Retry{Most: transfer.DefaultRetry.Most, Wait: set.RetryWait}
	switch {
	case c.Shell.class != nil: // what goes wrong in a lesson is what it is about
		r.Most = 0
	case set.Retries >= 0:
		r.Most = set.Retries
	}
	if set.Retries >= 0 || set.RetryOn != defaultRetryOn {
		r.On = c.Shell.passes
	}
	r.Tell = func(err error, wait time.Duration) { c.Shell.tellAgain(c.Command.Name, err, wait) }
	return r
}

func (s *screen) tellAgain(what string, err error, wait time.Duration) {
	s.Say(fmt.Sprintf("%s: %s; again in %s", what, err, seconds(wait)))
}

// persist runs a command, and again as the settings want it: when its failure
// passes with time, nothing was printed yet, and nothing would happen twice.
// Transfers are tried again where they broke, see retry.
func (sh *Shell) persist(ctx context.Context, call *Call) error {
	return sh.again(ctx, call.Command.Name, func() (bool, error) {
		try := *call
		printed := &noticed{Writer: call.Out}
		if sh.Settings.Retries > 0 {
			try.Out = printed
		}
		err := call.Command.Run(ctx, &try)
		try.landed()
		call.moves += try.moves
		return sh.repeatable(call.Command) && !printed.any && try.moves == 0, err
	})
}

// again runs f until it succeeds, or fails for good. F returns whether it may
// run again.
func (sh *Shell) again(ctx context.Context, what string, f func() (bool, error)) error {
	for attempt := 1; ; attempt++ {
		may, err := f()
		if !may || attempt > sh.Settings.Retries || !sh.passes(err) || ctx.Err() != nil {
			return err
		}
		wait := transfer.Retry{Wait: sh.Settings.RetryWait}.Pause(attempt)
		sh.tellAgain(what, err, wait)
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
}

// passes reports whether a failure is one that retry-on names.
func (sh *Shell) passes(err error) bool {
	if err == nil {
		return false
	}
	on := strings.Fields(sh.Settings.RetryOn)
	for _, row := range retryKinds {
		if row.is(err) && slices.Contains(on, row.word) {
			return true
		}
	}
	var no *client.Error
	return errors.As(err, &no) && slices.Contains(on, strconv.Itoa(no.Reply.Code))
}

// repeatable reports whether a command may be run again. What a SITE that was
// typed does only the server knows; those of other commands set modes and times.
func (sh *Shell) repeatable(c *Command) bool {
	return len(c.Wire) > 0 && !c.Nests && c.Name != "site" && c.Name != "append" && !slices.ContainsFunc(c.Wire, func(verb string) bool {
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

// pause waits, unless ctx ends before.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
