package shell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"time"

	"github.com/zalando/go-keyring"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var passwordCommands = []*Command{
	{
		Name: "password", Values: [][]string{{"save", "forget"}}, Args: "save|forget [[user@]host]", Short: "keep the password of a host in the keyring, or take it out",
		Long: "The password is asked for. Without a host it is the one of the session. It is found again at the next login, unless " +
			"`set keyring off`; FTPSH_PASSWORD, .netrc and password-command come first.",
		Min: 1, Max: 2, Complete: []completion.Kind{completion.Text, completion.Host}, Foreign: Refused, Run: password,
	},
}

// credentials completes what is known about a user: the name and password that
// were given, FTPSH_PASSWORD, .netrc, password-command, the keyring, in this
// order. found tells whether there is a password.
func credentials(ctx context.Context, sh *Shell, a Address, who client.Login) (_ client.Login, found bool, err error) {
	switch {
	case a.HasPassword:
		return who, true, nil
	case sh.confined != nil:
		return orPlayed(who), true, nil
	}
	if who.User == "" {
		who.User = sh.opt.Connect.User
	}
	entry, listed, err := netrc(sh, a.Host, who.User)
	if err != nil {
		return who, false, err
	}
	if listed {
		who.User, who.Account = entry.Login, entry.Account
		sh.define(entry.Macros)
	}
	if sh.opt.HasPassword && !isAnonymous(who.User) {
		who.Password = sh.opt.Password
		return who, true, nil
	}
	if listed && entry.HasPassword {
		who.Password = entry.Password
		return who, true, nil
	}
	if isAnonymous(who.User) {
		return who, false, nil
	}
	if command := sh.Settings.PasswordCommand; command != "" {
		who.Password, err = passwordFrom(ctx, sh, command, a, who.User)
		return who, err == nil, err
	}
	if sh.Settings.Keyring {
		who.Password, found = fromKeyring(keyringName(who.User, a))
	}
	return who, found, nil
}

// passwordFrom runs the password command. Its first line is the password.
func passwordFrom(ctx context.Context, sh *Shell, command string, a Address, user string) (string, error) {
	cmd := sh.localShell(ctx, command)
	cmd.Env = append(cmd.Env, "FTPSH_HOST="+a.Host, "FTPSH_PORT="+a.port(security(sh, a), sh.opt.Connect.Port), "FTPSH_USER="+user)
	var out bytes.Buffer
	cmd.Stdout = &out
	err := sh.con.Run(cmd)
	line, _, _ := strings.Cut(out.String(), "\n")
	line = strings.TrimSuffix(line, "\r")
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed):
		return "", fmt.Errorf("%w: password-command: %s", failure.ErrNoPassword, failed) //nolint:errorlint // its status is not ours
	case err != nil:
		return "", fmt.Errorf("%w: password-command: %w", failure.ErrNoPassword, err)
	case line == "":
		return "", fmt.Errorf("%w: password-command printed nothing", failure.ErrNoPassword)
	}
	return line, nil
}

// keyringService is the name under which passwords are kept.
const keyringService = "ftpsh"

// keyringPatience is how long a locked keyring may ask its owner.
const keyringPatience = 5 * time.Second

func keyringName(user string, a Address) string {
	host := a.Host
	if a.Port != "" {
		host = net.JoinHostPort(host, a.Port)
	}
	return user + "@" + host
}

// fromKeyring asks the keyring. Every failure means that there is none.
func fromKeyring(name string) (password string, found bool) {
	type answer struct {
		password string
		err      error
	}
	answers := make(chan answer, 1)
	go func() {
		password, err := keyring.Get(keyringService, name)
		answers <- answer{password, err}
	}()
	select {
	case a := <-answers:
		return a.password, a.err == nil
	case <-time.After(keyringPatience):
		return "", false
	}
}

func password(ctx context.Context, c *Call) error {
	a := c.Shell.address
	user := a.User
	if c.Session() != nil {
		user, _ = c.Session().LoggedIn()
	}
	if len(c.Args) > 1 {
		var err error
		if a, err = ParseAddress(c.Arg(1)); err != nil {
			return err
		}
		user = a.User
	}
	if a.Host == "" || user == "" {
		return c.Usage("whose password? USER@HOST says it")
	}
	name := keyringName(user, a)
	if not, err := wouldRun(c.Shell, "password", c.Arg(0), name); not {
		return err
	}
	switch c.Arg(0) {
	case "save":
		secret, err := c.Shell.con.ReadSecret(ctx, "password of "+name+": ")
		if err != nil {
			return err
		}
		return inKeyring(keyring.Set(keyringService, name, secret))
	case "forget":
		return inKeyring(failure.About(name, keyring.Delete(keyringService, name)))
	}
	return c.Usage("%s is neither save nor forget", c.Arg(0))
}

func inKeyring(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("the keyring: %w", err)
}
