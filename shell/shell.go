package shell

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/plan"
	"github.com/ftpsh/ftpsh/client/proxy"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// Options describe a shell. The zero value works.
type Options struct {
	Console  console.Options // without its functions
	In       io.Reader       // what commands read as standard input; nil when it holds the script
	History  History         // nil: none is kept
	StateDir string          // where the known servers are remembered; "": nowhere

	Bookmarks  string    // the file of bookmarks; "": none
	DryRun     bool      // say what would be changed, and change nothing
	Log        io.Writer // commands, dialogue and failures with their times; nil: nowhere
	Netrc      string    // the .netrc file; "": none
	NetrcNamed bool      // it must be there

	Password    string // for logins that name none
	HasPassword bool

	Connect Connect        // how connections are made
	JSON    bool           // results as JSON
	Quiet   bool           // only failures are told: no warning that a server has no TLS, no word about a password in a command line
	Trace   *client.Trace  // sees the dialogue too; may be nil
	Version string         // of the program, for recordings
	Hinted  bool           // the user was told what can be typed: no hints at the first start
	Detach  Detach         // continues without a terminal; nil: cannot
	Dial    Dial           // makes the TCP connections of sessions; nil: a net.Dialer
	Started func(*Command) // called before a command runs, and with nil after it; may be nil

	hears func(client.Change) // is told of each change of a server's files; for tests
}

// Dial makes a TCP connection, as net.Dialer.DialContext does.
type Dial = proxy.DialFunc

// Shell is one user's shell: settings, and six parts. Each part has its fields, and says what a
// job gets of it.
type Shell struct {
	Settings settings.Settings
	connections
	sites
	language
	names
	learning
	screen

	opt      Options
	json     bool
	base     context.Context // ends when the program must
	end      context.CancelCauseFunc
	catalog  Groups
	signals  *signals
	confined *confinement // it runs the lines of somebody else; nil: the user's
	log      *log
	jobs     jobList
	hooks    *hooks
	forked   bool       // it is the shell of a job
	changes  changes    // of this command line, and those before
	planning *planning  // of the command at hand; nil: none
	lastPlan *plan.Plan // that was made
	tx       *openTx    // changes that wait; nil: none do

	syncFolder *syncFolder // what sync has agreed on
}

// blank is a shell with nothing in it, and without a console.
func blank(opt Options, catalog Groups, h *hooks) *Shell {
	return &Shell{
		connections: connections{limits: newLimits()}, sites: sites{known: openKnownHosts(opt.StateDir), servers: openLimits(opt.StateDir)},
		language: language{vars: map[string]string{}, aliases: map[string]string{}, macros: map[string][]string{}, heard: &heard{}},
		names:    names{folders: &folders{}}, screen: screen{gauge: &gauge{}},
		opt: opt, json: opt.JSON, catalog: catalog, log: &log{out: opt.Log, now: time.Now}, jobs: h.newJobs(), hooks: h,
	}
}

// above is what the rooms do for those below them.
var above = &hooks{
	do: (*Shell).Do, mayLeave: mayLeave, consent: consent, prompt: promptText,
	newJobs: func() jobList { return newJobs() }, help: func(sh *Shell, c *Call) error { return helpCommand(sh, c.Out, c.Command) },
	background: background, detaches: detaches, detachable: detachable,
	aside:   func(sh *Shell, line Line) (string, bool) { return aside(&sh.learning, line) },
	rawLine: runRawLine, answered: answered, afterLine: afterLine,
}

// New makes a shell. It handles the signals of the program until Close.
func New(opt Options) (*Shell, error) {
	if opt.DryRun {
		opt.Detach = nil // it would not be dry
	}
	sh := blank(opt, Catalog(), above)
	opt.Console.Complete, opt.Console.Highlight, opt.Console.Hint = func(ctx context.Context, line string, pos int) console.Completion {
		return completeLine(ctx, sh, line, pos)
	}, func(line string) string { return highlightLine(sh, line) }, func(line string) string { return warning(sh, line) }
	opt.Console.Help, opt.Console.Edit = func(line string, pos int) { explainWord(sh, line, pos) }, func(line string) string { return editElsewhere(sh, line) }
	if opt.History != nil {
		opt.Console.History, opt.Console.Suggest = func() []string { return recallable(sh) }, func(line string) string { return suggestLine(sh, line) }
	}
	con, err := console.New(opt.Console)
	if err != nil {
		return nil, err
	}
	sh.con = &jobConsole{Console: con}
	sh.Settings = settings.Default(con.Interactive())
	sh.record(opt.Version)
	sh.base, sh.end = context.WithCancelCause(context.Background())
	sh.remote = sh.newRemote()
	sh.signals = watchSignals(sh)
	return sh, nil
}

// Interactive reports whether somebody types and looks.
func (s *screen) Interactive() bool { return s.con.Interactive() }

// Set changes a setting, as the set command does.
func (sh *Shell) Set(name, value string) error {
	name, value = sh.settingHere(name, value)
	row, err := settings.Find(name)
	if err != nil {
		return err
	}
	return sh.change(row, value)
}

// Close says goodbye to the server and gives the terminal back.
func (sh *Shell) Close() {
	leaveQueue(sh)
	endJobs(sh, errKilled)
	for len(sh.others) > 0 {
		_ = sh.lend(0, func() error {
			sh.disconnect()
			return nil
		})
	}
	sh.disconnect()
	_ = sh.stopWeb()
	_ = stopPractice(sh) // its files were never on a disk
	if err := stopRecording(sh); err != nil {
		sh.Say("the recording is not complete: " + failure.InWords(err))
	}
	sh.con.Close()
	sh.signals.stop()
	sh.end(nil)
}

// disconnect ends the session, if there is one.
func (sh *Shell) disconnect() {
	if sh.session == nil {
		return
	}
	leaveTx(sh)
	if sh.raw = false; sh.manual != nil {
		sh.manual.drop()
	}
	sh.applyObservers()
	learnPace(sh)
	sh.session.Close() // a server that says nothing to QUIT is no failure
	sh.restoreOverrides()
	sh.connection = connection{remote: sh.newRemote()} // jobs may go on with the old one
	sh.welcomed.Store(false)
	if sh.lent == 0 {
		clear(sh.macros)
	}
}

// Interact reads lines from the terminal until the user or a signal ends it,
// and returns the exit status.
func (sh *Shell) Interact() int {
	welcome(sh)
	for !sh.quitting {
		line, err := readLine(sh)
		switch {
		case errors.Is(err, console.ErrInterrupt):
			continue
		case err != nil:
			sh.quitting = sh.ended() || mayLeave(sh.base, sh)
			continue
		}
		line, ok := recalledLine(sh, line)
		if !ok {
			continue
		}
		rememberLine(sh, line)
		start := time.Now()
		err = sh.Do(Line{Text: line})
		noteEnd(sh, time.Since(start))
		if !ends(err) { // who ends it is here
			sh.notify(time.Since(start), outcome(err)+": "+recorded(line, "a command"))
		}
	}
	return leaves(sh, 0)
}

// readLine reads a line, and what completes it when a quote or a block is open.
func readLine(sh *Shell) (string, error) {
	if sh.session != nil && !sh.greeted {
		sh.greeted = true
		tellKept(sh)
	}
	sh.place = placeOf(sh.session)
	defer keepAlive(sh)()
	line, err := sh.con.ReadLine(sh.base, promptText(sh))
	text := line
	for lines := (syntax.Lines{}); err == nil && lines.Open(line); {
		line, err = sh.con.ReadLine(sh.base, "> ")
		text += "\n" + line
	}
	return text, err
}

// rememberLine puts a line into the history.
func rememberLine(sh *Shell, line string) {
	if sh.opt.History != nil && !sh.opt.DryRun {
		if err := sh.opt.History.Add(sh.where(), sh.dir(), line); err != nil {
			sh.warn("history: " + failure.InWords(err))
		}
	}
}

// noteEnd notes in the history how the line went that was remembered last.
func noteEnd(sh *Shell, took time.Duration) {
	if sh.opt.History != nil && !sh.opt.DryRun {
		sh.opt.History.Ended(sh.status, took)
	}
}

// recallable is what Up and Ctrl-R bring back, that of this host first.
func recallable(sh *Shell) []string { return sh.opt.History.Recall(sh.where()) }

// suggestLine is the grey continuation of a half-typed line.
func suggestLine(sh *Shell, line string) string {
	return sh.opt.History.Suggest(sh.where(), sh.place.dir, line)
}

// where is the server as the history knows it: the host, with the port where it
// is not the usual one. Two servers may be on one host.
func (c *connections) where() string {
	if port := c.address.Port; port != "" && port != "21" {
		return net.JoinHostPort(c.address.Host, port)
	}
	return c.address.Host
}

// dir is the remote directory, "" when there is none.
func (c *connection) dir() string {
	if c.session == nil {
		return ""
	}
	return c.session.Dir()
}

// ended reports whether a signal has ended the program.
func (sh *Shell) ended() bool { return sh.base.Err() != nil }

// Say tells something that is neither result nor error.
func (s *screen) Say(text string) {
	_, _ = io.WriteString(s.con.Err(), s.painted(render.Dim, render.SafeLines(text))+"\n")
}

// warn tells something that the user should not overlook.
func (s *screen) warn(text string) {
	_, _ = io.WriteString(s.con.Err(), s.painted(render.Yellow, "warning: "+render.SafeLines(text))+"\n")
}

// painted is a message as the screen has room for it.
func (s *screen) painted(colour render.Colour, text string) string {
	lines := render.Hang(text, s.con.ErrWidth(), 2)
	for i, line := range lines {
		lines[i] = colour.Paint(s.con.ColorErr(), line)
	}
	return strings.Join(lines, "\n")
}
