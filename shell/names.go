package shell

import (
	"os"
	"path/filepath"
)

// names are what names mean here and there: the local directory, and how the name of a copy is made.
type names struct {
	localDir    string // the local directory of a job; "": that of the process
	localBefore string // the local directory before the last lcd, for lcd -
	nmap        nameMap
	ntrans      nameTrans
	restart     int64 // where the next transfer begins
	folders     *folders
}

// fork is what a job gets: it stays in the directory that it began in.
func (n *names) fork() names {
	f := names{localDir: n.localDir, nmap: n.nmap, ntrans: n.ntrans, restart: n.restart, folders: n.folders}
	if f.localDir == "" {
		f.localDir = workingDir()
	}
	return f
}

// workingDir is the directory of the process, without links: .. is above it.
func workingDir() string {
	dir, _ := os.Getwd()
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		return real
	}
	return dir
}

// local is where a local name of this shell is: a job stays in its directory when
// lcd goes elsewhere, at whatever moment. The name is shown as it was.
func (n *names) local(name string) string {
	if n.localDir == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(n.localDir, name)
}
