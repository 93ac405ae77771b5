package commands

import (
	"context"
	"fmt"

	"github.com/zalando/go-keyring"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/site"
)

var _ = command.Add(&command.Command{
	Name: "password", Theme: "connect", Secret: history.Secret{Open: 1, Shortest: 5}, Values: [][]string{{"save", "forget"}}, Args: "save|forget [[user@]host]", Short: "keep the password of a host in the keyring, or remove it",
	Long: "It asks for the password. Without a host it is the one of the session. The next login finds it, unless " +
		"`set keyring off`; FTPSH_PASSWORD, .netrc and password-command come first.",
	Min: 1, Max: 2, Complete: []completion.Kind{completion.Text, completion.Host}, Foreign: command.Refused, Run: password,
})

func password(ctx context.Context, c *command.Call) error {
	a := c.Shell.Address
	user := a.User
	if c.Session() != nil {
		user, _ = c.Session().LoggedIn()
	}
	if len(c.Args) > 1 {
		var err error
		if a, err = site.ParseAddress(c.Arg(1)); err != nil {
			return err
		}
		user = a.User
	}
	if a.Host == "" || user == "" {
		return c.Usage("whose password? USER@HOST says it")
	}
	name := command.KeyringName(user, a)
	if not, err := command.WouldRun(c.Shell, "password", c.Arg(0), name); not {
		return err
	}
	switch c.Arg(0) {
	case "save":
		return savePassword(ctx, c, user, a)
	case "forget":
		return inKeyring(failure.About(name, keyring.Delete(command.KeyringService, name)))
	}
	return c.Usage("%s is neither save nor forget", c.Arg(0))
}

// savePassword asks for a password and keeps it.
func savePassword(ctx context.Context, c *command.Call, user string, a site.Address) error {
	if user == "" {
		return c.Usage("whose password? USER@HOST says it")
	}
	name := command.KeyringName(user, a)
	if not, err := command.WouldRun(c.Shell, "password", "save", name); not {
		return err
	}
	secret, err := c.Shell.Console.ReadSecret(ctx, "password of "+name+": ")
	if err != nil {
		return err
	}
	return inKeyring(keyring.Set(command.KeyringService, name, secret))
}

func inKeyring(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("the keyring: %w", err)
}
