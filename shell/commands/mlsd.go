package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/render"
)

var _ = command.Add(&command.Command{
	Name: "mlsd", Rare: true, Theme: "look around", Args: "[directory [local-file]]", Short: "list a directory in machine-readable form (MLSD)",
	Long: "One line for each name, with its facts, as the server sends them (RFC 3659). `remopts MLST size;modify;` chooses the facts.",
	Max:  2, Complete: []completion.Kind{completion.RemoteDir, completion.LocalPath},
	Wire: command.Verbs(command.DataVerbs, command.Sends("MLSD")), Needs: command.Login, Foreign: command.Confined, Run: mlsd,
})

func mlsd(ctx context.Context, c *command.Call) error { return printFacts(ctx, c, "MLSD") }

// printFacts prints what the server sends in answer to MLSD, NLST or LIST, line by line.
func printFacts(ctx context.Context, c *command.Call, verb string) error {
	done, err := redirect(ctx, c, 1)
	if err != nil {
		return err
	}
	var lines []string
	err = c.Shell.Settings.Bounds.Listing(ctx, func(ctx context.Context) (err error) {
		lines, err = c.Session().Manual().Lines(ctx, verb, c.Arg(0))
		return err
	})
	for _, line := range lines {
		if err == nil {
			err = printRawLine(c, line)
		}
	}
	return done(err)
}

// printRawLine prints a line as the server sent it. Words that begin with a dash are
// the server's here, so only the program's --json makes it an object.
func printRawLine(c *command.Call, line string) error {
	if !c.Shell.JSON {
		return c.Print("%s", line)
	}
	var o struct {
		Line   string `json:"line"`
		Base64 string `json:"line_base64,omitempty"`
	}
	o.Line, o.Base64 = render.Text(line)
	return c.Object(o)
}
