package script

import (
	"context"
	"errors"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/commands"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var _ = command.Add(&command.Command{
	Name: "repeat", Theme: "scripts", Secret: history.Secret{Wraps: true}, Values: [][]string{{"3", "10", "forever"}}, Args: "number command…", Short: "run a command several times",
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
		fs.Bool("until-ok", false, "stop at the first success; it fails if every run fails")
		fs.Bool("while-ok", false, "stop at the first failure, and succeed")
	},
})

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
		last = command.RunWords(c, c.Args[1:])
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
