package transfer

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/ftpsh/ftpsh/client"
)

// Some servers store other names than they are told: they do not distinguish case, compose letters
// otherwise, trim blanks and dots, or replace signs. Two names may be one there, and what comes
// second takes the place of the first. This file is about how that is found out.

// AlikeError says that files which were stored in a directory are fewer than their names.
type AlikeError struct {
	Dir   string
	Names []string // that may be one there; the first is not listed
}

func (e *AlikeError) Error() string {
	names := slices.Clone(e.Names)
	for i, name := range names {
		if strconv.QuoteToASCII(name) != strconv.Quote(name) { // they may look the same
			names[i] = strconv.QuoteToASCII(name)
		}
	}
	if len(names) == 1 {
		return fmt.Sprintf("%s is not in %s under its name: the server may have shortened it", names[0], e.Dir)
	}
	return fmt.Sprintf("%s is not in %s under its name: the server may have stored it over %s", names[0], e.Dir, strings.Join(names[1:], ", "))
}

// alike finds names of a directory that some server takes for one.
type alike map[string][]string

// add puts in a name, if there is something to put it in.
func (a alike) add(name string) {
	if a == nil {
		return
	}
	key := folded(name)
	a[key] = append(a[key], name)
	if len(key) > keptOfNames {
		begins := "\x00" + key[:keptOfNames]
		a[begins] = append(a[begins], name)
	}
}

// keptOfNames is how much of a name every server keeps: FAT has 8 characters and 3 behind a dot.
const keptOfNames = 8

// some are the groups of more than one name, and names that are so long that a server may shorten
// them.
func (a alike) some() alike {
	maps.DeleteFunc(a, func(_ string, names []string) bool { return len(names) < 2 && len(names[0]) <= longName })
	return a
}

// longName is how long names may be on servers that shorten them and say nothing: 30 characters on
// System V and HFS+ of old, 31 on HFS, more elsewhere.
const longName = 30

// lost says which of the groups has a name that is not there.
func (a alike) lost(dir string, there func(name string) bool) *AlikeError {
	for _, key := range slices.Sorted(maps.Keys(a)) {
		for i, name := range a[key] {
			if !there(name) {
				names := slices.Concat(a[key][i:i+1], a[key][:i], a[key][i+1:])
				return &AlikeError{dir, names}
			}
		}
	}
	return nil
}

// folded is what such names have in common.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_ ", r) {
			return '_' // of the signs that Windows does not take
		}
		return r
	}, spelling(name))
}

// storing are the names that an Engine stores, by directory.
type storing map[string]alike

func (u storing) add(t Task) {
	if t.Op != Upload {
		return
	}
	dir, name := path.Split(t.Remote)
	if u[dir] == nil {
		u[dir] = alike{}
	}
	u[dir].add(name)
}

// check lists the directories in which names may have become one.
// What failed is told already.
func (u storing) check(ctx context.Context, s *client.Session, failed map[string]bool) error {
	for _, dir := range slices.Sorted(maps.Keys(u)) {
		if len(u[dir].some()) == 0 {
			continue
		}
		there := map[string]bool{}
		for e, err := range s.List(ctx, dir, client.ListOptions{Hidden: true}) {
			if err != nil {
				return fmt.Errorf("it is not known whether all names are there: %s: %w", dir, err)
			}
			there[e.Name] = true
		}
		if err := u[dir].lost(path.Clean(dir), func(name string) bool { return there[name] || failed[dir+name] }); err != nil {
			return err
		}
	}
	return nil
}

func (d *relisting) has(name string) bool {
	_, there := d.entries[name]
	return there
}

// missing finds a file that was stored in a directory and is not listed there: under its name, or
// a spelling of the server's own that no other one can have.
func (d *relisting) missing(stored []moved) (name string, some bool) {
	spelled, shared := map[string]bool{}, alike{}
	for name := range d.entries {
		spelled[folded(name)] = true
	}
	for _, one := range stored {
		shared.add(path.Base(one.task.path))
	}
	for _, one := range stored {
		name := path.Base(one.task.path)
		if !d.has(name) && (len(shared[folded(name)]) > 1 || !spelled[folded(name)]) {
			return name, true
		}
	}
	return "", false
}
