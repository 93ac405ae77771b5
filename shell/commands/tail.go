package commands

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var _ = command.Add(&command.Command{
	Name: "tail", Theme: "download", Args: "remote…", Short: "show the last lines of files",
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
})

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
		defer inBytes(c.Session())() // offsets are bytes
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
