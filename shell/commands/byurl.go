package commands

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/proxy"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// This file is what can be done where a proxy fetches files by URL and there is no session.

// errIsListing is of a name that is a directory: what comes is a page that the proxy wrote.
var errIsListing = &failure.LocalError{Text: "a directory; the proxy makes a page of it, which `cat NAME/` shows"}

// plainOnly refuses the options that need more than GET and PUT.
func plainOnly(c *command.Call, can ...string) error {
	var err error
	if c.Flags != nil {
		c.Flags.Visit(func(f *pflag.Flag) {
			if err == nil && !slices.Contains(can, f.Name) && f.Name != "json" {
				err = c.Usage("--%s cannot be done through a proxy that fetches files by URL", f.Name)
			}
		})
	}
	for _, word := range c.Args {
		if err == nil && word.Pattern != "" {
			err = &failure.UsageError{Text: word.Text + " is a pattern, and this proxy lists no names that could match", Hint: "a name in quotes is taken as it is"}
		}
	}
	return err
}

// urlType is the type of files as a URL says it.
func urlType(g *command.Gateway) string {
	if g.Type == client.ASCII {
		return proxy.TypeText
	}
	return proxy.TypeBytes
}

// A urlFile is a file that a proxy fetches. It is looked at first.
type urlFile struct {
	gateway *command.Gateway
	name    string
	known   *proxy.Content // nil: the proxy cannot tell
}

// look asks the proxy about a file. One that knows no HEAD may send it all the same.
func look(ctx context.Context, g *command.Gateway, name string) (*urlFile, error) {
	f := &urlFile{gateway: g, name: name}
	known, err := g.Head(ctx, name, false)
	var no *proxy.StatusError
	switch {
	case err == nil:
		f.known = known
	case !errors.As(err, &no) || no.Status != 405 && no.Status != 501:
		return nil, failure.About(name, err)
	}
	return f, nil
}

// describe tells a task what is known of the file.
func (f *urlFile) describe(t *transfer.Task) {
	t.Size = -1
	if f.known != nil {
		t.Size, t.ModTime = f.known.Size, f.known.ModTime
	}
}

// Open is for transfer.Fetch.
func (f *urlFile) Open(ctx context.Context, offset int64) (*transfer.Opened, error) {
	c, err := f.gateway.Get(ctx, f.name, urlType(f.gateway), offset, f.known)
	if err != nil {
		return nil, err
	}
	if c.Listing && !strings.HasSuffix(f.name, "/") {
		c.Close()
		return nil, errIsListing
	}
	return &transfer.Opened{Body: c, Offset: c.Offset, Size: c.Size, Proved: c.Proved}, nil
}

// getByURL is get, one file or several.
func getByURL(ctx context.Context, c *command.Call, resume bool) error {
	if err := plainOnly(c, "continue", "force", "output", "into", "create-dirs"); err != nil {
		return err
	}
	if err := takeOutput(c); err != nil {
		return err
	}
	words, dir := c.Args, intoHere(c)
	if !c.Given("into") && len(words) > 2 {
		if !intoLast(c) {
			return c.Usage("several files go into a directory here, which the last word or -O names")
		}
		words, dir = words[:len(words)-1], LocalPath(words[len(words)-1])
	}
	if c.Given("into") || len(c.Args) > 2 {
		if err := makeHere(c, dir); err != nil {
			return err
		}
		var errs []error
		for _, word := range words {
			errs = append(errs, getOneByURL(ctx, c, transfer.Task{Remote: word.Text, Local: dir, Resume: resume}))
		}
		return failure.Several(errs...)
	}
	if len(c.Args) == 1 && c.Piped() && !c.JSON() {
		c.Args = append(c.Args, command.PlainWord("-"))
	}
	t := transfer.Task{Remote: words[0].Text, Resume: resume}
	if len(c.Args) == 1 {
		return getOneByURL(ctx, c, t)
	}
	done, err := openTarget(ctx, c, &t, c.Args[1])
	if err != nil {
		return err
	}
	return failure.Several(getOneByURL(ctx, c, t), done())
}

func getOneByURL(ctx context.Context, c *command.Call, t transfer.Task) error {
	if strings.HasSuffix(t.Remote, "/") {
		return failure.About(t.Remote, errIsListing)
	}
	if t.Out == nil {
		if err := nameHere(c, &t); err != nil {
			return err
		}
	}
	f, err := look(ctx, c.Shell.Gateway, t.Remote)
	if err != nil {
		return err
	}
	f.describe(&t)
	if t.Out == nil {
		there := listing.Entry{Name: t.Remote, Type: listing.File, Size: t.Size, Time: t.ModTime}
		yes, err := replaces(ctx, c, &t, func() (listing.Entry, error) { return there, nil })
		if err != nil || !yes {
			return err
		}
	}
	return fetchByURL(ctx, c, f, t)
}

// fetchByURL carries out a download.
func fetchByURL(ctx context.Context, c *command.Call, f *urlFile, t transfer.Task) error {
	if _, screen := t.Out.(*screenWriter); c.Shell.Options.DryRun && t.Out != c.Out && !screen {
		return command.WouldMove(c.Shell, t)
	}
	configureTask(c, &t)
	t.Text = f.gateway.Type == client.ASCII
	meter := &transfer.Meter{}
	stop := watchMeter(c, t.Remote, meter)
	r, err := transfer.Fetch(ctx, f, t, meter)
	stop()
	if err != nil {
		keepPartial(ctx, c, t, meter, err)
	}
	return toldTransfer(c, t, r, err)
}

// catByURL shows files, and the page that the proxy makes of a directory.
func catByURL(ctx context.Context, c *command.Call) error {
	if err := plainOnly(c, "force"); err != nil {
		return err
	}
	for _, word := range c.Args {
		err := catFile(c, word.Text, func(t transfer.Task) (transfer.Result, error) {
			return transfer.Fetch(ctx, &urlFile{gateway: c.Shell.Gateway, name: word.Text}, t, &transfer.Meter{})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// sizeByURL shows the sizes that the proxy tells.
func sizeByURL(ctx context.Context, c *command.Call) error {
	if err := plainOnly(c); err != nil {
		return err
	}
	for _, name := range c.Texts() {
		f, err := look(ctx, c.Shell.Gateway, name)
		if err != nil {
			return err
		}
		if f.known == nil || f.known.Size < 0 {
			return failure.About(name, errors.New("the proxy does not say how large it is"))
		}
		if err := printSize(c, name, f.known.Size); err != nil {
			return err
		}
	}
	return nil
}

// newerByURL is newer.
func newerByURL(ctx context.Context, c *command.Call) error {
	if err := plainOnly(c, "continue", "force", "create-dirs"); err != nil {
		return err
	}
	t, err := newerTask(c)
	if err != nil {
		return err
	}
	f, err := look(ctx, c.Shell.Gateway, t.Remote)
	if err != nil {
		return err
	}
	f.describe(&t)
	info, err := c.Shell.Folder().Stat(t.Local)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case t.ModTime.IsZero():
		return failure.About(t.Remote, errors.New("the proxy does not say when it was changed"))
	case !t.ModTime.After(info.ModTime()):
		c.Note("%s is not newer than the local %s", t.Remote, t.Local)
		return nil
	}
	return fetchByURL(ctx, c, f, t)
}

// putByURL is put: one file, as large as it is when its turn comes.
func putByURL(ctx context.Context, c *command.Call) error {
	if err := plainOnly(c, "force", "output"); err != nil {
		return err
	}
	if err := takeOutput(c); err != nil {
		return err
	}
	if c.Shell.Settings.Atomic {
		return c.Usage("`set atomic on` wants a rename, which cannot be done through a proxy that fetches files by URL")
	}
	word, t := c.Args[0], transfer.Task{Op: transfer.Upload, Remote: c.Arg(1)}
	if word.Text == "-" || strings.HasPrefix(word.Text, "|") {
		return c.Usage("a proxy wants to know the size first: put a file")
	}
	t.Local = LocalPath(word)
	if t.Remote == "" || strings.HasSuffix(t.Remote, "/") {
		t.Remote += c.Shell.RemoteName(t.Local)
	}
	if c.Shell.Options.DryRun {
		return command.WouldMove(c.Shell, t)
	}
	file, err := c.Shell.Folder().Open(ctx, t.Local, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &failure.LocalError{Text: t.Local + " is not a plain file"}
	}
	if err != nil {
		return err
	}
	t.Size = info.Size()
	if yes, err := replacesByURL(ctx, c, t, info); err != nil || !yes {
		return err
	}
	return sendByURL(ctx, c, t, file)
}

// replacesByURL asks at a terminal about a file of the server that differs.
func replacesByURL(ctx context.Context, c *command.Call, t transfer.Task, info fs.FileInfo) (bool, error) {
	if !c.Interactive() || c.Is("force") || c.Shell.Settings.Clobber == "on" {
		return true, nil
	}
	there, err := c.Shell.Gateway.Head(ctx, t.Remote, true)
	if err != nil {
		return true, ctx.Err() // nothing is in the way, or the upload says more than we could
	}
	e := listing.Entry{Type: listing.File, Size: there.Size, Time: there.ModTime}
	if same(info, e) {
		return true, nil
	}
	answer := askConflict(ctx, c, conflict{name: t.Remote, there: true, old: describeEntry(e), new: command.Describe(info)})
	switch answer {
	case 'y':
		return true, nil
	case 'r':
		c.Note("`put %s NAME` gives it another name", syntax.Quote(t.Local))
	}
	c.Note("%s stays as it was", t.Remote)
	return false, nil
}

// sendByURL carries out an upload. What the server has of it is looked at afterwards: a proxy may say that all is well
// before the server has.
func sendByURL(ctx context.Context, c *command.Call, t transfer.Task, file io.Reader) error {
	g := c.Shell.Gateway
	configureTask(c, &t)
	if t.Mode != 0 {
		c.Note("%s: through this proxy no mode can be set", t.Remote)
	}
	started, meter := time.Now(), &transfer.Meter{}
	stop := watchMeter(c, t.Remote, meter)
	err := transfer.Send(ctx, t, file, meter, func(ctx context.Context, r io.Reader) error {
		return g.Put(ctx, t.Remote, urlType(g), t.Size, r)
	})
	stop()
	r := transfer.Result{Remote: t.Remote, Local: t.Local, Bytes: t.Size, Size: t.Size, Elapsed: time.Since(started)}
	if err == nil && g.Type != client.ASCII && !t.AnySize {
		there, failed := g.Head(ctx, t.Remote, true)
		switch {
		case ctx.Err() != nil:
			err = ctx.Err()
		case failed != nil || there.Size < 0:
			r.Note = "the proxy does not say how large it is: nothing shows that all of it has arrived"
		case there.Size != t.Size:
			err = &client.IncompleteError{Got: there.Size, Want: t.Size, Reason: "the server has not all of it"}
		}
	}
	return toldTransfer(c, t, r, err)
}
