//go:build !unix

package treesync

import "io/fs"

// identity is not told: renames are seen as a new file and one that is gone.
func identity(fs.FileInfo) string { return "" }
