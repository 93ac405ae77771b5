package syntax

import (
	"errors"
	"slices"
	"strings"
)

// maxDepth bounds ** in a tree that has no end.
const maxDepth = 64

// A Name is what a directory listing says about one entry.
type Name struct {
	Name string
	Dir  bool // it can be listed itself
	Link bool // ** does not enter it: links can lead in circles
}

// Walk returns the paths that match the pattern, sorted, each once. It calls
// list with each directory it must look into, "" for the current one and
// otherwise as the pattern says it, and never twice with the same one. Names
// with a slash in them, "." and ".." are passed over: no name of a listing
// leaves its directory. When a directory cannot be listed the walk continues with
// the others; the paths found are returned beside the joined errors.
func (g Glob) Walk(list func(dir string) ([]Name, error)) ([]string, error) {
	w := walker{list: list, seen: map[string][]Name{}}
	for _, segs := range g.alternatives {
		w.walk(segs)
	}
	slices.Sort(w.found)
	return slices.Compact(w.found), errors.Join(w.errs...)
}

type walker struct {
	list  func(dir string) ([]Name, error)
	seen  map[string][]Name
	found []string
	errs  []error
}

// walk goes down the names without metacharacters, which need no listing.
func (w *walker) walk(segs []segment) {
	dir := ""
	for len(segs) > 1 && segs[0].literal {
		dir += segs[0].name + "/"
		segs = segs[1:]
	}
	if segs[0].literal {
		w.found = append(w.found, dir+segs[0].name)
		return
	}
	w.below(dir, segs, 0)
}

// below matches segs against what is in dir, which is "" or ends in a slash.
func (w *walker) below(dir string, segs []segment, depth int) {
	if len(segs) == 1 && segs[0].literal && segs[0].name == "" { // a/*/
		w.found = append(w.found, dir)
		return
	}
	if segs[0].deep && len(segs) > 1 {
		w.below(dir, segs[1:], depth+1)
	}
	for _, n := range w.names(dir) {
		switch last := len(segs) == 1; {
		case segs[0].deep:
			w.deep(dir, n, segs, depth)
		case !segs[0].match(n.Name):
		case last:
			w.found = append(w.found, dir+n.Name)
		case n.Dir:
			w.below(dir+n.Name+"/", segs[1:], depth+1)
		}
	}
}

// deep lets ** take one more name.
func (w *walker) deep(dir string, n Name, segs []segment, depth int) {
	if strings.HasPrefix(n.Name, ".") {
		return
	}
	if len(segs) == 1 {
		w.found = append(w.found, dir+n.Name)
	}
	if n.Dir && !n.Link && depth < maxDepth {
		w.below(dir+n.Name+"/", segs, depth+1)
	}
}

func (w *walker) names(dir string) []Name {
	if names, ok := w.seen[dir]; ok {
		return names
	}
	at := strings.TrimSuffix(dir, "/")
	if at == "" && dir != "" {
		at = "/"
	}
	names, err := w.list(at)
	if err != nil {
		w.errs = append(w.errs, err)
	}
	names = slices.DeleteFunc(slices.Clone(names), func(n Name) bool {
		return n.Name == "" || n.Name == "." || n.Name == ".." || strings.Contains(n.Name, "/")
	})
	w.seen[dir] = names
	return names
}
