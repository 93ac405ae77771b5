package shell

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var proxyCommands = []*Command{{
	Name: "proxy", Args: "command [argument…]", Short: "run a command on a second connection, or between the two",
	Long: "`proxy open HOST` makes the second connection; other commands work on it as they do on the first one. `proxy get`, " +
		"`proxy mget`: from the first server to the second; `proxy put`, `proxy mput`, `proxy append`: from the second to the " +
		"first. The servers talk to each other directly, which many forbid. Without `proxy open` it is the session that was left " +
		"last: see `session`.",
	Examples: []Example{
		{"proxy open backup.example.org", "the second server"},
		{"proxy ls", "what is there"},
		{"proxy get big.iso", "from the first to the second"},
	},
	Min: 1, Max: -1, Ask: []string{"command"}, Complete: []completion.Kind{completion.Command, completion.RemotePath},
	Wire: fxpVerbs, Foreign: Refused, Run: proxied,
}}

// fxpVerbs let two servers talk to each other.
var fxpVerbs = verbs(listVerbs, sends("STOR", "RETR", "APPE", "STOU", "REST", "SSCN", "CPSV", "RNFR", "RNTO", "SITE CHMOD", "DELE"), timeVerbs)

// betweenServers are the commands that proxy carries out between the two
// connections. Reverse ones go from the second to the first.
var betweenServers = map[string]struct {
	reverse bool
	op      transfer.Op
	many    bool
}{
	"get": {}, "mget": {many: true},
	"put": {reverse: true}, "mput": {reverse: true, many: true}, "append": {reverse: true, op: transfer.Append},
}

// errNoSecond says that proxy has no second connection.
var errNoSecond = errors.New("no second connection")

func proxied(ctx context.Context, c *Call) error {
	inner := &Call{Shell: c.Shell, Name: c.Arg(0), Out: c.Out, Err: c.Err, screen: c.screen, bytes: c.bytes}
	var err error
	if inner.Command, err = c.Shell.catalog.Find(c.Arg(0)); err != nil {
		return err
	}
	name := inner.Command.Name
	between, direct := betweenServers[name]
	switch {
	case direct:
	case inner.Command.Nests || name == "proxy" || name == "bye" || name == "session":
		return c.Usage("%s cannot be run on the second connection", name)
	case writesHere(inner.Command):
		return &failure.UsageError{Usage: c.Command.Synopsis(), Text: name + " is not for two servers", Hint: "`proxy get` and `proxy put` copy between them"}
	}
	if err := inner.parse(ctx, c.Args[1:]); err != nil {
		return err
	}
	if direct {
		return copyBetween(ctx, inner, between.reverse, between.many, between.op)
	}
	return onSecond(ctx, c.Shell, inner)
}

// writesHere reports whether a command moves files between here and a server.
func writesHere(command *Command) bool {
	return command.Across == nil && (slices.Contains(command.Wire, "STOR") || slices.Contains(command.Wire, "RETR") || slices.Contains(command.Wire, "APPE"))
}

// nameOfProxy is what the session is called that `proxy open` makes.
const nameOfProxy = "proxy"

// second is where the session of proxy is among the others: its own, else the one that was left
// last; -1 if there is none.
func (c *connections) second() int {
	if i := c.other(nameOfProxy); i >= 0 || len(c.others) == 0 {
		return i
	}
	return 0
}

// onSecond runs a command on the session of proxy, which `proxy open` makes.
func onSecond(ctx context.Context, sh *Shell, call *Call) error {
	i := sh.second()
	if call.Command.Name == "open" {
		i = sh.other(nameOfProxy)
	}
	if i < 0 {
		i = len(sh.others)
		sh.others = append(sh.others, connection{name: nameOfProxy, remote: sh.newRemote()})
	}
	return sh.lend(i, func() error {
		if err := sh.needs(call.Command.Needs); err != nil {
			return secondMissing(err)
		}
		if sh.opt.Started != nil {
			sh.opt.Started(call.Command)
		}
		defer call.landed()
		return call.Command.Run(ctx, call)
	})
}

func secondMissing(err error) error {
	if errors.Is(err, failure.ErrNotConnected) {
		return fmt.Errorf("%w: %w", errNoSecond, err)
	}
	return err
}

// copyBetween copies files from one server to the other.
func copyBetween(ctx context.Context, c *Call, reverse, many bool, op transfer.Op) error {
	sh, i := c.Shell, c.Shell.second()
	if i < 0 {
		return secondMissing(failure.ErrNotConnected)
	}
	if err := cmp.Or(secondMissing(sh.others[i].needs(Login)), sh.needs(Login)); err != nil {
		return err
	}
	copies := func() error { return copyTo(ctx, c, sh.others[i].session, many, op) }
	if reverse {
		return sh.lend(i, copies)
	}
	return copies()
}

// copyTo copies files from the session to another one.
func copyTo(ctx context.Context, c *Call, to *client.Session, many bool, op transfer.Op) error {
	names, missed := c.expand(ctx, c.Args[:sourceCount(c, many)])
	if len(names) > 1 && !many {
		return c.Usage("%s stands for several files", c.Arg(0))
	}
	asked := &each{call: c, all: !many}
	err := asked.do(ctx, names, noNote, func(name remoteName) error {
		if name.Entry != nil && name.Entry.Type == listing.Dir {
			return nil
		}
		target := c.Arg(1)
		if many || target == "" {
			target = c.Shell.remoteName(path.Base(name.Path))
		}
		return fxpOne(ctx, c, c.Session(), name.Path, to, target, op == transfer.Append)
	})
	return failure.Several([]error{missed, err})
}

// sourceCount is how many arguments name files to copy.
func sourceCount(c *Call, many bool) int {
	if many {
		return len(c.Args)
	}
	return 1
}

func sizeText(size int64) string {
	if size < 0 {
		return ""
	}
	return bytesText(size)
}
