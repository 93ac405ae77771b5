package command

import (
	"context"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/transfer"
)

// Fork makes a shell for a job: like sh, and none of its changes reach sh.
func (sh *Shell) Fork() *Shell {
	f := &Shell{
		Settings: sh.Settings, Connections: sh.Connections.fork(), Sites: sh.Sites.Fork(), Language: sh.Language.fork(), Names: sh.Names.fork(),
		Learning: sh.Learning.fork(), Options: sh.Options, JSON: sh.JSON, Catalog: sh.Catalog, Confined: sh.Confined, Log: sh.Log, Jobs: sh.Hooks.NewJobs(), Hooks: sh.Hooks, Forked: true, pending: sh.pending.fork(),
	}
	f.Console, f.Gauge = &JobConsole{Console: sh.Console.Console, job: true}, &Gauge{} // what a job shows is its own
	f.Pause = &client.Pause{}
	f.Base, f.End = context.WithCancelCause(client.WithPause(sh.Base, f.Pause))
	return f
}

// Apart makes a shell for the background, with a connection of its own.
func (sh *Shell) Apart() *Shell {
	f := sh.Fork()
	f.Options.Started, f.Options.Trace = nil, nil // who listens in wants to know what the user does
	f.Settings.Hash, f.Settings.Tick = 0, false
	f.Console.Away.Store(true)
	f.Record(sh.Options.Version)
	f.Verbose.Store(false) // the words of the server would stand among those for the foreground
	if f.Manual = nil; sh.Session != nil {
		f.Session = sh.Session.Clones().Lazy(Dialogue(f))
		f.Guard(f.Session)
	}
	return f
}

// Folder is where the local names of this shell are, and what may be done there: a dry run
// changes nothing, and what comes from elsewhere stays in a folder of its own.
func (sh *Shell) Folder() transfer.Folder {
	f := transfer.Folder{Path: sh.LocalDir}
	if sh.Confined != nil {
		f.Root = sh.Confined.Root
	}
	if sh.Options.DryRun {
		f.Instead = sh.wouldDo
	}
	return f
}
