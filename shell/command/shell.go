package command

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"os/exec"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/proxy"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/site"
)

// Detach runs a script in a process that goes on when this one and the terminal
// are gone. It returns where that process writes what it has to say. The script
// may hold passwords. What says in a line without them what it does, and start is what starts programs. The process keeps a
// lock on the log, in whose name its number is the last part: detached-…-1234.log.
type Detach func(script, what string, start func(*exec.Cmd) error) (log string, err error)

// Remake makes the session what the one of a detached job was; if that cannot be there is none.
func (sh *Shell) Remake(ctx context.Context, text string) error {
	var made client.Made
	err := json.Unmarshal([]byte(text), &made)
	if err == nil {
		err = sh.Session.Clones().Remake(ctx, made)
	}
	if err != nil {
		sh.Disconnect()
	}
	return err
}

// Options describe a shell. The zero value works.
type Options struct {
	Console  console.Options // without its functions
	In       io.Reader       // what commands read as standard input; nil when it holds the script
	History  *history.File   // nil: none is kept
	StateDir string          // where the known servers are remembered; "": nowhere

	Bookmarks  string    // the file of bookmarks; "": none
	DryRun     bool      // say what would be changed, and change nothing
	Log        io.Writer // commands, dialogue and failures with their times; nil: nowhere
	Netrc      string    // the .netrc file; "": none
	NetrcNamed bool      // it must be there

	Password       string // for logins that name none
	PasswordSource string // where it was found, such as FTPSH_PASSWORD; "": there is none

	Connect Connect        // how connections are made
	JSON    bool           // results as JSON
	Quiet   bool           // only failures are told: no warning that a server has no TLS, no word about a password in a command line
	Trace   *client.Trace  // sees the dialogue too; may be nil
	Version string         // of the program, for recordings
	Hinted  bool           // the user was told what can be typed: no hints at the first start
	Detach  Detach         // continues without a terminal; nil: cannot
	Dial    Dial           // makes the TCP connections of sessions; nil: a net.Dialer
	Started func(*Command) // called before a command runs, and with nil after it; may be nil

	Connecting func() // called before a session is opened; may be nil

	Hears func(client.Change) // is told of each change of a server's files; for tests
}

// Dial makes a TCP connection, as net.Dialer.DialContext does.
type Dial = proxy.DialFunc

// Shell is one user's shell: settings, and seven parts. Each part has its fields, and says what a
// job gets of it.
type Shell struct {
	Settings settings.Settings
	Connections
	site.Sites
	Language
	Names
	Learning
	Screen
	pending
	Life

	Options  Options
	JSON     bool
	Catalog  Groups
	Signals  *signals
	Confined *confinement // it runs the lines of somebody else; nil: the user's
	Log      *log
	Jobs     JobList
	Hooks    *Hooks
	Forked   bool          // it is the shell of a job
	Pause    *client.Pause // of its transfers
}

// Life is how long a shell runs.
type Life struct {
	Base          context.Context // ends when the program must
	End           context.CancelCauseFunc
	TookInterrupt bool // Ctrl-C is how the command at hand ends when all is well
}

// Blank is a shell with nothing in it, and without a console.
func Blank(opt Options, catalog Groups, h *Hooks) *Shell {
	return &Shell{
		Connections: Connections{limits: newLimits()}, Sites: site.OpenSites(opt.StateDir),
		Language: Language{Vars: map[string]string{}, Aliases: map[string]string{}, Macros: map[string][]string{}, heard: &heard{}},
		Names:    Names{Folders: &Folders{}}, Screen: Screen{Gauge: &Gauge{}}, pending: pending{Changes: newChanges()},
		Options: opt, JSON: opt.JSON, Catalog: catalog, Log: &log{out: opt.Log, now: time.Now}, Jobs: h.NewJobs(), Hooks: h,
	}
}

// Interactive reports whether somebody types and looks.
func (s *Screen) Interactive() bool { return s.Console.Interactive() }

// Set changes a setting, as the set command does.
func (sh *Shell) Set(name, value string) error {
	name, value = sh.SettingHere(name, value)
	row, err := settings.Find(name)
	if err != nil {
		return err
	}
	return sh.Change(row, value)
}

// Disconnect ends the session, if there is one.
func (sh *Shell) Disconnect() {
	if sh.Gateway != nil {
		sh.RestoreOverrides()
		sh.Peer = Peer{Remote: sh.NewRemote()}
	}
	if sh.Session == nil {
		return
	}
	leaveTx(sh)
	keepLastDir(sh)
	if sh.Raw = false; sh.Manual != nil {
		sh.Manual.Drop()
	}
	sh.ApplyObservers()
	learnPace(sh)
	sh.Session.Close() // a server that says nothing to QUIT is no failure
	sh.RestoreOverrides()
	sh.Peer = Peer{Remote: sh.NewRemote()} // jobs may go on with the old one
	sh.Welcomed.Store(false)
	if sh.Lent == 0 {
		clear(sh.Macros)
	}
}

// Where is the server as the history knows it: the host, with the port where it
// is not the usual one. Two servers may be on one host.
func (c *Connections) Where() string {
	if port := c.Address.Port; port != "" && port != "21" {
		return net.JoinHostPort(c.Address.Host, port)
	}
	return c.Address.Host
}

// Dir is the remote directory, "" when there is none.
func (c *Peer) Dir() string {
	switch {
	case c.Session != nil:
		return c.Session.Dir()
	case c.Gateway != nil:
		return c.Gateway.Dir
	}
	return ""
}

// Ended reports whether a signal has ended the program.
func (l *Life) Ended() bool { return l.Base.Err() != nil }

// Say tells something that is neither result nor error.
func (s *Screen) Say(text string) { s.tell(render.Dim, text) }

// Warn tells something that the user should not overlook.
func (s *Screen) Warn(text string) { s.tell(render.Yellow, "warning: "+text) }

// tell writes a message as the screen has room for it.
func (s *Screen) tell(colour render.Colour, text string) {
	lines := render.Hang(render.SafeLines(text), s.Console.ErrWidth(), 2)
	for i, line := range lines {
		lines[i] = colour.Paint(s.Console.ColorErr(), line)
	}
	_, _ = io.WriteString(s.Console.Err(), strings.Join(lines, "\n")+"\n")
}
