package console

import (
	"context"
	"io"
	"strings"
	"sync"
)

// An editor is one question to the user: its prompt, the line typed so far, and what the next key means. Every
// method runs with the console's lock held.
type editor struct {
	c    *Console
	ctx  context.Context
	buf  buffer
	mode func(key) // what a key means now

	question
	looks
	ending

	now, last chain
	undo      []buffer
	recall    *recall
	argument  argument
	search    *search
	menu      *menu
	vi        *vi
	waiting   *completing
	asking    sync.WaitGroup // completions, also those that were cancelled

	below []cell // the spinner, under the line
	later func() // runs after the key, without the lock
	aside func() // runs with the prompt out of the way; the line comes back after it
}

// question is what is asked, and how.
type question struct {
	prompt []cell
	right  []cell // at the right margin
	plain  bool   // no history, completion, suggestion or highlighting
	hidden bool   // nothing typed is shown
	fresh  bool   // what was typed before it is dropped
}

// looks are what is shown with a line, made for the one that was painted.
type looks struct {
	painted string
	styled  []cell
	ghost   string
	hint    string
}

// ending is how a question has ended.
type ending struct {
	done   bool
	told   bool // readline knows
	err    error
	answer string // what is echoed after the line
}

// chain remembers what the key before did, for keys that continue it.
type chain struct {
	typed, killed, yanked, recalled, argument, undone, chosen bool
}

func newEditor(ctx context.Context, c *Console, prompt string) *editor {
	e := &editor{c: c, ctx: ctx}
	e.setPrompt(prompt)
	e.mode = e.emacs
	if c.opts.Vi {
		e.vi = &vi{e: e}
		e.mode = e.vi.insert
	}
	return e
}

// setPrompt shows what follows a tab at the right margin.
func (q *question) setPrompt(prompt string) {
	left, right, _ := strings.Cut(prompt, "\t")
	q.prompt, q.right = styled(left), oneRow(right)
}

// press acts on one key and remembers the line before it for undo.
func (e *editor) press(k key) {
	before := e.buf
	e.last, e.now = e.now, chain{}
	if k.Name == "" {
		e.now = e.last
		return
	}
	if e.waiting == nil {
		e.below = nil
	}
	e.mode(k)
	if !e.now.recalled {
		e.recall = nil
	}
	if e.waiting != nil && e.waiting.asked != e.buf {
		e.cancelCompletion()
	}
	if e.buf.text != before.text && !(e.now.typed && e.last.typed) && !e.now.undone && !e.now.chosen {
		e.undo = append(e.undo, before)
	}
}

// emacs looks the key up in the table of bindings.
func (e *editor) emacs(k key) {
	switch k.Name {
	case "Text":
		e.typeText(k.Text)
	case "Paste":
		e.buf.insert(k.Text)
	case "Esc": // Escape, then a key: the Alt key of terminals that have none
		e.prefix("M-")
	case "C-x":
		e.prefix("C-x/")
	default:
		if do := actions[k.Name]; do != nil {
			do(e)
		}
	}
}

// prefix makes one key of the next one and what came before it.
func (e *editor) prefix(first string) {
	mode := e.mode
	e.now = e.last
	e.mode = func(k key) {
		e.mode = mode
		if k.Name == "Text" {
			k.Name = k.Text
		}
		e.emacs(key{Name: first + k.Name})
	}
}

// typeText inserts what was typed; a run of letters is undone as one, up to a blank.
func (e *editor) typeText(s string) {
	e.buf.insert(s)
	e.now.typed = s != " "
}

func (e *editor) undoLast() {
	if len(e.undo) == 0 {
		e.c.bell()
		return
	}
	last := len(e.undo) - 1
	e.buf, e.undo = e.undo[last], e.undo[:last]
	e.now.undone = true
}

// kill cuts from the cursor to another place, for yank.
func (e *editor) kill(to int) {
	forward := to > e.buf.pos
	gone := e.buf.remove(e.buf.pos, to)
	switch {
	case gone == "":
	case !e.last.killed || len(e.c.kills.texts) == 0:
		e.c.kills.push(gone)
	case forward:
		e.c.kills.extend("", gone)
	default:
		e.c.kills.extend(gone, "")
	}
	e.now.killed = gone != "" || e.last.killed
}

func (e *editor) yank() {
	e.buf.insert(e.c.kills.newest())
	e.now.yanked = true
}

func (e *editor) yankOlder() {
	if !e.last.yanked || len(e.c.kills.texts) == 0 {
		e.c.bell()
		return
	}
	shown := e.c.kills.texts[e.c.kills.next]
	e.buf.replace(e.buf.pos-len(shown), e.buf.pos, e.c.kills.older())
	e.now.yanked = true
}

func (e *editor) deleteForward() {
	if e.buf.atEnd() {
		e.c.bell()
	}
	e.buf.remove(e.buf.pos, e.buf.after())
}

// deleteOrEnd is Ctrl-D: end of input on an empty line.
func (e *editor) deleteOrEnd() {
	if e.buf.text == "" {
		e.finish(io.EOF)
		return
	}
	e.deleteForward()
}

func (e *editor) deleteBackward() {
	if e.buf.pos == 0 {
		e.c.bell()
	}
	e.buf.remove(e.buf.before(), e.buf.pos)
}

// forward moves over one character; at the end of the line it takes the suggestion.
func (e *editor) forward() {
	if !e.takeSuggestion(len(e.ghost)) {
		e.buf.pos = e.buf.after()
	}
}

// forwardWord moves over one word; at the end of the line it takes the next word of the suggestion.
func (e *editor) forwardWord() {
	n := over(e.ghost, over(e.ghost, 0, isBlank), notSpace)
	if !e.takeSuggestion(n) {
		e.buf.pos = e.buf.wordAfter()
	}
}

func (e *editor) end() {
	if !e.takeSuggestion(len(e.ghost)) {
		e.buf.pos = len(e.buf.text)
	}
}

func (e *editor) takeSuggestion(n int) bool {
	if !e.buf.atEnd() || e.ghost == "" || e.painted != e.buf.text {
		return false
	}
	e.buf.insert(e.ghost[:n])
	return true
}

func isBlank(r rune) bool { return !notSpace(r) }

// literally inserts the next key as it is.
func (e *editor) literally() {
	mode := e.mode
	e.mode = func(k key) {
		e.mode = mode
		switch {
		case k.Text != "":
			e.buf.insert(k.Text)
		case k.Name == "Tab":
			e.buf.insert("\t")
		case k.Name == "Enter":
			e.buf.insert("\n")
		case k.Name == "Esc":
			e.buf.insert("\x1b")
		case len(k.Name) == 3 && strings.HasPrefix(k.Name, "C-"):
			e.buf.insert(string(rune(k.Name[2] & 0x1f)))
		}
	}
}

// interrupt is Ctrl-C: it stops a completion that waits, else it ends the line.
func (e *editor) interrupt() {
	if e.waiting != nil {
		e.cancelCompletion()
		return
	}
	e.buf.pos = len(e.buf.text)
	e.answer = "^C"
	e.finish(ErrInterrupt)
}

func (e *editor) accept() {
	if !e.plain && e.painted == e.buf.text {
		e.c.heeded = printable(e.hint)
	}
	e.finish(nil)
}

// explainWord and editOutside leave the line for a while.
func (e *editor) explainWord() {
	if help := e.c.opts.Help; help != nil && !e.plain {
		e.leaveFor(func() { help(e.buf.text, e.buf.pos) })
	}
}

func (e *editor) editOutside() {
	edit := e.c.opts.Edit
	if edit == nil || e.plain {
		return
	}
	e.leaveFor(func() {
		before := e.buf
		e.buf.set(edit(e.buf.text))
		if e.buf.text != before.text {
			e.undo = append(e.undo, before)
		}
	})
}

func (e *editor) leaveFor(aside func()) {
	e.aside = aside
	e.finish(nil)
}

// again is the question as it was before an aside.
func (e *editor) again() {
	e.aside()
	e.aside, e.done, e.told, e.painted = nil, false, false, ""
}

// finish ends the question; the line stays on the screen as it is.
func (e *editor) finish(err error) {
	if e.done {
		return
	}
	e.cancelCompletion()
	e.done, e.err = true, err
	e.ghost, e.hint, e.below, e.search, e.menu = "", "", nil, nil, nil
	if e.aside != nil {
		e.c.drawNothing()
		return
	}
	e.c.drawLast(e)
}

// content is what the screen shows of the editor, and which of the cells the cursor stands on.
func (e *editor) content() (cells []cell, cursor int) {
	cells = append(cells, e.prompt...)
	cursor = len(cells)
	if !e.hidden {
		line := e.styled
		if e.painted != e.buf.text || line == nil {
			line = plain(e.buf.text, "")
		}
		cells = append(cells, line...)
		cursor += clusterCount(e.buf.text[:e.buf.pos])
	}
	if e.search != nil {
		return e.search.content(cells, len(e.prompt))
	}
	current := e.painted == e.buf.text
	if current && e.buf.atEnd() {
		cells = append(cells, plain(e.ghost, dim)...)
	}
	cells = append(cells, plain(e.answer, "")...)
	if !e.done {
		cells = append(cells, e.rightPrompt(cells)...)
	}
	if current && e.hint != "" {
		cells = withRow(cells, cut(oneRow(e.hint), e.c.Width()-1))
	}
	if e.below != nil {
		cells = withRow(cells, e.below)
	}
	if e.menu != nil {
		columns := e.c.Width()
		for _, row := range e.menu.rows(columns, e.c.Height()-len(layout(cells, cursor, columns).rows)) {
			cells = withRow(cells, row)
		}
	}
	return cells, cursor
}

// rightPrompt is what follows cells up to the right margin; nothing when there is no room.
func (e *editor) rightPrompt(cells []cell) []cell {
	used := layout(cells, -1, 1<<30).cursor.col
	gap := e.c.Width() - 1 - used - width(e.right)
	if len(e.right) == 0 || gap < 1 {
		return nil
	}
	return append(pad(nil, gap), e.right...)
}

func clusterCount(s string) int {
	n := 0
	for range clusters(s) {
		n++
	}
	return n
}
