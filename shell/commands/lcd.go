package commands

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var _ = command.Add(&command.Command{
	Name: "lcd", Theme: "this computer", Args: "[directory]", Short: "change the local directory",
	Long: "Without an argument it is the home directory, `lcd -` the directory before. `lpwd` shows where you are.",
	Max:  1, Complete: []completion.Kind{completion.LocalDir}, Foreign: command.Confined, Run: lcd,
})

func lcd(_ context.Context, c *command.Call) error {
	dir := completion.Local{}.Path("~")
	if len(c.Args) > 0 {
		dir = LocalPath(c.Args[0])
	}
	if dir == "-" {
		if dir = c.Shell.LocalBefore; dir == "" {
			return c.Usage("no local directory to go back to")
		}
	}
	before, err := filepath.Abs(c.Shell.Local("."))
	if err == nil {
		err = enterLocal(c.Shell, dir)
	}
	if err != nil {
		return err
	}
	c.Shell.LocalBefore = before
	if c.Interactive() {
		return lpwd(context.Background(), c)
	}
	return nil
}

// enterLocal changes the local directory: of the process, or of a job alone.
func enterLocal(sh *command.Shell, dir string) error {
	if !sh.Forked {
		return os.Chdir(dir)
	}
	info, err := sh.Folder().Stat(dir)
	if err == nil && !info.IsDir() {
		err = &os.PathError{Op: "chdir", Path: dir, Err: syscall.ENOTDIR}
	}
	if err == nil {
		sh.LocalDir = sh.Local(dir)
	}
	return err
}

func lpwd(_ context.Context, c *command.Call) error {
	dir, err := filepath.Abs(c.Shell.Local("."))
	if err != nil {
		return err
	}
	return c.Word("path", dir)
}

// runLocal gives the screen to a local program. Its own messages say what went
// wrong; its exit status is all there is to add.
func runLocal(c *command.Call, cmd *exec.Cmd) error {
	if !c.Screen {
		cmd.Stdout = c.Out
	}
	err := c.Shell.Console.Run(cmd)
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return errors.New(failure.InWords(failed))
	}
	return err
}

// LocalPath is the file that a typed word means: ~ is the home directory unless
// it was quoted.
func LocalPath(word syntax.Token) string {
	if word.Lead == 0 && strings.HasPrefix(word.Text, "~") {
		return completion.Local{}.Path(word.Text)
	}
	return word.Text
}

// LocalNames expands a local pattern. A word without one stands for itself, as
// does a pattern that nothing matches.
func LocalNames(ctx context.Context, sh *command.Shell, word syntax.Token) ([]string, error) {
	if word.Pattern == "" {
		return []string{LocalPath(word)}, nil
	}
	pattern := word.Pattern
	if word.Lead == 0 && strings.HasPrefix(pattern, "~/") {
		pattern = syntax.Escape(completion.Local{}.Path("~")) + pattern[1:]
	}
	names, err := syntax.Compile(pattern).Walk(func(dir string) ([]syntax.Name, error) {
		if err := ctx.Err(); err != nil { // ** may go through a whole disk
			return nil, err
		}
		return readLocal(sh, dir)
	})
	if len(names) == 0 && err == nil {
		names = []string{word.Text}
	}
	return names, err
}

func readLocal(sh *command.Shell, dir string) ([]syntax.Name, error) {
	if dir == "" {
		dir = "."
	}
	entries, err := sh.Folder().ReadDir(dir)
	names := make([]syntax.Name, len(entries))
	for i, e := range entries {
		info, statErr := sh.Folder().Stat(filepath.Join(dir, e.Name()))
		names[i] = syntax.Name{Name: e.Name(), Dir: statErr == nil && info.IsDir(), Link: e.Type()&os.ModeSymlink != 0}
	}
	return names, err
}
