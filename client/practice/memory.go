package practice

import "github.com/spf13/afero"

// newMemory is an empty file system in memory. Its root exists and has a mode, which directories that are only implied
// by what they hold do not get.
func newMemory() afero.Fs {
	mem := afero.NewMemMapFs()
	_ = mem.MkdirAll("/", 0o755)
	return mem
}
