package commands

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "mv", Theme: "change files", Plans: true, Risk: command.ReplacesRenamed, Args: "from… to", Short: "move files and directories on the server, or rename one", JSON: true,
	Long: "When `to` is a directory they go into it under their own names; several can only go into a directory. A " +
		"file that has the new name is replaced, if the server allows it; -n leaves it alone.\n" +
		"To another session (NAME:path) a file is copied as `cp` does, and deleted when the copy has its size.",
	Min: 2, Max: -1, Ask: []string{"from-name", "to-name"}, Complete: []completion.Kind{completion.RemotePath}, Reach: command.EachWord, Across: mvAcross,
	Examples: []command.Example{{Line: "mv draft.txt final.txt", Says: "another name"}, {Line: "mv *.log old/", Says: "several, into a directory"}, {Line: "mv web:old.iso backup:/in/", Says: "from one session to another"}},
	Flags:    mvFlags, Wire: command.Verbs(getVerbs, putVerbs, fxpVerbs, command.Sends("RNFR", "RNTO", "DELE")), Needs: command.Login, Foreign: command.Confined, Run: mv,
})

// mvFlags are those of mv and cp.
func mvFlags(fs *pflag.FlagSet) {
	fs.BoolP("no-clobber", "n", false, "do not replace a file that has the new name")
	acrossFlags(fs)
}

func mvAcross(ctx context.Context, c *command.Call, parts []command.Part) error {
	return across(ctx, c, parts, true, func(from, to string) error { return renameFile(ctx, c, from, to) })
}

func mv(ctx context.Context, c *command.Call) error {
	return toTarget(ctx, c, func(from, to string) error { return renameFile(ctx, c, from, to) })
}

// toTarget runs f for each of the names and where it is to go: the last
// argument is a directory, or the new name of the only one.
func toTarget(ctx context.Context, c *command.Call, f func(from, to string) error) error {
	names, missed := c.Expand(ctx, c.Args[:len(c.Args)-1])
	if len(names) == 0 {
		return missed
	}
	to := c.Args[len(c.Args)-1].Text
	into, err := isRemoteDir(ctx, c, to)
	if err != nil {
		return err
	}
	if !into && len(names) > 1 {
		return c.Usage("%s is not a directory, and %d names are to go there", to, len(names))
	}
	return failure.Several(missed, eachOf(ctx, slices.Values(names), func(name command.RemoteName) error {
		target := to
		if into {
			target = command.JoinRemote(to, command.BaseName(name.Path))
		}
		if c.Is("no-clobber") {
			if _, err := c.Session().Stat(ctx, target); err == nil {
				c.Note("%s already exists", target)
				return nil
			}
		}
		return f(name.Path, target)
	}))
}

// isRemoteDir reports whether there is a directory of that name. One that ends
// with a slash is meant to be one.
func isRemoteDir(ctx context.Context, c *command.Call, name string) (bool, error) {
	if strings.HasSuffix(name, "/") {
		return true, nil
	}
	e, err := c.Session().Stat(ctx, name)
	if failure.NotThere(err) {
		return false, nil
	}
	return err == nil && e.Type == listing.Dir, err
}

// copyRemote copies a file on the server.
func copyRemote(ctx context.Context, c *command.Call, from, to string) error {
	e, err := c.Session().Stat(ctx, from)
	switch {
	case err != nil:
		return failure.About(from, err)
	case e.Type == listing.Dir:
		return failure.About(from, &failure.UsageError{Text: "is a directory"})
	case c.Shell.Options.DryRun:
		return c.Shell.Would(command.DryAction{Action: "copy", What: from, To: to})
	}
	if err := transfer.Distinct(ctx, c.Session(), from, c.Session(), to); err != nil {
		return failure.About(from, err)
	}
	err, verb := c.Session().Copy(ctx, from, to), "SITE CPTO"
	if client.IsCode(err, 500, 501, 502, 504) {
		err, verb = copyThrough(ctx, c, from, to), "STOR"
	}
	if err != nil {
		return failure.About(from+" to "+to, err)
	}
	c.Shell.Remote.Forget(completion.Join(c.Absolute(to), ".."))
	return c.Done(command.Event{Verb: verb, Direction: "server", Remote: from, To: to, Size: &e.Size})
}

// copyThrough reads on this session and writes on another one.
func copyThrough(ctx context.Context, c *command.Call, from, to string) error {
	other, err := c.Session().Clone(ctx)
	if err != nil {
		return err
	}
	defer other.Close()
	defer inBytes(c.Session())()
	t := transfer.Task{Op: transfer.BetweenServers, Remote: from, Target: other, Local: to, Route: &transfer.Route{Way: transfer.Here}}
	configureTask(c, &t)
	t.Preserve = false // as cp does
	_, err = copyServers(ctx, c, c.Session(), t, from)
	return err
}
