package console

import (
	"bytes"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"
)

// A stream is one of the two outputs.
type stream struct {
	c     *window
	w     io.Writer
	fd    int
	tty   bool
	color bool
}

func newStream(c *window, w io.Writer) *stream {
	s := &stream{c: c, w: w, fd: -1}
	if f, ok := w.(*os.File); ok {
		s.fd = int(f.Fd())
		s.tty = term.IsTerminal(s.fd)
	}
	s.color = wantsColor(c.opts.Color, s.tty)
	return s
}

// Out is where results go. Lines written to it appear above the prompt or the status line; a line that is not
// complete waits for its end while one of these is shown. Every write is safe from any goroutine.
func (c *outputs) Out() io.Writer { return c.out }

// Err is where messages go, otherwise like Out.
func (c *outputs) Err() io.Writer { return c.err }

// ColorOut and ColorErr say whether colours may be written to Out and Err.
func (c *outputs) ColorOut() bool { return c.out.color }

// Shows says whether a terminal shows what is written to Out.
func (c *outputs) Shows() bool { return c.out.tty }

// ErrWidth is the width of the terminal that messages go to, 0 where they go
// elsewhere.
func (c *outputs) ErrWidth() int {
	if !c.err.tty {
		return 0
	}
	return c.Width()
}

// ColorErr is ColorOut for Err.
func (c *outputs) ColorErr() bool { return c.err.color }

func (s *stream) Write(p []byte) (int, error) {
	c := s.c
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case len(p) == 0:
		return 0, nil
	case s.tty && c.asks:
		c.asks, c.midline = false, p[len(p)-1] != '\n'
		if _, err := io.WriteString(s.w, "\n"); err != nil {
			return 0, err
		}
		return s.w.Write(p)
	case !s.tty || c.term == nil:
		return s.w.Write(p)
	case c.child:
		c.held = append(c.held, p...)
		return len(p), nil
	case !c.screen.live:
		n, err := s.w.Write(p)
		c.midline = p[len(p)-1] != '\n'
		c.draw()
		return n, err
	}
	end := bytes.LastIndexByte(p, '\n') + 1
	if end == 0 {
		c.partial = append(c.partial, p...)
		return len(p), nil
	}
	c.screen.erase()
	err := c.emit(s.w, append(c.partial, p[:end]...))
	c.partial = bytes.Clone(p[end:])
	c.draw()
	return len(p), err
}

// emit writes to a stream what must come after the bytes the screen has not sent yet.
func (d *display) emit(w io.Writer, p []byte) error {
	if w == d.screen.w {
		d.screen.out.Write(p)
		return nil
	}
	d.screen.flush()
	if d.screen.err != nil {
		return d.screen.err
	}
	_, err := w.Write(p)
	return err
}

// writePartial writes out a line that is not complete, when the live rows under it are gone.
func (d *display) writePartial() {
	if len(d.partial) == 0 {
		return
	}
	d.screen.out.Write(d.partial)
	d.partial, d.midline = nil, true
}

// endRow makes the next thing start on a row of its own.
func (d *display) endRow() {
	d.writePartial()
	if d.midline {
		d.screen.out.WriteString("\r\n")
		d.midline = false
	}
}

// draw shows the prompt and the status line as they are now.
func (c *window) draw() {
	if c.term == nil || c.child || c.midline {
		c.screen.flush()
		return
	}
	c.followResize()
	columns := c.Width()
	var cells []cell
	cursor := -1
	if c.ed != nil && !c.ed.done {
		cells, cursor = c.ed.content()
	} else if len(c.status) == 0 {
		c.screen.erase()
		c.writePartial()
		c.screen.flush()
		return
	}
	for i, row := range c.status {
		if cursor >= 0 || i > 0 {
			cells = append(cells, cell{text: lineBreak})
		}
		cells = append(cells, cut(row, columns-1)...)
	}
	c.screen.draw(layout(cells, cursor, columns).crop(c.Height()))
}

// followResize starts over when the terminal has another width than the rows on it.
func (c *window) followResize() {
	if columns := c.Width(); c.screen.live && c.screen.shown.width != columns {
		c.screen.resized(columns, c.restore != nil && c.ed != nil && !c.ed.done)
	}
}

// drawLast leaves the line of an editor that has finished on the screen, and goes below it. The terminal is no
// longer raw when the cursor gets there: what is typed then is for whatever comes next.
func (c *window) drawLast(e *editor) {
	if c.restore == nil || c.term == nil {
		return // its prompt was never shown
	}
	c.followResize()
	cells, _ := e.content()
	c.screen.draw(layout(cells, -1, c.Width()).crop(c.Height()))
	c.leaveRaw()
	c.screen.leave()
}

// drawNothing takes a prompt away that comes back.
func (c *window) drawNothing() {
	if c.restore != nil && c.term != nil {
		c.screen.erase()
		c.leaveRaw()
	}
}

func (d *display) clear() {
	d.screen.out.WriteString("\x1b[H\x1b[2J")
	d.screen.forget()
}

// Status shows a line, or several, at the bottom until the next call; "" removes them. They are cut to the width of
// the terminal, and their control characters are made visible. Without a terminal nothing is shown.
func (c *window) Status(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.term == nil {
		return
	}
	c.status = nil
	for row := range strings.SplitSeq(line, "\n") {
		c.status = append(c.status, oneRow(row))
	}
	if line == "" {
		c.status = nil
	}
	c.settle()
	c.draw()
}

// Redraws reports whether Status shows anything: a terminal that obeys no escape sequence only takes lines.
func (c *window) Redraws() bool { return c.term != nil }

// Bell rings the terminal's bell.
func (c *window) Bell() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bell()
	c.screen.flush()
}

func (d *display) bell() {
	if d.term != nil {
		d.screen.out.WriteByte('\a')
	}
}

// Width is the number of columns of the terminal, or of $COLUMNS, or 80.
func (c *outputs) Width() int { return c.size("COLUMNS", 80, 0) }

// Height is the number of rows of the terminal, or of $LINES, or 24.
func (c *outputs) Height() int { return c.size("LINES", 24, 1) }

func (c *outputs) size(variable string, otherwise, which int) int {
	for _, s := range []*stream{c.out, c.err} {
		if !s.tty {
			continue
		}
		columns, rows, err := term.GetSize(s.fd)
		if n := []int{columns, rows}[which]; err == nil && n > 0 {
			return n
		}
	}
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil && n > 0 {
		return n
	}
	return otherwise
}
