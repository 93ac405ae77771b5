//go:build !unix

package shell

import "os"

// endProcess ends a process. There is no way to ask it.
func endProcess(p *os.Process) error { return p.Kill() }
