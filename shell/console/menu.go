package console

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// A menu shows what a word can become, under the line. Tab and the arrows move in it, as in fish: the line shows what
// is chosen, Enter takes it, Escape brings back what was typed. Letters typed before anything is chosen narrow it.
type menu struct {
	e      *editor
	found  Completion
	typed  buffer    // the line without what is chosen
	mode   func(key) // what keys meant before
	chosen int       // -1 before the first move
	top    int       // the first row shown

	grid          grid
	columns, room int // the screen that the grid was made for
	notes         bool
	shownRows     int
}

// openMenu shows the candidates under the line.
func (e *editor) openMenu(found Completion) {
	if over := len(found.Candidates) - listedAtMost; over > 0 {
		found.Candidates = found.Candidates[:listedAtMost]
		found.More += over
	}
	e.menu = &menu{e: e, found: found, typed: e.buf, mode: e.mode, chosen: -1}
	e.mode = e.menu.press
}

func (m *menu) press(k key) {
	do := menuActions[k.Name]
	if do == nil && m.chosen >= 0 {
		do = chosenActions[k.Name]
	}
	switch {
	case do != nil:
		do(m.e)
	case m.chosen < 0:
		m.narrow(k)
	case k.Text == "/" && strings.HasSuffix(m.e.buf.text[:m.e.buf.pos], "/"):
		m.accept()
	default: // the line stays, and the key acts on it
		m.e.undo = append(m.e.undo, m.typed)
		m.close()
		m.e.mode(k)
	}
}

// next chooses the first or the next one; what is certain is inserted without a choice.
func (m *menu) next() {
	if m.chosen < 0 && m.e.extend(m.found) {
		m.close()
		return
	}
	m.choose(m.chosen + 1)
}

func (m *menu) page(direction int) {
	m.choose(max(0, min(m.chosen+direction*m.shownRows, len(m.found.Candidates)-1)))
}

// giveUp brings back what was typed.
func (m *menu) giveUp() {
	m.e.buf, m.e.now.chosen = m.typed, true
	m.close()
}

// narrow lets a key act on the line, and shows what still fits the word.
func (m *menu) narrow(k key) {
	e := m.e
	m.close()
	e.mode(k)
	letter := k.Name == "Text" && k.Text != " " && k.Text != "/"
	if letter || k.Name == "Backspace" && e.buf.pos > m.found.Start {
		e.ask(true)
	}
}

func (m *menu) close() { m.e.menu, m.e.mode = nil, m.mode }

// accept takes what is chosen, with a blank after it when it is complete.
func (m *menu) accept() {
	m.e.buf = m.typed
	m.close()
	found := m.found
	found.Candidates = found.Candidates[m.chosen : m.chosen+1]
	m.e.take(found)
	m.e.now.chosen = true
}

// choose shows a candidate in the line; before the first comes the last.
func (m *menu) choose(i int) {
	n := len(m.found.Candidates)
	m.chosen = (i + n) % n
	if i < -1 {
		m.chosen = n - 1
	}
	m.e.buf = m.typed
	m.e.buf.replace(m.found.Start, m.found.End, m.found.Candidates[m.chosen].Text)
	m.e.now.chosen = true
}

// chooseColumn goes to the column beside; at the margin to the row above or below.
func (m *menu) chooseColumn(direction int) {
	n, height := len(m.found.Candidates), max(m.grid.height, 1)
	row := m.chosen % height
	for range 2 * n {
		column := m.chosen/height + direction
		switch {
		case column < 0:
			row = (row - 1 + height) % height
			column = (n - 1) / height
		case column*height >= n:
			row = (row + 1) % height
			column = 0
		}
		m.chosen = column*height + row
		if m.chosen < n {
			break
		}
	}
	m.choose(m.chosen)
}

// rows are what the menu shows on a screen with room for so many.
func (m *menu) rows(columns, room int) (rows [][]cell) {
	if columns != m.columns || room != m.room {
		m.columns, m.room = columns, room
		m.lay()
	}
	scrolls := m.grid.height > room
	m.shownRows = m.grid.height
	if footer := m.footer(); scrolls || footer != "" {
		m.shownRows = max(min(m.grid.height, room-1), 1)
	}
	if m.chosen >= 0 {
		row := m.chosen % m.grid.height
		m.top = max(min(m.top, row), row-m.shownRows+1)
	}
	m.top = min(m.top, m.grid.height-m.shownRows)
	for i := range m.shownRows {
		rows = append(rows, m.grid.row(m.top+i, m.chosen))
	}
	if footer := m.footer(); footer != "" {
		rows = append(rows, cut(plain(footer, dim), columns-1))
	}
	return rows
}

// lay puts the candidates in columns. Notes stand beside the names when the rows still fit.
func (m *menu) lay() {
	names := make([][]cell, len(m.found.Candidates))
	widest, notes := 0, false
	for i, c := range m.found.Candidates {
		names[i] = cut(oneRow(cmp.Or(c.Shown, c.Text)), m.columns-1)
		widest = max(widest, width(names[i]))
		notes = notes || c.Note != ""
	}
	m.grid, m.notes = inColumns(names, m.columns), false
	if !notes {
		return
	}
	noted := make([][]cell, len(names))
	for i, c := range m.found.Candidates {
		noted[i] = cut(append(pad(names[i], widest+1), plain(c.Note, dim)...), m.columns-1)
	}
	if g := inColumns(noted, m.columns); g.height <= m.room {
		m.grid, m.notes = g, true
	}
}

// footer is the note of what is chosen, where there was no room for all notes, else what is not shown; "" for nothing.
func (m *menu) footer() string {
	scrolled := ""
	if m.shownRows < m.grid.height {
		scrolled = fmt.Sprintf("rows %d to %d of %d", m.top+1, m.top+m.shownRows, m.grid.height)
	}
	switch {
	case m.chosen >= 0 && !m.notes && m.found.Candidates[m.chosen].Note != "":
		return m.found.Candidates[m.chosen].Note
	case m.found.More == 0:
		return scrolled
	case scrolled != "":
		scrolled += ", "
	}
	return scrolled + "… and " + strconv.Itoa(m.found.More) + " more"
}
