package console

import (
	"slices"
	"strings"
)

// A search is Ctrl-R: the line shows the newest match, the rows under it the query and the matches before it.
type search struct {
	e       *editor
	lines   []string
	before  buffer // to come back to
	mode    func(key)
	query   string
	matches []string // newest first, each once
	chosen  int
}

const previewed = 4

func (e *editor) startSearch() {
	if !e.remembers() {
		return
	}
	e.search = &search{e: e, lines: e.c.opts.History(), before: e.buf, mode: e.mode}
	e.mode = e.search.press
	e.search.find()
}

func (s *search) press(k key) {
	do := searchActions[k.Name]
	switch {
	case k.Name == "Text" || k.Name == "Paste":
		s.query += strings.ReplaceAll(k.Text, "\n", " ")
		s.find()
	case do != nil:
		do(s.e)
	default: // any other key ends the search and acts on the line found
		s.leave(s.e.buf)
		s.e.mode(k)
	}
}

// shorten drops the last character of the query.
func (s *search) shorten() {
	b := buffer{s.query, len(s.query)}
	b.remove(b.before(), b.pos)
	s.query = b.text
	s.find()
}

func (s *search) leave(b buffer) {
	s.e.buf, s.e.search, s.e.mode = b, nil, s.mode
}

// find looks the query up.
func (s *search) find() {
	s.matches, s.chosen = nil, 0
	seen := map[string]bool{}
	for _, line := range slices.Backward(s.lines) {
		if s.match(line) >= 0 && !seen[line] {
			seen[line] = true
			s.matches = append(s.matches, line)
		}
	}
	s.choose(0)
}

func (s *search) choose(i int) {
	if i < 0 || i >= len(s.matches) {
		s.e.c.bell()
		if len(s.matches) == 0 {
			s.e.buf.set("")
		}
		return
	}
	s.chosen = i
	s.e.buf.set(s.matches[i])
}

// match is where the query is found in a line. Small letters in the query match capitals as well.
func (s *search) match(line string) int {
	if s.query == strings.ToLower(s.query) {
		line = strings.ToLower(line)
	}
	return strings.Index(line, s.query)
}

// underline marks the match in the cells of the line.
func (s *search) underline(cells []cell) {
	line := s.e.buf.text
	at := s.match(line)
	if at < 0 || len(line) != len(strings.ToLower(line)) {
		return
	}
	i := 0
	for cluster := range clusters(line) {
		if at <= 0 && at > -len(s.query) && i < len(cells) {
			cells[i].style += underlined
		}
		at -= len(cluster)
		i++
	}
}

// content adds the query, where the cursor stands, and the older matches.
func (s *search) content(cells []cell, line int) ([]cell, int) {
	s.underline(cells[line:])
	columns := s.e.c.Width()
	cells = withRow(cells, plain("search: ", dim))
	cells = append(cells, cut(plain(s.query, ""), columns-12)...)
	cursor := len(cells)
	if len(s.matches) == 0 {
		cells = append(cells, plain("  nothing found", dim)...)
	} else {
		cells = append(cells, cell{" ", "", 1}) // something for the cursor to stand on before the break
	}
	for i := s.chosen + 1; i < len(s.matches) && i <= s.chosen+previewed; i++ {
		cells = withRow(cells, cut(plain("  "+s.matches[i], dim), columns-1))
	}
	return cells, cursor
}
