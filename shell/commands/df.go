package commands

import (
	"context"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

var _ = command.Add(&command.Command{
	Name: "df", Theme: "look around", Args: "[directory]", Short: "show how much space is left on the server", JSON: true,
	Long:     "Few servers tell it (AVBL). `site help` shows whether yours has a command of its own, such as SITE QUOTA.",
	Examples: []command.Example{{Line: "df -h", Says: "in the current directory"}},
	Max:      1, Complete: []completion.Kind{completion.RemoteDir}, Wire: command.Sends("AVBL"), Needs: command.Login, Foreign: command.Confined, Run: df,
	Flags: func(fs *pflag.FlagSet) { fs.BoolP("human", "h", false, "such as 80M") },
})

func df(ctx context.Context, c *command.Call) error {
	n, err := c.Session().Server().Available(ctx, c.Arg(0))
	if err != nil {
		return failure.About(command.OrDot(c.Arg(0)), err)
	}
	text := strconv.FormatInt(n, 10)
	if c.Is("human") {
		text = render.Size(n)
	}
	o := struct {
		Path      string `json:"path"`
		Available int64  `json:"available"`
	}{c.Absolute(c.Arg(0)), n}
	return command.Result(c, o, "%s", text)
}
