package shell

import (
	"cmp"
	"context"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/jobs"
	"github.com/ftpsh/ftpsh/shell/script"
)

// Input is the script that arrives on standard input, line by line: a command runs before the next one is read.
var Input = script.Script{Name: "stdin"}

// Batch runs scripts, one after the other. It stops at the first failure, unless
// the line begins with a dash or the setting onerror says continue, and returns
// the exit status: that of the first failure, unless `exit` says another.
func Batch(sh *command.Shell, scripts ...script.Script) int {
	var err error
	for _, file := range scripts {
		defer context.AfterFunc(sh.Base, file.Stop)()
		if file.Next == nil { // Input
			file.Next = func() (string, error) { return sh.Console.ReadLine(sh.Base, "") }
		}
		failure := script.RunScript(sh, file, command.Line{})
		err = cmp.Or(err, failure)
		if sh.Stops(command.Line{Script: file.Name}, failure) {
			break
		}
	}
	if all := jobs.Of(sh).All(); len(all) > 0 {
		err = cmp.Or(err, jobs.AwaitJobs(sh.Base, sh, all))
	}
	return script.Leaves(sh, command.Status(err))
}

// Exit is the exit status that an error, or a signal, means.
func Exit(sh *command.Shell, err error) int { return sh.Signals.Status(command.Status(err)) }
