package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// Detaches reports whether Ctrl-Z can send a statement to the background: a
// transfer that was typed at the prompt and needs neither the terminal itself (-)
// nor for a local command or the questions of step.
func Detaches(sh *command.Shell, line command.Line, st syntax.Statement, command *command.Command) bool {
	return command.Detach && stopSignal != nil && !sh.Forked && sh.Lent == 0 && !sh.Stepper.On && sh.Interactive() &&
		sh.Session != nil && line.Script == "" && line.Within == nil && st.Pipe == "" &&
		!slices.ContainsFunc(st.Words, func(w syntax.Token) bool { return w.Text == "-" || strings.HasPrefix(w.Text, "|") })
}

// Detachable runs a statement so that Ctrl-Z can send it to the background: in a
// shell of its own, with the connection of this one.
func Detachable(sh *command.Shell, line command.Line, st syntax.Statement) error {
	f := sh.Fork()
	f.Recorder = sh.Recorder
	f.ApplyObservers()
	j := NewJob(st.Source, f, func() error {
		_, err := f.Command(line, st)
		return err
	})
	j.spare = sh.Session.Clones().Lazy(command.Dialogue(sh)) // now, while nobody works with the session
	return foreground(sh, j, func() { StartJob(sh, j) })
}

// foreground begins a job and waits for it, with Ctrl-C and Ctrl-Z meant for it from the start.
func foreground(sh *command.Shell, j *job, begin func()) error {
	ctx, done := sh.Signals.During(sh.Base, j.session)
	defer done()
	stopped := make(chan os.Signal, 1)
	if stopSignal != nil {
		sh.Console.KeepOn(true)
		defer sh.Console.KeepOn(false)
		signal.Notify(stopped, stopSignal)
		defer signal.Stop(stopped)
	}
	j.Sh.Console.Away.Store(false)
	begin()
	command.ActAhead(sh)
	select {
	case <-stopped:
		if SendAway(sh, j) {
			return command.ErrAway
		}
		<-j.Done
	case <-ctx.Done():
		stopJob(sh, j, context.Cause(ctx)) // it may wait in the queue
		<-j.Done
	case <-j.Done:
	}
	sh.Console.Status("")
	return TakeOver(sh, j)
}

// TakeOver keeps what a job in the foreground has changed for later commands.
func TakeOver(sh *command.Shell, j *job) error {
	if j.id != 0 {
		Of(sh).running(true)
		return j.err
	}
	j.cancel(nil) // nothing of it goes on
	sh.Settings, sh.Restart = j.Sh.Settings, j.Sh.Restart
	sh.ApplyObservers()
	return j.err
}

// SendAway lets a job go on without the terminal, unless it has ended. It keeps
// the connection if it had that of this shell, which gets another one with its
// next command.
func SendAway(sh *command.Shell, j *job) bool {
	if j.id == 0 && !NumberJob(sh, j) {
		return false
	}
	j.Sh.Console.Status("")
	j.Sh.Console.Away.Store(true)
	if j.session == sh.Session {
		sh.Session, sh.Manual = j.spare, nil
	}
	if j.over() { // just now, and told nobody
		return false
	}
	if sh.Options.Started != nil { // a listener cannot tell the two dialogues apart
		sh.Options.Started(nil)
		sh.Options.Started = nil
	}
	continueOthers()
	sh.Say(fmt.Sprintf("[%d] %s", j.id, j.shown()))
	return true
}

// MayLeave decides about jobs that still run when the user wants to leave. What
// waits in the queue is kept.
func MayLeave(ctx context.Context, sh *command.Shell) bool {
	var on []*job
	queued := 0
	for _, j := range Of(sh).running(true) {
		if j.state() == "queued" {
			queued++
		} else {
			on = append(on, j)
		}
	}
	if sh.Forked || !sh.Interactive() { // a batch waits at its end
		return true
	}
	if queued > 0 {
		sh.Say(command.Plural(queued, "command stays", "commands stay") + " queued; `queue start` on the same server resumes")
	}
	if len(on) == 0 {
		return true
	}
	keys, choices := "wkS", ": [w]ait, [k]ill, [S]tay here? "
	if sh.Options.Detach != nil {
		keys, choices = "wkdS", ": [w]ait, [k]ill, [d]etach, [S]tay here? "
	}
	Of(sh).stopQueue(true)
	key, err := sh.Console.AskKey(ctx, command.Plural(len(on), "job still runs", "jobs still run")+choices, keys)
	leave := true
	switch {
	case err != nil || key == 's':
		leave = false
	case key == 'w':
		leave = !errors.Is(AwaitJobs(ctx, sh, on), context.Canceled)
	case key == 'd':
		leave = detachJobs(sh, on)
	}
	if !leave {
		Of(sh).stopQueue(false)
		Of(sh).next(sh)
	}
	return leave
}

// EndJobs stops all jobs and waits for their ends.
func EndJobs(sh *command.Shell, cause error) {
	on := Of(sh).All()
	for _, j := range on {
		j.Sh.Console.Away.Store(true)
		stopJob(sh, j, cause)
	}
	for _, j := range on {
		<-j.Done
	}
}
