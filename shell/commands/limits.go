package commands

import (
	"context"
	"net/url"
	"strconv"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/site"
)

var _ = command.Add(&command.Command{
	Name: "limits", Theme: "connect", Values: [][]string{{"list", "forget"}}, Args: "[list | forget host[:port]]", Short: "what servers turned out not to support: many sessions, pipelined commands",
	Long: "A server that refuses one more session (421) is asked for no more than it allowed, for a day. One that loses commands " +
		"which leave together has them one by one, for 30 days. `limits forget` tries again at once. What is known is in server_limits.",
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
	if err == nil && !had {
		err = &failure.LocalError{Text: "nothing is known of " + c.Arg(1)}
	}
	return err
}
