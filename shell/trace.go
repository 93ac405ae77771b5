package shell

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/teach"
)

var traceCommands = []*Command{
	{
		Name: "trace", Args: "[on|off|0|1|2|3 | save file [last|all|N..M] | show file | web [port|off]]",
		Short: "show the dialogue with the server as it happens, or keep it in a file",
		Long: "1 shows commands and replies, with a word about those that need one, 2 connections, TLS, times and remarks too, 3 whole replies, certificates and the first " +
			"bytes of data. -> and <- travel in clear, => and <= inside TLS, ** is a fact, ! a failure; C is the control connection, " +
			"D1 the first data connection. Without a word it is switched on or off.\n" +
			"Everything is recorded even when it is not shown, without passwords. `trace save` writes the last command, all of them, or " +
			"those with the numbers N to M: as .jsonl (for programs, and for `trace show`), .html, .svg, .md, .mmd (Mermaid), .pcapng (for Wireshark) or .txt, " +
			"which only you may read.\n" +
			"`trace web` draws the ladder in browsers of this computer while the session goes on: for a projector, with an explanation of " +
			"the row that one points at. The address has a token that nobody can guess; `trace web off` ends it.",
		Examples: []Example{
			{"trace 2", "watch what the next commands do"},
			{"trace save ls.html", "the last command as a page to look at or to hand in"},
			{"trace save all.jsonl all", "the whole session"},
			{"trace show all.jsonl", "what is in such a file"},
			{"trace web", "watch it in a browser"},
			{"trace show --ladder office.pcapng", "the FTP of a capture, as far as it is in clear"},
		},
		Max: 4, Flags: traceFlags, Complete: []completion.Kind{completion.None, completion.LocalPath},
		Words: []string{"on", "off", "0", "1", "2", "3", "save", "show", "web"}, Foreign: Refused, Run: trace,
	},
	{
		Name: "debug", Complete: []completion.Kind{completion.None}, Args: "[0|1|2|3]", Short: "the same as trace; without a number only commands and replies",
		Max: 1, Words: []string{"0", "1", "2", "3"}, Foreign: Refused, Run: debug,
	},
}

func traceFlags(fs *pflag.FlagSet) {
	fs.BoolP("force", "f", false, "save: replace the file without a question")
	fs.String("as", "", "save: the `FORMAT`, when the name of the file does not say: "+strings.Join(teach.Formats(), ", "))
	choices(fs, "as", teach.Formats()...)
	fs.Bool("ladder", false, "show: as a ladder")
}

func trace(ctx context.Context, c *Call) error {
	switch c.Arg(0) {
	case "save":
		return saveTrace(ctx, c)
	case "show":
		return showTrace(ctx, c)
	case "web":
		return traceWeb(c)
	case "on":
		return traceLevel(c, "2", 2)
	}
	return traceLevel(c, c.Arg(0), 2)
}

func debug(_ context.Context, c *Call) error { return traceLevel(c, c.Arg(0), 1) }

// traceLevel changes what is shown; without a value it switches it off, or on
// to level.
func traceLevel(c *Call, value string, level int) error {
	if len(c.Args) > 1 {
		return c.Usage("too many arguments")
	}
	if value == "" {
		value = "0"
		if c.Shell.Settings.Trace == 0 {
			value = strconv.Itoa(level)
		}
	}
	row, err := settings.Find("trace")
	if err != nil {
		return err
	}
	return c.changed(row, value)
}

// traceWeb starts the live view, or says where it is, or ends it.
func traceWeb(c *Call) error {
	sh, port := c.Shell, 0
	switch word := c.Arg(1); {
	case len(c.Args) > 2:
		return c.Usage("too many arguments")
	case word == "off":
		return sh.stopWeb()
	case word != "":
		n, err := strconv.ParseUint(word, 10, 16)
		if err != nil {
			return c.Usage("%q is neither a port nor off", word)
		}
		port = int(n)
	}
	if sh.web == nil {
		web, err := teach.StartWeb(sh.recorder, port)
		if err != nil {
			return err
		}
		sh.web = web
	}
	return c.Print("%s", sh.web.URL())
}

// stopWeb ends the live view, if there is one.
func (l *learning) stopWeb() error {
	web := l.web
	if web == nil {
		return nil
	}
	l.web = nil
	return web.Close()
}

// saveTrace writes a part of the recording into a file.
func saveTrace(ctx context.Context, c *Call) error {
	name := c.Arg(1)
	if name == "" {
		return c.Usage("save needs the name of a file")
	}
	format := c.value("as")
	write, err := teach.Writer(format, name)
	if err != nil {
		return c.Usage("%s", err)
	}
	events, err := teach.Select(c.Shell.recorder.All(), strings.TrimPrefix(strings.Join(c.Texts()[2:], " "), "op "))
	if err != nil {
		return c.Usage("%s", err)
	}
	file, err := c.intoFile(ctx, name, 0o600, c.Is("force"))
	if err != nil {
		return err
	}
	return file.end(write(file, events, teach.Style{Width: 80, Unicode: drawsUnicode(c.Shell)}))
}

// showTrace prints a recording that was saved as JSON lines.
func showTrace(ctx context.Context, c *Call) error {
	if len(c.Args) != 2 {
		return c.Usage("show needs the name of one file")
	}
	events, err := readRecording(ctx, c, c.Arg(1))
	if err != nil {
		return err
	}
	style := drawingStyle(c)
	if c.Is("ladder") {
		return ladders(c, teach.Operations(events), events, style, false)
	}
	p := teach.Printer{Style: style, Level: max(c.Shell.Settings.Trace, 2), Quiet: !c.Shell.Settings.TraceNotes}
	for _, e := range events {
		if err := drawLines(c, p.Lines(e)); err != nil {
			return err
		}
	}
	return nil
}

// drawingStyle is how events are drawn in the result of a command.
func drawingStyle(c *Call) teach.Style {
	s := teach.Style{Width: 80, Unicode: drawsUnicode(c.Shell)}
	if c.screen {
		s.Width, s.Color = c.Shell.con.Width(), c.Shell.con.ColorOut()
	}
	return s
}

// drawLines writes lines that are safe and may have colours.
func drawLines(c *Call, lines []string) error {
	for _, line := range lines {
		if _, err := io.WriteString(c.Out, line+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// drawsUnicode reports whether to draw with more than ASCII.
func drawsUnicode(sh *Shell) bool {
	if sh.Settings.Unicode == "auto" {
		return teach.UnicodeFor(os.Getenv)
	}
	return sh.Settings.Unicode == "on"
}

// record starts the recording of what commands do.
func (sh *Shell) record(version string) {
	sh.recorder = teach.NewRecorder("ftpsh", version)
	sh.unwatch = nil
	sh.applyObservers()
}

// begin says that a command begins, with its line as it was typed; the function
// that it returns says that it ended.
func (sh *Shell) begin(line string, command *Command) (end func(error)) {
	if command.Nests {
		return func(error) {} // what it runs is recorded, each for itself
	}
	return sh.beginLine(recorded(line, command.Name))
}

// beginLine is begin for a line that is no secret in itself: the password of the
// session may be one of its words, but not the name of the command.
func (sh *Shell) beginLine(line string) (end func(error)) {
	if name, rest, more := strings.Cut(line, " "); more {
		line = name + " " + sh.masked(rest)
	}
	return sh.recorder.Begin(line)
}

// recorded is a line without its secrets.
func recorded(line, name string) string {
	if kept, ok := history.Redact(strings.TrimSpace(line)); ok && kept != "" {
		return kept
	}
	return name
}

// trace is what a session has to be given: the recorder, and what shows the
// words of the server that are meant for people.
func (sh *Shell) trace() *client.Trace {
	alone := &client.Trace{Note: sh.noted} // further sessions say hello and goodbye to nobody
	return client.Join(sh.recorder.Trace(), &client.Trace{Got: sh.got, Note: sh.noted, Clone: func() *client.Trace { return alone }})
}

// applyObservers lets the goroutines that hear the server, and those of jobs, know how much
// to show.
func (sh *Shell) applyObservers() {
	sh.notice.Store(&notice{sh.Settings.Notify, sh.Settings.NotifyAfter})
	sh.verbose.Store(sh.Settings.Verbose && !sh.raw) // raw shows each reply by itself
	level := sh.Settings.Trace
	if sh.stepper.on {
		level = max(level, 1) // someone who sends line by line wants to see the answers
	}
	sh.traced.Store(int32(level))
	sh.drawn.Store(&teach.Printer{Style: teach.Style{Unicode: drawsUnicode(sh)}, Quiet: !sh.Settings.TraceNotes})
	switch on := level > 0; {
	case on && sh.unwatch == nil && sh.recorder != nil:
		sh.unwatch = sh.recorder.Watch(sh.seen)
	case !on && sh.unwatch != nil:
		sh.unwatch()
		sh.unwatch = nil
	}
}

// seen shows an event as it comes. The recorder calls it for one at a time.
func (sh *Shell) seen(e *teach.Event) {
	how := sh.drawn.Load()
	sh.printer.Style, sh.printer.Quiet, sh.printer.Level = how.Style, how.Quiet, int(sh.traced.Load())
	sh.printer.Width, sh.printer.Color = sh.con.Width(), sh.con.ColorErr()
	if lines := sh.printer.Lines(e); len(lines) > 0 {
		_, _ = io.WriteString(sh.con.Err(), strings.Join(lines, "\n")+"\n")
	}
}

// got shows the server's words that are meant for people.
func (s *screen) got(i client.GotInfo) {
	if s.traced.Load() > 0 || !s.verbose.Load() || !forPeople(i) || s.welcomed.Load() && welcomes(i) {
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
var peopleVerbs = append(sends("DELE", "RNTO", "MKD", "RMD", "QUIT"), loginVerbs...)

var loginVerbs = sends("USER", "PASS", "ACCT")

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
func (s *screen) noted(i client.NoteInfo) {
	switch {
	case s.traced.Load() > 1: // it is shown as an event
	case i.Key == "reconnect":
		s.Say("connecting again: " + strings.TrimSpace(i.Text))
	case i.Key != "tls.refused" && s.verbose.Load():
		s.Say("note: " + i.Text)
	}
}

func round(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }

// errNothing says that there is nothing to look back at.
var errNothing = errors.New("nothing has gone over the wire yet")

// operation returns the n-th last operation that is over, from 1.
func operation(l *learning, n int) (teach.Operation, error) {
	all := teach.Operations(l.recorder.Events(0))
	switch {
	case len(all) == 0:
		return teach.Operation{}, errNothing
	case n < 1 || n > len(all):
		return teach.Operation{}, &failure.UsageError{Text: plural(len(all), "command", "commands") + " can be looked back at"}
	}
	return all[len(all)-n], nil
}
