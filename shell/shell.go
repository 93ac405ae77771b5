package shell

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/render"
)

// Options describe a shell. Console must be set.
type Options struct {
	Console  *console.Console
	In       io.Reader         // standard input of commands; nil when it holds the script
	History  *history.File     // nil: none is kept
	StateDir string            // where the known servers are remembered; "": nowhere
	Connect  Connect           // how connections are made
	JSON     bool              // results as JSON
	Trace    *client.Trace     // sees the dialogue too; may be nil
	Started  func(*Command)    // called before a command runs; may be nil
	Getenv   func(string) string
}

// Shell is one user's shell: settings, and at most one session.
type Shell struct {
	Settings Settings

	opt  Options
	con  *console.Console
	json bool
	base context.Context // ends when the program must
	end  context.CancelCauseFunc

	signals  *signals
	session  *client.Session // nil when not connected
	address  Address         // of session
	home     string          // the directory that the login began in
	previous string          // the directory before the last cd, for cd -
	quitting bool
	status   int // of the last command, for $?

	wire   sync.Mutex // held by whoever uses the session: a command, a completion
	known  *knownHosts
	remote *completion.Remote
}

// New makes a shell. It takes over the handling of signals until Close.
func New(opt Options) *Shell {
	sh := &Shell{
		Settings: defaultSettings(opt.Console.Interactive()),
		opt:      opt,
		con:      opt.Console,
		json:     opt.JSON,
		known:    openKnownHosts(opt.StateDir),
	}
	sh.base, sh.end = context.WithCancelCause(context.Background())
	sh.remote = sh.newRemote()
	sh.signals = watchSignals(sh)
	return sh
}

// Interactive reports whether somebody types and looks.
func (sh *Shell) Interactive() bool { return sh.con.Interactive() }

// Close says goodbye to the server and gives the signals back.
func (sh *Shell) Close() {
	sh.disconnect()
	sh.signals.stop()
	sh.end(nil)
}

// disconnect ends the session, if there is one.
func (sh *Shell) disconnect() error {
	if sh.session == nil {
		return nil
	}
	session := sh.session
	sh.session, sh.address, sh.previous = nil, Address{}, ""
	sh.remote.Clear()
	return session.Close()
}

// Interact reads lines from the terminal until the user or a signal ends it,
// and returns the exit status.
func (sh *Shell) Interact() int {
	for !sh.quitting {
		line, err := sh.readLine()
		switch {
		case errors.Is(err, console.ErrInterrupt):
			continue
		case err != nil:
			if !sh.ended() && errors.Is(err, io.EOF) {
				sh.con.Out().Write([]byte("bye\n"))
			}
			return sh.signals.status(0)
		}
		sh.remember(line)
		sh.Do(Line{Text: line})
	}
	return sh.signals.status(0)
}

// readLine reads a line, and what completes it when a quote is open.
func (sh *Shell) readLine() (string, error) {
	line, err := sh.con.ReadLine(sh.base, sh.promptText())
	for err == nil && isOpen(line) {
		var more string
		more, err = sh.con.ReadLine(sh.base, "> ")
		line += "\n" + more
	}
	return line, err
}

// remember puts a line into the history, without its secrets.
func (sh *Shell) remember(line string) {
	if sh.opt.History != nil {
		sh.opt.History.Add(sh.address.Host, line)
	}
}

// ended reports whether a signal has ended the program.
func (sh *Shell) ended() bool { return sh.base.Err() != nil }

// note tells something that is neither result nor error.
func (sh *Shell) note(text string) {
	sh.con.Err().Write([]byte(render.Dim(safeLines(text), sh.con.ColorErr()) + "\n"))
}

// warn tells something that the user should not overlook.
func (sh *Shell) warn(text string) {
	sh.con.Err().Write([]byte(render.Warn("warning: "+safeLines(text), sh.con.ColorErr()) + "\n"))
}
