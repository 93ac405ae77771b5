package localname

import (
	"cmp"
	"fmt"
)

// Names are those of the files of one local folder that a command has seen to. A server may list a name twice, two of its
// names may be one file here, and some can be none.
type Names struct {
	// Ask finds out the rules of the folder. It is called once, when they matter: most names are the same everywhere.
	Ask func() Rules

	// Number keeps the second of two files that would be one as "name (2)"; otherwise it is refused.
	Number bool

	rules  *Rules
	first  map[string]string   // local names, by the strictest key
	others map[string][]string // those that are not the first of their kind
	listed map[string]string   // what the server calls a file, by its local name, where that differs
}

// CollisionError says that a file would take the place of another one.
type CollisionError struct {
	Name, First string // as they are listed
	Local       string // what both would be here
}

func (e *CollisionError) Error() string {
	if e.Name == e.First {
		return "is listed twice"
	}
	return fmt.Sprintf("is the same file here as %q; `set collisions number` keeps both", e.First)
}

// mostNumbers is where numbering ends.
const mostNumbers = 1000

// Take returns the local name of a file that the server calls name, which no other file gets then. The error is a
// *NameError or a *CollisionError.
func (n *Names) Take(name string) (string, error) {
	local, err := n.Name(name)
	if err != nil {
		return "", err
	}
	return n.Give(local, name)
}

// Give is Take for a file that is to have a local name of its own choice.
func (n *Names) Give(plain, name string) (string, error) {
	local := plain
	first, taken := n.holder(local)
	if taken && (first == name || !n.Number) {
		return "", &CollisionError{Name: name, First: first, Local: local}
	}
	for i := 2; taken && i < mostNumbers; i++ {
		local = n.Rules().Numbered(plain, i)
		_, taken = n.holder(local)
	}
	if taken {
		return "", &CollisionError{Name: name, First: first, Local: plain}
	}
	n.keep(local, name)
	return local, nil
}

// Name is the local name of a file, no matter who else has it.
func (n *Names) Name(name string) (string, error) {
	if local, err := strictest.Name(name); err == nil && local == name || LeadsElsewhere(name) {
		return local, err
	}
	return n.Rules().Name(name)
}

// Holds reports whether a file has a local name.
func (n *Names) Holds(local string) bool {
	_, taken := n.holder(local)
	return taken
}

// Alike is the first of the files with names that are one on some file system.
func (n *Names) Alike(local string) string { return n.first[Loose(local)] }

// Rules are those of the folder.
func (n *Names) Rules() Rules {
	if n.rules == nil {
		rules := System()
		if n.Ask != nil {
			rules = n.Ask()
		}
		n.rules = &rules
	}
	return *n.rules
}

// holder is the listed name of the file that has a local name.
func (n *Names) holder(local string) (listed string, taken bool) {
	loose := Loose(local)
	first, some := n.first[loose]
	if !some {
		return "", false
	}
	for _, other := range append([]string{first}, n.others[loose]...) {
		if other == local || n.Rules().Key(other) == n.Rules().Key(local) {
			return cmp.Or(n.listed[other], other), true
		}
	}
	return "", false
}

func (n *Names) keep(local, name string) {
	if n.first == nil {
		n.first, n.others, n.listed = map[string]string{}, map[string][]string{}, map[string]string{}
	}
	loose := Loose(local)
	if _, some := n.first[loose]; some {
		n.others[loose] = append(n.others[loose], local)
	} else {
		n.first[loose] = local
	}
	if local != name {
		n.listed[local] = name
	}
}
