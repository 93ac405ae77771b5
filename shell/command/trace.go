package command

import (
	"io"
	"os"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// StopWeb ends the live view, if there is one.
func (l *Learning) StopWeb() error {
	web := l.Web
	if web == nil {
		return nil
	}
	l.Web = nil
	return web.Close()
}

// DrawsUnicode reports whether to draw with more than ASCII.
func DrawsUnicode(sh *Shell) bool {
	if sh.Settings.Unicode == "auto" {
		return teach.UnicodeFor(os.Getenv)
	}
	return sh.Settings.Unicode == "on"
}

// Record starts the recording of what commands do.
func (sh *Shell) Record(version string) {
	sh.Recorder = teach.NewRecorder("ftpsh", version)
	sh.unwatch = nil
	sh.ApplyObservers()
}

// begin says that a command begins, with its line as it was typed; the function
// that it returns says that it ended.
func (sh *Shell) begin(line string, call *Call) (end func(error)) {
	if call.Command.Nests || call.Inner != nil {
		return func(error) {} // what it runs is recorded, each for itself
	}
	return sh.BeginLine(Recorded(line, call.Command.Name))
}

// BeginLine is begin for a line that is no secret in itself: the password of the
// session may be one of its words, but not the name of the command.
func (sh *Shell) BeginLine(line string) (end func(error)) {
	if name, rest, more := strings.Cut(line, " "); more {
		line = name + " " + sh.Masked(rest)
	}
	return sh.Recorder.Begin(line)
}

// Recorded is a line without its secrets.
func Recorded(line, name string) string {
	if kept, ok := history.Redact(strings.TrimSpace(line)); ok && kept != "" {
		return kept
	}
	return name
}

// trace is what a session has to be given: the recorder, and what shows the
// words of the server that are meant for people.
func (sh *Shell) trace() *client.Trace {
	alone := &client.Trace{Note: sh.noted} // further sessions say hello and goodbye to nobody
	return client.Join(sh.Recorder.Trace(), &client.Trace{Got: sh.got, Note: sh.noted, Clone: func() *client.Trace { return alone }})
}

// ApplyObservers lets the goroutines that hear the server, and those of jobs, know how much
// to show.
func (sh *Shell) ApplyObservers() {
	sh.notice.Store(&notice{sh.Settings.Notify, sh.Settings.NotifyAfter})
	sh.Verbose.Store(sh.Settings.Verbose && !sh.Raw) // raw shows each reply by itself
	level := sh.Settings.Trace
	if sh.Stepper.On {
		level = max(level, 1) // someone who sends line by line wants to see the answers
	}
	sh.Traced.Store(int32(level))
	sh.drawn.Store(&teach.Printer{Style: teach.Style{Unicode: DrawsUnicode(sh)}, Quiet: !sh.Settings.TraceNotes})
	switch on := level > 0; {
	case on && sh.unwatch == nil && sh.Recorder != nil:
		sh.unwatch = sh.Recorder.Watch(sh.seen)
	case !on && sh.unwatch != nil:
		sh.unwatch()
		sh.unwatch = nil
	}
}

// seen shows an event as it comes. The recorder calls it for one at a time.
func (sh *Shell) seen(e *teach.Event) {
	how := sh.drawn.Load()
	sh.printer.Style, sh.printer.Quiet, sh.printer.Level = how.Style, how.Quiet, int(sh.Traced.Load())
	sh.printer.Width, sh.printer.Color = sh.Console.Width(), sh.Console.ColorErr()
	if lines := sh.printer.Lines(e); len(lines) > 0 {
		_, _ = io.WriteString(sh.Console.Err(), strings.Join(lines, "\n")+"\n")
	}
}

// got shows the server's words that are meant for people.
func (s *Screen) got(i client.GotInfo) {
	if s.Traced.Load() > 0 || !s.Verbose.Load() || s.sums.Load() || !forPeople(i) || s.Welcomed.Load() && welcomes(i) {
		return
	}
	mark := "<- "
	if i.TLS {
		mark = "<= "
	}
	for _, line := range i.Reply.Lines {
		s.Say(mark + line)
	}
}

// peopleVerbs are answered with words for people: welcomes, quotas, what a SITE
// command did. Other replies say what the shell shows anyhow.
var peopleVerbs = append(Sends("DELE", "RNTO", "MKD", "RMD", "QUIT"), loginVerbs...)

var loginVerbs = Sends("USER", "PASS", "ACCT")

// forPeople reports whether a reply is worth reading. Failures are shown as
// errors, not twice.
func forPeople(i client.GotInfo) bool {
	if i.Reply.Class() != 2 {
		return false
	}
	verb := i.Verb
	return !i.Asked || i.Seq == 0 || slices.Contains(peopleVerbs, verb) || verb == "CWD" && len(i.Reply.Lines) > 1
}

// welcomes reports whether a reply is the greeting or belongs to a login.
func welcomes(i client.GotInfo) bool {
	return i.Asked && (i.Seq == 0 || slices.Contains(loginVerbs, i.Verb))
}

// noted tells what a user should know of what happens by itself.
func (s *Screen) noted(i client.NoteInfo) {
	switch {
	case s.Traced.Load() > 1: // it is shown as an event
	case i.Key == "reconnect":
		s.Say("connecting again: " + strings.TrimSpace(i.Text))
	case i.Key != "tls.refused" && s.Verbose.Load():
		s.Say("note: " + i.Text)
	}
}
