//go:build !unix

package private

import "io/fs"

// Elsewhere folders of the user keep others out.
func ofAnother(fs.FileInfo) bool   { return false }
func othersWrite(fs.FileInfo) bool { return false }
