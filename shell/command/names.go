package command

import (
	"cmp"
	"os"
	"path/filepath"
)

// Names are what names mean here and there: the local directory, and how the name of a copy is made.
type Names struct {
	LocalDir    string // the local directory of a job; "": that of the process
	LocalBefore string // the local directory before the last lcd, for lcd -
	Nmap        NameMap
	Ntrans      NameTrans
	Restart     int64 // where the next transfer begins
	Folders     *Folders
}

// fork is what a job gets: it stays in the directory that it began in.
func (n *Names) fork() Names {
	return Names{LocalDir: cmp.Or(n.LocalDir, WorkingDir()), Nmap: n.Nmap, Ntrans: n.Ntrans, Restart: n.Restart, Folders: n.Folders}
}

// WorkingDir is the directory of the process, without links: .. is above it.
func WorkingDir() string {
	dir, _ := os.Getwd()
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		return real
	}
	return dir
}

// Local is where a local name of this shell is: a job stays in its directory when
// lcd goes elsewhere, at whatever moment. The name is shown as it was.
func (n *Names) Local(name string) string {
	if n.LocalDir == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(n.LocalDir, name)
}

// TakeRestart returns where a transfer is to begin; the next one begins at 0.
func (n *Names) TakeRestart() int64 {
	begin := n.Restart
	n.Restart = 0
	return begin
}
