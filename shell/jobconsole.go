package shell

import (
	"context"
	"io"
	"os/exec"
	"sync/atomic"

	"github.com/ftpsh/ftpsh/shell/console"
)

// A seat is where a shell has the console. The shell of a job in the background
// is away from it: what it says still appears, above the prompt, but nobody can
// be asked, and the last row belongs to somebody else.
type jobConsole struct {
	*console.Console
	noPrograms bool // somebody else wrote the lines

	job   bool // it is that of a job, whose local programs never have the terminal: Ctrl-Z may take it away
	away  atomic.Bool
	still atomic.Bool // the last rows are not to be changed
}

// Interactive reports whether there is somebody to ask.
func (s *jobConsole) Interactive() bool { return s.Console.Interactive() && !s.away.Load() }

// Screen reports whether what is written is looked at by somebody who types.
func (s *jobConsole) Screen() bool { return s.Console.Interactive() }

func (s *jobConsole) ReadLine(ctx context.Context, prompt string) (string, error) {
	if s.away.Load() {
		return "", io.EOF
	}
	return s.Console.ReadLine(ctx, prompt)
}

func (s *jobConsole) Ask(ctx context.Context, question string) (string, error) {
	if s.away.Load() {
		return "", console.ErrNotInteractive
	}
	return s.Console.Ask(ctx, question)
}

func (s *jobConsole) AskKey(ctx context.Context, question, keys string) (rune, error) {
	if s.away.Load() {
		return 0, console.ErrNotInteractive
	}
	return s.Console.AskKey(ctx, question, keys)
}

func (s *jobConsole) ReadSecret(ctx context.Context, prompt string) (string, error) {
	if s.away.Load() {
		return "", console.ErrNotInteractive
	}
	return s.Console.ReadSecret(ctx, prompt)
}

func (s *jobConsole) Status(line string) {
	if !s.away.Load() && !s.still.Load() {
		s.Console.Status(line)
	}
}

func (s *jobConsole) Title(text string) {
	if !s.away.Load() {
		s.Console.Title(text)
	}
}

func (s *jobConsole) Pager(ctx context.Context) (io.WriteCloser, error) {
	if s.job {
		return unclosed{s.Out()}, nil
	}
	return s.Console.Pager(ctx)
}

// Run runs a program; without the terminal in a job.
func (s *jobConsole) Run(cmd *exec.Cmd) error {
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
func (s *jobConsole) Start(cmd *exec.Cmd) error {
	if s.noPrograms {
		return errForeignProgram
	}
	return s.Console.Start(cmd)
}

// unclosed is a writer that stays open.
type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }
