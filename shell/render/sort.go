package render

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/ftpsh/ftpsh/client/listing"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Order says by what entries are sorted.
type Order uint8

// The orders. Equal entries are in the order of their names.
const (
	ByName      Order = iota // without case and accents, numbers by value: a9, Ä10, b
	ByTime                   // newest first
	BySize                   // largest first
	ByExtension              // .c before .go
	Unsorted                 // as the server sent them
)

// Sort sorts entries in place. Lines that were not understood come last, in
// the order they came.
func Sort(entries []listing.Entry, by Order, reverse bool) {
	if by == Unsorted {
		if reverse {
			slices.Reverse(entries)
		}
		return
	}
	list := make([]sortable, len(entries))
	key := sortKeys()
	for i := range entries {
		list[i] = sortable{key(entries[i].Name), &entries[i], i}
	}
	slices.SortFunc(list, func(a, b sortable) int {
		c := unparsedLast(a, b)
		if c == 0 && a.entry.Type != listing.Unparsed {
			if c = compare(by, a, b); reverse {
				c = -c
			}
		}
		return cmp.Or(c, cmp.Compare(a.at, b.at))
	})
	for i := range list {
		place(entries, list, i)
	}
}

// place moves the entries of one circle: what belongs to i comes from list[i].at,
// what belongs there from somewhere else, and so on.
func place(entries []listing.Entry, list []sortable, i int) {
	first := entries[i]
	for to := i; list[to].at >= 0; {
		from := list[to].at
		list[to].at = -1
		if from == i {
			entries[to] = first
			return
		}
		entries[to] = entries[from]
		to = from
	}
}

type sortable struct {
	key   string
	entry *listing.Entry
	at    int // where it was
}

func unparsedLast(a, b sortable) int {
	last := func(s sortable) int {
		if s.entry.Type == listing.Unparsed {
			return 1
		}
		return 0
	}
	return last(a) - last(b)
}

func compare(by Order, a, b sortable) int {
	c := 0
	switch by {
	case ByTime:
		c = b.entry.Time.Compare(a.entry.Time)
	case BySize:
		c = cmp.Compare(b.entry.Size, a.entry.Size)
	case ByExtension:
		c = strings.Compare(path.Ext(a.key), path.Ext(b.key))
	}
	if c == 0 {
		c = natural(a.key, b.key)
	}
	if c == 0 {
		c = strings.Compare(a.entry.Name, b.entry.Name)
	}
	return c
}

// sortKeys returns a function that folds case and drops accents, so that Ärger
// stands beside arm.
func sortKeys() func(name string) string {
	plain := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)))
	return func(name string) string {
		if strings.IndexFunc(name, func(r rune) bool { return r >= 0x80 }) >= 0 {
			if s, _, err := transform.String(plain, name); err == nil {
				name = s
			}
		}
		return strings.ToLower(name)
	}
}

// natural compares with runs of digits as numbers.
func natural(a, b string) int {
	for a != "" && b != "" {
		m, n := digits(a), digits(b)
		if m > 0 && n > 0 {
			if c := compareNumbers(a[:m], b[:n]); c != 0 {
				return c
			}
			a, b = a[m:], b[n:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if c := cmp.Compare(len(a), len(b)); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}
