package shell

import (
	"context"
	"errors"
	"fmt"
	"path"
	"runtime"
	"strconv"
	"strings"
	"unique"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/localname"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// A remoteName is a path on the server that a word of the line stands for.
// Entry is what the listing said about it; nil when the user typed the path.
type remoteName struct {
	Path  string
	Entry *listing.Entry
}

// noMatchError says that a pattern stands for nothing.
type noMatchError struct{ pattern string }

func (e *noMatchError) Error() string { return e.pattern + ": nothing matches" }

// unsafeNameError says that the server listed a name that is none.
type unsafeNameError struct{ name string }

func (e *unsafeNameError) Error() string {
	return render.Safe(e.name) + ": skipped, the server calls it a name but it leads elsewhere"
}

// unreadError says that there may be more in a directory than its listing was understood
// to say.
type unreadError struct {
	dir, example string
	lines        int
}

func (e *unreadError) Error() string {
	return fmt.Sprintf("%s: %s of the listing not understood, such as %s", render.Safe(orDot(e.dir)), plural(e.lines, "line", "lines"),
		render.Safe(strconv.Quote(e.example)))
}

// unread returns an *unreadError if lines among the entries of dir were not understood.
func unread(dir string, entries []listing.Entry) error {
	err := &unreadError{dir: dir}
	for i := range entries {
		if entries[i].Type == listing.Unparsed {
			err.example = entries[i].Raw
			err.lines++
		}
	}
	if err.lines == 0 {
		return nil
	}
	err.example = err.example[:min(len(err.example), 100)]
	return err
}

// expand returns the remote paths that words stand for: patterns are matched
// here against listings, other words stand for themselves. Names that would
// lead out of their directory are left out and reported as errors beside the
// others.
func (c *Call) expand(ctx context.Context, words []syntax.Token) ([]remoteName, error) {
	var names []remoteName
	var errs []error
	for _, word := range words {
		if word.Pattern == "" || !c.Shell.Settings.Glob {
			names = append(names, remoteName{Path: word.Text})
			continue
		}
		matches, err := c.match(ctx, word)
		var lost *client.LostError
		if errors.As(err, &lost) || ctx.Err() != nil {
			return nil, err
		}
		if err != nil {
			errs = append(errs, err)
		}
		names = append(names, matches...)
	}
	return names, failure.Several(errs)
}

func (c *Call) match(ctx context.Context, word syntax.Token) ([]remoteName, error) {
	entries := map[string]*listing.Entry{}
	var unsafe []error
	paths, err := syntax.Compile(word.Pattern).Walk(func(dir string) ([]syntax.Name, error) {
		list, err := c.list(ctx, dir, true)
		if more := unread(dir, list); more != nil {
			c.Note("%v", more)
		}
		names := make([]syntax.Name, 0, len(list))
		for i := range list {
			e := &list[i]
			if isDot(e) || e.Type == listing.Unparsed {
				continue
			}
			if !isPlain(e.Name) {
				unsafe = append(unsafe, &unsafeNameError{e.Name})
				continue
			}
			names = append(names, syntax.Name{Name: e.Name, Dir: e.Type == listing.Dir || e.Type == listing.Link, Link: e.Type == listing.Link})
			entries[joinRemote(dir, e.Name)] = e
		}
		return names, err
	})
	if err != nil {
		unsafe = append(unsafe, err)
	} else if len(paths) == 0 {
		unsafe = append(unsafe, &noMatchError{word.Text})
	}
	names := make([]remoteName, len(paths))
	for i, p := range paths {
		names[i] = remoteName{Path: p, Entry: entries[p]}
	}
	return names, failure.Several(unsafe)
}

// list reads a directory of the server to its end, and lets completion know.
func (c *Call) list(ctx context.Context, dir string, hidden bool) ([]listing.Entry, error) {
	var entries []listing.Entry
	err := c.Shell.Settings.Bounds.Listing(ctx, func(ctx context.Context) error {
		for e, err := range c.Session().List(ctx, dir, client.ListOptions{Hidden: hidden, Long: c.long}) {
			if err != nil {
				return err
			}
			if len(entries) == cap(entries) {
				entries = moreRoom(entries)
			}
			entries = append(entries, compact(e))
		}
		return nil
	})
	if err != nil {
		return entries, err
	}
	if len(entries) <= mostRemembered {
		c.Shell.remote.Fill(c.absolute(dir), completionNames(entries))
	}
	return entries, nil
}

// moreRoom doubles what append would let grow in steps. Where much is there it
// first lets go of what reading has left behind.
func moreRoom(entries []listing.Entry) []listing.Entry {
	const many = 1 << 18
	if len(entries) >= many {
		runtime.GC()
	}
	return append(make([]listing.Entry, 0, max(64, 2*cap(entries))), entries...)
}

// mostRemembered is how long a listing may be that is remembered unasked, to
// complete names.
const mostRemembered = 50_000

// compact lets the line go that an entry was made from.
func compact(e listing.Entry) listing.Entry {
	if e.Type == listing.Unparsed {
		return e
	}
	e.Raw, e.Name, e.Target, e.Unique = "", strings.Clone(e.Name), strings.Clone(e.Target), strings.Clone(e.Unique)
	e.Owner, e.Group, e.Perm = unique.Make(e.Owner).Value(), unique.Make(e.Group).Value(), unique.Make(e.Perm).Value()
	return e
}

// absolute is the full path of a name as typed.
func (c *Call) absolute(name string) string { return completion.Join(c.Session().Dir(), name) }

func isDot(e *listing.Entry) bool { return e.Name == "." || e.Name == ".." }

// isPlain reports whether a listed name stays in its directory.
func isPlain(name string) bool { return !localname.LeadsElsewhere(name) }

// skips warns of names that lead elsewhere, and returns what else went wrong: the others have their turn.
func (c *Call) skips(err error) error {
	all := []error{err}
	if many, ok := err.(*failure.SeveralErrors); ok { //nolint:errorlint // what wraps it says more, such as an interruption
		all = many.Errs
	}
	var rest []error
	for _, err := range all {
		if unsafe := new(unsafeNameError); errors.As(err, &unsafe) {
			c.Shell.warn(unsafe.Error())
			continue
		}
		rest = append(rest, err)
	}
	return failure.Several(rest)
}

func joinRemote(dir, name string) string {
	switch {
	case dir == "":
		return name
	case strings.HasSuffix(dir, "/"):
		return dir + name
	}
	return dir + "/" + name
}

// baseName is the last part of a path as typed: `get pub/x` makes x.
func baseName(remote string) string { return path.Base(remote) }
