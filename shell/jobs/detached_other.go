//go:build !unix

package jobs

import "os"

// endProcess ends a process. There is no way to ask it.
func endProcess(p *os.Process) error { return p.Kill() }
