package commands

import (
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"time"

	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

var _ = command.Add(&command.Command{
	Name: "stat", Theme: "look around", Args: "remote…", Short: "show everything the server says about files and directories", JSON: true,
	Examples: []command.Example{{Line: "stat README.txt", Says: "a file"}},
	Min:      1, Max: -1, Ask: []string{"remote-file"}, Complete: []completion.Kind{completion.RemotePath},
	Wire: command.ListVerbs, Needs: command.Login, Foreign: command.Confined, Run: stat,
})

func stat(ctx context.Context, c *command.Call) error {
	first := true
	return eachName(ctx, c, c.Args, func(name command.RemoteName) error {
		apart := !first
		first = false
		e, err := c.Session().Stat(ctx, name.Path)
		switch {
		case err != nil:
			return failure.About(name.Path, err)
		case c.JSON():
			return c.Object(render.Entry(e))
		case apart:
			if err := c.Print(""); err != nil {
				return err
			}
		}
		return c.Table(render.Table{Rows: statRows(e)})
	})
}

func statRows(e listing.Entry) [][]string {
	rows := [][]string{{"name", render.Safe(e.Name)}, {"type", e.Type.String()}}
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, []string{name, render.Safe(value)})
		}
	}
	if e.Size >= 0 {
		add("size", strconv.FormatInt(e.Size, 10)+" bytes")
	}
	if !e.Time.IsZero() {
		add("changed", e.Time.UTC().Format(time.DateTime)+" UTC, "+render.Since(e.Time, time.Now()))
	}
	if e.HasMode {
		add("mode", fmt.Sprintf("%04o %s", e.Mode.Perm(), fs.FileMode(e.Mode.Perm())))
	}
	add("owner", e.Owner)
	add("group", e.Group)
	add("target", e.Target)
	add("you may", e.Perm)
	add("unique", e.Unique)
	return rows
}
