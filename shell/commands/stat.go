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
	names, err := c.Expand(ctx, c.Args)
	errs := []error{err}
	for i, name := range names {
		e, err := c.Session().Stat(ctx, name.Path)
		if err == nil && c.JSON() {
			err = c.Object(render.Entry(e))
		} else if err == nil {
			if i > 0 {
				err = c.Print("")
			}
			if err == nil {
				err = c.Table(render.Table{Rows: statRows(e)})
			}
		}
		errs = append(errs, failure.About(name.Path, err))
		if ctx.Err() != nil {
			break
		}
	}
	return failure.Several(errs)
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
