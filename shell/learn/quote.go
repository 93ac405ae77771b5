package learn

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// QuoteCommands are the rows of this file in the catalog.
var QuoteCommands = []*command.Command{
	{
		Name: "quote", Args: "verb [argument…]", Short: "send a line of the protocol and show the reply",
		Long: "The words go out as typed, with one blank between them. A data connection is asked for first: `quote EPSV`, then " +
			"`quote LIST`, which prints what comes. `raw` is for whole dialogues; `ls`, `get` and `put` do all of it by themselves.",
		Examples: []command.Example{{Line: "quote STAT", Says: "what the server says about the session"}, {Line: "quote HELP", Says: "which verbs it knows"}},
		Min:      1, Max: -1, Ask: []string{"command line to send"}, Complete: []completion.Kind{completion.Verb, completion.RemotePath},
		Needs: command.Connection, Foreign: command.Confined, Run: quote,
	},
	{
		Name: "site", Once: true, Args: "word…", Short: "send a command of the server's own (SITE)",
		Examples: []command.Example{{Line: "site help", Says: "which there are"}},
		Min:      1, Max: -1, Ask: []string{"arguments to SITE command"}, Complete: []completion.Kind{completion.None, completion.RemotePath},
		Words: []string{"CHMOD", "CPFR", "CPTO", "HELP", "IDLE", "SYMLINK", "UMASK", "UTIME"},
		Wire:  command.Sends("SITE"), Needs: command.Connection, Foreign: command.Confined, Run: siteCommand,
	},
	{
		Name: "features", Short: "show what the server can do beyond RFC 959 (FEAT)", JSON: true,
		Wire: command.Sends("FEAT"), Needs: command.Connection, Foreign: command.Confined, Run: features,
	},
	{
		Name: "system", Short: "show what kind of system the server is (SYST)", JSON: true,
		Wire: command.Sends("SYST"), Needs: command.Connection, Foreign: command.Confined, Run: system,
	},
	{
		Name: "noop", Short: "see whether the server is still there, and how fast it answers (NOOP)",
		Wire: command.Sends("NOOP"), Needs: command.Connection, Foreign: command.Confined, Run: noop,
	},
}

func quote(ctx context.Context, c *command.Call) error {
	c.Shell.Remote.Forget("/")
	c.Shell.Verbose.Store(false) // the reply is shown anyhow
	defer c.Shell.ApplyObservers()
	line := strings.Join(c.Texts(), " ")
	out := &sticky{Writer: c.Out}
	r, err := sendManual(ctx, c.Shell, line, replyPrinter{sh: c.Shell, out: out, screen: c.Screen, bytes: c.Bytes, content: client.MovesData(teach.Verb(line))})
	err = cmp.Or(err, command.RefusedBy(line, r), out.err)
	if _, in := c.Session().LoggedIn(); in && c.Shell.Home == nil { // of somebody who logs in by hand
		c.Shell.StartsHere()
	}
	return err
}

func siteCommand(ctx context.Context, c *command.Call) error {
	if not, err := command.ManualDry(c.Shell, "SITE "+strings.Join(c.Texts(), " ")); not {
		return err
	}
	r, err := c.Session().Site(ctx, c.Texts()...)
	if err != nil {
		return err
	}
	return command.Reply(c, "SITE", r)
}

func features(ctx context.Context, c *command.Call) error {
	known, err := c.Session().Server().AskFeatures(ctx)
	if err != nil {
		return err
	}
	if c.JSON() {
		return c.Object(known)
	}
	var lines []string
	for name, parameters := range known {
		for parameter := range strings.SplitSeq(parameters, "\n") {
			lines = append(lines, strings.TrimSpace(name+" "+parameter))
		}
	}
	slices.Sort(lines)
	for _, line := range lines {
		if err := c.Print("%s", line); err != nil {
			return err
		}
	}
	return nil
}

func system(ctx context.Context, c *command.Call) error {
	text, err := c.Session().Server().System(ctx)
	if err != nil {
		return err
	}
	return c.Word("system", text)
}

func noop(ctx context.Context, c *command.Call) error {
	start := time.Now()
	if err := c.Session().Noop(ctx); err != nil {
		return err
	}
	if c.Shell.Settings.Verbose {
		c.Note("answered in %s", round(time.Since(start)))
	}
	return nil
}

// sticky remembers the first failure to write.
type sticky struct {
	io.Writer
	err error
}

func (w *sticky) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if w.err == nil {
		w.err = err
	}
	return n, err
}
