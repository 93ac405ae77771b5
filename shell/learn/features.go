package learn

import (
	"context"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "features", Theme: "the protocol", Short: "show what the server can do beyond RFC 959 (FEAT)", JSON: true,
	Wire: command.Sends("FEAT"), Needs: command.Connection, Foreign: command.Confined, Run: features,
})

func features(ctx context.Context, c *command.Call) error {
	known, err := c.Session().Server().AskFeatures(ctx)
	if err != nil {
		return err
	}
	if c.JSON() {
		return c.Object(known)
	}
	var lines []string
	for name, parameters := range known {
		for parameter := range strings.SplitSeq(parameters, "\n") {
			lines = append(lines, strings.TrimSpace(name+" "+parameter))
		}
	}
	slices.Sort(lines)
	return printLines(c, lines)
}
