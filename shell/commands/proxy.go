package commands

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
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "proxy", Theme: "connect", NoProxy: true, Secret: history.Secret{Wraps: true, Connects: true}, Args: "command [argument…]", Short: "run a command on a second connection, or between two servers",
	Long: "`proxy open HOST` makes the second connection; other commands work on it as they do on the first one. `proxy get`, " +
		"`proxy mget`: from the first server to the second; `proxy put`, `proxy mput`, `proxy append`: from the second to the " +
		"first. The servers talk to each other directly, which many forbid. Without `proxy open` it is the session that was left " +
		"last: see `session`.",
	Examples: []command.Example{
		{Line: "proxy open backup.example.org", Says: "the second server"},
		{Line: "proxy ls", Says: "what is there"},
		{Line: "proxy get big.iso", Says: "from the first to the second"},
	},
	Min: 1, Max: -1, Ask: []string{"command"}, Complete: []completion.Kind{completion.Command, completion.RemotePath},
	Wire: fxpVerbs, Foreign: command.Refused, Run: proxied,
})

// errNoSecond says that proxy has no second connection.
var errNoSecond = errors.New("no second connection")

func proxied(ctx context.Context, c *command.Call) error {
	inner := &command.Call{Shell: c.Shell, Name: c.Arg(0), Out: c.Out, Err: c.Err, Screen: c.Screen, Bytes: c.Bytes}
	var err error
	if inner.Command, err = c.Shell.Catalog.Find(c.Arg(0)); err != nil {
		return err
	}
	name := inner.Command.Name
	between := inner.Command.Between
	switch {
	case between != nil:
	case inner.Command.Nests || inner.Command.NoProxy:
		return c.Usage("%s cannot be run on the second connection", name)
	case writesHere(inner.Command):
		return &failure.UsageError{Usage: c.Command.Synopsis(), Text: name + " is not for two servers", Hint: "`proxy get` and `proxy put` copy between them"}
	}
	if err := inner.Parse(ctx, c.Args[1:]); err != nil {
		return err
	}
	if between != nil {
		return copyBetween(ctx, inner, *between)
	}
	return onSecond(ctx, c.Shell, inner)
}

// writesHere reports whether a command moves files between here and a server.
func writesHere(command *command.Command) bool {
	return command.Across == nil && (slices.Contains(command.Wire, "STOR") || slices.Contains(command.Wire, "RETR") || slices.Contains(command.Wire, "APPE"))
}

// nameOfProxy is what the session is called that `proxy open` makes.
const nameOfProxy = "proxy"

// second is where the session of proxy is among the others: its own, else the one that was left
// last; -1 if there is none.
func second(c *command.Connections) int {
	if i := c.Other(nameOfProxy); i >= 0 || len(c.Others) == 0 {
		return i
	}
	return 0
}

// onSecond runs a command on the session of proxy, which `proxy open` makes.
func onSecond(ctx context.Context, sh *command.Shell, call *command.Call) error {
	i := second(&sh.Connections)
	if call.Command.Name == "open" {
		i = sh.Other(nameOfProxy)
	}
	if i < 0 {
		i = len(sh.Others)
		sh.Others = append(sh.Others, command.Peer{Name: nameOfProxy, Remote: sh.NewRemote()})
	}
	return sh.Lend(i, func() error {
		if err := sh.Needs(call.Command.Needs); err != nil {
			return secondMissing(err)
		}
		if sh.Options.Started != nil {
			sh.Options.Started(call.Command)
		}
		defer call.Landed()
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
func copyBetween(ctx context.Context, c *command.Call, how command.Between) error {
	sh, i := c.Shell, second(&c.Shell.Connections)
	if i < 0 {
		return secondMissing(failure.ErrNotConnected)
	}
	if err := cmp.Or(secondMissing(sh.Others[i].Needs(command.Login)), sh.Needs(command.Login)); err != nil {
		return err
	}
	copies := func() error { return copyTo(ctx, c, sh.Others[i].Session, how.Many, how.Op) }
	if how.Reverse {
		return sh.Lend(i, copies)
	}
	return copies()
}

// copyTo copies files from the session to another one.
func copyTo(ctx context.Context, c *command.Call, to *client.Session, many bool, op transfer.Op) error {
	sources := c.Args
	if !many {
		sources = sources[:1]
	}
	names, missed := c.Expand(ctx, sources)
	if len(names) > 1 && !many {
		return c.Usage("%s stands for several files", c.Arg(0))
	}
	asked := &each{call: c, all: !many}
	err := asked.do(ctx, names, noNote, func(name command.RemoteName) error {
		if name.Entry != nil && name.Entry.Type == listing.Dir {
			return nil
		}
		target := c.Arg(1)
		if many || target == "" {
			target = c.Shell.RemoteName(path.Base(name.Path))
		}
		return fxpOne(ctx, c, c.Session(), name.Path, to, target, op == transfer.Append)
	})
	return failure.Several(missed, err)
}
