package shell

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var openCommands = []*Command{
	{
		Name: "open", Aliases: []string{"ftp"}, Args: "host [port]", Short: "connect to a server and log in",
		Long: "The host may be a name, an address, user@host, user:password@host:port, or a URL: ftp://, ftps:// (TLS from the " +
			"first byte) or ftpes:// (TLS demanded). A path in a URL is entered; %2F at its start means the root.\n" +
			"The password comes from the URL, FTPSH_PASSWORD, .netrc, the setting password-command or the keyring, else it is " +
			"asked for at a terminal. Without a user, here or in .netrc, a script is anonymous.\n" +
			"TLS is used where the server has it. A server that had TLS once is never used in clear again, unless " +
			"--tls=off says so. A certificate that nobody vouches for is shown and asked about once.\n" +
			"Typed as a line of its own, it leaves the present session only when the new one is logged in, and if that fails " +
			"drops what was typed ahead; in a script, or with more on the line, at once: nothing that follows goes to the old server.",
		Examples: []Example{
			{"open ftp.example.org", "ask for user and password"},
			{"open alice@ftp.example.org 2121", "another port"},
			{"open ftp://ftp.example.org/pub/", "anonymous, if you leave the user empty, in the directory pub"},
		},
		Min: 1, Max: 2, Ask: []string{"host"},
		Flags: func(fs *pflag.FlagSet) {
			fs.StringP("user", "u", "", "log in as `NAME`; NAME,PASSWORD as in lftp gives both")
			fs.StringP("port", "p", "", "connect to `PORT`")
			fs.StringP("execute", "e", "", "run `COMMANDS` when the login is done")
			fs.BoolP("anonymous", "a", false, "log in as anonymous")
			fs.BoolP("no-login", "n", false, "only connect")
			fs.String("tls", "", "`MODE` for this connection: auto, require, implicit or off")
			choices(fs, "tls", settings.TLSWords...)
			fs.String("as", "", "call the session `NAME`, and keep the present one open beside it: see session")
			fs.Bool("insecure", false, "take any certificate: anybody on the way can be the server")
			fs.String("made", "", "make the session what the `JSON` of a detached job says")
			fs.Lookup("made").Hidden = true
		},
		Complete: []completion.Kind{completion.Host, completion.Port},
		Wire:     sends("QUIT"),
		Foreign:  Refused, Run: open,
	},
	{
		Name: "user", Values: [][]string{{"anonymous"}}, Aliases: []string{"login"}, Args: "name [password [account]]", Short: "log in on the open connection",
		Long: "What is missing is asked for at a terminal; a password that is asked for is neither shown nor kept in the history.",
		Min:  1, Max: 3, Ask: []string{"user"},
		Complete: []completion.Kind{completion.Text},
		Wire:     sends("REIN", "QUIT"), Needs: Connection, Foreign: Confined, Run: user,
	},
	{
		Name: "close", Aliases: []string{"disconnect"}, Args: "[session]", Short: "end the session, stay in the shell",
		Long: "With a name it ends that one of several sessions.",
		Max:  1, Complete: []completion.Kind{completion.Session},
		Wire: sends("QUIT"), Foreign: Confined, Run: closeSession,
	},
	{
		Name: "bye", Values: [][]string{{"0", "1"}}, Aliases: []string{"quit", "exit"}, Args: "[status]", Short: "end the session and leave",
		Long: "The program exits with the status, a number from 0 to 255. Without one a script exits with that of its first failure, or 0.",
		Max:  1, Complete: []completion.Kind{completion.Text}, Examples: []Example{{"exit 20", "a status that means something to who runs the script"}},
		Wire: sends("QUIT"), Foreign: Confined, Run: bye,
	},
}

func open(ctx context.Context, c *Call) error {
	if err := outsideTx(c); err != nil {
		return err
	}
	a, err := addressOf(c.Shell, c.Texts())
	if err != nil {
		return err
	}
	if f := c.Flags.Lookup("tls"); f.Changed {
		if _, ok := securities[f.Value.String()]; !ok {
			return c.Usage("--tls: %q is not one of auto, require, implicit, off", f.Value)
		}
		a.Security = f.Value.String()
	}
	if err := openingWords(c, &a); err != nil {
		return err
	}
	how := c.Shell.opt.Connect
	o := opening{
		anonymous: c.Is("anonymous") || how.Anonymous,
		noLogin:   c.Is("no-login") || how.NoLogin,
		insecure:  c.Is("insecure"),
	}
	if o.name, err = nameOfSession(c); err != nil {
		return err
	}
	if o.name != "" && c.Session() != nil || keepsSession(c) {
		err = c.Shell.switchTo(ctx, a, o)
	} else {
		err = openSession(ctx, c.Shell, a, o)
	}
	if text := c.value("made"); err == nil && text != "" {
		err = c.Shell.remake(ctx, text)
	}
	if text := c.value("execute"); err == nil && text != "" {
		line := c.line.at(c.statement)
		line.Text, line.within = text, c
		err = failure.Shown(c.Shell.hooks.do(c.Shell, line))
	}
	return err
}

// openingWords adds what -u and -p say to an address.
func openingWords(c *Call, a *Address) error {
	if user := c.value("user"); user != "" {
		if a.User != "" {
			return c.Usage("the address has a user, and so has -u")
		}
		a.User, a.Password, a.HasPassword = strings.Cut(user, ",")
	}
	if port := c.value("port"); port != "" {
		a.Port = port
	}
	if err := a.check(); err != nil {
		return c.Usage("%s", err)
	}
	return nil
}

// opening are the choices of one open.
type opening struct {
	anonymous, noLogin, insecure bool

	name string // of the session, as --as says; the others stay open
}

// openSession leaves the present session, connects, logs in, and goes to the path.
func openSession(ctx context.Context, sh *Shell, a Address, o opening) error {
	if sh.lent > 0 {
		o.name = cmp.Or(o.name, sh.name)
	}
	sh.disconnect()
	a, err := sh.forHost(a)
	if err != nil {
		return err
	}
	sh.tried = a
	session, err := sh.connect(ctx, a, o.insecure)
	if err != nil {
		sh.restoreOverrides()
		return sayingHost(a, err)
	}
	sh.session, sh.address, sh.name = session, a, sh.freeName(cmp.Or(o.name, a.Host))
	sh.guard(session)
	useWays(sh)
	useBuffers(sh)
	useReuse(sh)
	useEnd(sh)
	useMode(sh)
	useAddresses(sh)
	if o.noLogin {
		sh.tried = Address{}
		return nil
	}
	if err := login(ctx, sh, a, o.anonymous); err != nil {
		if !sh.Interactive() || session.Idle() != nil {
			sh.disconnect()
		}
		return sayingHost(a, err)
	}
	if a.Type != "" {
		session.SetType(a.Type)
	}
	sh.tried = Address{}
	sh.startsHere()
	learnPace(sh)
	sh.loggedIn = true
	sh.welcomed.Store(true)
	tellUnfinished(sh)
	if a.Path != "" {
		return failure.About(a.Path, session.Chdir(ctx, a.Path))
	}
	return nil
}

// startsHere takes note of where the login has led.
func (c *connections) startsHere() {
	at := c.session.Place()
	c.home = &at
}

// sayingHost adds the host where the error does not name it.
func sayingHost(a Address, err error) error {
	if failure.AnyOf[*client.ConnectError, *client.CertificateError](err) {
		return err
	}
	return failure.About(a.Host, err)
}

// Open connects as the open command does, and shows what goes wrong.
func (sh *Shell) Open(words ...string) error {
	a, err := addressOf(sh, words)
	if err != nil {
		sh.failed(Line{}, "open", err)
		return err
	}
	if a.HasPassword && !sh.opt.Quiet {
		sh.Say("other users of this computer can see a password in a command line; FTPSH_PASSWORD or the prompt hide it")
	}
	return sh.OpenAddress(a)
}

// addressOf reads an address, or the name of a bookmark.
func addressOf(sh *Shell, words []string) (Address, error) {
	words, err := resolveBookmark(sh, words)
	if err != nil {
		return Address{}, err
	}
	return ParseAddress(words...)
}

// OpenAddress does the same for an address that is known.
func (sh *Shell) OpenAddress(a Address) error {
	ctx, done := sh.signals.during(sh.base, sh.session)
	defer done()
	end := sh.recorder.Begin("open " + a.Host)
	err := sh.again(ctx, "open", func() (bool, error) {
		return true, openSession(ctx, sh, a, opening{anonymous: sh.opt.Connect.Anonymous, noLogin: sh.opt.Connect.NoLogin})
	})
	end(err)
	if err != nil {
		err = failure.Interrupted(ctx, err)
		sh.failed(Line{}, "open", err)
		return err
	}
	if err = initialize(sh); err != nil { // before whatever is to be done here
		sh.failed(Line{}, "init", err)
	}
	return err
}

// attempts are the passwords that a terminal is asked for.
const attempts = 3

// login finds out who the user is and logs in. No password is sent twice.
func login(ctx context.Context, sh *Shell, a Address, anonymous bool) error {
	who := client.Login{User: a.User, Password: a.Password}
	given := a.HasPassword
	var err error
	if !anonymous {
		if who, given, err = credentials(ctx, sh, a, who); err != nil {
			return err
		}
	}
	if who.User == "" && !anonymous && sh.Interactive() {
		if who.User, err = sh.con.Ask(ctx, "user (empty for anonymous): "); err != nil {
			return err
		}
		if who, given, err = credentials(ctx, sh, a, who); err != nil {
			return err
		}
	}
	if isAnonymous(who.User) {
		if !given {
			who.Password = sh.Settings.AnonPass
		}
		return sh.session.Login(ctx, who)
	}
	return authenticate(ctx, sh, who, given)
}

func isAnonymous(user string) bool { return slices.Contains([]string{"", "anonymous", "ftp"}, user) }

// authenticate logs in with the password that is given, and asks at a terminal
// for another one when there is none or it was wrong, or for the account that
// the server wants.
func authenticate(ctx context.Context, sh *Shell, who client.Login, given bool) error {
	for attempt := 1; ; attempt++ {
		if !given {
			password, err := sh.con.ReadSecret(ctx, "password: ")
			if errors.Is(err, console.ErrNotInteractive) {
				return failure.About(who.User, failure.ErrNoPassword)
			}
			if err != nil {
				return err
			}
			who.Password = password
		}
		err := sh.session.Login(ctx, who)
		var challenge *client.ChallengeError
		if errors.As(err, &challenge) && sh.Interactive() {
			sh.Say(render.Safe(challenge.Reply.Text()))
			if who.Password, err = sh.con.ReadSecret(ctx, "one-time password: "); err != nil {
				return err
			}
			who.OneTime = true
			err = sh.session.Login(ctx, who)
			who.OneTime = false
		}
		if errors.Is(err, client.ErrAccount) && sh.Interactive() && who.Account == "" {
			if who.Account, err = sh.con.ReadSecret(ctx, "account: "); err == nil {
				err = sh.session.Login(ctx, who)
			}
		}
		if !failure.Refused(err, "PASS") || !sh.Interactive() || attempt == attempts || sh.session.Idle() != nil {
			return err
		}
		sh.failed(Line{}, "", err)
		given = false
	}
}

func user(ctx context.Context, c *Call) error {
	if err := outsideTx(c); err != nil {
		return err
	}
	who := client.Login{User: c.Arg(0), Password: c.Arg(1), Account: c.Arg(2)}
	c.Shell.remote.Forget("/")
	c.Shell.welcomed.Store(false)
	defer c.Shell.welcomed.Store(true)
	if isAnonymous(who.User) && who.Password == "" {
		return c.Session().Login(ctx, who)
	}
	given := len(c.Args) > 1
	if !given && !c.Interactive() {
		var err error
		if who, given, err = credentials(ctx, c.Shell, c.Shell.address, who); err != nil {
			return err
		}
	}
	if err := authenticate(ctx, c.Shell, who, given); err != nil {
		return err
	}
	c.Shell.startsHere()
	return nil
}

func closeSession(_ context.Context, c *Call) error {
	sh := c.Shell
	end := func() error {
		sh.disconnect()
		return nil
	}
	if name := c.Arg(0); name != "" && name != sh.name {
		i := sh.other(name)
		if i < 0 {
			return noSession(sh, name)
		}
		return sh.lend(i, end)
	}
	if err := sh.needs(Connection); err != nil {
		return err
	}
	_ = end()
	if names := sh.sessionNames(); len(names) > 0 {
		c.Note("still open: %s; `session NAME` goes there", strings.Join(names, ", "))
	}
	return nil
}

func bye(ctx context.Context, c *Call) error {
	status, err := strconv.ParseUint(c.Arg(0), 10, 8)
	if len(c.Args) > 0 && err != nil {
		return c.Usage("%q is not a number from 0 to 255", c.Arg(0))
	}
	if !c.Shell.hooks.mayLeave(ctx, c.Shell) {
		return nil
	}
	if len(c.Args) > 0 {
		n := int(status)
		c.Shell.exits = &n
	}
	c.Shell.disconnect()
	c.Shell.quitting = true
	return nil
}
