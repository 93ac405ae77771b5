package commands

import (
	"context"
	"time"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

var _ = command.Add(&command.Command{
	Name: "modtime", Theme: "look around", Args: "file…", Short: "show when files were last changed, in UTC", JSON: true,
	Min: 1, Max: -1, Ask: []string{"remote-file"}, Complete: []completion.Kind{completion.RemotePath},
	Wire: command.Sends("MDTM"), Needs: command.Login, Foreign: command.Confined, Run: modtime,
})

func modtime(ctx context.Context, c *command.Call) error {
	for _, name := range c.Texts() {
		t, err := c.Session().ModTime(ctx, name)
		if err != nil {
			return failure.About(name, err)
		}
		o := struct {
			Name     string  `json:"name"`
			Modified *string `json:"modified"`
		}{name, render.Stamp(t)}
		if err := printFact(c, name, t.UTC().Format(time.DateTime)+" UTC", o); err != nil {
			return err
		}
	}
	return nil
}
