package shell

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/shell/syntax"
)

// errAway ends a line whose command goes on in the background.
var errAway = errors.New("in the background")

// detaches reports whether Ctrl-Z can send a statement to the background: a
// transfer that was typed at the prompt and needs neither the terminal itself (-)
// nor for a local command or the questions of step.
func detaches(sh *Shell, line Line, st syntax.Statement, command *Command) bool {
	return command.Detach && stopSignal != nil && !sh.forked && sh.lent == 0 && !sh.stepper.on && sh.Interactive() &&
		sh.session != nil && line.Script == "" && line.within == nil && st.Pipe == "" &&
		!slices.ContainsFunc(st.Words, func(w syntax.Token) bool { return w.Text == "-" || strings.HasPrefix(w.Text, "|") })
}

// detachable runs a statement so that Ctrl-Z can send it to the background: in a
// shell of its own, with the connection of this one.
func detachable(sh *Shell, line Line, st syntax.Statement) error {
	f := sh.fork()
	f.recorder = sh.recorder
	f.applyObservers()
	j := newJob(st.Source, f, func() error {
		_, err := f.command(line, st)
		return err
	})
	j.spare = sh.session.LazyClone(dialogue(sh)) // now, while nobody works with the session
	return foreground(sh, j, func() { startJob(sh, j) })
}

// foreground begins a job and waits for it, with Ctrl-C and Ctrl-Z meant for it from the start.
func foreground(sh *Shell, j *job, begin func()) error {
	ctx, done := sh.signals.during(sh.base, j.session)
	defer done()
	stopped := make(chan os.Signal, 1)
	if stopSignal != nil {
		sh.con.KeepOn(true)
		defer sh.con.KeepOn(false)
		signal.Notify(stopped, stopSignal)
		defer signal.Stop(stopped)
	}
	j.sh.con.away.Store(false)
	begin()
	select {
	case <-stopped:
		if sendAway(sh, j) {
			return errAway
		}
		<-j.done
	case <-ctx.Done():
		stopJob(sh, j, context.Cause(ctx)) // it may wait in the queue
		<-j.done
	case <-j.done:
	}
	sh.con.Status("")
	return takeOver(sh, j)
}

// takeOver keeps what a job in the foreground has changed for later commands.
func takeOver(sh *Shell, j *job) error {
	if j.id != 0 {
		jobsOf(sh).running(true)
		return j.err
	}
	j.cancel(nil) // nothing of it goes on
	sh.Settings, sh.restart = j.sh.Settings, j.sh.restart
	sh.applyObservers()
	return j.err
}

// sendAway lets a job go on without the terminal, unless it has ended. It keeps
// the connection if it had that of this shell, which gets another one with its
// next command.
func sendAway(sh *Shell, j *job) bool {
	if j.id == 0 && !numberJob(sh, j) {
		return false
	}
	j.sh.con.Status("")
	j.sh.con.away.Store(true)
	if j.session == sh.session {
		sh.session, sh.manual = j.spare, nil
	}
	if j.over() { // just now, and told nobody
		return false
	}
	if sh.opt.Started != nil { // a listener cannot tell the two dialogues apart
		sh.opt.Started(nil)
		sh.opt.Started = nil
	}
	continueOthers()
	sh.Say(fmt.Sprintf("[%d] %s", j.id, j.shown()))
	return true
}

// mayLeave decides about jobs that still run when the user wants to leave. What
// waits in the queue is kept.
func mayLeave(ctx context.Context, sh *Shell) bool {
	var on []*job
	queued := 0
	for _, j := range jobsOf(sh).running(true) {
		if j.state() == "queued" {
			queued++
		} else {
			on = append(on, j)
		}
	}
	if sh.forked || !sh.Interactive() { // a batch waits at its end
		return true
	}
	if queued > 0 {
		sh.Say(plural(queued, "command stays", "commands stay") + " queued; `queue start` on the same server resumes")
	}
	if len(on) == 0 {
		return true
	}
	keys, choices := "wkS", ": [w]ait, [k]ill, [S]tay here? "
	if sh.opt.Detach != nil {
		keys, choices = "wkdS", ": [w]ait, [k]ill, [d]etach, [S]tay here? "
	}
	jobsOf(sh).stopQueue(true)
	key, err := sh.con.AskKey(ctx, plural(len(on), "job still runs", "jobs still run")+choices, keys)
	leave := true
	switch {
	case err != nil || key == 's':
		leave = false
	case key == 'w':
		leave = !errors.Is(awaitJobs(ctx, sh, on), context.Canceled)
	case key == 'd':
		leave = detachJobs(sh, on)
	}
	if !leave {
		jobsOf(sh).stopQueue(false)
		jobsOf(sh).next(sh)
	}
	return leave
}

// endJobs stops all jobs and waits for their ends.
func endJobs(sh *Shell, cause error) {
	on := jobsOf(sh).list()
	for _, j := range on {
		j.sh.con.away.Store(true)
		stopJob(sh, j, cause)
	}
	for _, j := range on {
		<-j.done
	}
}
