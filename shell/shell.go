package shell

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/proxy"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/syntax"
	"github.com/ftpsh/ftpsh/shell/teach"
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
	Detach  Detach         // goes on without a terminal; nil: cannot
	Dial    Dial           // makes the TCP connections of sessions; nil: a net.Dialer
	Started func(*Command) // called before a command runs, and with nil after it; may be nil

	hears func(client.Change) // is told of each change of a server's files; for tests
}

// Dial makes a TCP connection, as net.Dialer.DialContext does.
type Dial = proxy.DialFunc

// Shell is one user's shell: settings, and at most one session.
type Shell struct {
	Settings Settings

	opt  Options
	con  *seat
	json bool
	base context.Context // ends when the program must
	end  context.CancelCauseFunc

	catalog Groups
	signals *signals
	connection
	quitting  bool
	exits     *int // the status that `exit` was given
	raw       bool // lines go to the server as typed
	practice  *teach.Practice
	web       *teach.Web // the live view; nil: nobody watches
	stepper   stepper
	recording *recording   // into a file; nil: none
	confined  *confinement // it runs the lines of somebody else; nil: the user's
	class     *class       // the lesson that is going on; nil: none
	status    int          // of the last command, for $?
	heard     *heard       // what the server last said
	vars      map[string]string
	aliases   map[string]string
	sources   int // files that run each other
	log       *log
	hosts     []*hostSection
	reached   Address // where the last URL led

	next        func() (string, error) // the next line of the script that runs; nil at a terminal
	macros      map[string][]string
	depth       int  // of macros that run macros
	loggedIn    bool // just now: the macro init is due
	second      connection
	swapped     bool  // a command runs on the second connection as if it were the first
	restart     int64 // where the next transfer begins
	nmap        nameMap
	ntrans      nameTrans
	limits      *limits
	servers     *serverLimits
	jobs        *jobs
	forked      bool   // it is the shell of a job
	localBefore string // the local directory before the last lcd, for lcd -
	localDir    string // the local directory of a job; "": that of the process
	gauge       *gauge
	greeted     *client.Session // that the user was told what waits for

	// Settings, for the goroutines that hear the server, and those of jobs.
	verbose  atomic.Bool
	notice   atomic.Pointer[notice]
	traced   atomic.Int32
	drawn    atomic.Pointer[teach.Printer]
	welcomed atomic.Bool // the server's welcome has been read: connecting again does not show it

	recorder *teach.Recorder
	printer  teach.Printer // of what is traced
	unwatch  func()        // ends the tracing; nil when nothing is shown

	place  place      // where the prompt stands
	wire   sync.Mutex // held by what uses the session beside the prompt: a completion, what keeps it alive
	known  *knownHosts
	remote *completion.Remote
}

// connection is a session and where it came from.
type connection struct {
	session  *client.Session // nil when not connected
	address  Address         // of session
	home     *client.Place   // the directory that the login began in
	previous *client.Place   // the directory before the last cd, for cd -

	hand     *byHand // what quote and raw arranged; nil: nothing
	borrowed []loan  // settings for this host
}

// blank is a shell with nothing in it, and without a console.
func blank(opt Options, catalog Groups) *Shell {
	return &Shell{opt: opt, json: opt.JSON, catalog: catalog, known: openKnownHosts(opt.StateDir), macros: map[string][]string{}, limits: newLimits(),
		vars: map[string]string{}, aliases: map[string]string{}, log: &log{out: opt.Log, now: time.Now}, jobs: newJobs(), gauge: &gauge{}, servers: openLimits(opt.StateDir), heard: &heard{}}
}

// New makes a shell. It handles the signals of the program until Close.
func New(opt Options) (*Shell, error) {
	if opt.DryRun {
		opt.Detach = nil // it would not be dry
	}
	sh := blank(opt, Catalog())
	opt.Console.Complete, opt.Console.Highlight, opt.Console.Hint = sh.complete, sh.highlight, sh.caution
	opt.Console.Help, opt.Console.Edit = sh.explainWord, sh.editElsewhere
	if opt.History != nil {
		opt.Console.History, opt.Console.Suggest = sh.recallable, sh.suggest
	}
	con, err := console.New(opt.Console)
	if err != nil {
		return nil, err
	}
	sh.con = &seat{Console: con}
	sh.Settings = defaultSettings(con.Interactive())
	sh.record(opt.Version)
	sh.base, sh.end = context.WithCancelCause(context.Background())
	sh.remote = sh.newRemote()
	sh.signals = watchSignals(sh)
	return sh, nil
}

// Interactive reports whether somebody types and looks.
func (sh *Shell) Interactive() bool { return sh.con.Interactive() }

// Set changes a setting, as the set command does.
func (sh *Shell) Set(name, value string) error {
	name, value = sh.settingHere(name, value)
	row, err := findSetting(name)
	if err != nil {
		return err
	}
	return sh.change(row, value)
}

// Close says goodbye to the server and gives the terminal back.
func (sh *Shell) Close() {
	sh.leaveQueue()
	sh.endJobs(errKilled)
	sh.swap()
	sh.disconnect()
	sh.swap()
	sh.disconnect()
	sh.stopWeb()
	sh.stopPractice() // its files were never on a disk
	if err := sh.stopRecording(); err != nil {
		sh.Say("the recording is not complete: " + err.Error())
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
	if sh.raw = false; sh.hand != nil {
		sh.hand.drop()
	}
	sh.heed()
	sh.learnPace()
	sh.session.Close() // a server that says nothing to QUIT is no failure
	sh.giveBack()
	sh.connection = connection{}
	sh.welcomed.Store(false)
	if !sh.swapped {
		clear(sh.macros)
	}
	sh.remote = sh.newRemote() // jobs may go on with the old one
}

// Interact reads lines from the terminal until the user or a signal ends it,
// and returns the exit status.
func (sh *Shell) Interact() int {
	sh.welcome()
	for !sh.quitting {
		line, err := sh.readLine()
		switch {
		case errors.Is(err, console.ErrInterrupt):
			continue
		case err != nil:
			sh.quitting = sh.ended() || sh.mayLeave(sh.base)
			continue
		}
		line, ok := sh.recalledLine(line)
		if !ok {
			continue
		}
		sh.remember(line)
		start := time.Now()
		err = sh.Do(Line{Text: line})
		sh.ran(time.Since(start))
		if !ends(err) { // who ends it is here
			sh.notify(time.Since(start), outcome(err)+": "+recorded(line, "a command"))
		}
	}
	return sh.leaves(0)
}

// readLine reads a line, and what completes it when a quote or a block is open.
func (sh *Shell) readLine() (string, error) {
	if sh.session != sh.greeted {
		sh.greeted = sh.session
		sh.tellKept()
	}
	sh.place = placeOf(sh.session)
	defer sh.keepAlive()()
	line, err := sh.con.ReadLine(sh.base, sh.promptText())
	text := line
	for lines := (syntax.Lines{}); err == nil && lines.Open(line); {
		line, err = sh.con.ReadLine(sh.base, "> ")
		text += "\n" + line
	}
	return text, err
}

// remember puts a line into the history.
func (sh *Shell) remember(line string) {
	if sh.opt.History != nil && !sh.opt.DryRun {
		sh.opt.History.Add(sh.where(), sh.dir(), line) // it goes on in memory if the file fails
	}
}

// ran notes in the history how the line went that was remembered last.
func (sh *Shell) ran(took time.Duration) {
	if sh.opt.History != nil && !sh.opt.DryRun {
		sh.opt.History.Ended(sh.status, took)
	}
}

// recallable is what Up and Ctrl-R bring back, that of this host first.
func (sh *Shell) recallable() []string { return sh.opt.History.Recall(sh.where()) }

// suggest is the grey continuation of a half-typed line.
func (sh *Shell) suggest(line string) string {
	return sh.opt.History.Suggest(sh.where(), sh.place.dir, line)
}

// where is the server as the history knows it: the host, with the port where it
// is not the usual one. Two servers may be on one host.
func (sh *Shell) where() string {
	if port := sh.address.Port; port != "" && port != "21" {
		return net.JoinHostPort(sh.address.Host, port)
	}
	return sh.address.Host
}

// dir is the remote directory, "" when there is none.
func (sh *Shell) dir() string {
	if sh.session == nil {
		return ""
	}
	return sh.session.Dir()
}

// ended reports whether a signal has ended the program.
func (sh *Shell) ended() bool { return sh.base.Err() != nil }

// Say tells something that is neither result nor error.
func (sh *Shell) Say(text string) {
	io.WriteString(sh.con.Err(), sh.painted(render.Dim, render.SafeLines(text))+"\n")
}

// warn tells something that the user should not overlook.
func (sh *Shell) warn(text string) {
	io.WriteString(sh.con.Err(), sh.painted(render.Yellow, "warning: "+render.SafeLines(text))+"\n")
}

// painted is a message as the screen has room for it.
func (sh *Shell) painted(colour render.Colour, text string) string {
	lines := render.Hang(text, sh.con.ErrWidth(), 2)
	for i, line := range lines {
		lines[i] = colour.Paint(sh.con.ColorErr(), line)
	}
	return strings.Join(lines, "\n")
}
