//go:build unix

package command

import (
	"os"
	"syscall"
)

// survived are signals that say what the write that caused them says, too: it
// returns an error, and the program ends in order.
var survived = []os.Signal{syscall.SIGPIPE, syscall.SIGXFSZ}

// rateSteps are the signals that change the speed limits, and which way.
var rateSteps = map[os.Signal]int64{syscall.SIGUSR1: 1, syscall.SIGUSR2: -1}
