//go:build !unix

package command

import "os"

var survived []os.Signal
