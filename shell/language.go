package shell

import "maps"

// language is what lines mean: names that stand for something, and where the script is.
type language struct {
	vars    map[string]string
	aliases map[string]string
	macros  map[string][]string
	status  int    // of the last command, for $?
	heard   *heard // what the server last said

	depth    int                    // of macros that run macros
	sources  int                    // files that run each other
	next     func() (string, error) // the next line of the script that runs; nil at a terminal
	loggedIn bool                   // just now: the macro init is due
	quitting bool
	exits    *int // the status that `exit` was given
}

// fork is what a job gets: the names as they are now.
func (l *language) fork() language {
	return language{
		vars: maps.Clone(l.vars), aliases: maps.Clone(l.aliases), macros: maps.Clone(l.macros),
		status: l.status, heard: &heard{last: l.heard.reply("")}, depth: l.depth, sources: l.sources,
	}
}
