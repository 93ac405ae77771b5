package commands

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// HeadCommands are the rows of this file in the catalog.
var HeadCommands = []*command.Command{
	{
		Name: "head", Args: "remote…", Short: "show the first lines of files",
		Long:     "Only what is shown is fetched, or little more: the transfer is broken off then.",
		Examples: []command.Example{{Line: "head -3 README.txt", Says: "three lines"}, {Line: "head -c 64 README.txt", Says: "64 bytes"}},
		Min:      1, Max: -1, Ask: []string{"remote-file"}, Flags: headFlags, Digits: "lines",
		Complete: []completion.Kind{completion.RemotePath}, Wire: getVerbs, Needs: command.Login, Reach: command.EachWord, Foreign: command.Confined, Run: head,
	},
	{
		Name: "tail", Args: "remote…", Short: "show the last lines of files",
		Long: "Only the end is fetched, where the server knows REST. With -f it continues: what is added to the file appears until " +
			"Ctrl-C; --every is how often the server is asked.",
		Examples: []command.Example{{Line: "tail README.txt", Says: "ten lines"}, {Line: "tail -f logs/access.log", Says: "and what comes"}},
		Min:      1, Max: -1, Ask: []string{"remote-file"},
		Flags: func(fs *pflag.FlagSet) {
			headFlags(fs)
			fs.BoolP("follow", "f", false, "show what is added, until Ctrl-C")
			fs.String("every", "2s", "with -f: the `TIME` between two looks")
		},
		Digits:   "lines",
		Complete: []completion.Kind{completion.RemotePath}, Wire: getVerbs, Needs: command.Login, Reach: command.EachWord, Foreign: command.Confined, Run: tail,
	},
}

func headFlags(fs *pflag.FlagSet) {
	fs.IntP("lines", "n", 10, "`NUMBER` of lines")
	fs.Int64P("bytes", "c", 0, "`NUMBER` of bytes, in place of lines")
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
	names, err := c.Expand(ctx, c.Args)
	errs := []error{err}
	for i, name := range names {
		if len(names) > 1 {
			headline := "==> " + name.Path + " <=="
			if i > 0 {
				headline = "\n" + headline
			}
			if err := c.Print("%s", headline); err != nil {
				return err
			}
		}
		out := plainOut(c)
		err := f(name.Path, out)
		if screen, ok := out.(*screenWriter); ok && err == nil {
			err = screen.finish()
		}
		errs = append(errs, failure.About(name.Path, err))
		if ctx.Err() != nil {
			break
		}
	}
	return failure.Several(errs)
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
		var all bool
		if c.Flags.Changed("bytes") {
			_, err = io.CopyN(out, d, size)
			all = errors.Is(err, io.EOF)
		} else {
			all, err = copyLines(out, d, lines)
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return d.CloseAfter(err)
		}
		if !all {
			d.Abort()
			d.Close() // it was not to be whole
			return nil
		}
		return d.Close()
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

func tail(ctx context.Context, c *command.Call) error {
	lines, size, err := amountWanted(c)
	if err != nil {
		return err
	}
	every, err := settings.ReadDuration(c.Value("every"))
	if err != nil || every == 0 {
		return c.Usage("--every takes a time such as 2s")
	}
	if c.Is("follow") && len(c.Args) > 1 {
		return c.Usage("-f follows one file")
	}
	return eachFile(ctx, c, func(name string, out io.Writer) error {
		typ := c.Session().Type()
		c.Session().SetType(client.Binary) // offsets are bytes
		defer c.Session().SetType(typ)
		whole, err := c.Session().Size(ctx, name)
		if err != nil {
			return err
		}
		text, err := endOfFile(ctx, c, name, whole, lines, size)
		if err == nil {
			_, err = out.Write(text)
		}
		if err != nil || !c.Is("follow") {
			return err
		}
		return followFile(ctx, c, name, whole, every, out)
	})
}

// firstPart is how much of a file is fetched to find its last lines; when they
// are longer, more is.
const firstPart = 16 << 10

// endOfFile is the last lines, or bytes, of a file of whole bytes.
func endOfFile(ctx context.Context, c *command.Call, name string, whole int64, lines int, size int64) ([]byte, error) {
	if c.Flags.Changed("bytes") {
		return readPart(ctx, c, name, max(whole-size, 0), whole)
	}
	for part := int64(firstPart); ; part *= 8 {
		from := max(whole-part, 0)
		text, err := readPart(ctx, c, name, from, whole)
		if err != nil {
			return nil, err
		}
		start := lastLines(text, lines)
		if start > 0 || from == 0 || lines == 0 {
			return text[start:], nil
		}
	}
}

// lastLines is where the last n lines of a text begin.
func lastLines(text []byte, n int) int {
	if n == 0 {
		return len(text)
	}
	end := len(bytes.TrimSuffix(text, []byte("\n")))
	for range n {
		end = bytes.LastIndexByte(text[:end], '\n')
		if end < 0 {
			return 0
		}
	}
	return end + 1
}

// readPart fetches a file from an offset up to another one.
func readPart(ctx context.Context, c *command.Call, name string, from, to int64) ([]byte, error) {
	if from >= to {
		return nil, nil
	}
	d, err := c.Session().Retrieve(ctx, name, from)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(d, to-from))
	if err != nil {
		d.Close()
		return nil, err
	}
	return text, d.Close()
}

// followFile shows what is added to a file until ctx ends. A file that has become
// shorter is a new one.
func followFile(ctx context.Context, c *command.Call, name string, at int64, every time.Duration, out io.Writer) error {
	for {
		if err := command.Pause(ctx, every); err != nil {
			return err
		}
		size, err := c.Session().Size(ctx, name)
		if err != nil {
			return err
		}
		if size < at {
			c.Note("%s is shorter than before (%s bytes): it begins again", name, strconv.FormatInt(size, 10))
			at = 0
		}
		text, err := readPart(ctx, c, name, at, size)
		if err != nil {
			return err
		}
		if _, err := out.Write(text); err != nil {
			return err
		}
		at = size
	}
}
