//go:build unix

package main

import (
	"os"
	"syscall"
)

// ownSession has no terminal, so its end is nobody's business.
var ownSession = &syscall.SysProcAttr{Setsid: true}

// lockFor locks a file for the process that gets it as its output, until that ends: the lock belongs to the open file.
func lockFor(file *os.File) error { return syscall.Flock(int(file.Fd()), syscall.LOCK_EX) }
