package learn

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/teach"
)

var _ = command.Add(&command.Command{
	Name: "doctor", Theme: "learn", Secret: history.Secret{Connects: true}, Args: "[host [port]]", Short: "examine a server step by step and say what is wrong", JSON: true,
	Long: "From the name to a listing: DNS, TCP, greeting, features, TLS and certificate, login, both kinds of passive mode, " +
		"protected data. It only reads, changes nothing on the server, and asks for nothing: " +
		"without a host it examines the " +
		"server you are connected to, or the one that the last `open` did not reach, over a connection of its own, with your login; " +
		"a host is examined as anonymous unless its user and password are known. One small file is fetched.\n" +
		"--full looks at active mode and a login in the clear, too. After 16 seconds it says what it has found. " +
		"Its status is 1 when it has found a problem.",
	Examples: []command.Example{
		{Line: "doctor --fix", Says: "and what to write into config.toml"},
		{Line: "doctor", Says: "why this server behaves as it does"},
		{Line: "doctor --full ftp.example.org", Says: "everything about another one"},
	},
	Max: 2, Complete: []completion.Kind{completion.Host, completion.Port},
	Flags: func(fs *pflag.FlagSet) {
		fs.Bool("fix", false, "show the settings that help, as lines of config.toml")
		fs.Bool("full", false, "make the slower tests, too")
		fs.Duration("timeout", 5*time.Second, "the `TIME` for each step")
		fs.String("tls", "", "`MODE`: auto, require, implicit or off")
		command.OneOf(fs, "tls", settings.TLSWords...)
	},
	Wire: command.Verbs(command.LoginVerbs, command.DataVerbs, command.Sends("LIST", "MLSD", "REST", "RETR", "QUIT")), Foreign: command.Refused, Run: doctor,
})

func doctor(ctx context.Context, c *command.Call) error {
	e, err := examination(ctx, c)
	if err != nil {
		return err
	}
	e.Full = c.Is("full")
	e.Limit, _ = c.Flags.GetDuration("timeout")
	if !c.JSON() {
		e.Report = func(f teach.Finding) { showFinding(c, f) }
	}
	c.SumsUp()
	d := teach.Examine(ctx, e)
	if err := ctx.Err(); err != nil {
		return failure.Interrupted(ctx, err)
	}
	if c.JSON() {
		if err := c.Object(d); err != nil {
			return err
		}
	} else if err := c.Print("%s", render.SafeLines("\n"+strings.Join(d.Advice(), "\n"))); err != nil {
		return err
	}
	if lines := d.Fix(); c.Is("fix") && !c.JSON() {
		if len(lines) == 0 {
			lines = []string{"# no setting helps with this server"}
		}
		if err := c.Print("\n%s", strings.Join(lines, "\n")); err != nil {
			return err
		}
	}
	if !d.OK {
		return fmt.Errorf("%s: %w", d.Host, errUnwell)
	}
	return nil
}

// errUnwell is what scripts hear of a server that has problems.
var errUnwell = errors.New("problems found")

// examination is whom to examine: the host that is named, or the server of the
// session.
func examination(ctx context.Context, c *command.Call) (e teach.Examination, err error) {
	sh := c.Shell
	a := sh.Address
	if len(c.Args) > 0 {
		if a, err = command.AddressOf(sh, c.Texts()); err != nil {
			return e, err
		}
	} else if sh.Session == nil {
		if a = sh.Tried; a.Host == "" {
			return e, &failure.UsageError{Text: "not connected", Hint: "`doctor HOST` examines a server"}
		}
	}
	if c.Given("tls") {
		a.Security = c.Value("tls")
	}
	if len(c.Args) == 0 && sh.Session != nil && a.Security != "implicit" {
		if protected, _ := sh.Session.Protected(); protected {
			a.Security = "require" // it may have been asked for by hand
		}
	}
	e.Options = command.SessionOptions(sh, a)
	e.Options.Pin = sh.Known.Pin(e.Options.Addr)
	command.TrustPractice(sh, &e.Options)
	if err := command.Through(sh, &e.Options); err != nil {
		return e, err
	}
	if e.Options.Revoked, err = command.Revoked(sh); err != nil {
		return e, err
	}
	if len(c.Args) == 0 && sh.Session != nil {
		e.Login = sh.Session.Clones().Identity()
		e.Known = e.Login.User != ""
		e.Seen = teach.Lately(sh.Recorder.All(), sh.Session.Conn().RemoteAddr().String(), sh.Session.Features())
		return e, nil
	}
	var source string
	e.Login, source, err = command.Credentials(ctx, sh, a, client.Login{User: a.User, Password: a.Password})
	e.Known = source != ""
	return e, err
}

// showFinding prints a finding: only its state has a colour.
func showFinding(c *command.Call, f teach.Finding) {
	colours := map[teach.State]render.Colour{teach.Fine: render.Green, teach.Worth: render.Yellow, teach.Failing: render.Red, teach.Skipped: render.Dim}
	for i, line := range f.Line() {
		line = render.SafeLines(line) // people pass a report on
		if i == 0 && c.Screen && c.Shell.Console.ColorOut() {
			state := string(f.State)
			line = strings.Replace(line, state, colours[f.State].Paint(true, state), 1)
		}
		fmt.Fprintln(c.Out, line)
	}
}
