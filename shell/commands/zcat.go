package commands

import (
	"context"
	"io"

	"github.com/spf13/pflag"

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
	defer inBytes(c.Session())()
	return eachName(ctx, c, c.Args, func(name command.RemoteName) error {
		return failure.About(name.Path, unpackOne(ctx, c, name.Path, bounds))
	})
}

// unpackOne shows one file.
func unpackOne(ctx context.Context, c *command.Call, name string, bounds unpack.Bounds) error {
	d, err := c.Session().Retrieve(ctx, name, 0)
	if err != nil {
		return err
	}
	return show(c, c.Is("force"), func(out io.Writer) error {
		if c.Is("test") {
			out = io.Discard
		}
		in, err := unpack.New(d, bounds, c.Is("force"))
		if err == nil {
			_, err = io.Copy(out, in)
		}
		if err != nil {
			_ = endData(d, false)
			return err
		}
		return endData(d, true)
	})
}
