package command

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"syscall"
)

// DefaultEditor is the editor where nothing names one.
const DefaultEditor = "notepad"

// LocalShell is a command of $SHELL, which Git Bash and MSYS set, or else of cmd.exe; our variables are in its
// environment. Cmd has rules of its own for quotes: with /s it takes off the outer ones, and the rest is as typed.
func (sh *Shell) LocalShell(ctx context.Context, text string) *exec.Cmd {
	var cmd *exec.Cmd
	switch name, err := exec.LookPath(os.Getenv("SHELL")); {
	case err != nil:
		cmd = cmdCommand(ctx, text)
	case text == "":
		cmd = exec.CommandContext(ctx, name)
	default:
		cmd = exec.CommandContext(ctx, name, "-c", text)
	}
	cmd.Dir, cmd.Env = sh.LocalDir, sh.environment()
	return cmd
}

// EditorCommand opens a file in an editor, which may have options behind its name.
func EditorCommand(ctx context.Context, editor, file string) *exec.Cmd {
	return cmdCommand(ctx, editor+` "`+file+`"`)
}

func cmdCommand(ctx context.Context, text string) *exec.Cmd {
	name := cmp.Or(os.Getenv("COMSPEC"), "cmd.exe")
	cmd := exec.CommandContext(ctx, name)
	if text != "" {
		cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `"` + name + `" /d /s /c "` + text + `"`}
	}
	return cmd
}
