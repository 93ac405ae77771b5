package command

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
	"github.com/ftpsh/ftpsh/client/proxy"
	"github.com/ftpsh/ftpsh/client/syserror"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// Line is something to run, and where it comes from.
type Line struct {
	Text   string
	Script string // name of the script, "" for a line that was typed
	Number int

	Within  *Call       // the command that runs the line, if any: its output goes where that one's goes
	Vars    syntax.Vars // $1, $i and so on; see variables
	Aliases []string    // that stand for the line: in it, their names mean commands
}

// At is where a statement of the line stands.
func (line Line) At(st syntax.Statement) Line {
	line.Number += st.Line
	return line
}

// Do runs a line and shows its failures. It returns the first one that counts:
// in a script, what follows it is not run unless onerror says so.
func (sh *Shell) Do(line Line) error {
	sh.Stepper.begin()
	defer beginChanges(sh, line)()
	aside, is := sh.Hooks.Aside(sh, line)
	switch {
	case is:
		line.Text = aside
	case sh.Raw && line.Within == nil:
		defer sh.Hooks.AfterLine(sh, line, "")
		return sh.Hooks.RawLine(sh, line)
	case sh.Hooks.Answered(sh, line):
		sh.Hooks.AfterLine(sh, line, line.Text)
		return nil
	}
	defer sh.Hooks.AfterLine(sh, line, "")
	list, err := syntax.Parse(line.Text)
	if err != nil {
		sh.Failed(line, "", err)
		return err
	}
	if sh.Signals != nil && line.Within == nil {
		sh.Signals.ahead = leavesKeys(sh, line, list)
	}
	return sh.List(line, list)
}

// List runs what a line, or a block in it, says.
func (sh *Shell) List(line Line, list syntax.List) error {
	var first error
	for _, chain := range list {
		err := sh.Chain(line, chain)
		first = cmp.Or(first, err)
		if sh.Stops(line, err) {
			break
		}
	}
	return first
}

// Stops reports whether what follows a statement is not run: in a script after
// a failure, unless onerror says so.
func (sh *Shell) Stops(line Line, err error) bool {
	return sh.Quitting || sh.Ended() || Ends(err) ||
		err != nil && line.Script != "" && sh.Settings.OnError == "stop"
}

// Ends reports whether the rest of a line is not run: the user has stopped it, or
// it would run before what was sent to the background has ended.
func Ends(err error) bool { return errors.Is(err, failure.ErrInterrupted) || errors.Is(err, ErrAway) }

// Chain runs statements that && and || join; the last one that runs decides.
func (sh *Shell) Chain(line Line, chain syntax.Chain) error {
	if chain.Background && sh.Confined == nil {
		sh.Hooks.Background(sh, line, chain)
		return nil
	}
	var last error
	for _, st := range chain.Statements {
		if st.After == syntax.And && last != nil || st.After == syntax.Or && last == nil {
			continue
		}
		name, err := st.Name(), sh.Signals.between()
		if err == nil {
			name, err = sh.statement(line, st)
		}
		sh.Status = Status(err)
		sh.heard.refused(err)
		if err != nil {
			sh.Failed(line.At(st), name, err)
		}
		if last = err; st.Ignore {
			last = nil
		}
		if sh.Quitting || sh.Ended() || Ends(err) {
			return err
		}
	}
	return last
}

// statement runs one command, and the macro init when it has logged in. It
// returns the full name.
func (sh *Shell) statement(line Line, st syntax.Statement) (name string, err error) {
	sh.Log.command(line.At(st), st.Source)
	if text, is := alias(sh, line, st); is {
		return st.Name(), runAlias(sh, line, st, text)
	}
	name, err = sh.Command(line, st)
	if err == nil {
		err = Initialize(sh)
	}
	return name, err
}

// Command runs the command of one statement, and returns its full name.
func (sh *Shell) Command(line Line, st syntax.Statement) (name string, err error) {
	line.Vars.Get = sh.variable
	st = st.Expand(line.Vars)
	command, err := sh.Catalog.Find(st.Name())
	if err != nil {
		return "", err
	}
	if err := sh.foreign(command); err != nil {
		return command.Name, err
	}
	if sh.Hooks.Detaches(sh, line, st, command) {
		return command.Name, sh.Hooks.Detachable(sh, line, st)
	}
	ctx, done := sh.Signals.During(sh.Base, sh.Session)
	defer done()
	ActAhead(sh)
	call := sh.call(line, st)
	call.Command = command
	if err := call.Parse(ctx, st.Args()); err != nil {
		if errors.Is(err, pflag.ErrHelp) {
			return command.Name, sh.Hooks.Help(sh, call)
		}
		return command.Name, err
	}
	parts, err := spread(call)
	if err == nil && parts == nil {
		err = sh.lacks(command)
	}
	if err = cmp.Or(err, sh.allowed(command)); err != nil {
		return command.Name, err
	}
	if not, err := commandDry(sh, call); not {
		return command.Name, err
	}
	if sh.Options.Started != nil {
		sh.Options.Started(command)
		defer sh.Options.Started(nil)
	}
	return command.Name, carryOut(ctx, sh, st, call, parts)
}

// carryOut does what a command says, on the sessions that its parts are about.
func carryOut(ctx context.Context, sh *Shell, st syntax.Statement, call *Call, parts []Part) error {
	if slices.Contains(call.Command.Wire, "EPSV") {
		sh.Manual.Forget() // the command arranges a data connection of its own
	}
	end := sh.begin(st.Source, call)
	err := sh.output(ctx, call, st, func() error {
		if parts == nil {
			return sh.persist(ctx, call)
		}
		return onSessions(ctx, call, parts, func(there *Call) error { return sh.persist(ctx, there) })
	})
	err = failure.Interrupted(ctx, err)
	end(err)
	sh.Console.Status("")
	if call.Moves > 0 && sh.Settings.Bell {
		sh.Console.Bell()
	}
	return err
}

// call is a run of a statement, before its words are looked at. Its output goes
// where that of the command goes which runs the line.
func (sh *Shell) call(line Line, st syntax.Statement) *Call {
	call := &Call{
		Shell: sh, Name: st.Name(), Out: sh.Console.Out(), Err: sh.Console.Err(), Screen: sh.Console.Screen(), Bytes: !sh.Console.Shows(),
		Line: line, Statement: st,
	}
	if outer := line.Within; outer != nil {
		call.Out, call.Err, call.Screen, call.Bytes = outer.Out, outer.Err, outer.Screen, outer.Bytes
	}
	return call
}

// Needs reports what a command lacks: a connection, or a login.
func (c *Peer) Needs(need Need) error {
	if need == Nothing {
		return nil
	}
	switch {
	case c.Session == nil && c.Gateway != nil:
		return &NoFTPError{proxy.Describe(c.Gateway.Proxy)}
	case c.Session == nil:
		return failure.ErrNotConnected
	}
	if _, in := c.Session.LoggedIn(); need == Login && !in {
		return client.ErrNotLoggedIn
	}
	return nil
}

// output runs the command with its result going where the statement says.
func (sh *Shell) output(ctx context.Context, call *Call, st syntax.Statement, run func() error) error {
	switch {
	case sh.Confined != nil && outlet(st) != "": // the command runs as if it wrote there: what it sends depends on it
		call.Note("`%s` is left out: a file from elsewhere starts no program and writes to no file", outlet(st))
		call.Into(io.Discard)
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
	var file *LocalFile
	var err error
	if add {
		file, err = c.atEnd(ctx, name)
	} else {
		file, err = c.IntoFile(ctx, name, 0o666, false)
	}
	if err != nil {
		return err
	}
	c.Into(file)
	return file.End(run())
}

// toPipe sends the result of run to a command of the local shell. A command
// that has seen enough (head) is no failure.
func (c *Call) toPipe(ctx context.Context, text string, run func() error) error {
	in, err := c.PipeTo(ctx, text)
	if err != nil {
		return err
	}
	c.Into(in)
	err = run()
	closing := in.Close()
	if syserror.PipeClosed(err) || errors.Is(err, io.ErrClosedPipe) {
		err = nil
	}
	return cmp.Or(err, closing)
}

// PipeTo starts a command of the local shell; closing its input waits for it.
// What it prints goes where the result would have gone.
func (c *Call) PipeTo(ctx context.Context, text string) (io.WriteCloser, error) {
	switch {
	case c.Shell.Confined != nil:
		c.Note("| %s is left out: %s", text, errForeignProgram)
		return Unclosed{io.Discard}, nil
	case c.Shell.Options.DryRun:
		return Unclosed{io.Discard}, c.Shell.Would(DryAction{Action: "run", What: text})
	}
	out, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd := c.Shell.LocalShell(ctx, text)
	cmd.Stdin = out
	if c.Line.Within != nil && !c.Screen {
		cmd.Stdout = c.Out // of let -c, or of a block
	}
	ended := make(chan error, 1)
	go func() {
		err := c.Shell.Console.Run(cmd)
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
	if failure.Is[*exec.ExitError](err) {
		return fmt.Errorf("the local command %s: %w", p.command, err)
	}
	return err
}
