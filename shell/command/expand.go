package command

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

// A RemoteName is a path on the server that a word of the line stands for.
// Entry is what the listing said about it; nil when the user typed the path.
type RemoteName struct {
	Path  string
	Entry *listing.Entry
}

// NoMatchError says that a pattern stands for nothing.
type NoMatchError struct{ pattern string }

// NoMatch is the error of a pattern that stands for nothing.
func NoMatch(pattern string) error { return &NoMatchError{pattern} }

func (e *NoMatchError) Error() string { return e.pattern + ": nothing matches" }

// UnsafeNameError says that the server listed a name that is none.
type UnsafeNameError struct{ Name string }

func (e *UnsafeNameError) Error() string {
	return render.Safe(e.Name) + ": skipped, the server calls it a name but it leads elsewhere"
}

// Unread says that there may be more in dir than its listing was understood to say: some lines among the entries were not.
func Unread(dir string, entries []listing.Entry) error {
	lines, example := 0, ""
	for i := range entries {
		if entries[i].Type == listing.Unparsed {
			lines, example = lines+1, entries[i].Raw
		}
	}
	if lines == 0 {
		return nil
	}
	return fmt.Errorf("%s: %s of the listing not understood, such as %s",
		render.Safe(OrDot(dir)), Plural(lines, "line", "lines"), render.Safe(strconv.Quote(example[:min(len(example), 100)])))
}

// Expand returns the remote paths that words stand for: patterns are matched
// here against listings, other words stand for themselves. Names that would
// lead out of their directory are left out and reported as errors beside the
// others.
func (c *Call) Expand(ctx context.Context, words []syntax.Token) ([]RemoteName, error) {
	var names []RemoteName
	var errs []error
	for _, word := range words {
		if word.Raw == Tagged {
			found, err := c.tagged()
			names, errs = append(names, found...), append(errs, err)
			continue
		}
		if word.Pattern == "" || !c.Shell.Settings.Glob {
			names = append(names, RemoteName{Path: word.Text})
			continue
		}
		matches, err := c.match(ctx, word)
		if failure.Is[*client.LostError](err) || ctx.Err() != nil {
			return nil, err
		}
		if err != nil {
			errs = append(errs, err)
		}
		names = append(names, matches...)
	}
	return names, failure.Several(errs...)
}

// Tagged is the word that stands for what tag has marked.
const Tagged = "@"

// tagged are the names that tag has marked.
func (c *Call) tagged() (names []RemoteName, err error) {
	for _, name := range c.Shell.Tags {
		names = append(names, RemoteName{Path: name})
	}
	if names == nil {
		err = &failure.UsageError{Text: Tagged + ": nothing is marked", Hint: "`tag NAME` marks a file; one that is called so is ./" + Tagged}
	}
	return names, err
}

func (c *Call) match(ctx context.Context, word syntax.Token) ([]RemoteName, error) {
	entries := map[string]*listing.Entry{}
	var unsafe []error
	paths, err := syntax.Compile(word.Pattern).Walk(func(dir string) ([]syntax.Name, error) {
		list, err := c.List(ctx, dir, true)
		if more := Unread(dir, list); more != nil {
			c.Note("%v", more)
		}
		names := make([]syntax.Name, 0, len(list))
		for i := range list {
			e := &list[i]
			if IsDot(e) || e.Type == listing.Unparsed {
				continue
			}
			if !IsPlain(e.Name) {
				unsafe = append(unsafe, &UnsafeNameError{e.Name})
				continue
			}
			names = append(names, syntax.Name{Name: e.Name, Dir: e.Type == listing.Dir || e.Type == listing.Link, Link: e.Type == listing.Link})
			entries[JoinRemote(dir, e.Name)] = e
		}
		return names, err
	})
	if err != nil {
		unsafe = append(unsafe, err)
	} else if len(paths) == 0 {
		unsafe = append(unsafe, &NoMatchError{word.Text})
	}
	names := make([]RemoteName, len(paths))
	for i, p := range paths {
		names[i] = RemoteName{Path: p, Entry: entries[p]}
	}
	return names, failure.Several(unsafe...)
}

// List reads a directory of the server to its end, and lets completion know.
func (c *Call) List(ctx context.Context, dir string, hidden bool) ([]listing.Entry, error) {
	var entries []listing.Entry
	err := c.Shell.Settings.Bounds.Listing(ctx, func(ctx context.Context) error {
		for e, err := range c.Session().List(ctx, dir, client.ListOptions{Hidden: hidden, Long: c.Long, Links: c.Links}) {
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
	c.hintCharset(entries)
	if len(entries) <= MostRemembered {
		c.Shell.Remote.Fill(c.Absolute(dir), completionNames(entries))
	}
	return entries, nil
}

// moreRoom doubles what append would let grow in steps. Where much is there it
// first lets go of what reading has left behind.
func moreRoom(entries []listing.Entry) []listing.Entry {
	const many = 1 << 15
	if len(entries) >= many {
		runtime.GC()
	}
	return append(make([]listing.Entry, 0, max(64, 2*cap(entries))), entries...)
}

// MostRemembered is how long a listing may be that is remembered, to complete
// names or to be shown again.
const MostRemembered = 50_000

// compact lets the line go that an entry was made from.
func compact(e listing.Entry) listing.Entry {
	if e.Type == listing.Unparsed {
		return e
	}
	e.Raw, e.Name, e.Target, e.Unique = "", strings.Clone(e.Name), strings.Clone(e.Target), strings.Clone(e.Unique)
	e.Owner, e.Group, e.Perm = unique.Make(e.Owner).Value(), unique.Make(e.Group).Value(), unique.Make(e.Perm).Value()
	return e
}

// Absolute is the full path of a name as typed.
func (c *Call) Absolute(name string) string { return completion.Join(c.Shell.Dir(), name) }

// IsDot reports whether an entry is the directory itself or the one above.
func IsDot(e *listing.Entry) bool { return e.Name == "." || e.Name == ".." }

// IsPlain reports whether a listed name stays in its directory.
func IsPlain(name string) bool { return !localname.LeadsElsewhere(name) }

// Skips warns of names that lead elsewhere, and returns what else went wrong: the others have their turn.
func (c *Call) Skips(err error) error {
	var rest []error
	for _, err := range failure.Each(err) {
		if unsafe := new(UnsafeNameError); errors.As(err, &unsafe) {
			c.Shell.Warn(unsafe.Error())
			continue
		}
		rest = append(rest, err)
	}
	return failure.Several(rest...)
}

// JoinRemote is a name in a remote directory.
func JoinRemote(dir, name string) string {
	switch {
	case dir == "":
		return name
	case strings.HasSuffix(dir, "/"):
		return dir + name
	}
	return dir + "/" + name
}

// BaseName is the last part of a path as typed: `get pub/x` makes x.
func BaseName(remote string) string { return path.Base(remote) }
