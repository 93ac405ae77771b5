package shell

import "github.com/ftpsh/ftpsh/shell/teach"

// learning is what shows and teaches the protocol.
type learning struct {
	recorder *teach.Recorder
	printer  teach.Printer // of what is traced
	unwatch  func()        // ends the tracing; nil when nothing is shown
	stepper  stepper
	raw      bool       // lines go to the server as typed
	web      *teach.Web // the live view; nil: nobody watches

	practice  *teach.Practice
	recording *recording // into a file; nil: none
	class     *class     // the lesson that is going on; nil: none
}

// fork is what a job gets: what it says is recorded with the rest.
func (l *learning) fork() learning { return learning{recorder: l.recorder, unwatch: l.unwatch} }
