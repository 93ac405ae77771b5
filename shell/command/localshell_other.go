//go:build !windows

package command

import (
	"cmp"
	"context"
	"os"
	"os/exec"
)

// DefaultEditor is the editor where nothing names one.
const DefaultEditor = "vi"

// LocalShell is a command of the user's own shell; our variables are in its
// environment.
func (sh *Shell) LocalShell(ctx context.Context, text string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, cmp.Or(os.Getenv("SHELL"), "/bin/sh"))
	if text != "" {
		cmd.Args = append(cmd.Args, "-c", text)
	}
	cmd.Dir, cmd.Env = sh.LocalDir, sh.environment()
	return cmd
}

// EditorCommand opens a file in an editor. The words of $EDITOR are split by the
// local shell, as other programs do it.
func EditorCommand(ctx context.Context, editor, file string) *exec.Cmd {
	return exec.CommandContext(ctx, "/bin/sh", "-c", editor+` "$1"`, "sh", file)
}
