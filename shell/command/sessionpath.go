package command

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/site"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// Reach says what NAME:path means to a command.
type Reach int

// The reaches.
const (
	thisSession Reach = iota // nothing: it is a file of that name
	EachWord                 // each word is on the session that it names, or on the present one
	WholeLine                // the line runs on the session that a word names
)

// Part is words of a line that are on one session.
type Part struct {
	Session string
	Words   []syntax.Token
}

// Named takes NAME:path apart: a path on the session or the bookmark of that name, and :path is
// one on the present session. Quotes make a name of it, and so does ./ before it.
func (sh *Shell) Named(word syntax.Token) (session string, path syntax.Token, is bool) {
	name, rest, is := strings.Cut(word.Text, ":")
	pattern, live := strings.CutPrefix(word.Pattern, name+":")
	switch {
	case !is, sh.Confined != nil, IsURL(word.Text), !strings.HasPrefix(word.Raw, name+":"), word.Pattern != "" && !live:
		return "", word, false
	case name == "":
		name = sh.Name
	case len(name) < 2, name != sh.Name && sh.Other(name) < 0 && !slices.Contains(site.BookmarkNames(sh.Options.Bookmarks), name):
		return "", word, false
	}
	path = word
	path.Text, path.Raw, path.Pattern = rest, strings.TrimPrefix(word.Raw, name+":"), pattern
	return name, path, true
}

// spread says on which sessions the words of a line are; nil if none names one.
func spread(c *Call) (parts []Part, err error) {
	sh, any := c.Shell, false
	if c.Command.Reach == thisSession {
		return nil, nil
	}
	others := 0
	if c.Command.NoPaths != nil {
		others = min(c.Command.NoPaths(c), len(c.Args))
	}
	for _, word := range c.Args[others:] {
		name, path, is := sh.Named(word)
		if any = any || is; !is {
			name = sh.Name
		}
		switch last := len(parts) - 1; {
		case last >= 0 && parts[last].Session == name, last >= 0 && !is && c.Command.Reach == WholeLine:
			parts[last].Words = append(parts[last].Words, path)
		default:
			parts = append(parts, Part{name, []syntax.Token{path}})
		}
	}
	if !any {
		return nil, nil
	}
	parts[0].Words = slices.Concat(c.Args[:others], parts[0].Words)
	reversed := c.Command.Reversed != nil && slices.ContainsFunc(c.Statement.Args(), c.Command.Reversed)
	if reversed && namesOne(c, 0) {
		return nil, c.Usage("%s: the other way round the first is a name here", c.Arg(0))
	}
	if c.Command.Reach == WholeLine && len(parts) == 2 && others == 0 && !namesOne(c, 0) && (reversed || c.Command.Across == nil) { // mirror -R here NAME:there
		parts = []Part{{parts[1].Session, slices.Concat(parts[0].Words, parts[1].Words)}}
	}
	if len(parts) > 1 && c.Command.Reach == WholeLine && (len(parts) > 2 || c.Command.Across == nil) {
		return nil, c.Usage("its words are on %d sessions", len(parts))
	}
	return parts, nil
}

// namesOne reports whether an argument names a session.
func namesOne(c *Call, i int) bool {
	_, _, is := c.Shell.Named(c.Args[i])
	return is
}

// onSessions runs a command on the sessions that its words are on.
func onSessions(ctx context.Context, c *Call, parts []Part, run func(*Call) error) error {
	for _, p := range parts {
		if err := OpenNamed(ctx, c.Shell, p.Session); err != nil {
			return err
		}
	}
	if len(parts) > 1 && c.Command.Across != nil {
		return c.Command.Across(ctx, c, parts)
	}
	var errs []error
	for _, p := range parts {
		there := *c
		there.Args = p.Words
		err := c.Shell.On(p.Session, func() error {
			if err := c.Shell.lacks(c.Command); err != nil {
				return err
			}
			return run(&there)
		})
		if errs = append(errs, failure.About(p.named(c.Shell), err)); ctx.Err() != nil {
			break
		}
	}
	return failure.Several(errs...)
}

// named is the session of a part as an error is about it; "" for the present one.
func (p Part) named(sh *Shell) string {
	if p.Session == sh.Name {
		return ""
	}
	return p.Session
}

// OpenNamed makes sure that there is a session of that name: a bookmark is opened.
func OpenNamed(ctx context.Context, sh *Shell, name string) error {
	if name == sh.Name || sh.Other(name) >= 0 {
		return nil
	}
	a, err := AddressOf(sh, []string{name})
	if err != nil {
		return err
	}
	sh.Others = append(sh.Others, Peer{Name: name, Remote: sh.NewRemote()})
	return sh.Lend(len(sh.Others)-1, func() error {
		return OpenSession(ctx, sh, a, Opening{Name: name, Anonymous: sh.Options.Connect.Anonymous})
	})
}

// On runs f with a session as if it were the present one.
func (c *Connections) On(name string, f func() error) error {
	if name == c.Name {
		return f()
	}
	return c.Lend(c.Other(name), f)
}

// AddressOf reads an address, the name of a bookmark, or NAME/path below its directory.
func AddressOf(sh *Shell, words []string) (site.Address, error) {
	if len(words) != 1 {
		return site.ParseAddress(words...)
	}
	all, err := site.ReadBookmarks(sh.Options.Bookmarks)
	if err != nil {
		return site.Address{}, err
	}
	name, below, _ := strings.Cut(words[0], "/")
	where, known := all[name]
	if !known {
		return site.ParseAddress(words...)
	}
	if below != "" {
		where = strings.TrimSuffix(where, "/") + "/" + (&url.URL{Path: below}).EscapedPath()
	}
	a, err := site.ParseAddress(where)
	a.Bookmark = name
	return a, err
}
