package command

import (
	"path/filepath"

	"github.com/ftpsh/ftpsh/client/plan"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/client/treesync"
)

// SyncWords are the actions for the table, and for the sum: planned and done.
var SyncWords = []struct {
	Action         treesync.Action
	word, To, Done string
	One, Many      string
}{
	{treesync.MkdirHere, "mkdir here", "to make here", "made here", "directory ", "directories "},
	{treesync.MkdirThere, "mkdir there", "to make there", "made there", "directory ", "directories "},
	{treesync.RenameHere, "rename here", "to rename here", "renamed here", "", ""},
	{treesync.RenameThere, "rename there", "to rename there", "renamed there", "", ""},
	{treesync.Get, "get", "to get", "downloaded", "", ""},
	{treesync.Put, "put", "to put", "uploaded", "", ""},
	{treesync.DeleteHere, "delete here", "to delete here", "deleted here", "", ""},
	{treesync.DeleteThere, "delete there", "to delete there", "deleted there", "", ""},
}

// SyncWord is the word of an action of sync.
func SyncWord(a treesync.Action) string {
	for _, row := range SyncWords {
		if row.Action == a {
			return row.word
		}
	}
	return string(a)
}

// Sync takes a step of a sync into a plan.
func (p *Planning) Sync(y *treesync.Sync, s treesync.Step) error {
	remote, local := JoinRemote(y.Remote, s.Path), filepath.Join(y.Local, filepath.FromSlash(s.Path))
	switch s.Action {
	case treesync.Conflict, treesync.MkdirHere: // a directory here is made with the first file in it
		return nil
	case treesync.Put:
		return p.move(transfer.Task{Op: transfer.Upload, Remote: remote, Local: local})
	case treesync.Get:
		return p.move(transfer.Task{Op: transfer.Download, Remote: remote, Local: local})
	case treesync.MkdirThere:
		return p.add(plan.Row{Do: plan.Mkdir, Path: p.there(remote)})
	case treesync.RenameThere:
		return p.add(plan.Row{Do: plan.Move, Path: p.there(remote), To: p.there(JoinRemote(y.Remote, s.To))})
	case treesync.DeleteThere:
		do := plan.Delete
		if s.Dir {
			do = plan.Rmdir
		}
		return p.add(plan.Row{Do: do, Path: p.there(remote)})
	}
	return p.unfit(SyncWord(s.Action) + " " + s.Path)
}
