//go:build unix

package jobs

import (
	"os"
	"syscall"
)

// endProcess asks a process to end in order: it says goodbye to its server.
func endProcess(p *os.Process) error { return p.Signal(syscall.SIGTERM) }

// stopSignal is what Ctrl-Z sends while a command runs.
var stopSignal os.Signal = syscall.SIGTSTP

// continueOthers wakes the local commands of a job, which Ctrl-Z has stopped.
func continueOthers() { _ = syscall.Kill(0, syscall.SIGCONT) }
