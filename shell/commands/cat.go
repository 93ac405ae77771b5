package commands

import (
	"bytes"
	"cmp"
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
		binaryFlag(fs)
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
		err := catFile(c, name.Path, func(t transfer.Task) (transfer.Result, error) {
			if c.Given("range") {
				return transfer.Result{}, catRange(ctx, c, name.Path, t.Out)
			}
			return transfer.Run(ctx, c.Session(), t, nil)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// catFile shows a file, which fetch brings.
func catFile(c *command.Call, name string, fetch func(transfer.Task) (transfer.Result, error)) error {
	set := &c.Shell.Settings
	return failure.About(name, show(c, c.Is("force"), func(out io.Writer) error {
		r, err := fetch(transfer.Task{
			Op: transfer.Download, Remote: name, Out: out, Size: -1, Limit: c.Shell.Limiter(transfer.Download),
			Bounds: set.Bounds, AnySize: !set.CompareSizes,
		})
		if err == nil && r.Note != "" {
			c.Note("%s: %s", name, r.Note)
		}
		return err
	}))
}

// catRange shows a piece of a file. No more than that is fetched, or little more.
func catRange(ctx context.Context, c *command.Call, name string, out io.Writer) error {
	s := c.Session()
	defer inBytes(s)() // places are bytes
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
	if errors.Is(err, io.EOF) { // the file ends before the range
		if err := d.Close(); err != nil || n > 0 {
			return err
		}
		return &transfer.OffsetError{Offset: from, Size: -1}
	}
	more, _ := d.Read(make([]byte, 1))
	return endData(d, more == 0)
}

// endData ends a download: one that is to be whole is read to its end, another one is broken off.
func endData(d *client.Data, whole bool) error {
	if !whole {
		d.Abort()
		d.Close()
		return nil
	}
	_, err := io.Copy(io.Discard, d)
	return d.CloseAfter(err)
}

// inBytes makes a session move files byte by byte, until the returned function is called.
func inBytes(s *client.Session) (back func()) {
	typ := s.Type()
	s.SetType(client.Binary)
	return func() { s.SetType(typ) }
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

// plainOut is where the bytes of a file go that are to be seen, and what to call behind the last of
// them. A screen shows binary data only if it is wanted.
func plainOut(c *command.Call, binary bool) (out io.Writer, end func() error) {
	if c.Bytes {
		return c.Out, func() error { return nil }
	}
	screen := &screenWriter{out: c.Out, anything: binary}
	return screen, screen.finish
}

// show shows what f writes, also when more was to come.
func show(c *command.Call, binary bool, f func(out io.Writer) error) error {
	out, end := plainOut(c, binary)
	return cmp.Or(f(out), end())
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
