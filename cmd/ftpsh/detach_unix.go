//go:build unix

package main

import "syscall"

// ownSession has no terminal, so its end is nobody's business.
var ownSession = &syscall.SysProcAttr{Setsid: true}
