// Package manifest reads and writes lists of files with their checksums, in the forms that other
// programs check: sha256sum and its kin, BSD's tagged lines, hashdeep, BagIt (RFC 8493) and mtree.
//
// A manifest may come from anywhere, so nothing in it is trusted: a path that leads out of its
// directory, a line that is too long, or two sums for one path are errors that name the line.
package manifest

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"github.com/ftpsh/ftpsh/client"
)

// Entry is one file of a manifest.
type Entry struct {
	Path      string // below the directory of the manifest, with slashes; its bytes as they are
	Size      int64  // in bytes; -1 where the form does not say
	Algorithm client.Algorithm
	Sum       []byte
}

// Format is a form of manifest.
type Format string

// The forms. Sum is what sha256sum prints, BSD what its --tag prints.
const (
	Sum      Format = "sum"
	BSD      Format = "bsd"
	Hashdeep Format = "hashdeep"
	BagIt    Format = "bagit"
	Mtree    Format = "mtree"
)

// A form is one row of the table: how to know it, read a line of it and write one.
type form struct {
	name   Format
	is     func(first string) bool // by the first line that is not empty
	head   func(client.Algorithm) string
	line   func(*reader, string) (e Entry, skip bool, err error)
	format func(Entry) string
}

// forms are in the order in which a first line is tried; Sum takes what is left. BagIt looks like
// Sum and is known by its file name alone, see Named.
var forms = []form{
	{Hashdeep, hasPrefix("%%%% HASHDEEP-"), hashdeepHead, (*reader).hashdeep, formatHashdeep},
	{Mtree, hasPrefix("#mtree"), mtreeHead, (*reader).mtree, formatMtree},
	{BSD, isTagged, noHead, (*reader).bsd, formatBSD},
	{BagIt, never, noHead, (*reader).bagit, formatBagIt},
	{Sum, always, noHead, (*reader).sum, formatSum},
}

func hasPrefix(prefix string) func(string) bool {
	return func(line string) bool { return strings.HasPrefix(line, prefix) }
}

func never(string) bool              { return false }
func always(string) bool             { return true }
func noHead(client.Algorithm) string { return "" }

func find(name Format) (form, bool) {
	i := slices.IndexFunc(forms, func(f form) bool { return f.name == name })
	if i < 0 {
		return form{}, false
	}
	return forms[i], true
}

// Named is the form that a file of this name has, "" where the name does not say:
// manifest-sha256.txt is BagIt's (RFC 8493 section 2.1.3).
func Named(file string) Format {
	base := file[strings.LastIndexByte(file, '/')+1:]
	for _, prefix := range []string{"manifest-", "tagmanifest-"} {
		if name, ok := strings.CutPrefix(base, prefix); ok && strings.HasSuffix(name, ".txt") {
			return BagIt
		}
	}
	return ""
}

// Write writes entries sorted by the bytes of their paths. All need a sum of one algorithm, which
// must be one that the form knows.
func Write(w io.Writer, name Format, entries []Entry) error {
	f, ok := find(name)
	if !ok {
		return fmt.Errorf("%q is not a form of manifest", name)
	}
	entries = slices.Clone(entries)
	sort.Slice(entries, func(i, j int) bool { return entries[i].Path < entries[j].Path })
	out := bufio.NewWriter(w)
	for i, e := range entries {
		if label(e.Algorithm) == "" || e.Algorithm != entries[0].Algorithm {
			return fmt.Errorf("%s: a manifest cannot hold a sum by %q", e.Path, e.Algorithm)
		}
		if i == 0 {
			_, _ = out.WriteString(f.head(e.Algorithm))
		}
		_, _ = out.WriteString(f.format(e) + "\n")
	}
	return out.Flush()
}

// A LineError says which line of a manifest makes no sense.
type LineError struct {
	Line   int // from 1
	Reason string
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// The bounds of what is read. A line holds a path and a few words.
const (
	maxLine    = 128 << 10
	maxEntries = 5_000_000
)

// reader reads the lines of a manifest.
type reader struct {
	form    form
	known   bool
	entries []Entry
	lines   map[string]int    // of entries, by path
	columns []string          // of hashdeep: the names of the fields
	set     map[string]string // of mtree: /set
}

// Read reads a manifest; with "" its form is found by its first line. Entries come sorted by path,
// each path once. An error is a *LineError, or that of r.
func Read(r io.Reader, name Format) ([]Entry, Format, error) {
	read := &reader{lines: map[string]int{}, set: map[string]string{}}
	if read.form, read.known = find(name); name != "" && !read.known {
		return nil, "", fmt.Errorf("%q is not a form of manifest", name)
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	n := 0
	for lines.Scan() {
		n++
		text := lines.Text()
		if n == 1 {
			text = strings.TrimPrefix(text, "\uFEFF")
		}
		if err := read.line(n, strings.TrimSuffix(text, "\r")); err != nil {
			return nil, read.form.name, &LineError{n, err.Error()}
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, read.form.name, &LineError{n + 1, fmt.Sprintf("longer than %d bytes", maxLine)}
	case err != nil:
		return nil, read.form.name, err
	case len(read.entries) == 0:
		return nil, read.form.name, &LineError{max(n, 1), "it names no file"}
	}
	sort.Slice(read.entries, func(i, j int) bool { return read.entries[i].Path < read.entries[j].Path })
	return read.entries, read.form.name, nil
}

// line takes the entry of a line, if it has one.
func (r *reader) line(n int, text string) error {
	if text == "" {
		return nil
	}
	if !r.known {
		r.form, r.known = forms[slices.IndexFunc(forms, func(f form) bool { return f.is(text) })], true
	}
	e, skip, err := r.form.line(r, text)
	if err != nil || skip {
		return err
	}
	if e.Path, err = inside(e.Path); err != nil {
		return err
	}
	if before, twice := r.lines[e.Path]; twice {
		return fmt.Errorf("%q stands in line %d too", e.Path, before)
	}
	if len(r.entries) == maxEntries {
		return fmt.Errorf("more than %d files", maxEntries)
	}
	r.lines[e.Path] = n
	r.entries = append(r.entries, e)
	return nil
}

// inside cleans a path and refuses one that leads out of its directory.
func inside(path string) (string, error) {
	path = strings.TrimPrefix(path, "./")
	if path == "" || strings.HasPrefix(path, "/") || strings.ContainsRune(path, 0) {
		return "", fmt.Errorf("%q is not a path below the directory", path)
	}
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || part == "." || part == ".." {
			return "", fmt.Errorf("%q is not a path below the directory", path)
		}
	}
	return path, nil
}

// A Change is what became of a file between two manifests.
type Change struct {
	Kind     Kind
	Old, New Entry // Old.Path is "" for a new file, New.Path for one that is gone
}

// Kind tells what a Change is.
type Kind string

// The kinds of changes. A file that moved has the same sum under another name.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
	Moved   Kind = "moved"
)

// Compare returns what differs between two manifests, sorted by path. Sums by different algorithms
// cannot be compared: that is an error.
func Compare(old, now []Entry) ([]Change, error) {
	there := map[string]Entry{}
	for _, e := range old {
		there[e.Path] = e
	}
	var changes []Change
	added := map[string][]Entry{} // by sum
	for _, e := range now {
		before, known := there[e.Path]
		delete(there, e.Path)
		switch {
		case !known:
			added[sumKey(e)] = append(added[sumKey(e)], e)
		case before.Algorithm != e.Algorithm:
			return nil, fmt.Errorf("%s: one sum is %s, the other %s", e.Path, before.Algorithm, e.Algorithm)
		case !bytes.Equal(before.Sum, e.Sum):
			changes = append(changes, Change{Changed, before, e})
		}
	}
	for _, e := range old {
		if _, gone := there[e.Path]; !gone {
			continue
		}
		if same := added[sumKey(e)]; len(same) > 0 {
			changes = append(changes, Change{Moved, e, same[0]})
			added[sumKey(e)] = same[1:]
			continue
		}
		changes = append(changes, Change{Removed, e, Entry{}})
	}
	for _, same := range added {
		for _, e := range same {
			changes = append(changes, Change{Added, Entry{}, e})
		}
	}
	sort.Slice(changes, func(i, j int) bool {
		a, b := &changes[i], &changes[j]
		return cmp.Or(cmp.Compare(a.path(), b.path()), cmp.Compare(a.Kind, b.Kind)) < 0
	})
	return changes, nil
}

func (c Change) path() string { return cmp.Or(c.Old.Path, c.New.Path) }

func sumKey(e Entry) string { return string(e.Algorithm) + " " + string(e.Sum) }
