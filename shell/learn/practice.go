package learn

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/site"
	"github.com/ftpsh/ftpsh/shell/teach"
)

var _ = command.Add(&command.Command{
	Name: "practice", Theme: "learn", Complete: []completion.Kind{completion.None}, Args: "[start | open | wire | faults | stop]", Short: "a server inside this program to try things on, with faults if you like",
	Long: "`practice start` starts it on this computer; other programs can use it, too. `practice open` logs in to it, and starts it where it does not run yet. `practice wire` " +
		"shows what it received, passwords included: without TLS, anyone on the way sees the same. A fault is " +
		"NAME:VERB=VALUE*COUNT, of which NAME is enough; `practice faults` lists them. --like gives it the greeting, FEAT, " +
		"listing and habits of another server: " + flavourList() + ". Nothing you do there reaches a disk.",
	Examples: []command.Example{
		{Line: "practice start", Says: "a well-behaved server with some files"},
		{Line: "practice start --fault nat-pasv --fault no-epsv", Says: "one that names an address nobody can reach"},
		{Line: "practice start --fault cut:RETR=4096 --port 2121 --wait", Says: "until Ctrl-C, for other clients"},
		{Line: "practice start --like iis", Says: "one that speaks and lists as IIS does"},
		{Line: "practice open", Says: "log in to it"},
	},
	Max: 1, Words: []string{"start", "open", "wire", "faults", "stop"},
	Flags: func(fs *pflag.FlagSet) {
		fs.StringArray("fault", nil, "start: a `FAULT`, which is what is to go wrong; practice faults lists them")
		command.Choices(fs, "fault", faultNames()...)
		fs.Int("port", 0, "start: the `PORT`; otherwise any that is free")
		fs.String("tls", "auto", "start: `MODE` is auto (for those who ask), require, implicit, off")
		command.OneOf(fs, "tls", settings.TLSWords...)
		fs.String("like", "", "start: look like this `SERVER`")
		command.Choices(fs, "like", flavourNames()...)
		fs.Bool("nat", false, "start: in a private network behind a router; a real one as root on Linux, else played")
		fs.Bool("wait", false, "start: serve until Ctrl-C")
		fs.Bool("clear", false, "open: without TLS")
	},
	Wire: command.Sends("QUIT"), Foreign: command.Refused, Run: runPractice,
})

func runPractice(ctx context.Context, c *command.Call) error {
	sh, what := c.Shell, c.Arg(0)
	if sh.Practice == nil && (what == "" || what == "open") {
		if err := practiceServer(ctx, c); err != nil || what == "" {
			return err
		}
	}
	switch what {
	case "start":
		return practiceServer(ctx, c)
	case "faults":
		return c.Table(faultTable())
	}
	if sh.Practice == nil {
		return &failure.UsageError{Text: "no practice server runs", Hint: "`practice start` starts one"}
	}
	switch what {
	case "":
		return printLines(c, sh.Practice.Describe())
	case "open":
		return openPractice(ctx, sh, c.Is("clear"), true)
	case "wire":
		return printLines(c, sh.Practice.Wire())
	case "stop":
		return StopPractice(sh)
	}
	return c.Usage("%s is not one of start, open, wire, faults, stop", what)
}

func practiceServer(ctx context.Context, c *command.Call) error {
	words, _ := c.Flags.GetStringArray("fault")
	port, _ := c.Flags.GetInt("port")
	opt := teach.PracticeOptions{Port: port, TLS: c.Value("tls"), Like: c.Value("like"), NAT: c.Is("nat")}
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
	if err := printLines(c, c.Shell.Practice.Describe()); err != nil || !c.Is("wait") {
		return err
	}
	<-ctx.Done()
	return StopPractice(c.Shell)
}

// servePractice starts the practice server, in place of the one that runs.
func servePractice(sh *command.Shell, opt teach.PracticeOptions) error {
	if err := StopPractice(sh); err != nil {
		return err
	}
	p, err := teach.StartPractice(opt)
	if err != nil {
		return err
	}
	sh.Practice = p
	return nil
}

// StopPractice ends the practice server, and the session with it.
func StopPractice(sh *command.Shell) error {
	p := sh.Practice
	if p == nil {
		return nil
	}
	if sh.AtPractice(sh.Address) {
		sh.Disconnect()
	}
	sh.Practice = nil
	return p.Close()
}

// openPractice connects to the practice server, and logs in.
func openPractice(ctx context.Context, sh *command.Shell, clear, login bool) error {
	a := site.Address{
		Host: sh.Practice.Host(), Port: strconv.Itoa(sh.Practice.Port()),
		User: teach.PracticeUser, Password: teach.PracticePassword, HasPassword: true,
	}
	switch {
	case strings.HasPrefix(sh.Practice.URL(), "ftps:"):
		a.Security = "implicit"
	case clear:
		a.Security = "off"
	}
	return command.OpenSession(ctx, sh, a, command.Opening{NoLogin: !login})
}

func printLines(c *command.Call, lines []string) error {
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
