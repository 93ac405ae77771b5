package main

import "syscall"

// ownSession is a process group without a console (DETACHED_PROCESS).
var ownSession = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP | 0x8}
