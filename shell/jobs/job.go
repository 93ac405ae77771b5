package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/site"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// A job is a line that runs beside the prompt, in a shell of its own.
type job struct {
	kept   *kept // for another day, if it is in the queue
	id     int   // 0 while it is in the foreground and was never elsewhere
	line   string
	Sh     *command.Shell
	began  time.Time
	run    func() error
	cancel context.CancelCauseFunc
	Done   chan struct{} // closed at the very end

	session *client.Session // that it begins with
	from    beginning
	spare   *client.Session // for the prompt, when the job goes away with its connection

	mu      sync.Mutex // the last of all: what holds it asks for nothing
	started bool       // false: it is in the queue
	ended   time.Time
	err     error
}

// beginning is where a job began, whatever it does with cd, lcd and open: who runs its line again
// begins there.
type beginning struct {
	local    string
	settings settings.Settings
	address  site.Address
	login    client.Login
	insecure bool // any certificate is taken
	made     client.Made
	alone    error // why no other session can be what this one is
}

// NewJob is a job that does not run yet.
func NewJob(line string, f *command.Shell, run func() error) *job {
	j := &job{line: strings.TrimSpace(line), Sh: f, began: time.Now(), cancel: f.End, run: run, Done: make(chan struct{}), session: f.Session}
	j.from.local, j.from.settings, j.from.address = f.LocalDir, f.Settings, f.Address
	if s := j.session; s != nil {
		j.from.login, j.from.insecure = s.Clones().Identity(), s.Options().TLS.InsecureSkipVerify
		j.from.made, j.from.alone = s.Clones().Made()
	}
	return j
}

// StartJob runs a job in its own shell. Once it has a number it says goodbye to the
// server at its end, and tells how that was unless somebody waits for it.
func StartJob(sh *command.Shell, j *job) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.started || !j.ended.IsZero() {
		return
	}
	j.started, j.began = true, time.Now()
	go func() {
		defer close(j.Done)
		err := j.run()
		if cause := context.Cause(j.Sh.Base); err == nil && errors.Is(cause, failure.ErrInterrupted) && !j.Sh.TookInterrupt {
			err = cause
		}
		if j.end(err) {
			finishJob(sh, j)
		}
	}()
}

// end says how a job has ended, and reports whether it has a number.
func (j *job) end(err error) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.err, j.ended = err, time.Now()
	return j.id != 0
}

// stopJob ends a job, or takes it out of the queue.
func stopJob(sh *command.Shell, j *job, cause error) {
	j.cancel(cause)
	j.mu.Lock()
	waits := !j.started && j.ended.IsZero()
	if waits {
		j.err, j.ended = cause, time.Now()
	}
	j.mu.Unlock()
	if waits {
		close(j.Done)
		Of(sh).left(sh, j)
	}
}

// over reports whether a job has ended.
func (j *job) over() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return !j.ended.IsZero()
}

// state is how a job is, in a word or two.
func (j *job) state() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case !j.started && j.ended.IsZero():
		return "queued"
	case j.ended.IsZero() && j.Sh.Pause.Held():
		return "paused"
	case j.ended.IsZero():
		return "running"
	}
	return Outcome(j.err)
}

// Outcome is how something has ended, in a word or two.
func Outcome(err error) string {
	var from command.Ended
	switch {
	case err == nil:
		return "done"
	case errors.As(err, &from):
		return string(from)
	}
	return fmt.Sprintf("failed (%d)", command.Status(err))
}

func (j *job) elapsed() time.Duration {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.ended.IsZero() {
		return time.Since(j.began)
	}
	return j.ended.Sub(j.began)
}

// shown is the line of a job without its secrets, safe for a screen.
func (j *job) shown() string { return render.Safe(command.Recorded(j.line, "a command")) }

// name is the name of its first command.
func (j *job) name() string {
	name, _, _ := strings.Cut(j.line, " ")
	return name
}

// What ends a job from outside.
var (
	ErrKilled   error = command.Ended("killed")
	errDetached error = command.Ended("detached") // it goes on in another process
)

// Background runs a chain beside the prompt.
func Background(sh *command.Shell, line command.Line, chain syntax.Chain) {
	j := jobOf(sh, line, chain)
	NumberJob(sh, j)
	if sh.Interactive() {
		sh.Say(fmt.Sprintf("[%d] %s", j.id, j.shown()))
	}
	StartJob(sh, j)
}

// jobOf is the job of a chain.
func jobOf(sh *command.Shell, line command.Line, chain syntax.Chain) *job {
	line.Within = nil
	f := sh.Apart()
	return NewJob(chainText(chain), f, func() error {
		return failure.Shown(f.Chain(line, syntax.Chain{Statements: chain.Statements}))
	})
}

// chainText is a chain as it was typed.
func chainText(chain syntax.Chain) string {
	var text strings.Builder
	for i, st := range chain.Statements {
		if i > 0 {
			text.WriteString(" " + st.After.String() + " ")
		}
		text.WriteString(st.Source)
	}
	return text.String()
}

// finishJob is what follows the end of a job.
func finishJob(sh *command.Shell, j *job) {
	if s := j.Sh.Session; s != nil { // nobody wants to read the goodbye
		s.Conn().Send("QUIT")
		s.Conn().Close()
	}
	if j.Sh.Console.Away.Load() {
		if j.err != nil && !errors.As(j.err, new(command.Ended)) {
			j.Sh.Failed(command.Line{}, j.name(), j.err)
		}
		tellJob(sh, j)
	}
	Of(sh).left(sh, j)
}

// tellJob says how a job has ended, above the prompt, or in what a script says if it
// says much.
func tellJob(sh *command.Shell, j *job) {
	if !sh.Console.Screen() && !sh.Verbose.Load() {
		return
	}
	sh.Say(fmt.Sprintf("[%d] %s  %s", j.id, j.state(), j.shown()))
	sh.Notify(j.elapsed(), j.state()+": "+j.shown())
	sh.Console.Reprompt(func() string { return sh.Hooks.Prompt(sh) })
}
