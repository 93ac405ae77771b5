package script

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/commands"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var _ = command.Add(&command.Command{
	Name: "at", Theme: "scripts", Values: [][]string{{"18:30", "+2h", "'2030-12-24 18:30'"}}, Args: "time command…", Short: "run a command at a time",
	Long: "The time is one of today or tomorrow (18:30), with a date ('2030-12-24 18:30'), or from now on (+2h). The command is words, or a line in quotes. " +
		"With & behind it the shell is free meanwhile; a job that is detached waits for it, too.",
	Examples: []command.Example{{Line: "at 03:00 mirror -R site &", Says: "at night"}, {Line: "at +2h 'get a; get b'", Says: "two hours from now"}},
	Min:      2, Max: -1, Complete: []completion.Kind{completion.Text, completion.Command}, Nests: true, Detach: true, Foreign: command.Refused, Run: runAt,
})

func runAt(ctx context.Context, c *command.Call) error {
	when, err := readTime(c.Arg(0), time.Now())
	if err != nil {
		return c.Usage("%s", err)
	}
	words := c.Args[1:]
	if words[0].Text == "--" { // as lftp has it
		words = words[1:]
	}
	if len(words) == 0 {
		return c.Usage("an argument is missing")
	}
	if err := commands.IdleAlive(ctx, c.Shell, time.Until(when)); err != nil {
		return err
	}
	return command.RunWords(c, words)
}

// readTime reads when something is to be done: from now on, today or tomorrow, or at a date.
func readTime(text string, now time.Time) (time.Time, error) {
	if rest, is := strings.CutPrefix(text, "+"); is {
		d, err := settings.ReadDuration(rest)
		return now.Add(d), err
	}
	for _, form := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse(form, text); err == nil {
			t = time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), t.Second(), 0, now.Location())
			if !t.After(now) {
				t = t.AddDate(0, 0, 1)
			}
			return t, nil
		}
	}
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05", time.RFC3339} {
		if t, err := time.ParseInLocation(form, text, now.Location()); err == nil {
			if !t.After(now) {
				return t, fmt.Errorf("%s is over", text)
			}
			return t, nil
		}
	}
	return now, fmt.Errorf("%q is not a time such as 18:30, '2030-12-24 18:30' or +2h", text)
}
