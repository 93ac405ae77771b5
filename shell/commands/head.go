package commands

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/unpack"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "head", Theme: "download", Args: "remote…", Short: "show the first lines of files",
	Long:     "Only what is shown is fetched, or little more: the transfer is broken off then.",
	Examples: []command.Example{{Line: "head -3 README.txt", Says: "three lines"}, {Line: "head -c 64 README.txt", Says: "64 bytes"}},
	Min:      1, Max: -1, Ask: []string{"remote-file"}, Digits: "lines",
	Flags:    flags(headFlags, decompressFlag),
	Complete: []completion.Kind{completion.RemotePath}, Wire: getVerbs, Needs: command.Login, Reach: command.EachWord, Foreign: command.Confined, Run: head,
})

func headFlags(fs *pflag.FlagSet) {
	fs.IntP("lines", "n", 10, "`NUMBER` of lines")
	fs.Int64P("bytes", "c", 0, "`NUMBER` of bytes instead of lines")
}

// decompressFlag adds the option of commands that show files as zcat does.
func decompressFlag(fs *pflag.FlagSet) {
	fs.BoolP("decompress", "z", false, "unpack what gzip or bzip2 has compressed")
}

// amountWanted is how many lines, or bytes, are to be shown.
func amountWanted(c *command.Call) (lines int, bytes int64, err error) {
	lines, _ = c.Flags.GetInt("lines")
	bytes, _ = c.Flags.GetInt64("bytes")
	if lines < 0 || bytes < 0 {
		return 0, 0, c.Usage("how much? It takes a number from 0")
	}
	return lines, bytes, nil
}

// eachFile runs f for the files that the arguments stand for, with a headline
// if there are several. Output goes through the screen's filter.
func eachFile(ctx context.Context, c *command.Call, f func(name string, out io.Writer) error) error {
	names, missed := c.Expand(ctx, c.Args)
	above := ""
	return failure.Several(missed, eachOf(ctx, slices.Values(names), func(name command.RemoteName) error {
		if len(names) > 1 {
			if err := c.Print("%s==> %s <==", above, name.Path); err != nil {
				return err
			}
			above = "\n"
		}
		return failure.About(name.Path, show(c, false, func(out io.Writer) error { return f(name.Path, out) }))
	}))
}

func head(ctx context.Context, c *command.Call) error {
	lines, size, err := amountWanted(c)
	if err != nil {
		return err
	}
	return eachFile(ctx, c, func(name string, out io.Writer) error {
		d, err := c.Session().Retrieve(ctx, name, 0)
		if err != nil {
			return err
		}
		var in io.Reader = d
		if c.Is("decompress") {
			if in, err = unpack.New(d, unpack.Usual, false); err != nil {
				return d.CloseAfter(err)
			}
		}
		var all bool
		if c.Flags.Changed("bytes") {
			_, err = io.CopyN(out, in, size)
			all = errors.Is(err, io.EOF)
		} else {
			all, err = copyLines(out, in, lines)
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return d.CloseAfter(err)
		}
		return endData(d, all)
	})
}

// copyLines copies so many lines, and tells whether there were no more.
func copyLines(w io.Writer, r io.Reader, n int) (all bool, err error) {
	in := bufio.NewReader(r)
	for range n {
		for more := true; more; {
			part, err := in.ReadSlice('\n')
			if _, err := w.Write(part); err != nil {
				return false, err
			}
			if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
				return err == io.EOF, err
			}
			more = err != nil
		}
	}
	return false, nil
}
