package command

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/site"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// Learning is what shows and teaches the protocol.
type Learning struct {
	Recorder *teach.Recorder
	printer  teach.Printer // of what is traced
	unwatch  func()        // ends the tracing; nil when nothing is shown
	Stepper  stepper
	Raw      bool       // lines go to the server as typed
	Web      *teach.Web // the live view; nil: nobody watches

	Practice  *teach.Practice
	Recording *Recording // into a file; nil: none
	Class     *Class     // the lesson that is going on; nil: none
}

// fork is what a job gets: what it says is recorded with the rest.
func (l *Learning) fork() Learning { return Learning{Recorder: l.Recorder, unwatch: l.unwatch} }

// Class is the lesson that is going on.
type Class struct {
	Lesson   *teach.Lesson
	Number   int // 0: no place among the others
	Count    int
	After    string // the title of the lesson that follows; "": none does
	Step     int
	Since    int // the event before the step
	Last     int // the event before the line
	Server   *teach.LessonServer
	Progress *teach.Progress
	Told     map[int]bool // wrong ways that were spoken of
}

// Present is the learner's progress with the step.
func (cl *Class) Present(now time.Time) *teach.StepProgress {
	return cl.Progress.Of(cl.Lesson.ID).Of(cl.Task().ID, now)
}

// Task is the present step of the lesson.
func (cl *Class) Task() *teach.Step { return &cl.Lesson.Steps[cl.Step] }

// Following says what comes after the lesson.
func (cl *Class) Following() string {
	if cl.After == "" {
		return "it was the last; `lesson report` shows what you did"
	}
	return fmt.Sprintf("next: `lesson %d`, %s", cl.Number+1, cl.After)
}

// allowed refuses a command that would do the learner's work.
func (l *Learning) allowed(command *Command) error {
	if cl := l.Class; cl != nil && cl.Lesson.Forbids(command.Name, cl.Step) {
		return &failure.UsageError{Text: command.Name + " is not for this step: find it out yourself", Hint: "`lesson hint`"}
	}
	return nil
}

// AtPractice reports whether an address is that of the practice server: its
// certificate is trusted, and nothing about it is remembered.
func (l *Learning) AtPractice(a site.Address) bool {
	p := l.Practice
	return p != nil && a.Port == strconv.Itoa(p.Port()) && (a.Host == p.Host() || a.Host == "localhost")
}

// TrustPractice lets a session accept the certificate of a server in this
// program, unless that is what is wrong with it.
func TrustPractice(sh *Shell, opt *client.Options) bool {
	host, port, _ := net.SplitHostPort(opt.Addr)
	switch {
	case sh.Confined != nil:
		opt.TLS = opt.TLS.Clone()
		opt.TLS.RootCAs, opt.TLS.ServerName = sh.Confined.server.RootCAs(), ""
		return true
	case !sh.AtPractice(site.Address{Host: host, Port: port}):
		return false
	}
	if sh.Practice.Trusted() {
		opt.TLS = opt.TLS.Clone()
		opt.TLS.RootCAs = sh.Practice.RootCAs()
	}
	return true
}

// Recording is a file that the session is written to.
type Recording struct {
	*teach.Recording
	File *os.File
}

// ErrOtherwise ends the line that says what was not recorded.
var ErrOtherwise = errors.New("the recording has something else here")

func over(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// stepper asks before each line.
type stepper struct {
	Mu   sync.Mutex // one question at a time
	On   bool
	Rest bool // the command at hand need not ask any more
	Over bool // it was interrupted: nothing of it is sent any more
}

// begin lets a new line ask for itself.
func (st *stepper) begin() {
	st.Mu.Lock()
	defer st.Mu.Unlock()
	st.Rest, st.Over = false, false
}
