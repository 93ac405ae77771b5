package shell

import (
	"context"
	"errors"
	"time"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/commands"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/jobs"
	"github.com/ftpsh/ftpsh/shell/learn"
	"github.com/ftpsh/ftpsh/shell/prompt"
	"github.com/ftpsh/ftpsh/shell/script"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// above is what the rooms do for those below them.
var above = &command.Hooks{
	Do: (*command.Shell).Do, MayLeave: jobs.MayLeave, Consent: learn.Consent, Prompt: prompt.Text,
	NewJobs: func() command.JobList { return jobs.NewJobs() }, Help: func(sh *command.Shell, c *command.Call) error { return helpCommand(sh, c.Out, c.Command) },
	Background: jobs.Background, Detaches: jobs.Detaches, Detachable: jobs.Detachable,
	Aside:   func(sh *command.Shell, line command.Line) (string, bool) { return learn.Aside(&sh.Learning, line) },
	RawLine: learn.RunRawLine, Answered: learn.Answered, AfterLine: learn.AfterLine,
}

// New makes a shell. It handles the signals of the program until Close.
func New(opt command.Options) (*command.Shell, error) {
	if opt.DryRun {
		opt.Detach = nil // it would not be dry
	}
	sh := command.Blank(opt, Catalog(), above)
	opt.Console.Complete, opt.Console.Highlight, opt.Console.Hint = func(ctx context.Context, line string, pos int) console.Completion {
		return prompt.CompleteLine(ctx, sh, line, pos)
	}, func(line string) string { return prompt.HighlightLine(sh, line) }, func(line string) string { return prompt.Warning(sh, line) }
	opt.Console.Help, opt.Console.Edit = func(line string, pos int) { explainWord(sh, line, pos) }, func(line string) string { return commands.EditElsewhere(sh, line) }
	if opt.History != nil {
		opt.Console.History, opt.Console.Suggest = func() []string { return recallable(sh) }, func(line string) string { return suggestLine(sh, line) }
	}
	con, err := console.New(opt.Console)
	if err != nil {
		return nil, err
	}
	sh.Console = &command.JobConsole{Console: con}
	sh.Settings = settings.Default(con.Interactive())
	sh.Record(opt.Version)
	sh.Base, sh.End = context.WithCancelCause(context.Background())
	sh.Remote = sh.NewRemote()
	sh.Signals = command.WatchSignals(sh)
	return sh, nil
}

// Close says goodbye to the server and gives the terminal back.
func Close(sh *command.Shell) {
	jobs.LeaveQueue(sh)
	jobs.EndJobs(sh, jobs.ErrKilled)
	for len(sh.Others) > 0 {
		_ = sh.Lend(0, func() error {
			sh.Disconnect()
			return nil
		})
	}
	sh.Disconnect()
	_ = sh.StopWeb()
	_ = learn.StopPractice(sh) // its files were never on a disk
	if err := learn.StopRecording(sh); err != nil {
		sh.Say("the recording is not complete: " + failure.InWords(err))
	}
	sh.Console.Close()
	sh.Signals.Stop()
	sh.End(nil)
}

// Interact reads lines from the terminal until the user or a signal ends it,
// and returns the exit status.
func Interact(sh *command.Shell) int {
	prompt.Welcome(sh)
	for !sh.Quitting {
		line, err := readLine(sh)
		switch {
		case errors.Is(err, console.ErrInterrupt):
			continue
		case err != nil:
			sh.Quitting = sh.Ended() || jobs.MayLeave(sh.Base, sh)
			continue
		}
		line, ok := prompt.RecalledLine(sh, line)
		if !ok {
			continue
		}
		rememberLine(sh, line)
		start := time.Now()
		err = sh.Do(command.Line{Text: line})
		noteEnd(sh, time.Since(start))
		if !command.Ends(err) { // who ends it is here
			sh.Notify(time.Since(start), jobs.Outcome(err)+": "+command.Recorded(line, "a command"))
		}
	}
	return script.Leaves(sh, 0)
}

// readLine reads a line, and what completes it when a quote or a block is open.
func readLine(sh *command.Shell) (string, error) {
	if sh.Session != nil && !sh.Greeted {
		sh.Greeted = true
		jobs.TellKept(sh)
	}
	sh.Place = prompt.PlaceOf(sh.Session)
	defer commands.KeepAlive(sh)()
	line, err := sh.Console.ReadLine(sh.Base, prompt.Text(sh))
	text := line
	for lines := (syntax.Lines{}); err == nil && lines.Open(line); {
		line, err = sh.Console.ReadLine(sh.Base, "> ")
		text += "\n" + line
	}
	sh.Signals.Fresh()
	return text, err
}

// rememberLine puts a line into the history.
func rememberLine(sh *command.Shell, line string) {
	if sh.Options.History != nil && !sh.Options.DryRun {
		if err := sh.Options.History.Add(sh.Where(), sh.Dir(), line); err != nil {
			sh.Warn("history: " + failure.InWords(err))
		}
	}
}

// noteEnd notes in the history how the line went that was remembered last.
func noteEnd(sh *command.Shell, took time.Duration) {
	if sh.Options.History != nil && !sh.Options.DryRun {
		sh.Options.History.Ended(sh.Status, took)
	}
}

// recallable is what Up and Ctrl-R bring back, that of this host first.
func recallable(sh *command.Shell) []string { return sh.Options.History.Recall(sh.Where()) }

// suggestLine is the grey continuation of a half-typed line.
func suggestLine(sh *command.Shell, line string) string {
	return sh.Options.History.Suggest(sh.Where(), sh.Place.Dir, line)
}
