package console

import "fmt"

// scrolled is the beginning of the live rows when a terminal that became narrower has moved it out of sight, where
// nothing can be changed. tmux does that with a line that needs more rows than the cursor has above it, since it keeps
// the cursor in its row of the screen. What is there comes back, on rows of its own above what was drawn since, when the
// terminal becomes wide again.
type scrolled struct {
	cells   []cell
	asked   int   // questions for the place of the cursor without an answer
	wrapped frame // the rows as they were wrapped when the last one was asked
}

const askPosition = "\x1b[6n"

// unanswered is when a terminal is taken for one that does not say where its cursor is.
const unanswered = 3

// resized removes the live rows after the terminal has wrapped them to another width, as tmux, VTE, kitty and iTerm2
// do. It cannot be right everywhere: xterm cuts rows and wraps nothing, and terminals disagree about the width of some
// emoji. Where rows may have been moved out of sight the terminal is asked, if somebody reads what it answers.
func (s *screen) resized(columns int, answers bool) {
	if !s.live || columns < 1 || columns == s.shown.width {
		return
	}
	s.rewrap(columns)
	above := scrolled{asked: s.above.asked}
	if answers && s.shown.cursor.row > 0 && above.asked < unanswered {
		s.out.WriteString(askPosition)
		above.asked++
		above.wrapped = s.shown
	}
	s.shown.cursor.col = columns // wherever it is
	s.erase()
	s.above = above
}

// rewrap finds out how the terminal has wrapped the rows, and those above them that came back.
func (s *screen) rewrap(columns int) {
	cells := s.above.cells
	cursor := 0
	for i, r := range s.shown.rows {
		if (i > 0 || len(cells) > 0) && !r.soft {
			cells = append(cells, cell{text: lineBreak})
		}
		if i == s.shown.cursor.row {
			cursor = len(cells) + indexAt(r.cells, s.shown.cursor.col)
		}
		cells = append(cells, r.cells...)
		if r.soft && len(r.cells) == 0 {
			cells = append(cells, cell{text: " ", width: 1}) // see rewrite
		}
	}
	atEnd := cursor == len(cells) || cells[cursor].width == 0
	if atEnd && cursor > 0 && cells[cursor-1].width > 0 {
		cursor-- // behind a full row it stays in that row
	}
	s.shown = layout(cells, cursor, columns)
}

// answered takes the row, from 1, in which the cursor was when that was asked. Only the last answer counts.
func (s *screen) answered(position string) {
	at := 0
	_, _ = fmt.Sscanf(position, "%d", &at)
	if s.above.asked == 0 {
		return
	}
	s.above.asked--
	f := s.above.wrapped
	hidden := f.cursor.row + 1 - at
	if s.above.asked > 0 || at == 0 || hidden < 1 {
		return
	}
	for i, r := range f.rows[:min(hidden, len(f.rows))] {
		if i > 0 && !r.soft {
			s.above.cells = append(s.above.cells, cell{text: lineBreak})
		}
		s.above.cells = append(s.above.cells, r.cells...)
	}
}

// indexAt is the index of the cell at a column.
func indexAt(cells []cell, col int) int {
	for i, c := range cells {
		if col < c.width {
			return i
		}
		col -= c.width
	}
	return len(cells)
}
