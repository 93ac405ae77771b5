// Package syserror says what an error of the operating system means, on every system: the numbers of
// Windows are not those that package syscall calls ECONNRESET and so on.
package syserror

import (
	"errors"
	"slices"
	"syscall"
)

// Reset reports whether the other side ended the connection without a goodbye (RST), or had done so
// before we wrote.
func Reset(err error) bool { return is(err, reset) }

// Refused reports whether nobody listens at the address.
func Refused(err error) bool { return is(err, refused) }

// TimedOut reports whether the system gave up waiting for the other side.
func TimedOut(err error) bool { return is(err, timedOut) }

// NotOurs reports whether an address to bind to belongs to another computer.
func NotOurs(err error) bool { return is(err, notOurs) }

// PipeClosed reports whether the program that read what we wrote has ended.
func PipeClosed(err error) bool { return is(err, pipeClosed) }

// DiskFull reports whether there is no space left, or a quota is used up.
func DiskFull(err error) bool { return is(err, diskFull) }

func is(err error, numbers []syscall.Errno) bool {
	var number syscall.Errno
	if !errors.As(err, &number) {
		return false
	}
	return slices.Contains(numbers, number)
}
