package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var _ = command.Add(&command.Command{
	Name: "rate", Theme: "transfers", Values: [][]string{{"all", "get", "put"}, {"100k", "1m", "10m", "0"}, {"1k", "10k"}}, Aliases: []string{"throttle"}, Args: "[all|get|put [bytes [step]]]", Short: "limit how fast files are moved",
	Long: "The number is bytes in a second; k, m and g multiply, 0 takes the limit away. Alone it shows the limits. " +
		"All that is moved at a time shares them: sessions, parts of a file, jobs. " +
		"The step is by how much the signals SIGUSR1 and SIGUSR2 raise and lower them, also while a file is moved.",
	Examples: []command.Example{{Line: "rate get 100k", Says: "leave some bandwidth for others"}, {Line: "rate all 0", Says: "as fast as it goes"}},
	Max:      3, Complete: []completion.Kind{completion.Text}, JSON: true, Foreign: command.Refused, Run: setRate,
})

func setRate(_ context.Context, c *command.Call) error {
	rows, known := map[string][]string{
		"": {"rate-get", "rate-put"}, "all": {"rate-get", "rate-put"},
		"get": {"rate-get"}, "put": {"rate-put"},
	}[c.Arg(0)]
	if !known {
		return c.Usage("%s is not one of all, get, put", c.Arg(0))
	}
	step := int64(command.UsualStep)
	if len(c.Args) == 3 {
		var err error
		if step, err = settings.ParseBytes(c.Arg(2)); err != nil {
			return c.Usage("%s", err)
		}
	}
	for _, name := range rows {
		row := settings.Row(name)
		if len(c.Args) < 2 {
			if err := c.Setting(row, name[len("rate-"):]+" "); err != nil {
				return err
			}
			continue
		}
		if err := c.Changed(row, c.Arg(1)); err != nil {
			return err
		}
		c.Shell.LimitFor(name == "rate-get").Step.Store(step)
	}
	return nil
}
