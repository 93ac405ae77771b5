package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/site"
)

var _ = command.Add(&command.Command{
	Name: "user", Theme: "connect", Secret: history.Secret{Open: 2}, Values: [][]string{{"anonymous"}}, Aliases: []string{"login"}, Args: "name [password [account]]", Short: "log in on the open connection",
	Long: "What is missing is asked for at a terminal; a password that is asked for is neither shown nor kept in the history.",
	Min:  1, Max: 3, Ask: []string{"user"},
	Complete: []completion.Kind{completion.Text},
	Wire:     command.Sends("REIN", "QUIT"), Needs: command.Connection, Foreign: command.Confined, Run: user,
})

func user(ctx context.Context, c *command.Call) error {
	if err := outsideTx(c); err != nil {
		return err
	}
	who := client.Login{User: c.Arg(0), Password: c.Arg(1), Account: c.Arg(2)}
	c.Shell.Remote.Forget("/")
	c.Shell.Welcomed.Store(false)
	defer c.Shell.Welcomed.Store(true)
	if site.IsAnonymous(who.User) && who.Password == "" {
		return c.Session().Login(ctx, who)
	}
	source := ""
	if len(c.Args) > 1 {
		source = command.Typed
	} else if !c.Interactive() {
		var err error
		if who, source, err = command.Credentials(ctx, c.Shell, c.Shell.Address, who); err != nil {
			return err
		}
	}
	if err := command.Authenticate(ctx, c.Shell, who, source); err != nil {
		return err
	}
	c.Shell.StartsHere()
	return nil
}
