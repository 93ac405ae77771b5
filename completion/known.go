package completion

import (
	"sort"
	"strings"
)

// Lookup returns the entry that a typed path means. It answers from the cache
// alone, so it may be asked after each key; known says whether the directory is
// there.
func (r *Remote) Lookup(cwd, typed string) (name Name, found, known bool) {
	parent, rest := split(strings.TrimSuffix(typed, "/"))
	list, known := r.known(Join(cwd, parent))
	if rest == "" || !known {
		return Name{}, false, known
	}
	name, found = list.find(rest)
	return name, found, true
}

// Count tells how many files match, in the directory that a typed path means,
// among the names that begin with prefix, from the cache alone. It counts up to limit and looks at no
// more than a few ten thousand names; more says that there may be others.
func (r *Remote) Count(cwd, dir, prefix string, match func(name string) bool, limit int) (n int, more, known bool) {
	list, known := r.known(Join(cwd, dir))
	if !known {
		return 0, false, false
	}
	stretch := list.beginning(prefix)
	for i, name := range stretch {
		switch {
		case n == limit || i == lookedAt:
			return n, true, true
		case !name.Dir && match(name.Name.Name):
			n++
		}
	}
	return n, false, true
}

// lookedAt is how many names a Count looks at: about two milliseconds.
const lookedAt = 20_000

// Nearest returns the paths that a typed one may be a slip for, without listing
// anything.
func (r *Remote) Nearest(cwd, typed string) []string {
	parent, rest := split(strings.TrimSuffix(typed, "/"))
	list, known := r.known(Join(cwd, parent))
	if !known || rest == "" {
		return nil
	}
	var names []string
	for _, n := range list {
		if n.Name.Name != rest {
			names = append(names, n.Name.Name)
		}
	}
	near := Nearest(rest, names)
	for i := range near {
		near[i] = parent + near[i]
	}
	return near
}

// find returns the entry of a name.
func (s names) find(name string) (Name, bool) {
	want := keyed{strings.ToLower(name), Name{Name: name}}
	i := sort.Search(len(s), func(i int) bool { return compare(s[i], want) >= 0 })
	if i < len(s) && s[i].Name.Name == name {
		return s[i].Name, true
	}
	return Name{}, false
}
