package learn

import (
	"cmp"
	"context"
	"io"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/teach"
)

var _ = command.Add(&command.Command{
	Name: "quote", Theme: "the protocol", Secret: history.Secret{Verb: true}, Args: "verb [argument…]", Short: "send a line of the protocol and show the reply",
	Long: "The words go out as typed, with one blank between them. Ask for a data connection first: `quote EPSV`, then " +
		"`quote LIST`, which prints what comes. `raw` is for whole dialogues; `ls`, `get` and `put` do all of it by themselves.",
	Examples: []command.Example{{Line: "quote STAT", Says: "what the server says about the session"}, {Line: "quote HELP", Says: "which verbs it knows"}},
	Min:      1, Max: -1, Ask: []string{"command line to send"}, Complete: []completion.Kind{completion.Verb, completion.RemotePath},
	Needs: command.Connection, Foreign: command.Confined, Run: quote,
})

func quote(ctx context.Context, c *command.Call) error {
	c.Shell.Remote.Forget("/")
	c.SumsUp() // the reply is its result
	line := strings.Join(c.Texts(), " ")
	out := &sticky{Writer: c.Out}
	r, err := sendManual(ctx, c.Shell, line, replyPrinter{sh: c.Shell, out: out, screen: c.Screen, bytes: c.Bytes, content: client.MovesData(teach.Verb(line))})
	err = cmp.Or(err, command.RefusedBy(line, r), out.err)
	if _, in := c.Session().LoggedIn(); in && c.Shell.Home == nil { // of somebody who logs in by hand
		c.Shell.StartsHere()
	}
	return err
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
