package shell

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/teach"
)

var quoteCommands = []*Command{
	{
		Name: "quote", Args: "verb [argument…]", Short: "send a line of the protocol and show the reply",
		Long: "The words go out as typed, with one blank between them. A data connection is asked for first: `quote EPSV`, then " +
			"`quote LIST`, which prints what comes. `raw` is for whole dialogues; `ls`, `get` and `put` do all of it by themselves.",
		Examples: []Example{{"quote STAT", "what the server says about the session"}, {"quote HELP", "which verbs it knows"}},
		Min:      1, Max: -1, Ask: []string{"command line to send"}, Complete: []completion.Kind{completion.Verb, completion.RemotePath},
		Needs: Connection, Foreign: Confined, Run: quote,
	},
	{
		Name: "site", Args: "word…", Short: "send a command of the server's own (SITE)",
		Examples: []Example{{"site help", "which there are"}},
		Min:      1, Max: -1, Ask: []string{"arguments to SITE command"}, Complete: []completion.Kind{completion.None, completion.RemotePath},
		Words: []string{"CHMOD", "CPFR", "CPTO", "HELP", "IDLE", "SYMLINK", "UMASK", "UTIME"},
		Wire:  sends("SITE"), Needs: Connection, Foreign: Confined, Run: site,
	},
	{
		Name: "features", Short: "show what the server can do beyond RFC 959 (FEAT)", JSON: true,
		Wire: sends("FEAT"), Needs: Connection, Foreign: Confined, Run: features,
	},
	{
		Name: "system", Short: "show what kind of system the server is (SYST)", JSON: true,
		Wire: sends("SYST"), Needs: Connection, Foreign: Confined, Run: system,
	},
	{
		Name: "noop", Short: "see whether the server is still there, and how fast it answers (NOOP)",
		Wire: sends("NOOP"), Needs: Connection, Foreign: Confined, Run: noop,
	},
}

func quote(ctx context.Context, c *Call) error {
	c.Shell.remote.Forget("/")
	c.Shell.verbose.Store(false) // the reply is shown anyhow
	defer c.Shell.applyObservers()
	line := strings.Join(c.Texts(), " ")
	out := &sticky{Writer: c.Out}
	r, err := sendManual(ctx, c.Shell, line, replyPrinter{sh: c.Shell, out: out, screen: c.screen, bytes: c.bytes, content: client.MovesData(teach.Verb(line))})
	err = cmp.Or(err, refusedBy(line, r), out.err)
	if _, in := c.Session().LoggedIn(); in && c.Shell.home == nil { // of somebody who logs in by hand
		c.Shell.startsHere()
	}
	return err
}

// refusedBy is a reply 4yz or 5yz to a line as an error; nil if it is none.
func refusedBy(line string, r client.Reply) error {
	if r.Class() < 4 {
		return nil
	}
	return &client.Error{Verb: teach.Verb(line), Reply: r}
}

// reply prints a reply as it came; a refusal is an error all the same.
func reply(c *Call, verb string, r client.Reply) error {
	if len(r.Lines) == 0 { // of a dry run, where nobody has said anything
		return nil
	}
	if err := refusedBy(verb, r); err != nil {
		return err
	}
	if c.Shell.json {
		return c.object(c.Shell.replyObject(r))
	}
	for _, line := range r.Lines {
		if err := c.Print("%s", c.Shell.masked(line)); err != nil {
			return err
		}
	}
	return nil
}

type replyJSON struct {
	Code  int      `json:"code"`
	Lines []string `json:"lines"`
}

// replyObject is a reply as JSON shows it.
func (c *connections) replyObject(r client.Reply) replyJSON {
	o := replyJSON{Code: r.Code}
	for _, line := range r.Lines {
		text, _ := render.Text(c.masked(line))
		o.Lines = append(o.Lines, text)
	}
	return o
}

func site(ctx context.Context, c *Call) error {
	if not, err := manualDry(c.Shell, "SITE "+strings.Join(c.Texts(), " ")); not {
		return err
	}
	r, err := c.Session().Site(ctx, c.Texts()...)
	if err != nil {
		return err
	}
	return reply(c, "SITE", r)
}

func features(ctx context.Context, c *Call) error {
	known, err := c.Session().AskFeatures(ctx)
	if err != nil {
		return err
	}
	if c.JSON() {
		return c.object(known)
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

func system(ctx context.Context, c *Call) error {
	text, err := c.Session().System(ctx)
	if err != nil {
		return err
	}
	return c.word("system", text)
}

func noop(ctx context.Context, c *Call) error {
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
