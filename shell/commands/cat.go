package commands

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

var _ = command.Add(&command.Command{
	Name: "cat", Theme: "download", Args: "remote…", Short: "show files of the server",
	Long: "On a screen control characters are shown, not obeyed, and a binary file is refused unless -f insists.",
	Examples: []command.Example{
		{Line: "cat README", Says: "read it"},
		{Line: "cat log.* | grep ERROR", Says: "search in several"},
		{Line: "cat --range 0-1023 big.iso > head", Says: "a piece"},
	},
	Min: 1, Max: -1, Ask: []string{"remote-file"},
	Flags: func(fs *pflag.FlagSet) {
		fs.BoolP("force", "f", false, "show binary files, too")
		fs.String("range", "", "only the bytes `RANGE` FIRST-LAST, counted from 0; FIRST- goes to the end, -N are the last ones")
	},
	Complete: []completion.Kind{completion.RemotePath},
	Wire:     getVerbs, Needs: command.Login, Reach: command.EachWord, Foreign: command.Confined, Run: cat, ByURL: catByURL,
})

func cat(ctx context.Context, c *command.Call) error {
	names, err := c.Expand(ctx, c.Args)
	if err = c.Skips(err); err != nil {
		return err
	}
	for _, name := range names {
		out := plainOut(c)
		if screen, ok := out.(*screenWriter); ok {
			screen.anything = c.Is("force")
		}
		if c.Given("range") {
			if err := catRange(ctx, c, name.Path, out); err != nil {
				return failure.About(name.Path, err)
			}
			continue
		}
		t := transfer.Task{Op: transfer.Download, Remote: name.Path, Out: out, Limit: c.Shell.Limiter(transfer.Download), Bounds: c.Shell.Settings.Bounds, AnySize: !c.Shell.Settings.CompareSizes}
		r, err := transfer.Run(ctx, c.Session(), t, nil)
		if err != nil {
			return failure.About(name.Path, err)
		}
		if r.Note != "" {
			c.Note("%s: %s", name.Path, r.Note)
		}
		if screen, ok := out.(*screenWriter); ok {
			if err := screen.finish(); err != nil {
				return err
			}
		}
	}
	return nil
}

// catRange shows a piece of a file. No more than that is fetched, or little more.
func catRange(ctx context.Context, c *command.Call, name string, out io.Writer) error {
	s := c.Session()
	typ := s.Type()
	s.SetType(client.Binary) // places are bytes
	defer s.SetType(typ)
	from, to, err := byteRange(ctx, c, name)
	if err != nil || from > to {
		return err
	}
	d, err := openRange(ctx, s, name, from, to)
	if err != nil {
		return err
	}
	n, err := io.CopyN(out, d, to-from+1)
	if err != nil && !errors.Is(err, io.EOF) {
		return d.CloseAfter(err)
	}
	if screen, ok := out.(*screenWriter); ok {
		if err := screen.finish(); err != nil {
			return err
		}
	}
	if errors.Is(err, io.EOF) { // the file ends before the range
		if err := d.Close(); err != nil || n > 0 {
			return err
		}
		return &transfer.OffsetError{Offset: from, Size: -1}
	}
	if n, _ := d.Read(make([]byte, 1)); n > 0 { // more than the range
		d.Abort()
		d.Close() // it was not to be whole
		return nil
	}
	return d.Close()
}

// byteRange is what --range asks for, first and last byte: FIRST-LAST, FIRST- or -N, the last N. Of an empty file it is none.
func byteRange(ctx context.Context, c *command.Call, name string) (from, to int64, err error) {
	first, last, found := strings.Cut(c.Value("range"), "-")
	from, errFrom := strconv.ParseInt("0"+first, 10, 63)
	to, errTo := strconv.ParseInt("0"+last, 10, 63)
	switch {
	case !found, first == "" && last == "", errFrom != nil, errTo != nil, first != "" && last != "" && to < from:
		return 0, 0, c.Usage("--range: %s is not FIRST-LAST, FIRST- or -N", c.Value("range"))
	case first == "":
		whole, err := c.Session().Size(ctx, name)
		return max(whole-to, 0), whole - 1, err
	case last == "":
		return from, endless, nil
	}
	return from, to, nil
}

// endless is the last byte of a range without an end.
const endless = math.MaxInt64 - 1

// openRange begins to fetch a part of a file: all that the server sends is of it, or it is only where it begins.
func openRange(ctx context.Context, s *client.Session, name string, from, to int64) (*client.Data, error) {
	if to != endless {
		if d, err := s.RetrieveRange(ctx, name, from, to+1); !errors.Is(err, client.ErrNoRange) {
			return d, err
		}
	}
	return s.Retrieve(ctx, name, from)
}

// screenWriter writes a file to the screen, line by line, so that nothing in it
// can command the terminal.
type screenWriter struct {
	out      io.Writer
	anything bool // do not stop at binary data
	begun    bool
	line     []byte
}

// longLine is where a line is written although its end is not there yet.
const longLine = 8 << 10

func (w *screenWriter) Write(p []byte) (int, error) {
	if !w.begun && !w.anything && bytes.IndexByte(p, 0) >= 0 {
		return 0, &failure.LocalError{Text: "no text, and not good for a screen; `get` it, or -f shows it"}
	}
	w.begun = true
	n := len(p)
	for {
		line, rest, found := bytes.Cut(p, []byte("\n"))
		w.line = append(w.line, line...)
		if !found {
			break
		}
		p = rest
		if err := w.flush("\n"); err != nil {
			return 0, err
		}
	}
	if len(w.line) > longLine {
		return n, w.flush("")
	}
	return n, nil
}

// finish writes what has no line end.
func (w *screenWriter) finish() error {
	if len(w.line) == 0 {
		return nil
	}
	return w.flush("\n")
}

func (w *screenWriter) flush(end string) error {
	text := render.SafeLines(string(bytes.TrimSuffix(w.line, []byte("\r"))))
	w.line = w.line[:0]
	_, err := io.WriteString(w.out, text+end)
	return err
}
