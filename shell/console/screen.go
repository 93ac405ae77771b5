package console

import (
	"bytes"
	"io"
	"slices"
	"strconv"
)

// A screen keeps a few live rows (prompt, line, menu, status) at the bottom of what was written so far and
// changes no more of them than differs. It believes nothing about the terminal but the cursor
// movements of a VT100 and that a full row continues on the next one.
type screen struct {
	w     io.Writer
	out   bytes.Buffer
	shown frame // what the terminal shows, with its cursor
	live  bool
	above scrolled
	style string
	err   error // of the last write
}

type point struct{ row, col int }

type row struct {
	cells []cell
	soft  bool // the terminal wrapped here: no line feed separates it from the row above
}

type frame struct {
	rows   []row
	cursor point
	width  int
}

// layout wraps cells to a width. The cursor stands before cells[cursor], or after the last for -1.
func layout(cells []cell, cursor, columns int) frame {
	f := frame{rows: []row{{}}, width: columns}
	col := 0
	next := func(soft bool) {
		f.rows = append(f.rows, row{soft: soft})
		col = 0
	}
	for i, c := range cells {
		ends := c.width == 0
		if col > 0 && !ends && col+c.width > columns || i == cursor && col >= columns {
			next(true)
		}
		if i == cursor {
			f.cursor = point{len(f.rows) - 1, col}
		}
		if ends {
			next(false)
			continue
		}
		last := &f.rows[len(f.rows)-1]
		last.cells = append(last.cells, c)
		col += c.width
	}
	if cursor == len(cells) && col >= columns {
		next(true)
	}
	if cursor < 0 || cursor == len(cells) {
		f.cursor = point{len(f.rows) - 1, col}
	}
	return f
}

// crop leaves the rows around the cursor when there are more than the terminal has.
func (f frame) crop(height int) frame {
	if height < 1 || len(f.rows) <= height {
		return f
	}
	first := max(0, min(f.cursor.row-height/2, len(f.rows)-height))
	f.rows = slices.Clone(f.rows[first : first+height])
	f.rows[0].soft = false
	f.cursor.row -= first
	return f
}

// draw makes the terminal show f in place of what it shows.
func (s *screen) draw(f frame) {
	if !s.live {
		s.shown = frame{rows: []row{{}}, width: f.width}
		s.live = true
	}
	if at, ok := firstDifference(s.shown, f); ok {
		s.rewrite(f, at)
	}
	s.move(f.cursor)
	s.shown.rows, s.shown.width = f.rows, f.width
	s.flush()
}

// rewrite writes f from at (a row and the index of a cell in it) to its end.
func (s *screen) rewrite(f frame, at point) {
	start := f.rows[at.row].cells[:at.col]
	s.move(point{at.row, width(start)})
	if at.row < len(s.shown.rows)-1 || at.col < len(s.shown.rows[at.row].cells) {
		s.clearFrom(at.row)
	}
	for i := at.row; i < len(f.rows); i++ {
		cells := f.rows[i].cells
		switch {
		case i == at.row:
			cells = cells[at.col:]
		case !f.rows[i].soft:
			s.setStyle("")
			s.out.WriteString("\r\n")
		case len(cells) == 0:
			s.setStyle("")
			s.out.WriteString(" \r") // the row above is full: the blank makes the terminal wrap
		}
		s.put(cells)
	}
	s.setStyle("")
	last := len(f.rows) - 1
	s.shown.cursor = point{last, width(f.rows[last].cells)}
}

// firstDifference finds the first cell of f that must be written. There is a cell or a row of the old frame
// at that place, and never the right margin, where the cursor cannot be told from one column before.
func firstDifference(old, f frame) (point, bool) {
	for r := range f.rows {
		if r >= len(old.rows) || r > 0 && old.rows[r].soft != f.rows[r].soft {
			return backFromMargin(f, point{r - 1, len(f.rows[r-1].cells)}, f.rows[r].soft), true
		}
		was, is := old.rows[r].cells, f.rows[r].cells
		c := 0
		for c < len(was) && c < len(is) && was[c] == is[c] {
			c++
		}
		if c < len(was) || c < len(is) {
			return backFromMargin(f, point{r, c}, false), true
		}
	}
	last := len(f.rows) - 1
	return backFromMargin(f, point{last, len(f.rows[last].cells)}, false), len(old.rows) > len(f.rows)
}

func backFromMargin(f frame, at point, wraps bool) point {
	cells := f.rows[at.row].cells
	if at.col > 0 && (wraps || width(cells[:at.col]) >= f.width) {
		at.col--
	}
	return at
}

func (s *screen) put(cells []cell) {
	for _, c := range cells {
		s.setStyle(c.style)
		s.out.WriteString(c.text)
	}
}

func (s *screen) setStyle(style string) {
	if style == s.style {
		return
	}
	if s.style != "" {
		s.out.WriteString("\x1b[m")
	}
	s.out.WriteString(style)
	s.style = style
}

func (s *screen) move(to point) {
	from := s.shown.cursor
	switch {
	case to.row < from.row:
		s.csi(from.row-to.row, 'A')
	case to.row > from.row:
		s.csi(to.row-from.row, 'B')
	}
	if to.col != from.col || from.col >= s.shown.width {
		s.out.WriteByte('\r')
		s.csi(to.col, 'C')
	}
	s.shown.cursor = to
}

func (s *screen) csi(n int, final byte) {
	if n <= 0 {
		return
	}
	s.out.WriteString("\x1b[")
	if n > 1 {
		s.out.WriteString(strconv.Itoa(n))
	}
	s.out.WriteByte(final)
}

// erase removes the live rows; what is written next takes their place.
func (s *screen) erase() {
	if !s.live {
		return
	}
	s.move(point{})
	s.clearFrom(0)
	s.forget()
}

// clearFrom clears from the cursor, in a row of the frame, to the end. At the start of a row it clears the row on
// its own: at the top left, tmux would keep what it is told to clear in its history.
func (s *screen) clearFrom(row int) {
	if s.shown.cursor.col > 0 {
		s.out.WriteString("\x1b[J")
		return
	}
	s.out.WriteString("\x1b[K")
	if row < len(s.shown.rows)-1 {
		s.out.WriteString("\x1b[B\x1b[J\x1b[A")
	}
}

// leave ends the live rows as they are and goes to the line below.
func (s *screen) leave() {
	if s.live {
		s.out.WriteString("\r\n")
		s.forget()
	}
	s.flush()
}

func (s *screen) forget() {
	s.shown, s.live, s.above = frame{}, false, scrolled{}
}

// flush sends what was drawn, in one write. A terminal that has gone is found out by reading from it.
func (s *screen) flush() {
	if s.out.Len() > 0 && s.w != nil {
		_, s.err = s.w.Write(s.out.Bytes())
	}
	s.out.Reset()
}
