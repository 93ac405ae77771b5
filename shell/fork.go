package shell

import (
	"context"
	"maps"
	"os"
	"path/filepath"

	"github.com/ftpsh/ftpsh/client/transfer"
)

// fork makes a shell for a job: like sh, and none of its changes reach sh.
func (sh *Shell) fork() *Shell {
	f := &Shell{
		Settings: sh.Settings, opt: sh.opt, confined: sh.confined, json: sh.json, catalog: sh.catalog, known: sh.known, remote: sh.remote,
		limits: sh.limits, servers: sh.servers, log: sh.log, jobs: newJobs(), gauge: &gauge{}, depth: sh.depth, sources: sh.sources, restart: sh.restart,
		status: sh.status, heard: &heard{last: sh.heard.reply("")}, nmap: sh.nmap, ntrans: sh.ntrans, hosts: sh.hosts, macros: maps.Clone(sh.macros),
		vars: maps.Clone(sh.vars), aliases: maps.Clone(sh.aliases), connection: sh.connection, recorder: sh.recorder, unwatch: sh.unwatch,
		con: &seat{Console: sh.con.Console, job: true}, forked: true,
	}
	f.localDir = sh.localDir
	if f.localDir == "" {
		f.localDir = workingDir()
	}
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
	if f.hand = nil; sh.session != nil {
		f.session = sh.session.Twin(f.dialogue())
		f.guard(f.session)
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
func (sh *Shell) local(name string) string {
	if sh.localDir == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(sh.localDir, name)
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
