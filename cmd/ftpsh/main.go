// Ftpsh is an interactive FTP shell.
package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/processors"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/script"
)

func main() {
	os.Exit(run(os.Args[1:], func(o *command.Options) { o.Connecting = processors.Half }))
}

// usageStatus is the exit status for a command line that makes no sense.
const usageStatus = 2

// run is the whole program. Adapt may change the options of the shell: tests
// listen in.
func run(args []string, adapt func(*command.Options)) int {
	saveMemory()
	password, known := takePassword()
	if serving(args) {
		processors.Half()
		return serve(args, password)
	}
	o, err := parseFlags(args)
	switch {
	case errors.Is(err, pflag.ErrHelp):
		fmt.Print(usage())
		return 0
	case err != nil:
		return usageError(err, "ftpsh")
	case o.version:
		fmt.Print(thisBuild())
		return 0
	case o.completion != "":
		if err := completion(o.completion); err != nil {
			return startupError(err)
		}
		return 0
	}
	o.password, o.hasPassword = password, known
	scripts, err := o.openScripts()
	for _, s := range scripts {
		defer s.Close()
	}
	if err != nil {
		return startupError(err)
	}
	return o.session(scripts, adapt)
}

// session runs a shell, from the first connection to the last line.
func (o *options) session(scripts []script.Script, adapt func(*command.Options)) int {
	opt, err := o.shellOptions(len(scripts) > 0 || o.unattended())
	if err != nil {
		return startupError(err)
	}
	if o.demo {
		demo, err := startDemo(o.like)
		if err != nil {
			return startupError(err)
		}
		defer demo.Close()
		opt.Connect.TLS.RootCAs = demo.RootCAs()
		opt.Hinted = true
		opt.StateDir = "" // its port belongs to somebody else tomorrow
		return o.runShell(opt, scripts, adapt, func(sh *command.Shell) error { return openDemo(sh, demo) })
	}
	return o.runShell(opt, scripts, adapt, func(sh *command.Shell) error {
		if len(o.target) == 0 || o.unattended() {
			return nil
		}
		return shell.Open(sh, o.target...)
	})
}

func (o *options) runShell(opt command.Options, scripts []script.Script, adapt func(*command.Options), open func(*command.Shell) error) int {
	opt.Version = thisBuild().version
	if !o.demo { // its server ends with this process
		opt.Detach = o.detach
	}
	adapt(&opt)
	sh, err := shell.New(opt)
	if err != nil {
		return startupError(err)
	}
	defer shell.Close(sh)
	if err := o.configure(sh); err != nil {
		return startupError(err)
	}
	opening := open(sh)
	switch {
	case opening != nil && !sh.Interactive():
		return shell.Exit(sh, opening)
	case o.upload != "":
		return shell.Upload(sh, o.upload, o.target, shell.FetchOptions{Resume: o.resume, CreateDirs: o.createDirs})
	case o.fetches():
		return shell.Fetch(sh, o.target, shell.FetchOptions{Output: o.output, Resume: o.resume, CreateDirs: o.createDirs})
	case len(scripts) == 0 && sh.Interactive():
		return shell.Interact(sh)
	}
	if len(scripts) == 0 {
		scripts = []script.Script{shell.Input}
	}
	return shell.Batch(sh, scripts...)
}

// configure applies the configuration, and what the command line says about it.
func (o *options) configure(sh *command.Shell) error {
	if !o.noConfig {
		if err := shell.ReadConfig(sh, filepath.Join(configDir(), "config.toml")); err != nil {
			return err
		}
	}
	for _, row := range o.settings() {
		if err := sh.Set(row.name, row.value); err != nil {
			return row.wrong(err)
		}
	}
	return o.stepRates(sh)
}

// usageError reports a command line that makes no sense to one of our programs.
func usageError(err error, program string) int {
	return startupError(&failure.UsageError{Text: failure.InWords(err), Hint: cmp.Or(failure.Hint(err), "`"+program+" --help` shows the options")})
}

// startupError reports what keeps the program from starting.
func startupError(err error) int {
	complain("ftpsh", err)
	return usageStatus
}

// complain says what is wrong with what, on a terminal in lines that fit.
func complain(what string, err error) {
	said := render.Failure{What: what, Words: failure.InWords(err)}
	if hint := failure.Hint(err); hint != "" {
		said.Hints = []string{hint}
	}
	width, _, err := term.GetSize(int(os.Stderr.Fd()))
	if err != nil {
		width = 0
	}
	fmt.Fprintln(os.Stderr, said.Text(false, width))
}

// bookmarkFile is where the bookmarks are.
func bookmarkFile() string { return filepath.Join(configDir(), "bookmarks.toml") }

// configDir is where the configuration and the bookmarks are.
func configDir() string { return filepath.Join(xdg.ConfigHome, "ftpsh") }

// stateDir is where history and known servers are kept.
func stateDir() string { return filepath.Join(xdg.StateHome, "ftpsh") }

// openHistory opens the history; where its file cannot be used it lasts as long as
// the program.
func openHistory() *history.File {
	file, err := history.Open(filepath.Join(stateDir(), "history"), history.Options{})
	if err != nil {
		complain("ftpsh: history", err)
	}
	return file
}
