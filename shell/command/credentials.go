package command

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"time"

	"github.com/zalando/go-keyring"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/site"
)

// Credentials completes what is known about a user: the name and password that
// were given, FTPSH_PASSWORD, .netrc, password-command, the keyring, in this
// order. source says in words where the password was found, "" if there is none.
func Credentials(ctx context.Context, sh *Shell, a site.Address, who client.Login) (_ client.Login, source string, err error) {
	switch {
	case a.HasPassword && who.User == a.User:
		who.Password = a.Password
		return who, "the address", nil
	case sh.Confined != nil: // nobody's password is looked for
		who.Password = cmp.Or(who.Password, PlayedPassword)
		return who, "the recording", nil
	}
	who.User = cmp.Or(who.User, sh.Options.Connect.User)
	entry, listed, err := netrc(sh, a.Host, who.User)
	if err != nil {
		return who, "", err
	}
	if listed {
		who.User, who.Account = entry.Login, entry.Account
		sh.define(entry.Macros)
	}
	if sh.Options.PasswordSource != "" && !site.IsAnonymous(who.User) {
		who.Password = sh.Options.Password
		return who, sh.Options.PasswordSource, nil
	}
	if listed && entry.HasPassword {
		who.Password = entry.Password
		return who, render.Safe(sh.Options.Netrc), nil
	}
	if site.IsAnonymous(who.User) {
		return who, "", nil
	}
	if command := sh.Settings.PasswordCommand; command != "" {
		if who.Password, err = passwordFrom(ctx, sh, command, a, who.User); err != nil {
			return who, "", err
		}
		return who, "password-command", nil
	}
	if sh.Settings.Keyring {
		password, found := FromKeyring(KeyringName(who.User, a))
		if who.Password = password; found {
			return who, "the keyring", nil
		}
	}
	return who, "", nil
}

// passwordFrom runs the password command. Its first line is the password.
func passwordFrom(ctx context.Context, sh *Shell, command string, a site.Address, user string) (string, error) {
	cmd := sh.LocalShell(ctx, command)
	cmd.Env = append(cmd.Env, "FTPSH_HOST="+a.Host, "FTPSH_PORT="+a.PortNumber(security(sh, a), sh.Options.Connect.Port), "FTPSH_USER="+user)
	var out bytes.Buffer
	cmd.Stdout = &out
	err := sh.Console.Run(cmd)
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

// KeyringService is the name under which passwords are kept.
const KeyringService = "ftpsh"

// keyringPatience is how long a locked keyring may ask its owner.
const keyringPatience = 5 * time.Second

// KeyringName is under which name the keyring has a password.
func KeyringName(user string, a site.Address) string {
	host := a.Host
	if a.Port != "" {
		host = net.JoinHostPort(host, a.Port)
	}
	return user + "@" + host
}

// FromKeyring asks the keyring. Every failure means that there is none.
func FromKeyring(name string) (password string, found bool) {
	type answer struct {
		password string
		err      error
	}
	answers := make(chan answer, 1)
	go func() {
		password, err := keyring.Get(KeyringService, name)
		answers <- answer{password, err}
	}()
	select {
	case a := <-answers:
		return a.password, a.err == nil
	case <-time.After(keyringPatience):
		return "", false
	}
}

// netrc looks a host up in the user's .netrc.
func netrc(sh *Shell, host, user string) (site.Netrc, bool, error) {
	entry, found, warning, err := site.LookUpNetrc(sh.Options.Netrc, sh.Options.NetrcNamed, host, user)
	if warning != "" {
		sh.Warn(warning)
	}
	return entry, found, err
}

// define keeps macros of .netrc for the session.
func (l *Language) define(macros []site.Macro) {
	for _, m := range macros {
		l.Macros[m.Name] = m.Lines
	}
}
