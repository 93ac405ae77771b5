//go:build !unix

package shell

import "os"

var survived []os.Signal
