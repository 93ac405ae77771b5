package shell

import (
	"context"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// Reach says what NAME:path means to a command.
type Reach int

// The reaches.
const (
	thisSession Reach = iota // nothing: it is a file of that name
	eachWord                 // each word is on the session that it names, or on the present one
	wholeLine                // the line runs on the session that a word names
)

// part is words of a line that are on one session.
type part struct {
	session string
	words   []syntax.Token
}

// named takes NAME:path apart: a path on the session or the bookmark of that name, and :path is
// one on the present session. Quotes make a name of it, and so does ./ before it.
func (sh *Shell) named(word syntax.Token) (session string, path syntax.Token, is bool) {
	name, rest, is := strings.Cut(word.Text, ":")
	pattern, live := strings.CutPrefix(word.Pattern, name+":")
	switch {
	case !is, sh.confined != nil, isURL(word.Text), !strings.HasPrefix(word.Raw, name+":"), word.Pattern != "" && !live:
		return "", word, false
	case name == "":
		name = sh.name
	case len(name) < 2, name != sh.name && sh.other(name) < 0 && !slices.Contains(bookmarkNames(sh), name):
		return "", word, false
	}
	path = word
	path.Text, path.Raw, path.Pattern = rest, strings.TrimPrefix(word.Raw, name+":"), pattern
	return name, path, true
}

// spread says on which sessions the words of a line are; nil if none names one.
func spread(c *Call) (parts []part, err error) {
	sh, any := c.Shell, false
	if c.Command.Reach == thisSession {
		return nil, nil
	}
	for _, word := range c.Args {
		name, path, is := sh.named(word)
		if any = any || is; !is {
			name = sh.name
		}
		switch last := len(parts) - 1; {
		case last >= 0 && parts[last].session == name, last >= 0 && !is && c.Command.Reach == wholeLine:
			parts[last].words = append(parts[last].words, path)
		default:
			parts = append(parts, part{name, []syntax.Token{path}})
		}
	}
	if !any {
		return nil, nil
	}
	reversed := c.Command.Reversed != nil && slices.ContainsFunc(c.statement.Args(), c.Command.Reversed)
	if reversed && namesOne(c, 0) {
		return nil, c.Usage("%s: the other way round the first is a name here", c.Arg(0))
	}
	if c.Command.Reach == wholeLine && len(parts) == 2 && !namesOne(c, 0) && (reversed || c.Command.Across == nil) { // mirror -R here NAME:there
		parts = []part{{parts[1].session, slices.Concat(parts[0].words, parts[1].words)}}
	}
	if len(parts) > 1 && c.Command.Reach == wholeLine && (len(parts) > 2 || c.Command.Across == nil) {
		return nil, c.Usage("its words are on %d sessions", len(parts))
	}
	return parts, nil
}

// namesOne reports whether an argument names a session.
func namesOne(c *Call, i int) bool {
	_, _, is := c.Shell.named(c.Args[i])
	return is
}

// onSessions runs a command on the sessions that its words are on.
func onSessions(ctx context.Context, c *Call, parts []part, run func(*Call) error) error {
	for _, p := range parts {
		if err := openNamed(ctx, c.Shell, p.session); err != nil {
			return err
		}
	}
	if len(parts) > 1 && c.Command.Across != nil {
		return c.Command.Across(ctx, c, parts)
	}
	var errs []error
	for _, p := range parts {
		there := *c
		there.Args = p.words
		err := c.Shell.on(p.session, func() error {
			if err := c.Shell.needs(c.Command.Needs); err != nil {
				return err
			}
			return run(&there)
		})
		if errs = append(errs, failure.About(p.named(c.Shell), err)); ctx.Err() != nil {
			break
		}
	}
	return failure.Several(errs)
}

// named is the session of a part as an error is about it; "" for the present one.
func (p part) named(sh *Shell) string {
	if p.session == sh.name {
		return ""
	}
	return p.session
}

// openNamed makes sure that there is a session of that name: a bookmark is opened.
func openNamed(ctx context.Context, sh *Shell, name string) error {
	if name == sh.name || sh.other(name) >= 0 {
		return nil
	}
	words, err := resolveBookmark(sh, []string{name})
	if err != nil {
		return err
	}
	a, err := ParseAddress(words...)
	if err != nil {
		return err
	}
	sh.others = append(sh.others, connection{name: name, remote: sh.newRemote()})
	return sh.lend(len(sh.others)-1, func() error { return openSession(ctx, sh, a, opening{name: name, anonymous: sh.opt.Connect.Anonymous}) })
}

// on runs f with a session as if it were the present one.
func (sh *Shell) on(name string, f func() error) error {
	if name == sh.name {
		return f()
	}
	return sh.lend(sh.other(name), f)
}

// route is the way between the present session and another one. What was found out about it
// holds while the shell lasts.
func (c *connections) route(other string, way transfer.Way) *transfer.Route {
	if way != transfer.AnyWay {
		return &transfer.Route{Way: way}
	}
	key := [2]string{c.name, other}
	if c.routes[key] == nil {
		if c.routes == nil {
			c.routes = map[[2]string]*transfer.Route{}
		}
		c.routes[key] = &transfer.Route{Way: way}
	}
	return c.routes[key]
}
