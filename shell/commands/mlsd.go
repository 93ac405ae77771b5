package commands

import (
	"context"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

// MlsdCommands are the rows of this file in the catalog.
var MlsdCommands = []*command.Command{
	{
		Name: "mlsd", Args: "[directory [local-file]]", Short: "list a directory in the form that is made for programs",
		Long: "One line for each name, with its facts, as the server sends them (RFC 3659). `remopts MLST size;modify;` chooses the facts.",
		Max:  2, Complete: []completion.Kind{completion.RemoteDir, completion.LocalPath},
		Wire: command.Verbs(command.DataVerbs, command.Sends("MLSD")), Needs: command.Login, Foreign: command.Confined, Run: mlsd,
	},
	{
		Name: "pmlsd", Args: "[directory]", Short: "the same, page by page",
		Max: 1, Complete: []completion.Kind{completion.RemoteDir},
		Wire: command.Verbs(command.DataVerbs, command.Sends("MLSD")), Needs: command.Login, Foreign: command.Confined, Run: Paged(mlsd),
	},
	{
		Name: "mlst", Args: "[path]", Short: "show the facts about one name, as the server sends them",
		Max: 1, Complete: []completion.Kind{completion.RemotePath},
		Wire: command.Sends("MLST"), Needs: command.Login, Foreign: command.Confined, Run: mlst,
	},
	{
		Name: "remopts", Values: [][]string{nil, {"type;size;modify;"}}, Args: "command [options]", Short: "choose options of a protocol command (OPTS)",
		Examples: []command.Example{{Line: "remopts MLST type;size;", Says: "facts in listings"}, {Line: "remopts UTF8 ON", Says: "names in UTF-8"}},
		Min:      1, Max: -1, Ask: []string{"command"}, Complete: []completion.Kind{completion.Verb, completion.Text},
		Wire: command.Sends("OPTS MLST"), Needs: command.Connection, Foreign: command.Confined, Run: remopts,
	},
}

func mlsd(ctx context.Context, c *command.Call) error { return printFacts(ctx, c, "MLSD") }

// printFacts prints what the server sends in answer to MLSD or NLST, line by line.
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

func mlst(ctx context.Context, c *command.Call) error {
	line := "MLST"
	if name := c.Arg(0); name != "" {
		line += " " + name
	}
	r, err := c.Session().Quote(ctx, line)
	if err == nil && r.Class() != 2 {
		err = command.Reply(c, "MLST", r)
	}
	if err != nil {
		return failure.About(command.OrDot(c.Arg(0)), err)
	}
	for _, line := range r.Body() {
		if err := printRawLine(c, strings.TrimPrefix(line, " ")); err != nil {
			return err
		}
	}
	return nil
}

func remopts(ctx context.Context, c *command.Call) error {
	words := c.Texts()
	words[0] = strings.ToUpper(words[0])
	if facts := &words[len(words)-1]; words[0] == "MLST" && len(words) > 1 && !strings.HasSuffix(*facts, ";") {
		*facts += ";" // each fact ends with one, and the last one ends a command here
	}
	r, err := c.Session().Quote(ctx, "OPTS "+strings.Join(words, " "))
	if err != nil {
		return err
	}
	return command.Reply(c, "OPTS", r)
}
