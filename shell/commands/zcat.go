package commands

import (
	"context"
	"io"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/unpack"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var _ = command.Add(&command.Command{
	Name: "zcat", Theme: "download", Args: "remote…", Short: "show compressed files of the server",
	Long: "gzip and bzip2 are known by their first bytes, not by the name. It ends when more than 1 GiB, or a thousand times what " +
		"came, would come out.",
	Examples: []command.Example{{Line: "zcat access.log.1.gz", Says: "read it"}, {Line: "zcat -t *.gz", Says: "are they intact?"}},
	Min:      1, Max: -1, Ask: []string{"remote-file"},
	Flags: func(fs *pflag.FlagSet) {
		fs.BoolP("test", "t", false, "show nothing, only check that they are intact")
		fs.BoolP("force", "f", false, "show binary data and uncompressed files, too")
		fs.String("max-out", "1G", "at most `SIZE` comes out of a file")
	},
	Complete: []completion.Kind{completion.RemotePath}, Wire: getVerbs, Needs: command.Login, Reach: command.EachWord, Foreign: command.Confined, Run: zcat,
})

func zcat(ctx context.Context, c *command.Call) error {
	bounds := unpack.Usual
	var err error
	if text := c.Value("max-out"); text != "" {
		if bounds.Most, err = settings.ParseBytes(text); err != nil {
			return c.Usage("--max-out: %s", err)
		}
	}
	names, err := c.Expand(ctx, c.Args)
	typ := c.Session().Type()
	c.Session().SetType(client.Binary)
	defer c.Session().SetType(typ)
	errs := []error{err}
	for _, name := range names {
		err := unpackOne(ctx, c, name.Path, bounds)
		if errs = append(errs, failure.About(name.Path, err)); endsAll(ctx, err) {
			break
		}
	}
	return failure.Several(errs)
}

// unpackOne shows one file.
func unpackOne(ctx context.Context, c *command.Call, name string, bounds unpack.Bounds) error {
	d, err := c.Session().Retrieve(ctx, name, 0)
	if err != nil {
		return err
	}
	out := plainOut(c)
	if c.Is("test") {
		out = io.Discard
	}
	screen, onScreen := out.(*screenWriter)
	if onScreen {
		screen.anything = c.Is("force")
	}
	in, err := unpack.New(d, bounds, c.Is("force"))
	if err == nil {
		_, err = io.Copy(out, in)
	}
	if err != nil {
		d.Abort()
		d.Close() // it was not to be whole
		return err
	}
	if onScreen {
		if err := screen.finish(); err != nil {
			return err
		}
	}
	return finish(d)
}
