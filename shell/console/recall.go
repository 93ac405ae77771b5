package console

import "strings"

// Recall is the history the Up key, the search and Alt-. look into, newest line last. Others may add lines at
// any time. Its methods are called while the screen is locked and must not write to the console.
type Recall interface {
	Len() int
	At(i int) string
}

// A recall is a walk through the history, kept from one Up key to the next.
type recall struct {
	prefix string // what the line had before the cursor: only lines that start with it are shown
	typed  buffer // to come back to
	i      int
}

func (e *editor) startRecall() bool {
	if e.plain || e.c.opts.History == nil {
		e.c.bell()
		return false
	}
	if !e.last.recalled || e.recall == nil {
		e.recall = &recall{prefix: e.buf.text[:e.buf.pos], typed: e.buf, i: e.c.opts.History.Len()}
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
	r, history := e.recall, e.c.opts.History
	end := history.Len()
	for i := r.i + direction; i >= 0 && i < end; i += direction {
		line := history.At(i)
		if strings.HasPrefix(line, r.prefix) && line != e.buf.text {
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
	r, history := e.recall, e.c.opts.History
	if direction > 0 || history.Len() == 0 {
		r.i, e.buf = history.Len(), r.typed
		return
	}
	r.i = -1
	e.walk(+1)
}

// insertLastArgument puts the last word of the line before at the cursor; again, that of the line before it.
func (e *editor) insertLastArgument() {
	if e.plain || e.c.opts.History == nil {
		e.c.bell()
		return
	}
	c, history := e.c, e.c.opts.History
	if !e.last.argument {
		c.argument = argument{line: history.Len()}
	} else {
		e.buf.remove(e.buf.pos-len(c.argument.text), e.buf.pos)
	}
	for i := c.argument.line - 1; i >= 0; i-- {
		if text := lastArgument(history.At(i)); text != "" && text != c.argument.text {
			c.argument = argument{i, text}
			break
		}
	}
	e.buf.insert(c.argument.text)
	e.now.argument = true
}

// argument is what Alt-. inserted, and from which line.
type argument struct {
	line int
	text string
}
