package shell

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// A job is a line that runs beside the prompt, in a shell of its own.
type job struct {
	kept   *kept // for another day, if it is in the queue
	id     int   // 0 while it is in the foreground and was never elsewhere
	line   string
	sh     *Shell
	began  time.Time
	run    func() error
	cancel context.CancelCauseFunc
	done   chan struct{} // closed at the very end

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
	address  Address
	login    client.Login
	insecure bool // any certificate is taken
	made     client.Made
	alone    error // why no other session can be what this one is
}

// newJob is a job that does not run yet.
func newJob(line string, f *Shell, run func() error) *job {
	j := &job{line: strings.TrimSpace(line), sh: f, began: time.Now(), cancel: f.end, run: run, done: make(chan struct{}), session: f.session}
	j.from.local, j.from.settings, j.from.address = f.localDir, f.Settings, f.address
	if s := j.session; s != nil {
		j.from.login, j.from.insecure = s.Identity(), s.Options().TLS.InsecureSkipVerify
		j.from.made, j.from.alone = s.Made()
	}
	return j
}

// startJob runs a job in its own shell. Once it has a number it says goodbye to the
// server at its end, and tells how that was unless somebody waits for it.
func startJob(sh *Shell, j *job) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.started || !j.ended.IsZero() {
		return
	}
	j.started, j.began = true, time.Now()
	go func() {
		defer close(j.done)
		err := j.run()
		if cause := context.Cause(j.sh.base); err == nil && errors.Is(cause, failure.ErrInterrupted) {
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
func stopJob(sh *Shell, j *job, cause error) {
	j.cancel(cause)
	j.mu.Lock()
	waits := !j.started && j.ended.IsZero()
	if waits {
		j.err, j.ended = cause, time.Now()
	}
	j.mu.Unlock()
	if waits {
		close(j.done)
		jobsOf(sh).left(sh, j)
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
	case j.ended.IsZero():
		return "running"
	}
	return outcome(j.err)
}

// outcome is how something has ended, in a word or two.
func outcome(err error) string {
	var from ended
	switch {
	case err == nil:
		return "done"
	case errors.As(err, &from):
		return string(from)
	}
	return fmt.Sprintf("failed (%d)", Status(err))
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
func (j *job) shown() string { return render.Safe(recorded(j.line, "a command")) }

// name is the name of its first command.
func (j *job) name() string {
	name, _, _ := strings.Cut(j.line, " ")
	return name
}

// What ends a job from outside.
var (
	errKilled   error = ended("killed")
	errDetached error = ended("detached") // it goes on in another process
)

type ended string

func (e ended) Error() string        { return string(e) }
func (e ended) Is(target error) bool { return target == failure.ErrInterrupted }
