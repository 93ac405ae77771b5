package commands

import (
	"context"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "prot", Theme: "connect", Values: [][]string{{"private", "clear"}}, Aliases: []string{"protect"}, Args: "[private|clear]", Short: "show or choose whether data connections are protected",
	Long:     "The server is told with the next transfer (PBSZ, PROT). Many refuse `clear`. Without TLS nothing is protected.",
	Examples: []command.Example{{Line: "prot clear", Says: "names and passwords protected, files not"}},
	Max:      1, Complete: []completion.Kind{completion.None}, JSON: true, Needs: command.Connection, Foreign: command.Confined, Run: prot,
})

// levels are the words for the protection of data connections.
var levels = map[string]client.Level{
	"private": client.Private, "p": client.Private, "clear": client.Clear, "c": client.Clear,
}

func prot(_ context.Context, c *command.Call) error {
	session := c.Session()
	if len(c.Args) > 0 {
		level, ok := levels[strings.ToLower(c.Arg(0))]
		if !ok {
			return c.Usage("%s is not one of private, clear", c.Arg(0))
		}
		session.Protect(level)
	}
	_, data := session.Protected()
	word := "clear"
	if data {
		word = "private"
	}
	if len(c.Args) == 0 {
		return c.Word("protection", word)
	}
	if levels[word] != levels[strings.ToLower(c.Arg(0))] {
		return c.Usage("without TLS nothing can be private: `auth` starts it")
	}
	if c.Shell.Settings.Verbose {
		c.Note("data connections are %s", word)
	}
	return nil
}
