package shell

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/syserror"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// Line is something to run, and where it comes from.
type Line struct {
	Text   string
	Script string // name of the script, "" for a line that was typed
	Number int

	within  *Call       // the command that runs the line, if any: its output goes where that one's goes
	vars    syntax.Vars // $1, $i and so on; see variables
	aliases []string    // that stand for the line: in it, their names mean commands
}

// at is where a statement of the line stands.
func (line Line) at(st syntax.Statement) Line {
	line.Number += st.Line
	return line
}

// Do runs a line and shows its failures. It returns the first one that counts:
// in a script, what follows it is not run unless onerror says so.
func (sh *Shell) Do(line Line) error {
	sh.stepper.begin()
	defer beginChanges(sh, line)()
	if line.within == nil {
		sh.signals.fresh()
	}
	aside, is := sh.hooks.aside(sh, line)
	switch {
	case is:
		line.Text = aside
	case sh.raw && line.within == nil:
		defer sh.hooks.afterLine(sh, line, "")
		return sh.hooks.rawLine(sh, line)
	case sh.hooks.answered(sh, line):
		sh.hooks.afterLine(sh, line, line.Text)
		return nil
	}
	defer sh.hooks.afterLine(sh, line, "")
	list, err := syntax.Parse(line.Text)
	if err != nil {
		sh.failed(line, "", err)
		return err
	}
	return sh.list(line, list)
}

// list runs what a line, or a block in it, says.
func (sh *Shell) list(line Line, list syntax.List) error {
	var first error
	for _, chain := range list {
		err := sh.chain(line, chain)
		if first == nil {
			first = err
		}
		if sh.stops(line, err) {
			break
		}
	}
	return first
}

// stops reports whether what follows a statement is not run: in a script after
// a failure, unless onerror says so.
func (sh *Shell) stops(line Line, err error) bool {
	return sh.quitting || sh.ended() || ends(err) ||
		err != nil && line.Script != "" && sh.Settings.OnError == "stop"
}

// ends reports whether the rest of a line is not run: the user has stopped it, or
// it would run before what was sent to the background has ended.
func ends(err error) bool { return errors.Is(err, failure.ErrInterrupted) || errors.Is(err, errAway) }

// chain runs statements that && and || join; the last one that runs decides.
func (sh *Shell) chain(line Line, chain syntax.Chain) error {
	if chain.Background && sh.confined == nil {
		sh.hooks.background(sh, line, chain)
		return nil
	}
	var last error
	for _, st := range chain.Statements {
		if st.After == syntax.And && last != nil || st.After == syntax.Or && last == nil {
			continue
		}
		name, err := "", sh.signals.between()
		if err == nil {
			name, err = sh.statement(line, st)
		}
		sh.status = Status(err)
		sh.heard.refused(err)
		if err != nil {
			sh.failed(line.at(st), name, err)
		}
		if last = err; st.Ignore {
			last = nil
		}
		if sh.quitting || sh.ended() || ends(err) {
			return err
		}
	}
	return last
}

// statement runs one command, and the macro init when it has logged in. It
// returns the full name.
func (sh *Shell) statement(line Line, st syntax.Statement) (name string, err error) {
	sh.log.command(line.at(st), st.Source)
	if text, is := alias(sh, line, st); is {
		return st.Name(), runAlias(sh, line, st, text)
	}
	name, err = sh.command(line, st)
	if err == nil {
		err = initialize(sh)
	}
	return name, err
}

func (sh *Shell) command(line Line, st syntax.Statement) (name string, err error) {
	line.vars.Get = sh.variable
	st = st.Expand(line.vars)
	command, err := sh.catalog.Find(st.Name())
	if err != nil {
		return "", err
	}
	if err := sh.foreign(command); err != nil {
		return command.Name, err
	}
	if sh.hooks.detaches(sh, line, st, command) {
		return command.Name, sh.hooks.detachable(sh, line, st)
	}
	ctx, done := sh.signals.during(sh.base, sh.session)
	defer done()
	call := sh.call(line, st)
	call.Command = command
	if err := call.parse(ctx, st.Args()); err != nil {
		if errors.Is(err, pflag.ErrHelp) {
			return command.Name, sh.hooks.help(sh, call)
		}
		return command.Name, err
	}
	parts, err := spread(call)
	if err == nil && parts == nil {
		err = sh.needs(command.Needs)
	}
	if err = cmp.Or(err, sh.allowed(command)); err != nil {
		return command.Name, err
	}
	if not, err := commandDry(sh, call); not {
		return command.Name, err
	}
	if sh.opt.Started != nil {
		sh.opt.Started(command)
		defer sh.opt.Started(nil)
	}
	if slices.Contains(command.Wire, "EPSV") {
		sh.manual.forget() // the command arranges a data connection of its own
	}
	end := sh.begin(st.Source, command)
	err = sh.output(ctx, call, st, func() error {
		if parts == nil {
			return sh.persist(ctx, call)
		}
		return onSessions(ctx, call, parts, func(there *Call) error { return sh.persist(ctx, there) })
	})
	end(failure.Interrupted(ctx, err))
	sh.con.Status("")
	if call.moves > 0 && sh.Settings.Bell {
		sh.con.Bell()
	}
	return command.Name, failure.Interrupted(ctx, err)
}

// call is a run of a statement, before its words are looked at. Its output goes
// where that of the command goes which runs the line.
func (sh *Shell) call(line Line, st syntax.Statement) *Call {
	call := &Call{
		Shell: sh, Name: st.Name(), Out: sh.con.Out(), Err: sh.con.Err(), screen: sh.con.Screen(), bytes: !sh.con.Shows(),
		line: line, statement: st,
	}
	if outer := line.within; outer != nil {
		call.Out, call.Err, call.screen, call.bytes = outer.Out, outer.Err, outer.screen, outer.bytes
	}
	return call
}

func (c *connection) needs(need Need) error {
	if need == Nothing {
		return nil
	}
	if c.session == nil {
		return failure.ErrNotConnected
	}
	if _, in := c.session.LoggedIn(); need == Login && !in {
		return client.ErrNotLoggedIn
	}
	return nil
}

// output runs the command with its result going where the statement says.
func (sh *Shell) output(ctx context.Context, call *Call, st syntax.Statement, run func() error) error {
	switch {
	case sh.confined != nil && outlet(st) != "": // the command runs as if it wrote there: what it sends depends on it
		call.Note("`%s` is left out: a file from elsewhere starts no program and writes to no file", outlet(st))
		call.into(io.Discard)
		return run()
	case st.File != nil:
		return call.toFile(ctx, st.File.Text, st.Append, run)
	case st.Pipe != "":
		return call.toPipe(ctx, st.Pipe, run)
	}
	return run()
}

// toFile sends the result of run into a local file.
func (c *Call) toFile(ctx context.Context, name string, add bool, run func() error) error {
	var file *localFile
	var err error
	if add {
		file, err = c.atEnd(ctx, name)
	} else {
		file, err = c.intoFile(ctx, name, 0o666, false)
	}
	if err != nil {
		return err
	}
	c.into(file)
	return file.end(run())
}

// toPipe sends the result of run to a command of the local shell. A command
// that has seen enough (head) is no failure.
func (c *Call) toPipe(ctx context.Context, text string, run func() error) error {
	in, err := c.pipeTo(ctx, text)
	if err != nil {
		return err
	}
	c.into(in)
	err = run()
	closing := in.Close()
	if syserror.PipeClosed(err) || errors.Is(err, io.ErrClosedPipe) {
		err = nil
	}
	if err == nil {
		err = closing
	}
	return err
}

// pipeTo starts a command of the local shell; closing its input waits for it.
// What it prints goes where the result would have gone.
func (c *Call) pipeTo(ctx context.Context, text string) (io.WriteCloser, error) {
	switch {
	case c.Shell.confined != nil:
		c.Note("| %s is left out: %s", text, errForeignProgram)
		return nowhere{io.Discard}, nil
	case c.Shell.opt.DryRun:
		return nowhere{io.Discard}, c.Shell.would(dryAction{Action: "run", What: text})
	}
	out, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd := c.Shell.localShell(ctx, text)
	cmd.Stdin = out
	if c.line.within != nil && !c.screen {
		cmd.Stdout = c.Out // of let -c, or of a block
	}
	ended := make(chan error, 1)
	go func() {
		err := c.Shell.con.Run(cmd)
		out.Close()
		ended <- err
	}()
	return &pipe{in, ended, text}, nil
}

type pipe struct {
	*os.File
	ended   chan error
	command string
}

func (p *pipe) Close() error {
	p.File.Close()
	err := <-p.ended
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return fmt.Errorf("the local command %s: %w", p.command, err)
	}
	return err
}
