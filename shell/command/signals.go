package command

import (
	"context"
	"errors"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// signals turns signals into ends of contexts. At the prompt Ctrl-C is a key,
// not a signal; during a command it cancels that command, and a second one
// drops the connection.
type signals struct {
	sh   *Shell
	got  chan os.Signal
	over chan struct{} // closed by stop
	done chan struct{} // closed when nothing is handled any more

	mu     sync.Mutex
	cancel context.CancelCauseFunc // of the running command, or nil
	using  *client.Session         // that it uses, or nil
	again  bool                    // the running command was interrupted already
	ahead  bool                    // the line at hand starts no program: what was typed behind it may be looked at
	missed bool                    // Ctrl-C came when no command could hear it: the rest of the line is not run
	fatal  syscall.Signal          // the signal that ended the program, or 0
}

// WatchSignals handles the signals of the program, until stop.
func WatchSignals(sh *Shell) *signals {
	s := &signals{sh: sh, got: make(chan os.Signal, 4), over: make(chan struct{}), done: make(chan struct{})}
	signal.Notify(s.got, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	for _, sig := range slices.AppendSeq(survived, maps.Keys(rateSteps)) {
		signal.Notify(s.got, sig)
	}
	go func() {
		defer close(s.done)
		for {
			select {
			case sig := <-s.got:
				s.Handle(sig)
			case <-s.over:
				return
			}
		}
	}()
	return s
}

// Stop ends the handling. The signals are not given back, which would take a tenth
// of the shortest run of the program: it ends with its shell.
func (s *signals) Stop() {
	close(s.over)
	<-s.done
}

func (s *signals) Handle(sig os.Signal) {
	if way, steps := rateSteps[sig]; steps {
		s.sh.limits.stepped(way)
		return
	}
	if slices.Contains(survived, sig) {
		return
	}
	if sig == os.Interrupt {
		s.interrupt()
		return
	}
	if sig == syscall.SIGTERM {
		signal.Reset(sig) // a second one ends the program at once: nobody may read what it writes
	}
	s.held(func() { s.fatal, _ = sig.(syscall.Signal) })
	s.sh.End(errors.New(sig.String()))
	s.sh.Console.Close() // the terminal is restored even if a command hangs
}

// interrupt is Ctrl-C.
func (s *signals) interrupt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.cancel == nil && !s.sh.Interactive():
		s.fatal = syscall.SIGINT
		s.sh.End(failure.ErrInterrupted)
	case s.cancel == nil:
		s.missed = true
	case s.again:
		if s.using != nil {
			go s.using.Drop() // which may take a moment
		}
		if !s.sh.Interactive() {
			signal.Reset(os.Interrupt) // the third one ends the program, as the second SIGTERM does
		}
	default:
		s.again = true
		s.cancel(failure.ErrInterrupted)
	}
}

// Running reports whether a command runs that Ctrl-C would end.
func (s *signals) Running() (runs bool) {
	s.held(func() { runs = s.cancel != nil })
	return runs
}

// held runs f while no signal is handled. A job has no signals.
func (s *signals) held(f func()) {
	if s != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		f()
	}
}

// During returns a context that Ctrl-C ends, and a function to call afterwards.
// A second Ctrl-C ends the connection of the session, which may be nil. Commands
// may run others: Ctrl-C is for the innermost.
func (s *signals) During(ctx context.Context, session *client.Session) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	if s == nil { // a job: the one that watches it says when it ends
		return ctx, func() { cancel(nil) }
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	outer := s.cancel
	s.cancel, s.again, s.using = cancel, false, session
	return ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.cancel = outer
		cancel(nil)
		switch { // the command may have ended just before, and what runs it would go on
		case !s.again:
		case s.sh.Interactive():
			s.missed = true
		default:
			s.fatal = syscall.SIGINT
			s.sh.End(failure.ErrInterrupted)
		}
	}
}

// ActAhead heeds a Ctrl-C or Ctrl-Z that was typed right behind the line whose command has just begun.
func ActAhead(sh *Shell) {
	if sh.Signals == nil || sh.Forked || !sh.Signals.ahead {
		return
	}
	sh.Signals.ahead = false
	sh.Console.ActAhead()
}

// leavesKeys reports whether a line that was typed starts no program on the terminal, for which something may have been
// typed ahead.
func leavesKeys(sh *Shell, line Line, list syntax.List) bool {
	if line.Script != "" || line.Within != nil || !sh.Interactive() {
		return false
	}
	for _, chain := range list {
		for _, st := range chain.Statements {
			command, err := sh.Catalog.Find(st.Name())
			if err != nil || command.Program || command.Nests && !command.Detach || st.Pipe != "" || slices.ContainsFunc(st.Words, startsProgram) {
				return false
			}
		}
	}
	return true
}

// startsProgram reports whether a word stands for a program, where a file could be.
func startsProgram(word syntax.Token) bool { return strings.HasPrefix(word.Text, "|") }

// Taken says that Ctrl-C is how the command at hand ends when all is well.
func (s *signals) Taken() { s.held(func() { s.again = false }) }

// Fresh forgets a Ctrl-C that was for the line before: another one has just been typed.
func (s *signals) Fresh() { s.held(func() { s.missed = false }) }

// between reports a Ctrl-C that came between two commands of a line.
func (s *signals) between() (err error) {
	s.held(func() {
		if s.missed {
			err = failure.ErrInterrupted
		}
	})
	return err
}

// Status is the exit status: 128+n when a signal ended the program.
func (s *signals) Status(otherwise int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fatal != 0 {
		return 128 + int(s.fatal)
	}
	return otherwise
}
