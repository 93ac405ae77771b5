package shell

import (
	"context"

	"github.com/ftpsh/ftpsh/client/transfer"
)

// fork makes a shell for a job: like sh, and none of its changes reach sh.
func (sh *Shell) fork() *Shell {
	f := &Shell{
		Settings: sh.Settings, connections: sh.connections.fork(), sites: sh.sites.fork(), language: sh.language.fork(), names: sh.names.fork(),
		learning: sh.learning.fork(), opt: sh.opt, json: sh.json, catalog: sh.catalog, confined: sh.confined, log: sh.log, jobs: sh.hooks.newJobs(), hooks: sh.hooks, forked: true, tx: sh.tx,
	}
	f.takeConsole(sh.con.Console)
	f.base, f.end = context.WithCancelCause(sh.base)
	return f
}

// apart makes a shell for the background, with a connection of its own.
func (sh *Shell) apart() *Shell {
	f := sh.fork()
	f.opt.Started, f.opt.Trace = nil, nil // who listens in wants to know what the user does
	f.Settings.Hash, f.Settings.Tick = 0, false
	f.con.away.Store(true)
	f.record(sh.opt.Version)
	f.verbose.Store(false) // the words of the server would stand among those for the foreground
	if f.manual = nil; sh.session != nil {
		f.session = sh.session.LazyClone(dialogue(f))
		f.guard(f.session)
	}
	return f
}

// folder is where the local names of this shell are, and what may be done there: a dry run
// changes nothing, and what comes from elsewhere stays in a folder of its own.
func (sh *Shell) folder() transfer.Folder {
	f := transfer.Folder{Path: sh.localDir}
	if sh.confined != nil {
		f.Root = sh.confined.root
	}
	if sh.opt.DryRun {
		f.Instead = sh.wouldDo
	}
	return f
}
