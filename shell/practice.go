package shell

import (
	"context"
	"net"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/teach"
)

var practiceCommands = []*Command{{
	Name: "practice", Complete: []completion.Kind{completion.None}, Args: "[start | open | wire | faults | stop]", Short: "a server in this program, with faults if you like, to try things with",
	Long: "`practice start` starts it on this computer; other programs can use it, too. `practice open` logs in to it. `practice wire` " +
		"shows what it received, passwords included: without TLS, anyone on the way sees the same. A fault is " +
		"NAME:VERB=VALUE*COUNT, of which NAME is enough; `practice faults` lists them. --like gives it the greeting, FEAT, " +
		"listing and habits of another server: " + flavourList() + ". Nothing you do there reaches a disk.",
	Examples: []Example{
		{"practice start", "a sound server with some files"},
		{"practice start --fault nat-pasv --fault no-epsv", "one that names an address nobody can reach"},
		{"practice start --fault cut:RETR=4096 --port 2121 --wait", "until Ctrl-C, for other clients"},
		{"practice start --like iis", "one that speaks and lists as IIS does"},
		{"practice open", "log in to it"},
	},
	Max: 1, Words: []string{"start", "open", "wire", "faults", "stop"},
	Flags: func(fs *pflag.FlagSet) {
		fs.StringArray("fault", nil, "start: a `FAULT`, which is what is to go wrong; practice faults lists them")
		choices(fs, "fault", faultNames()...)
		fs.Int("port", 0, "start: the `PORT`; otherwise any that is free")
		fs.String("tls", "auto", "start: `MODE` is auto (for those who ask), require, implicit, off")
		choices(fs, "tls", settings.TLSWords...)
		fs.String("like", "", "start: look like this `SERVER`")
		choices(fs, "like", flavourNames()...)
		fs.Bool("wait", false, "start: serve until Ctrl-C")
		fs.Bool("clear", false, "open: without TLS")
	},
	Wire: sends("QUIT"), Foreign: Refused, Run: runPractice,
}}

func runPractice(ctx context.Context, c *Call) error {
	sh, what := c.Shell, c.Arg(0)
	if what == "" && sh.practice == nil {
		what = "start"
	}
	switch what {
	case "start":
		return practiceServer(ctx, c)
	case "faults":
		return c.table(faultTable())
	}
	if sh.practice == nil {
		return &failure.UsageError{Text: "no practice server runs", Hint: "`practice start` starts one"}
	}
	switch what {
	case "":
		return printLines(c, sh.practice.Describe())
	case "open":
		return openPractice(ctx, sh, c.Is("clear"), true)
	case "wire":
		return printLines(c, sh.practice.Wire())
	case "stop":
		return stopPractice(sh)
	}
	return c.Usage("%s is not one of start, open, wire, faults, stop", what)
}

// practiceModes are the values of --tls.
var practiceModes = map[string]practice.TLSMode{
	"auto": practice.Explicit, "require": practice.RequireExplicit, "implicit": practice.Implicit, "off": practice.NoTLS,
}

func practiceServer(ctx context.Context, c *Call) error {
	words, _ := c.Flags.GetStringArray("fault")
	port, _ := c.Flags.GetInt("port")
	mode := c.value("tls")
	opt := teach.PracticeOptions{Port: port, NoTLS: mode == "off", Like: c.value("like")}
	var known bool
	if opt.TLS, known = practiceModes[mode]; !known {
		return c.Usage("--tls: %q is not one of auto, require, implicit, off", mode)
	}
	for _, word := range words {
		fault, err := practice.ParseFault(word)
		if err != nil {
			return &failure.UsageError{Text: err.Error(), Hint: "`practice faults` lists them"}
		}
		opt.Faults = append(opt.Faults, fault)
	}
	if err := servePractice(c.Shell, opt); err != nil {
		return err
	}
	if err := printLines(c, c.Shell.practice.Describe()); err != nil || !c.Is("wait") {
		return err
	}
	<-ctx.Done()
	return stopPractice(c.Shell)
}

// servePractice starts the practice server, in place of the one that runs.
func servePractice(sh *Shell, opt teach.PracticeOptions) error {
	if err := stopPractice(sh); err != nil {
		return err
	}
	p, err := teach.StartPractice(opt)
	if err != nil {
		return err
	}
	sh.practice = p
	return nil
}

// stopPractice ends the practice server, and the session with it.
func stopPractice(sh *Shell) error {
	p := sh.practice
	if p == nil {
		return nil
	}
	if sh.atPractice(sh.address) {
		sh.disconnect()
	}
	sh.practice = nil
	return p.Close()
}

// openPractice connects to the practice server, and logs in.
func openPractice(ctx context.Context, sh *Shell, clear, login bool) error {
	a := Address{
		Host: sh.practice.Host(), Port: strconv.Itoa(sh.practice.Port()),
		User: teach.PracticeUser, Password: teach.PracticePassword, HasPassword: true,
	}
	switch {
	case strings.HasPrefix(sh.practice.URL(), "ftps:"):
		a.Security = "implicit"
	case clear:
		a.Security = "off"
	}
	return openSession(ctx, sh, a, opening{noLogin: !login})
}

// atPractice reports whether an address is that of the practice server: its
// certificate is trusted, and nothing about it is remembered.
func (l *learning) atPractice(a Address) bool {
	p := l.practice
	return p != nil && a.Port == strconv.Itoa(p.Port()) && (a.Host == p.Host() || a.Host == "localhost")
}

// trustPractice lets a session accept the certificate of a server in this
// program, unless that is what is wrong with it.
func trustPractice(sh *Shell, opt *client.Options) bool {
	host, port, _ := net.SplitHostPort(opt.Addr)
	switch {
	case sh.confined != nil:
		opt.TLS = opt.TLS.Clone()
		opt.TLS.RootCAs, opt.TLS.ServerName = sh.confined.server.RootCAs(), ""
		return true
	case !sh.atPractice(Address{Host: host, Port: port}):
		return false
	}
	if sh.practice.Trusted() {
		opt.TLS = opt.TLS.Clone()
		opt.TLS.RootCAs = sh.practice.RootCAs()
	}
	return true
}

func printLines(c *Call, lines []string) error {
	for _, line := range lines {
		if err := c.Print("%s", line); err != nil {
			return err
		}
	}
	return nil
}

func flavourNames() (names []string) {
	for _, f := range practice.Flavours() {
		names = append(names, f.Name)
	}
	return names
}

// flavourList is the flavours in a sentence.
func flavourList() string {
	var list []string
	for _, f := range practice.Flavours() {
		list = append(list, f.Name+" ("+f.Short+")")
	}
	return strings.Join(list, "; ")
}

func faultTable() render.Table {
	t := render.Table{}
	for _, f := range practice.Faults() {
		name := f.Name
		if f.Value != "" {
			name += "=" + strings.ToUpper(f.Value)
		}
		t.Rows = append(t.Rows, []string{name, f.Short})
	}
	return t
}

func faultNames() []string {
	var names []string
	for _, f := range practice.Faults() {
		names = append(names, f.Name)
	}
	return names
}
