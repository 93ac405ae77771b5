//go:build !unix

package command

import "os"

var survived []os.Signal

// rateSteps are the signals that change the speed limits: there are none here.
var rateSteps map[os.Signal]int64
