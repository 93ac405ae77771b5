package script

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "macdef", Theme: "the shell", Secret: history.Secret{Wraps: true, Behind: 1}, Args: "name", Short: "define a macro: the lines that follow, up to an empty one",
	Long: "`$name argument…` runs it: $1 to $9 are its arguments, $* all of them. With $i in it the macro runs once for each " +
		"argument, which is $i then. A backslash makes a $ plain. A macro stops at its first failure.\n" +
		"A macro called init runs after the login of the next `open`. All are forgotten when the session ends.",
	Examples: []command.Example{{Line: "macdef fetch", Says: "then `get $i`, then an empty line; `$fetch a b c` gets three files"}},
	Min:      1, Max: 1, Ask: []string{"macro name"}, Complete: []completion.Kind{completion.Macro}, Foreign: command.Refused, Run: macdef,
})

func macdef(ctx context.Context, c *command.Call) error {
	next := c.Shell.Next
	if next == nil {
		c.Note("the lines of the macro, and an empty one at its end:")
		next = func() (string, error) { return c.Shell.Console.ReadLine(ctx, "macro> ") }
	}
	var lines []string
	for {
		line, err := next()
		if errors.Is(err, io.EOF) {
			return c.Usage("%s is not defined: an empty line must end it", c.Arg(0))
		}
		if err != nil {
			return err
		}
		if strings.TrimSpace(line) == "" {
			c.Shell.Macros[c.Arg(0)] = lines
			return nil
		}
		lines = append(lines, line)
	}
}
