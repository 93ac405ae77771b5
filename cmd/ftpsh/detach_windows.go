package main

import (
	"os"
	"syscall"
)

// ownSession is a process group without a console (DETACHED_PROCESS).
var ownSession = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP | 0x8}

// lockFor does nothing: a lock belongs to a process here. `jobs` does not show what continues without a console.
func lockFor(*os.File) error { return nil }
