package commands

import (
	"context"
	"net/url"
	"strconv"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/site"
)

var _ = command.Add(&command.Command{
	Name: "limits", Theme: "connect", Values: [][]string{{"list", "forget"}}, Args: "[list | forget host[:port]]", Short: "what servers turned out not to support: many sessions, pipelined commands, renames",
	Long: "A server that refuses one more session (421) is asked for no more than it allowed, for a day. One that refuses many transfers in a short time, " +
		"and takes them after a pause, has them at a slower pace for a day. One that loses commands " +
		"which leave together has them one by one, and one that renames nothing, or nothing onto a name that is taken, has uploads " +
		"under their own names where else they would get these when they are whole, for 30 days. `limits forget` tries again at once. What is known is in server_limits.",
	Examples: []command.Example{{Line: "limits", Says: "what is known"}, {Line: "limits forget ftp.example.org", Says: "find out its limits again"}},
	Max:      2, Complete: []completion.Kind{completion.None, completion.Host}, Foreign: command.Refused, Run: limitsKnown,
})

// limited is the server of a session, as limits are remembered: who logs in, since servers count by user, too.
func limited(s *client.Session) string {
	user, _ := s.LoggedIn()
	return url.QueryEscape(user) + "@" + s.Options().Addr
}

// mostSessions is how many sessions a server was found to allow; 0: not known.
func mostSessions(sh *command.Shell, s *client.Session) int {
	n, _ := strconv.Atoi(sh.Servers.Get(limited(s), "parallel"))
	return n
}

// lackOf is what a server was found not to do.
func lackOf(c *command.Call, s *client.Session) transfer.Lack {
	for _, lack := range []transfer.Lack{transfer.Renames, transfer.Replaces} {
		if c.Shell.Servers.Get(limited(s), string(lack)) == "no" {
			return lack
		}
	}
	return ""
}

// foundLack remembers that.
func foundLack(c *command.Call, s *client.Session, lack transfer.Lack) {
	if lack != "" && lackOf(c, s) != lack {
		command.FoundLimit(c.Shell, limited(s), string(lack), "no")
	}
}

// needsRenames is an error where what is to be done is made of renames, and the server does none.
func needsRenames(c *command.Call) error {
	if lackOf(c, c.Session()) != transfer.Renames {
		return nil
	}
	return &failure.LocalError{Text: "this server was found to rename nothing, and " + c.Command.Name + " is made of renames; `limits` says until when that is believed"}
}

func limitsKnown(_ context.Context, c *command.Call) error {
	known := c.Shell.Servers
	if known.Err() != nil {
		return known.Err()
	}
	switch word := c.Arg(0); {
	case word == "" || word == "list" && len(c.Args) == 1:
		return c.Table(render.Table{Rows: known.All()})
	case word != "forget":
		return c.Usage("%s is not one of list, forget", word)
	case len(c.Args) < 2:
		return c.Usage("which host?")
	}
	a, err := site.ParseAddress(c.Arg(1))
	if err != nil {
		return err
	}
	if not, err := command.WouldRun(c.Shell, "limits", "forget", c.Arg(1)); not {
		return err
	}
	had, err := known.Forget(a.Host, a.Port)
	command.UsePace(c.Shell)
	command.UseSpacing(c.Shell)
	if err == nil && !had {
		err = &failure.LocalError{Text: "nothing is known of " + c.Arg(1)}
	}
	return err
}
