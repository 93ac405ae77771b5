//go:build !unix

package jobs

import "os"

// stopSignal is nil where Ctrl-Z is no signal.
var stopSignal os.Signal

func continueOthers() {}
