//go:build !unix

package transfer

import "os"

const openNoFollow = 0

func umask() os.FileMode { return 0 }
