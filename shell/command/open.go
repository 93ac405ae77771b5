package command

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/site"
)

// Opening are the choices of one open.
type Opening struct {
	Anonymous, NoLogin, Insecure bool

	Name string // of the session, as --as says; the others stay open
}

// OpenSession leaves the present session, connects, logs in, and goes to the path.
func OpenSession(ctx context.Context, sh *Shell, a site.Address, o Opening) error {
	if sh.Lent > 0 {
		o.Name = cmp.Or(o.Name, sh.Name)
	}
	sh.Disconnect()
	a, err := sh.ForHost(a)
	if err != nil {
		return err
	}
	sh.Tried = a
	if g, err := gatewayFor(sh, a); g != nil || err != nil {
		if err == nil {
			err = openGateway(ctx, sh, a, g, o)
		}
		if err != nil {
			sh.RestoreOverrides()
			return sayingHost(a, err)
		}
		return nil
	}
	session, err := sh.connect(ctx, a, o.Insecure)
	if err != nil {
		sh.RestoreOverrides()
		return sayingHost(a, err)
	}
	takeSession(sh, session, a, o.Name)
	if o.NoLogin {
		sh.Tried = site.Address{}
		return nil
	}
	if err := login(ctx, sh, a, o.Anonymous); err != nil {
		if !sh.Interactive() || session.Idle() != nil {
			sh.Disconnect()
		}
		return sayingHost(a, err)
	}
	welcomed(sh, a)
	if a.Path != "" {
		return failure.About(a.Path, session.Chdir(ctx, a.Path))
	}
	return nil
}

// takeSession makes a session that of the shell, with its settings.
func takeSession(sh *Shell, session *client.Session, a site.Address, name string) {
	sh.Session, sh.Address, sh.Name = session, a, sh.freeName(cmp.Or(name, a.Host))
	sh.Guard(session)
	tuneSessions(sh)
}

// welcomed is for when the user is logged in.
func welcomed(sh *Shell, a site.Address) {
	if a.Type != "" {
		sh.Session.SetType(a.Type)
	}
	sh.Tried = site.Address{}
	sh.StartsHere()
	learnPace(sh)
	sh.LoggedIn = true
	sh.Welcomed.Store(true)
	tellUnfinished(sh)
}

// StartsHere takes note of where the login has led.
func (c *Connections) StartsHere() {
	at := c.Session.Place()
	c.Home = &at
}

// sayingHost adds the host where the error does not name it.
func sayingHost(a site.Address, err error) error {
	if failure.AnyOf[*client.ConnectError, *client.CertificateError](err) || strings.HasPrefix(err.Error(), a.Host+":") {
		return err
	}
	return failure.About(a.Host, err)
}

// attempts are the passwords that a terminal is asked for.
const attempts = 3

// identify says who logs in, and where the password was found.
func identify(ctx context.Context, sh *Shell, a site.Address, anonymous bool) (client.Login, string, error) {
	who := client.Login{User: a.User, Password: a.Password}
	switch {
	case !anonymous:
		return Credentials(ctx, sh, a, who)
	case a.HasPassword:
		return who, "the address", nil
	}
	return who, "", nil
}

// login finds out who the user is and logs in. No password is sent twice.
func login(ctx context.Context, sh *Shell, a site.Address, anonymous bool) error {
	who, source, err := identify(ctx, sh, a, anonymous)
	if err != nil {
		return err
	}
	if who.User == "" && !anonymous && sh.Interactive() {
		if who.User, err = sh.Console.Ask(ctx, "user (empty for anonymous): "); err != nil {
			return err
		}
		if who, source, err = Credentials(ctx, sh, a, who); err != nil {
			return err
		}
	}
	if site.IsAnonymous(who.User) {
		if source == "" {
			who.Password = sh.Settings.AnonPass
		}
		return sh.Session.Login(ctx, who)
	}
	return Authenticate(ctx, sh, who, source)
}

// Typed is the source of a password that the user has just given.
const Typed = "the user"

// Authenticate logs in with the password from a source, and asks at a terminal
// for another one when there is none or it was wrong, or for the account that
// the server wants.
func Authenticate(ctx context.Context, sh *Shell, who client.Login, source string) error {
	for attempt := 1; ; attempt++ {
		if source == "" {
			password, err := sh.Console.ReadSecret(ctx, "password: ")
			if errors.Is(err, console.ErrNotInteractive) {
				return failure.About(who.User, failure.ErrNoPassword)
			}
			if err != nil {
				return err
			}
			who.Password = password
		}
		err := loginAsked(ctx, sh, &who)
		if failure.Refused(err, "PASS") && source != "" && source != Typed {
			err = &DiagnosedError{Is: keptPassword, Of: source, Err: err}
		}
		if !failure.Refused(err, "PASS") || !sh.Interactive() || attempt == attempts || sh.Session.Idle() != nil {
			return err
		}
		if source == "" || source == Typed {
			err = &DiagnosedError{Is: askedAgain, Err: err}
		}
		sh.Failed(Line{}, "", err)
		source = ""
	}
}

// loginAsked logs in, and asks the user for what the server wants besides.
func loginAsked(ctx context.Context, sh *Shell, who *client.Login) error {
	err := sh.Session.Login(ctx, *who)
	if challenge, is := failure.As[*client.ChallengeError](err); is && sh.Interactive() {
		sh.Say(render.Safe(challenge.Reply.Text()))
		if who.Password, err = sh.Console.ReadSecret(ctx, "one-time password: "); err != nil {
			return err
		}
		who.OneTime = true
		err = sh.Session.Login(ctx, *who)
		who.OneTime = false
	}
	if errors.Is(err, client.ErrAccount) && sh.Interactive() && who.Account == "" {
		if who.Account, err = sh.Console.ReadSecret(ctx, "account: "); err == nil {
			err = sh.Session.Login(ctx, *who)
		}
	}
	return err
}
