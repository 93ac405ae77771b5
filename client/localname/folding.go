package localname

import (
	"crypto/rand"
	"os"
)

// Folding asks a folder whether names that differ in case only are one file there: a disk of another system is mounted
// anywhere. A folder that cannot be asked does not say so.
func Folding(dir *os.Root) bool {
	name := ".ftpsh-" + rand.Text()
	probe, err := dir.OpenFile(name+"-A", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return false
	}
	probe.Close()
	defer func() { _ = dir.Remove(name + "-A") }()
	_, err = dir.Lstat(name + "-a")
	return err == nil
}
