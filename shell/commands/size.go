package commands

import (
	"context"
	"strconv"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "size", Theme: "look around", Args: "file…", Short: "show the size of files in bytes", JSON: true,
	Min: 1, Max: -1, Ask: []string{"remote-file"}, Complete: []completion.Kind{completion.RemotePath},
	Wire: command.Sends("TYPE", "SIZE"), Needs: command.Login, Foreign: command.Confined, Run: size, ByURL: sizeByURL,
})

func size(ctx context.Context, c *command.Call) error {
	for _, name := range c.Texts() {
		n, err := c.Session().Size(ctx, name)
		if err != nil {
			return failure.About(name, err)
		}
		if err := printSize(c, name, n); err != nil {
			return err
		}
	}
	return nil
}

func printSize(c *command.Call, name string, n int64) error {
	o := struct {
		Name string `json:"name"`
		Size int64  `json:"size"`
	}{name, n}
	return printFact(c, name, strconv.FormatInt(n, 10), o)
}

// printFact prints what is known about one file of several; alone it needs no name.
func printFact(c *command.Call, name, value string, object any) error {
	if len(c.Args) > 1 {
		value += "  " + name
	}
	return command.Result(c, object, "%s", value)
}
