package script

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/commands"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// RepeatCommands are the rows of this file in the catalog.
var RepeatCommands = []*command.Command{
	{
		Name: "repeat", Values: [][]string{{"3", "10", "forever"}}, Args: "number command…", Short: "run a command several times",
		Long: "The number is how often, or `forever`. The command is words, or a line in quotes. A failure ends it in a script, " +
			"unless a flag or `set onerror continue` says otherwise; Ctrl-C always does.",
		Examples: []command.Example{
			{Line: "repeat -d 1m 3 noop", Says: "three times, with a minute between"},
			{Line: "repeat --until-ok -d 30s 10 get report.csv", Says: "until it is there"},
		},
		Min: 2, Max: -1, Complete: []completion.Kind{completion.Text, completion.Command}, Nests: true, Foreign: command.Refused, Run: repeat,
		Flags: func(fs *pflag.FlagSet) {
			fs.SetInterspersed(false)
			fs.StringP("delay", "d", "0", "the `TIME` between two runs, as 30s or 5m")
			fs.Bool("until-ok", false, "stop at the first success; failing every time is a failure")
			fs.Bool("while-ok", false, "stop at the first failure, which is none then")
		},
	},
	{
		Name: "sleep", Values: [][]string{{"1s", "30s", "5m", "1h"}}, Args: "time", Short: "wait",
		Long: "The time is in seconds, or with a unit: 500ms, 30s, 5m, 2h.",
		Min:  1, Max: 1, Complete: []completion.Kind{completion.Text}, Nests: true, Detach: true, Foreign: command.Refused, Run: sleep,
	},
	{
		Name: "echo", Args: "[word…]", Short: "print words",
		Examples: []command.Example{{Line: "echo status $?", Says: "how the last command ended"}},
		Max:      -1, Complete: []completion.Kind{completion.LocalPath}, Foreign: command.Confined, Run: echo,
	},
}

func repeat(ctx context.Context, c *command.Call) error {
	times, err := strconv.Atoi(c.Arg(0))
	if c.Arg(0) == "forever" {
		times, err = -1, nil
	}
	if err != nil || times < -1 {
		return c.Usage("%q is not a number of times", c.Arg(0))
	}
	delay, err := settings.ReadDuration(c.Value("delay"))
	if err != nil {
		return c.Usage("-d: %s", err)
	}
	var last error
	for n := 0; n != times; n++ {
		if n > 0 && delay > 0 {
			if err := commands.IdleAlive(ctx, c.Shell, delay); err != nil {
				return err
			}
		}
		last = runWords(c, c.Args[1:])
		switch {
		case errors.Is(last, failure.ErrInterrupted) || c.Shell.Quitting || c.Shell.Ended():
			return last
		case c.Is("until-ok"):
			if last == nil {
				return nil
			}
		case c.Is("while-ok") && last != nil:
			return nil
		case c.Shell.Stops(c.Line, last):
			return last
		}
	}
	return last
}

func sleep(ctx context.Context, c *command.Call) error {
	d, err := settings.ReadDuration(c.Arg(0))
	if err != nil {
		return c.Usage("%s", err)
	}
	return commands.IdleAlive(ctx, c.Shell, d)
}

func echo(_ context.Context, c *command.Call) error {
	return c.Print("%s", strings.Join(c.Texts(), " "))
}
