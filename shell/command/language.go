package command

import (
	"maps"
	"os"
	"slices"
	"strconv"
)

// Language is what lines mean: names that stand for something, and where the script is.
type Language struct {
	Vars    map[string]string
	Aliases map[string]string
	Macros  map[string][]string
	Status  int    // of the last command, for $?
	heard   *heard // what the server last said

	depth    int                    // of macros that run macros
	Sources  int                    // files that run each other
	Next     func() (string, error) // the next line of the script that runs; nil at a terminal
	LoggedIn bool                   // just now: the macro init is due
	Quitting bool
	Exits    *int // the status that `exit` was given
}

// fork is what a job gets: the names as they are now.
func (l *Language) fork() Language {
	return Language{
		Vars: maps.Clone(l.Vars), Aliases: maps.Clone(l.Aliases), Macros: maps.Clone(l.Macros),
		Status: l.Status, heard: &heard{last: l.heard.reply("")}, depth: l.depth, Sources: l.Sources,
	}
}

// variable answers for the names after a $.
func (l *Language) variable(name string) (string, bool) {
	if name == "?" {
		return strconv.Itoa(l.Status), true
	}
	if value, ok := l.Vars[name]; ok {
		return value, true
	}
	return l.replyVariable(name)
}

// environment is that of local commands.
func (l *Language) environment() []string {
	env := os.Environ()
	for _, name := range slices.Sorted(maps.Keys(l.Vars)) {
		env = append(env, name+"="+l.Vars[name])
	}
	return env
}
