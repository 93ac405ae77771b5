package console

import "strings"

// A Binding says what keys do.
type Binding struct {
	Keys string // names as in "C-a Home": Ctrl-A or the Home key; M- is Alt, or Escape before the key; C-x/C-e is one after the other
	Help string
	do   func(*editor)
}

// A BindingGroup is the keys that mean something at one place.
type BindingGroup struct {
	Title    string // "" for the line itself
	Bindings []Binding
}

// Bindings lists the keys of the prompt, for help. It is the table the editor itself looks keys up in.
func Bindings() []BindingGroup {
	return []BindingGroup{
		{"", lineBindings()},
		{"in the menu of Tab, which letters narrow", append(menuBindings(), chosenBindings()...)},
		{"while Ctrl-R searches", searchBindings()},
	}
}

func lineBindings() []Binding {
	return []Binding{
		{"Enter", "run the line", (*editor).accept},
		{"C-c", "drop the line; stop a completion that waits", (*editor).interrupt},
		{"C-d", "delete the character at the cursor; leave, on an empty line", (*editor).deleteOrEnd},
		{"C-z", "suspend", func(e *editor) { e.c.suspend() }},
		{"C-l", "clear the screen", func(e *editor) { e.c.clear() }},

		{"Left C-b", "one character left", func(e *editor) { e.buf.pos = e.buf.before() }},
		{"Right C-f", "one character right; at the end take the suggestion", (*editor).forward},
		{"C-Left M-Left M-b", "one word left", func(e *editor) { e.buf.pos = e.buf.wordBefore() }},
		{"C-Right M-Right M-f", "one word right; at the end take a word of the suggestion", (*editor).forwardWord},
		{"Home C-a", "start of the line", func(e *editor) { e.buf.pos = 0 }},
		{"End C-e", "end of the line; there take the suggestion", (*editor).end},

		{"Up C-p", "older line that starts like this one", func(e *editor) { e.recallLine(-1) }},
		{"Down C-n", "newer line that starts like this one", func(e *editor) { e.recallLine(+1) }},
		{"M-< PageUp", "oldest line", func(e *editor) { e.recallEnd(-1) }},
		{"M-> PageDown", "back to the line being typed", func(e *editor) { e.recallEnd(+1) }},
		{"C-r", "search the history", (*editor).startSearch},
		{"M-. M-_", "last word of the line before; again: of older lines", (*editor).insertLastArgument},

		{"Tab", "complete; again: move into the menu of what fits", (*editor).complete},
		{"F1 M-h", "explain the word at the cursor", (*editor).explainWord},
		{"C-x/C-e M-e", "edit the line in $EDITOR", (*editor).editOutside},
		{"Backspace", "delete the character before the cursor", (*editor).deleteBackward},
		{"Delete", "delete the character at the cursor", (*editor).deleteForward},
		{"C-w", "cut the word before the cursor, back to a blank", func(e *editor) { e.kill(e.buf.argumentBefore()) }},
		{"M-Backspace C-Backspace", "cut the word before the cursor", func(e *editor) { e.kill(e.buf.wordBefore()) }},
		{"M-d C-Delete M-Delete", "cut the word after the cursor", func(e *editor) { e.kill(e.buf.wordAfter()) }},
		{"C-k", "cut to the end of the line", func(e *editor) { e.kill(len(e.buf.text)) }},
		{"C-u", "cut to the start of the line", func(e *editor) { e.kill(0) }},
		{"C-y", "paste what was cut", (*editor).yank},
		{"M-y", "after C-y: paste what was cut before that", (*editor).yankOlder},
		{"C-t", "swap two characters", func(e *editor) { e.buf.transpose() }},
		{"M-u", "word in capitals", func(e *editor) { e.buf.change(strings.ToUpper) }},
		{"M-l", "word in small letters", func(e *editor) { e.buf.change(strings.ToLower) }},
		{"M-c", "word with a capital", func(e *editor) { e.buf.change(capitalize) }},
		{"C-_", "undo", (*editor).undoLast},
		{"C-v C-q", "insert the next key as it is", (*editor).literally},
	}
}

// menuBindings move in the menu, and chosenBindings mean something once something is chosen there.
func menuBindings() []Binding {
	return []Binding{
		{"Tab Down C-n", "choose the next one", func(e *editor) { e.menu.next() }},
		{"S-Tab Up C-p", "choose the one before", func(e *editor) { e.menu.choose(e.menu.chosen - 1) }},
		{"PageDown", "a screen further", func(e *editor) { e.menu.page(+1) }},
		{"PageUp", "a screen back", func(e *editor) { e.menu.page(-1) }},
		{"Esc C-g C-c", "close the menu; the line is as you typed it", func(e *editor) { e.menu.giveUp() }},
	}
}

func chosenBindings() []Binding {
	return []Binding{
		{"Right C-f", "choose the one on the right", func(e *editor) { e.menu.chooseColumn(+1) }},
		{"Left C-b", "choose the one on the left", func(e *editor) { e.menu.chooseColumn(-1) }},
		{"Enter", "take what is chosen", func(e *editor) { e.menu.accept() }},
	}
}

func searchBindings() []Binding {
	return []Binding{
		{"C-r Up C-p", "an older match", func(e *editor) { e.search.choose(e.search.chosen + 1) }},
		{"C-s Down C-n", "a newer match", func(e *editor) { e.search.choose(e.search.chosen - 1) }},
		{"Backspace", "delete the last character of what is searched for", func(e *editor) { e.search.shorten() }},
		{"C-g C-c", "end the search; the line is as before", func(e *editor) { e.search.leave(e.search.before) }},
		{"Esc Tab", "end the search with the line found; other keys act on it, too", func(e *editor) { e.search.leave(e.buf) }},
	}
}

// The tables by key name.
var (
	actions       = byKey(lineBindings())
	menuActions   = byKey(menuBindings())
	chosenActions = byKey(chosenBindings())
	searchActions = byKey(searchBindings())
)

func byKey(bindings []Binding) map[string]func(*editor) {
	byName := map[string]func(*editor){}
	for _, b := range bindings {
		for name := range strings.FieldsSeq(b.Keys) {
			byName[name] = b.do
		}
	}
	return byName
}
