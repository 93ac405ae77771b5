//go:build unix

package command

import (
	"os"
	"syscall"
)

// survived are signals that say what the write that caused them says, too: it
// returns an error, and the program ends in order.
var survived = []os.Signal{syscall.SIGPIPE, syscall.SIGXFSZ}
