package command

import (
	"context"
	"io"
	"os/exec"
	"sync/atomic"

	"github.com/ftpsh/ftpsh/shell/console"
)

// A JobConsole is where a shell has the console. The shell of a job in the background
// is away from it: what it says still appears, above the prompt, but nobody can
// be asked, and the last row belongs to somebody else.
type JobConsole struct {
	*console.Console
	noPrograms bool // somebody else wrote the lines

	job   bool // it is that of a job, whose local programs never have the terminal: Ctrl-Z may take it away
	Away  atomic.Bool
	Still atomic.Bool // the last rows are not to be changed
}

// Interactive reports whether there is somebody to ask.
func (s *JobConsole) Interactive() bool { return s.Console.Interactive() && !s.Away.Load() }

// Screen reports whether what is written is looked at by somebody who types.
func (s *JobConsole) Screen() bool { return s.Console.Interactive() }

// ReadLine reads a line; a job in the background is at the end of its input.
func (s *JobConsole) ReadLine(ctx context.Context, prompt string) (string, error) {
	if s.Away.Load() {
		return "", io.EOF
	}
	return s.Console.ReadLine(ctx, prompt)
}

// Ask asks a question; nobody answers a job in the background.
func (s *JobConsole) Ask(ctx context.Context, question string) (string, error) {
	if s.Away.Load() {
		return "", console.ErrNotInteractive
	}
	return s.Console.Ask(ctx, question)
}

// AskKey asks for a key; nobody answers a job in the background.
func (s *JobConsole) AskKey(ctx context.Context, question, keys string) (rune, error) {
	if s.Away.Load() {
		return 0, console.ErrNotInteractive
	}
	return s.Console.AskKey(ctx, question, keys)
}

// ReadSecret asks for a password; nobody answers a job in the background.
func (s *JobConsole) ReadSecret(ctx context.Context, prompt string) (string, error) {
	if s.Away.Load() {
		return "", console.ErrNotInteractive
	}
	return s.Console.ReadSecret(ctx, prompt)
}

// Status shows the status line, unless others have the screen.
func (s *JobConsole) Status(line string) {
	if !s.Away.Load() && !s.Still.Load() {
		s.Console.Status(line)
	}
}

// Title sets the title of the window, unless others have the screen.
func (s *JobConsole) Title(text string) {
	if !s.Away.Load() {
		s.Console.Title(text)
	}
}

// Pager is where long output goes: a job has no pager.
func (s *JobConsole) Pager(ctx context.Context) (io.WriteCloser, error) {
	if s.job {
		return Unclosed{s.Out()}, nil
	}
	return s.Console.Pager(ctx)
}

// Run runs a program; without the terminal in a job.
func (s *JobConsole) Run(cmd *exec.Cmd) error {
	if s.noPrograms {
		return errForeignProgram
	}
	if !s.job {
		return s.Console.Run(cmd)
	}
	if cmd.Stdout == nil {
		cmd.Stdout = s.Out()
	}
	if cmd.Stderr == nil {
		cmd.Stderr = s.Err()
	}
	if err := s.Console.Start(cmd); err != nil {
		return err
	}
	return cmd.Wait()
}

// Start starts a program that does not have the terminal.
func (s *JobConsole) Start(cmd *exec.Cmd) error {
	if s.noPrograms {
		return errForeignProgram
	}
	return s.Console.Start(cmd)
}

// Unclosed is a writer that stays open.
type Unclosed struct{ io.Writer }

// Close does nothing.
func (Unclosed) Close() error { return nil }
