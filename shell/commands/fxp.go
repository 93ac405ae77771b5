package commands

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/site"
)

var _ = command.Add(&command.Command{
	Name: "fxp", Theme: "connect", Secret: history.Secret{Connects: true}, Args: "file… URL | URL [file]", Short: "copy files from server to server, not through this computer",
	Long: "One side is the server we are connected to, the other one is a URL: a file, or a directory that ends with a slash. " +
		"The servers connect to each other; many refuse. The copy has the time of the original while the " +
		"setting preserve is on, and its size is compared.\n" +
		"Protected data connections stay protected where one of the servers knows SSCN or CPSV; --clear does without.",
	Examples: []command.Example{
		{Line: "fxp big.iso ftp://bob@backup.example.org/incoming/", Says: "from here to there"},
		{Line: "fxp *.iso ftp://bob@backup.example.org/incoming/", Says: "all of them"},
		{Line: "fxp ftp://mirror.example.org/pub/big.iso", Says: "from there to here"},
	},
	Min: 1, Max: -1, Ask: []string{"file or URL", "URL or file"},
	Flags: func(fs *pflag.FlagSet) {
		fs.BoolP("continue", "c", false, "resume where the copy ends")
		fs.BoolP("append", "a", false, "add to the end of the copy")
		fs.Bool("clear", false, "let the data travel in the clear where the servers cannot protect it")
	},
	URLs: true, Reach: command.EachWord, Across: fxpAcross, Complete: []completion.Kind{completion.RemotePath}, Wire: command.Verbs(fxpVerbs, command.Sends("QUIT")), Needs: command.Login, Detach: true, Foreign: command.Refused, Run: fxp,
})

// fxpVerbs let two servers talk to each other.
var fxpVerbs = command.Verbs(command.ListVerbs, command.Sends("STOR", "RETR", "APPE", "STOU", "REST", "SSCN", "CPSV", "RNFR", "RNTO", "SITE CHMOD", "DELE"), command.TimeVerbs)

func fxp(ctx context.Context, c *command.Call) error {
	last := len(c.Args) - 1
	switch {
	case last > 0 && command.IsURL(c.Arg(last)) && !command.IsURL(c.Arg(0)):
		return fxpTo(ctx, c, c.Arg(last))
	case command.IsURL(c.Arg(0)) && last <= 1 && !command.IsURL(c.Arg(1)):
		return fxpFrom(ctx, c, c.Arg(0), c.Arg(1))
	}
	return c.Usage("one side must be a URL, the other one a file on this server")
}

// fxpTo copies files of this server to the one of a URL.
func fxpTo(ctx context.Context, c *command.Call, url string) error {
	a, name, err := elsewhere(url)
	if err != nil {
		return err
	}
	if err := c.NoURLs(c.Args[:len(c.Args)-1]); err != nil {
		return err
	}
	names, missed := c.Expand(ctx, c.Args[:len(c.Args)-1])
	if len(names) > 1 && name != "" {
		return c.Usage("several files need a directory: a URL that ends with a slash")
	}
	err = besideSession(ctx, c.Shell, a, func(there *client.Session) error {
		return eachOf(ctx, slices.Values(names), func(n command.RemoteName) error {
			if n.Entry != nil && n.Entry.Type == listing.Dir {
				return nil
			}
			target := name
			if target == "" {
				target = path.Base(n.Path)
			}
			return fxpOne(ctx, c, c.Session(), n.Path, there, target, c.Is("append"))
		})
	})
	return failure.Several(missed, err)
}

// fxpFrom copies a file of the server of a URL to this one.
func fxpFrom(ctx context.Context, c *command.Call, url, target string) error {
	a, name, err := elsewhere(url)
	if err != nil {
		return err
	}
	if name == "" {
		return c.Usage("%s names no file", url)
	}
	if target == "" || strings.HasSuffix(target, "/") {
		target += path.Base(name)
	}
	return besideSession(ctx, c.Shell, a, func(there *client.Session) error {
		return fxpOne(ctx, c, there, name, c.Session(), target, c.Is("append"))
	})
}

// elsewhere splits a URL into where to connect and the file there, which is ""
// for a directory.
func elsewhere(url string) (a site.Address, name string, err error) {
	if a, err = site.ParseAddress(url); err == nil && a.File {
		name, a.Path = a.Path, ""
	}
	return a, name, err
}

// besideSession connects to another server, runs f with its session, and leaves it again.
func besideSession(ctx context.Context, sh *command.Shell, a site.Address, f func(there *client.Session) error) error {
	i := len(sh.Others)
	sh.Others = append(sh.Others, command.Peer{Remote: sh.NewRemote()})
	err := sh.Lend(i, func() error {
		return command.OpenSession(ctx, sh, a, command.Opening{Anonymous: sh.Options.Connect.Anonymous})
	})
	if i == len(sh.Others) { // there was no connection
		return err
	}
	there := sh.Others[i].Session
	if err == nil {
		err = f(there)
	}
	if ctx.Err() != nil {
		there.Conn().Close() // it is busy with an ABOR: the prompt does not wait for a goodbye
	}
	_ = sh.Lend(i, func() error {
		sh.Disconnect()
		return nil
	})
	return err
}

// fxpOne copies one file, gives the copy the time of the original, and tells.
func fxpOne(ctx context.Context, c *command.Call, from *client.Session, name string, to *client.Session, target string, add bool) error {
	if c.Shell.Options.DryRun {
		return c.Shell.Would(command.DryAction{Action: "copy", What: name, To: target + " on " + to.Server().Host()})
	}
	from.SetType(c.Session().Type())
	t := transfer.Task{Op: transfer.BetweenServers, Remote: name, Target: to, Local: target, Resume: c.Is("continue"), Append: add, InClear: c.Is("clear")}
	configureTask(c, &t)
	_, err := copyServers(ctx, c, from, t, name)
	return err
}
