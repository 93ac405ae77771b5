package transfer

import (
	"path"

	"github.com/ftpsh/ftpsh/client/localname"
)

// names are those of one directory of the copy.
type names struct {
	localname.Names
	there   bool              // the copy is on a server, which has rules of its own
	loosely map[string]string // those that were there, by what some file system makes of them
}

// names begins with a directory of which nothing is known. To find out what the file
// system makes of names it is needed, and made.
func (f *folders) names(rel string, needed func() bool) *names {
	n := &names{there: f.copyIsThere()}
	n.Number = f.Number
	n.Ask = func() localname.Rules {
		switch {
		case n.there:
			return localname.Linux
		case !needed() && f.here == nil:
			return localname.System()
		}
		return f.rules(rel)
	}
	return n
}

// take is the name that a file of the original gets, and no other one.
func (n *names) take(name string) (string, error) {
	if n.there {
		return n.Give(name, name)
	}
	return n.Take(name)
}

// find returns what has a name in the copy, or one that is the same there, and takes it from the others.
func (n *names) find(entries map[string]slim, name string) (slim, bool) {
	if _, found := entries[name]; !found && len(entries) > 0 && !n.there {
		name = n.spelled(entries, name)
	}
	e, found := entries[name]
	delete(entries, name)
	return e, found
}

// spelled is another spelling of a name that is there.
func (n *names) spelled(entries map[string]slim, name string) string {
	if n.loosely == nil {
		n.loosely = make(map[string]string, len(entries))
		for other := range entries {
			n.loosely[localname.Loose(other)] = other
		}
	}
	other, some := n.loosely[localname.Loose(name)]
	if some && n.Rules().Key(other) == n.Rules().Key(name) {
		return other
	}
	return name
}

// rules asks a directory of the copy, which is here, for its rules; one that would be made has those of the one around it.
func (f *folders) rules(rel string) localname.Rules {
	dir, err := f.here.OpenRoot(path.Join(".", f.naming.at(rel)))
	switch {
	case err != nil && rel == "":
		return localname.System()
	case err != nil:
		return f.rules(above(rel))
	}
	defer dir.Close()
	if f.DryRun {
		return localname.Look(dir)
	}
	return f.Rules(dir)
}
