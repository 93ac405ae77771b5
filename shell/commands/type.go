package commands

import (
	"cmp"
	"context"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "type", Theme: "transfers", Values: [][]string{{"ascii", "binary", "image", "tenex"}}, Args: "[ascii|binary|image|ebcdic|tenex]", Short: "show or choose the type of transfers",
	Max: 1, Complete: []completion.Kind{completion.Text}, JSON: true, Needs: command.Connection, Foreign: command.Confined, Run: transferType,
})

var types = map[string]client.Type{
	"ascii": client.ASCII, "a": client.ASCII, "binary": client.Binary, "image": client.Binary, "i": client.Binary,
	"ebcdic": client.EBCDIC, "e": client.EBCDIC, "tenex": client.Local8, "l": client.Local8,
}

// TypeName is a type for people: one that was set by hand as it is on the wire.
func TypeName(t client.Type) string { return cmp.Or(typeNames[t], string(t)) }

func transferType(_ context.Context, c *command.Call) error {
	if len(c.Args) == 0 {
		return c.Word("type", TypeName(c.Session().Type()))
	}
	t, ok := types[strings.ToLower(c.Arg(0))]
	if !ok {
		return c.Usage("%s is not one of ascii, binary, image, ebcdic, tenex", c.Arg(0))
	}
	return setType(c, t)
}

// typeNames are the names of types for people.
var typeNames = map[client.Type]string{client.ASCII: "ascii", client.Binary: "binary", client.EBCDIC: "ebcdic", client.Local8: "tenex"}

// setType chooses the type; the server hears of it with the next transfer.
func setType(c *command.Call, t client.Type) error {
	c.Session().SetType(t)
	if c.Shell.Settings.Verbose {
		c.Note("type is %s", typeNames[t])
	}
	return nil
}
