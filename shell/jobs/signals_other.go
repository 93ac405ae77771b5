//go:build !unix

package jobs

import "os"

// endProcess ends a process. There is no way to ask it.
func endProcess(p *os.Process) error { return p.Kill() }

// stopSignal is nil where Ctrl-Z is no signal.
var stopSignal os.Signal

func continueOthers() {}
