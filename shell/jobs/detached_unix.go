//go:build unix

package jobs

import (
	"os"
	"syscall"
)

// endProcess asks a process to end in order: it says goodbye to its server.
func endProcess(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
