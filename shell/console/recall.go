package console

import "strings"

// A recall is a walk through the history, kept from one Up key to the next: what other shells add meanwhile does not
// move it.
type recall struct {
	lines  []string
	prefix string // what the line had before the cursor: only lines that start with it are shown
	typed  buffer // to come back to
	i      int
}

// remembers reports whether there is a history to look into, and rings the bell otherwise.
func (e *editor) remembers() bool {
	if e.plain || e.c.opts.History == nil {
		e.c.bell()
		return false
	}
	return true
}

func (e *editor) startRecall() bool {
	if !e.remembers() {
		return false
	}
	if !e.last.recalled || e.recall == nil {
		lines := e.c.opts.History()
		e.recall = &recall{lines: lines, prefix: e.buf.text[:e.buf.pos], typed: e.buf, i: len(lines)}
	}
	e.now.recalled = true
	return true
}

// recallLine goes to the next line in a direction that starts like the typed one and differs from the one shown.
func (e *editor) recallLine(direction int) {
	if e.startRecall() {
		e.walk(direction)
	}
}

func (e *editor) walk(direction int) {
	r := e.recall
	end := len(r.lines)
	for i := r.i + direction; i >= 0 && i < end; i += direction {
		if line := r.lines[i]; strings.HasPrefix(line, r.prefix) && line != e.buf.text {
			r.i = i
			e.buf.set(line)
			return
		}
	}
	if direction > 0 && r.i < end {
		r.i = end
		e.buf = r.typed
		return
	}
	e.c.bell()
}

// recallEnd goes to the oldest line or back to the typed one.
func (e *editor) recallEnd(direction int) {
	if !e.startRecall() {
		return
	}
	r := e.recall
	if direction > 0 || len(r.lines) == 0 {
		r.i, e.buf = len(r.lines), r.typed
		return
	}
	r.i = -1
	e.walk(+1)
}

// argument is what Alt-. inserted, and from which line.
type argument struct {
	lines []string
	line  int
	text  string
}

// insertLastArgument puts the last word of the line before at the cursor; again, that of the line before it.
func (e *editor) insertLastArgument() {
	if !e.remembers() {
		return
	}
	a := &e.argument
	if !e.last.argument {
		lines := e.c.opts.History()
		*a = argument{lines: lines, line: len(lines)}
	} else {
		e.buf.remove(e.buf.pos-len(a.text), e.buf.pos)
	}
	for i := a.line - 1; i >= 0; i-- {
		if text := lastArgument(a.lines[i]); text != "" && text != a.text {
			a.line, a.text = i, text
			break
		}
	}
	e.buf.insert(a.text)
	e.now.argument = true
}
