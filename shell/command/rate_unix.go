//go:build unix

package command

import (
	"os"
	"syscall"
)

// rateSteps are the signals that change the speed limits, and which way.
var rateSteps = map[os.Signal]int64{syscall.SIGUSR1: 1, syscall.SIGUSR2: -1}
