package completion

import (
	"slices"
	"sort"
	"strings"
)

// A Name is one entry of a directory.
type Name struct {
	Name string
	Dir  bool
	Note string // shown beside the name: size and date
}

// names are the entries of one directory, sorted by folded name, so that those
// with a given beginning are one stretch found by two binary searches.
type names []keyed

type keyed struct {
	key string // the name in lower case
	Name
}

func sortNames(list []Name) names {
	out := make(names, len(list))
	for i, n := range list {
		out[i] = keyed{strings.ToLower(n.Name), n}
	}
	slices.SortFunc(out, compare)
	return slices.CompactFunc(out, func(a, b keyed) bool { return compare(a, b) == 0 }) // servers list names twice
}

func compare(a, b keyed) int {
	if c := strings.Compare(a.key, b.key); c != 0 {
		return c
	}
	return strings.Compare(a.Name.Name, b.Name.Name)
}

// A change is an entry that came or went.
type change struct {
	Name
	gone bool
}

// apply returns the names after changes; s itself stays as it is.
func (s names) apply(changes []change) names {
	last := map[string]change{}
	for _, c := range changes {
		last[c.Name.Name] = c
	}
	var came []Name
	for _, c := range last {
		if !c.gone {
			came = append(came, c.Name)
		}
	}
	fresh := sortNames(came)
	out := make(names, 0, len(s)+len(fresh))
	for _, n := range s {
		if _, changed := last[n.Name.Name]; changed {
			continue
		}
		for len(fresh) > 0 && compare(fresh[0], n) < 0 {
			out, fresh = append(out, fresh[0]), fresh[1:]
		}
		out = append(out, n)
	}
	return append(out, fresh...)
}

// beginning returns the stretch of names that begin with typed in any case.
func (s names) beginning(typed string) names {
	low := strings.ToLower(typed)
	from := sort.Search(len(s), func(i int) bool { return s[i].key >= low })
	n := sort.Search(len(s)-from, func(i int) bool { return !strings.HasPrefix(s[from+i].key, low) })
	return s[from : from+n]
}

// complete finds the names that typed, the last part of a path, can become.
// Names with a leading dot are only found when it was typed.
func (s names) complete(parent, typed string, dirsOnly bool) Result {
	stretch := s.beginning(typed)
	r := stretch.collect(parent, typed, dirsOnly, false)
	if len(r.Candidates) == 0 && folds(typed) {
		r = stretch.collect(parent, typed, dirsOnly, true)
	}
	for i := 0; len(r.Candidates) == 0 && typed != "" && i < len(likenesses); i++ {
		r = s.like(parent, typed, dirsOnly, likenesses[i])
	}
	return r
}

// like finds the names that typed may mean although they begin otherwise.
func (s names) like(parent, typed string, dirsOnly bool, alike func(name, typed string) bool) Result {
	low := strings.ToLower(typed)
	r := s.matching(parent, func(name string) bool {
		return strings.HasPrefix(name, ".") == strings.HasPrefix(typed, ".") && alike(name, low)
	}, dirsOnly)
	r.Common = parent + typed
	return r
}

// directories are those that a part of a path may mean: the one of that name, or those that begin so.
func (s names) directories(part string) (found []string) {
	if n, is := s.find(part); is && n.Dir {
		return []string{part}
	}
	for _, c := range s.collect("", part, true, false).Candidates {
		found = append(found, strings.TrimSuffix(c.Text, "/"))
	}
	return found[:min(len(found), fewDirectories)]
}

// fewDirectories is how many a part of a path may mean: each of them is listed.
const fewDirectories = 8

// partial completes a path whose parts are shortened, as in siz/5 for sizes/5-MiB.bin. The names of a directory are
// asked for with its path, which ends in a slash or is empty.
func partial(typed string, dirsOnly bool, list func(dir string) (names, error)) Result {
	parent, rest := split(typed)
	parents := []string{""}
	for part := range strings.SplitSeq(strings.TrimSuffix(parent, "/"), "/") {
		var next []string
		for _, dir := range parents {
			if part == "" || part == "." || part == ".." || strings.HasPrefix(part, "~") && dir == "" {
				next = append(next, dir+part+"/")
				continue
			}
			known, err := list(dir)
			if err != nil {
				continue
			}
			for _, name := range known.directories(part) {
				next = append(next, dir+name+"/")
			}
		}
		parents = next[:min(len(next), fewDirectories)]
	}
	r := Result{Common: typed}
	for _, dir := range parents {
		if known, err := list(dir); err == nil {
			found := known.complete(dir, rest, dirsOnly)
			r.Candidates, r.More = append(r.Candidates, found.Candidates...), r.More+found.More
		}
	}
	for i := range r.Candidates {
		if len(parents) > 1 {
			r.Candidates[i].Shown = r.Candidates[i].Text
		}
	}
	if r.More == 0 {
		r.Common = commonText(typed, r.Candidates)
	}
	return r
}

func (s names) collect(parent, typed string, dirsOnly, fold bool) Result {
	var r Result
	prefix := ""
	for _, n := range s {
		switch {
		case dirsOnly && !n.Dir,
			!fold && !strings.HasPrefix(n.Name.Name, typed),
			strings.HasPrefix(n.Name.Name, ".") && !strings.HasPrefix(typed, "."):
			continue
		}
		r.add(n, parent)
		if prefix == "" {
			prefix = r.Candidates[0].Text[len(parent):]
		}
		prefix = shared(prefix, n.Name.Name)
	}
	if len(r.Candidates) == 1 && r.More == 0 {
		prefix = r.Candidates[0].Text[len(parent):]
	}
	r.Common = parent + typed
	if len(prefix) >= len(typed) {
		r.Common = parent + prefix
	}
	return r
}

// matching finds the names that match.
func (s names) matching(parent string, match func(name string) bool, dirsOnly bool) (r Result) {
	for _, n := range s {
		if (n.Dir || !dirsOnly) && match(n.Name.Name) {
			r.add(n, parent)
		}
	}
	return r
}

// mostCandidates is how many are shown.
const mostCandidates = 1000

// add takes a name of parent in while there is room.
func (r *Result) add(n keyed, parent string) {
	if len(r.Candidates) == mostCandidates {
		r.More++
		return
	}
	c := Candidate{Text: parent + n.Name.Name, Shown: n.Name.Name, Note: n.Note, Open: n.Dir}
	if n.Dir {
		c.Text += "/"
		c.Shown += "/"
	}
	r.Candidates = append(r.Candidates, c)
}

// split parts a typed path into the directory, with its slash, and the rest.
func split(typed string) (dir, rest string) {
	i := strings.LastIndexByte(typed, '/') + 1
	return typed[:i], typed[i:]
}
