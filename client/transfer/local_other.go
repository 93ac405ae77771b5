//go:build !unix

package transfer

import "os"

func umask() os.FileMode { return 0 }
