package commands

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/site"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// acrossFlags are those of a copy from one session to another one.
func acrossFlags(fs *pflag.FlagSet) {
	fs.String("via", "auto", "between sessions: `WAY` that the bytes take: direct (from server to server), here, or auto, which tries both")
	command.OneOf(fs, "via", "auto", "direct", "here")
	fs.BoolP("continue", "c", false, "between sessions: resume where the copy ends")
	fs.Bool("clear", false, "between sessions: let the data travel directly in the clear where the servers cannot protect it")
	fs.Bool("verify", false, "between sessions: compare the contents at the end")
}

// goesAcross are files on one session that go to another one.
type goesAcross struct {
	call    *command.Call
	to      string // the session
	target  syntax.Token
	into    bool // target is a directory
	way     transfer.Way
	removes bool // the originals
	within  func(from, to string) error
}

// across copies, or moves, files between sessions; within does it for those that stay on theirs.
func across(ctx context.Context, c *command.Call, parts []command.Part, removes bool, within func(from, to string) error) error {
	last := &parts[len(parts)-1]
	words := last.Words
	g := &goesAcross{call: c, to: last.Session, target: words[len(words)-1], removes: removes, within: within, way: transfer.Direct}
	last.Words = words[:len(words)-1]
	if c.Flags.Lookup("via") != nil {
		g.way = transfer.Ways[c.Value("via")]
	}
	several := len(c.Args) > 2
	err := c.Shell.On(g.to, func() (err error) {
		if err = c.Shell.Needs(command.Login); err == nil {
			g.into, err = isRemoteDir(ctx, c, cmp.Or(g.target.Text, "."))
		}
		return err
	})
	if err != nil {
		return failure.About(g.to, err)
	}
	var errs []error
	for _, p := range parts {
		if len(p.Words) == 0 {
			continue
		}
		errs = append(errs, c.Shell.On(p.Session, func() error { return g.from(ctx, p, several) }))
	}
	return failure.Several(errs...)
}

// from copies what is on one session.
func (g *goesAcross) from(ctx context.Context, p command.Part, several bool) error {
	c := g.call
	if err := c.Shell.Needs(command.Login); err != nil {
		return failure.About(p.Session, err)
	}
	names, missed := c.Expand(ctx, p.Words)
	if (several || len(names) > 1) && !g.into {
		return c.Usage("%s is not a directory, and several are to go there", g.target.Text)
	}
	return failure.Several(missed, eachOf(ctx, slices.Values(names), func(name command.RemoteName) error {
		target := g.target.Text
		if g.into {
			target = command.JoinRemote(target, command.BaseName(name.Path))
		}
		if p.Session == g.to {
			return g.within(name.Path, target)
		}
		return g.one(ctx, name, target)
	}))
}

// one copies a file from the present session to the other one.
func (g *goesAcross) one(ctx context.Context, name command.RemoteName, target string) error {
	c := g.call
	from, to := c.Session(), c.Shell.Others[c.Shell.Other(g.to)]
	if err := mustBeFile(ctx, from, name); err != nil {
		return failure.About(name.Path, err)
	}
	if c.Is("no-clobber") {
		if _, err := to.Session.Stat(ctx, target); err == nil {
			c.Note("%s already exists", target)
			return nil
		}
	}
	there := g.to + ":" + target
	if c.Shell.Options.DryRun {
		action := "copy"
		if g.removes {
			action = "move"
		}
		return c.Shell.Would(command.DryAction{Action: action, What: name.Path, To: there})
	}
	typ := from.Type()
	if c.Command.Name != "fxp" {
		from.SetType(client.Binary)
	}
	defer from.SetType(typ)
	r, err := copyServers(ctx, c, from, g.task(name.Path, target), name.Path)
	if err != nil {
		return err
	}
	to.Remote.Forget(completion.Join(completion.Join(to.Session.Dir(), target), ".."))
	if g.removes {
		c.Shell.Remote.Remove(c.Absolute(name.Path))
	}
	e := command.Event{Verb: "STOR", Direction: "server", Remote: name.Path, To: there, Hash: r.Hash}
	e.Transferred(r.Bytes, r.Resumed, r.Size, r.ModTime, r.Elapsed)
	return c.Done(e)
}

// mustBeFile refuses a directory.
func mustBeFile(ctx context.Context, s *client.Session, name command.RemoteName) error {
	if name.Entry == nil {
		e, err := s.Stat(ctx, name.Path)
		if err != nil {
			return err
		}
		name.Entry = &e
	}
	if name.Entry.Type == listing.Dir {
		return &failure.UsageError{Text: "is a directory", Hint: "`mirror` copies trees from one session to another"}
	}
	return nil
}

// task is the task of one file.
func (g *goesAcross) task(name, target string) transfer.Task {
	c := g.call
	to := c.Shell.Others[c.Shell.Other(g.to)]
	t := transfer.Task{
		Op: transfer.BetweenServers, Remote: name, Target: to.Session, Local: target, Route: route(&c.Shell.Connections, g.to, g.way),
		Resume: c.Is("continue"), Append: c.Is("append"), InClear: c.Is("clear"),
	}
	configureTask(c, &t)
	t.RemoveSource = g.removes
	return t
}

// copyServers carries out a copy from one server to another, shows how far it is, and tells.
func copyServers(ctx context.Context, c *command.Call, from *client.Session, t transfer.Task, name string) (transfer.Result, error) {
	t.Limit = c.Shell.Limiter(transfer.Download)
	meter := &transfer.Meter{}
	stop := watchMeter(c, render.Safe(name), meter)
	r, err := transfer.Run(ctx, from, t, meter)
	stop()
	if err != nil {
		return r, failure.About(name, err)
	}
	c.Moves++
	if r.Note != "" {
		c.Note("%s: %s", name, r.Note)
	}
	if c.Shell.Settings.Verbose && !c.JSON() {
		c.Note("%s", strings.TrimSpace(name+" to "+t.Local+" on "+t.Target.Server().Host()+"  "+sizeText(r.Size)))
	}
	return r, nil
}

// mirrorAcross mirrors a tree on one session to another one.
func mirrorAcross(ctx context.Context, c *command.Call, parts []command.Part) error {
	if len(parts[0].Words) != 1 || len(parts[1].Words) != 1 {
		return c.Usage("between sessions it takes two directories")
	}
	from, to := parts[0], parts[1]
	return c.Shell.On(from.Session, func() error {
		copied := c.Shell.Others[c.Shell.Other(to.Session)]
		if err := cmp.Or(c.Shell.Needs(command.Login), failure.About(to.Session, copied.Needs(command.Login))); err != nil {
			return err
		}
		copied.Session.SetType(c.Session().Type())
		defer copied.Remote.Forget("/")
		return mirrorAll(ctx, c, c.Session(), func(m *transfer.Mirror) {
			m.Up, m.InClear = false, c.Is("clear")
			m.Target, m.Remote, m.CopyName = copied.Session, cmp.Or(from.Words[0].Text, "."), cmp.Or(to.Words[0].Text, ".")
			m.Route = route(&c.Shell.Connections, to.Session, transfer.Ways[c.Value("via")])
		})
	})
}

// fxpAcross copies files between sessions, directly.
func fxpAcross(ctx context.Context, c *command.Call, parts []command.Part) error {
	return across(ctx, c, parts, false, func(from, _ string) error {
		return c.Usage("%s stays on its server; `cp` copies there", path.Base(from))
	})
}

func sizeText(size int64) string {
	if size < 0 {
		return ""
	}
	return command.BytesText(size)
}

// route is the way between the present session and another one. What was found out about it
// holds while the shell lasts.
func route(c *command.Connections, other string, way transfer.Way) *transfer.Route {
	if way != transfer.AnyWay {
		return &transfer.Route{Way: way}
	}
	key := [2]string{c.Name, other}
	if c.Routes[key] == nil {
		if c.Routes == nil {
			c.Routes = map[[2]string]*transfer.Route{}
		}
		c.Routes[key] = &transfer.Route{Way: way}
	}
	return c.Routes[key]
}

// otherServer returns the URL among the trees of a mirror: the copy's, or with
// --reverse that of the original. Without one the other tree is here.
func otherServer(c *command.Call) (url string, ok bool) {
	url = c.Arg(1)
	if c.Is("reverse") {
		url = c.Arg(0)
	}
	return url, command.IsURL(url)
}

// mirrorServers mirrors between the server that we are connected to and another
// one; the files do not travel through this computer.
func mirrorServers(ctx context.Context, c *command.Call, url string) error {
	a, err := site.ParseAddress(url)
	if err != nil {
		return err
	}
	other := command.OrDot(a.Path)
	a.Path, a.File = "", false
	return besideSession(ctx, c.Shell, a, func(there *client.Session) error {
		there.SetType(c.Session().Type())
		from := c.Session()
		if c.Is("reverse") {
			from = there
		}
		return mirrorAll(ctx, c, from, func(m *transfer.Mirror) {
			m.InClear = c.Is("clear")
			if c.Is("reverse") {
				m.Up, m.Target, m.Remote, m.CopyName = false, c.Session(), other, command.OrDot(c.Arg(1))
			} else {
				m.Target, m.Remote, m.CopyName = there, c.Arg(0), other
			}
		})
	})
}
