package commands

import (
	"context"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/site"
)

var _ = command.Add(&command.Command{
	Name: "open", Theme: "connect", Secret: history.Secret{Connects: true, Shortest: 1}, Aliases: []string{"ftp"}, Args: "host [port]", Short: "connect to a server and log in",
	Long: "The host may be a name, an address, user@host, user:password@host:port, or a URL: ftp://, ftps:// (TLS from the " +
		"first byte) or ftpes:// (TLS demanded). A path in a URL is entered; %2F at its start means the root.\n" +
		"The password comes from the URL, FTPSH_PASSWORD, .netrc, the setting password-command or the keyring, else it is " +
		"asked for at a terminal. Without a user, here or in .netrc, a script is anonymous.\n" +
		"TLS is used where the server has it. A server that had TLS once is never used in the clear again, unless " +
		"--tls=off says so. You are shown a certificate that no authority vouches for, and asked once.\n" +
		"Typed as a line of its own, it leaves the present session only when the new one is logged in, and if that " +
		"fails it drops what you typed ahead; in a script, or with more on the line, it leaves at once: nothing " +
		"that follows goes to the old server.",
	Examples: []command.Example{
		{Line: "open ftp.example.org", Says: "ask for user and password"},
		{Line: "open alice@ftp.example.org 2121", Says: "another port"},
		{Line: "open ftp://ftp.example.org/pub/", Says: "anonymous, if you leave the user empty, in the directory pub"},
	},
	Min: 1, Max: 2, Ask: []string{"host"},
	Flags: func(fs *pflag.FlagSet) {
		fs.StringP("user", "u", "", "log in as `NAME`; NAME,PASSWORD as in lftp gives both")
		fs.StringP("port", "p", "", "connect to `PORT`")
		fs.StringP("execute", "e", "", "run `COMMANDS` when the login is done")
		fs.BoolP("anonymous", "a", false, "log in as anonymous")
		fs.BoolP("no-login", "n", false, "only connect")
		fs.String("tls", "", "`MODE` for this connection: auto, require, implicit or off")
		command.OneOf(fs, "tls", settings.TLSWords...)
		fs.String("as", "", "call the session `NAME`, and keep the present one open beside it: see session")
		fs.Bool("insecure", false, "accept any certificate: anyone in between can pose as the server")
		fs.String("made", "", "make the session what the `JSON` of a detached job says")
		fs.Lookup("made").Hidden = true
	},
	Complete: []completion.Kind{completion.Host, completion.Port},
	Wire:     command.Sends("QUIT"),
	Foreign:  command.Refused, Run: open,
})

func open(ctx context.Context, c *command.Call) error {
	if err := outsideTx(c); err != nil {
		return err
	}
	a, err := command.AddressOf(c.Shell, c.Texts())
	if err != nil {
		return err
	}
	if c.Given("tls") {
		a.Security = c.Value("tls")
	}
	if err := openingWords(c, &a); err != nil {
		return err
	}
	how := c.Shell.Options.Connect
	o := command.Opening{
		Anonymous: c.Is("anonymous") || how.Anonymous,
		NoLogin:   c.Is("no-login") || how.NoLogin,
		Insecure:  c.Is("insecure"),
	}
	if o.Name, err = nameOfSession(c); err != nil {
		return err
	}
	if o.Name != "" && c.Session() != nil || keepsSession(c) {
		err = switchTo(ctx, c.Shell, a, o)
	} else {
		err = command.OpenSession(ctx, c.Shell, a, o)
	}
	if text := c.Value("made"); err == nil && text != "" {
		err = c.Shell.Remake(ctx, text)
	}
	if text := c.Value("execute"); err == nil && text != "" {
		line := c.Line.At(c.Statement)
		line.Text, line.Within = text, c
		err = failure.Shown(c.Shell.Hooks.Do(c.Shell, line))
	}
	return err
}

// openingWords adds what -u and -p say to an address.
func openingWords(c *command.Call, a *site.Address) error {
	if user := c.Value("user"); user != "" {
		if a.User != "" {
			return c.Usage("the address has a user, and so has -u")
		}
		a.User, a.Password, a.HasPassword = strings.Cut(user, ",")
	}
	if port := c.Value("port"); port != "" {
		a.Port = port
	}
	if err := a.Check(); err != nil {
		return c.Usage("%s", err)
	}
	return nil
}
