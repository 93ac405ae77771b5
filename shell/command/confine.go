package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/site"
	"github.com/ftpsh/ftpsh/shell/syntax"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// Foreign says what a command may do where somebody else wrote the line, as in a recording from
// elsewhere. Each command has a word about it; one without a word is refused.
type Foreign int

// The words.
const (
	Unsaid   Foreign = iota
	Refused          // it runs programs or other lines, asks, looks at the user's own things, or goes to other servers
	Confined         // it runs: its server is the one that plays, and its local names are in a folder of its own
)

// confinement is what a shell is held in that runs the lines of somebody else. What a command may
// do is in its row; whatever that says, connections, programs and local files are looked at where
// they are made.
type confinement struct {
	Root   *os.Root // the private folder
	server *practice.Scripted
	end    context.CancelCauseFunc // of the shell

	mu      sync.Mutex
	listens map[string]bool // where the session has waited for the server
	Asked   []teach.Decision
}

// The errors of what a confined shell does not do.
var (
	errForeignProgram = errors.New("a file from elsewhere starts no program")
	errForeignServer  = errors.New("a file from elsewhere reaches no other server")
)

// Confine makes a shell for the lines of somebody else: with a console where nobody is asked, and
// nothing of the user's: no settings, aliases, variables, history, passwords, bookmarks or known
// servers. It ends with ctx.
func (sh *Shell) Confine(ctx context.Context, root *os.Root, server *practice.Scripted) *Shell {
	held := &confinement{Root: root, server: server, listens: map[string]bool{}}
	f := Blank(Options{JSON: sh.JSON, Version: sh.Options.Version, Dial: held.dial(sh.Options.Dial), Trace: &client.Trace{Listen: held.listen}}, sh.Catalog, sh.Hooks)
	f.Confined, f.Forked, f.LocalDir, f.Recorder = held, true, root.Name(), sh.Recorder
	f.Console = &JobConsole{Console: sh.Console.Console, job: true, noPrograms: true}
	f.Console.Away.Store(true)
	f.Settings = settings.Default(false)
	f.Settings.Via, f.Settings.Keyring, f.Settings.Unicode = "off", false, sh.Settings.Unicode
	f.Settings.RetryWait = time.Millisecond // what happens is known
	f.Base, f.End = context.WithCancelCause(ctx)
	held.end = f.End
	f.Remote = f.NewRemote()
	server.Reaches(held.listening)
	return f
}

// dial makes the connections of a confined shell: to the server that plays, and to no other.
func (held *confinement) dial(outer Dial) Dial {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		switch {
		case over(held.server.Done()):
			held.end(ErrOtherwise)
			return nil, ErrOtherwise
		case !held.server.Waits(addr):
			return nil, fmt.Errorf("%s: %w", addr, errForeignServer)
		}
		return client.Options{Dial: outer}.Dialer()(ctx, network, addr)
	}
}

// listen takes note of a port on which the session waits for the server.
func (held *confinement) listen(i client.ListenInfo) {
	held.mu.Lock()
	defer held.mu.Unlock()
	held.listens[i.Local] = true
}

// listening reports whether the session has opened a port: the server that plays connects to
// nothing else, whatever a line of PORT says.
func (held *confinement) listening(addr string) bool {
	held.mu.Lock()
	defer held.mu.Unlock()
	return held.listens[addr]
}

// decide answers for the user when a recorded line was asked about before it was sent.
func (held *confinement) decide(line string) (string, error) {
	held.mu.Lock()
	defer held.mu.Unlock()
	if len(held.Asked) == 0 || held.Asked[0].Line != line {
		return line, nil
	}
	sent := held.Asked[0].Sent
	if held.Asked = held.Asked[1:]; sent == "" {
		return "", client.ErrSkipped
	}
	return sent, nil
}

// foreign refuses a command that a line of somebody else may not run.
func (sh *Shell) foreign(command *Command) error {
	if sh.Confined == nil || command.Foreign == Confined {
		return nil
	}
	return &ForeignError{}
}

// ForeignError is of a command that was not run since somebody else wrote the line.
type ForeignError struct{ of string }

func (e *ForeignError) Error() string { return e.of + "not done in a file from elsewhere" }

// foreignSetting refuses a setting that a file from elsewhere may not change.
func (sh *Shell) foreignSetting(row *settings.Setting) error {
	if sh.Confined == nil || slices.Contains(WireSettings, row.Name) {
		return nil
	}
	return &ForeignError{row.Name + ": "}
}

// WireSettings change what is said to a server, or how a name is made of another. A recording tells
// which differ from what is usual, and may change these and no others.
var WireSettings = []string{
	"passive", "epsv4", "epsv6", "sendport", "family", "tls", "tls-min", "tls-max", "tls-data", "tls-reuse", "preserve", "parallel",
	"glob", "clobber", "charset", "compress", "case", "cr", "runique", "sunique", "active-ports", "active-address", "pasv-address",
	"virtual-host", "anonpass", "rcvbuf", "sndbuf", "hash", "tick", "verbose", "prompt", "onerror", "timeout", "stall",
}

// outlet is where a statement sends its result, as it was typed; "": the screen.
func outlet(st syntax.Statement) string {
	switch {
	case st.Pipe != "":
		return "| " + st.Pipe
	case st.File != nil && st.Append:
		return ">> " + st.File.Text
	case st.File != nil:
		return "> " + st.File.Text
	}
	return ""
}

// PrivateFolder makes a folder that is empty, the user's alone, and not kept.
func PrivateFolder() (root *os.Root, remove func(), err error) {
	dir, err := os.MkdirTemp("", "ftpsh-replay-")
	if err != nil {
		return nil, nil, err
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real // .. is above it
	}
	if root, err = os.OpenRoot(dir); err != nil {
		os.Remove(dir)
		return nil, nil, err
	}
	return root, func() {
		root.Close()
		os.RemoveAll(dir)
	}, nil
}

// playedAddress is where the server that plays waits for an open.
func (held *confinement) Address(step teach.ReplayStep) site.Address {
	return site.Address{
		Host: held.server.Host(), Port: strconv.Itoa(held.server.Port()), Security: step.Security,
		User: step.User, Password: PlayedPassword, HasPassword: true,
	}
}

// PlayedPassword is said to a server that plays, in place of every secret.
const PlayedPassword = "played"
