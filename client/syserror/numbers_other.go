//go:build !windows

package syserror

import "syscall"

var (
	reset      = []syscall.Errno{syscall.ECONNRESET, syscall.EPIPE}
	refused    = []syscall.Errno{syscall.ECONNREFUSED}
	timedOut   = []syscall.Errno{syscall.ETIMEDOUT}
	notOurs    = []syscall.Errno{syscall.EADDRNOTAVAIL}
	pipeClosed = []syscall.Errno{syscall.EPIPE}
	inUse      = []syscall.Errno{}
	diskFull   = []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT}
)
