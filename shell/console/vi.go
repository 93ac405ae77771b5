package console

import "strings"

// vi is the other way to edit: insert mode has the keys of emacs, Escape leads to normal mode. It knows
// counts, the motions h l 0 ^ $ w W b B e E f F t T ; and , the operators d c y with them, and
// i a I A s S C D Y x X r ~ p P u j k / v (no: dot, registers, visual mode).
type vi struct {
	e     *editor
	count int
	op    byte // 'd', 'c' or 'y' while its motion is awaited
	find  find
}

type find struct {
	kind byte // 'f', 'F', 't' or 'T'
	char string
}

func (v *vi) insert(k key) {
	if k.Name != "Esc" {
		v.e.emacs(k)
		v.e.now.typed = k.Name == "Text" // what is inserted at once is undone at once
		return
	}
	v.e.now = v.e.last
	v.normalMode()
	v.e.buf.pos = v.e.buf.before()
}

func (v *vi) normalMode() {
	v.e.mode, v.count, v.op = v.normal, 0, 0
	v.e.c.cursorShape(blockCursor)
}

func (v *vi) insertMode() {
	v.e.mode = v.insert
	v.e.c.cursorShape(barCursor)
}

// normal acts on one key of normal mode.
func (v *vi) normal(k key) {
	e := v.e
	if k.Name != "Text" {
		v.count, v.op = 0, 0
		if k.Name != "Esc" {
			e.emacs(k)
		}
		return
	}
	c := k.Text[0]
	if c >= '1' && c <= '9' || c == '0' && v.count > 0 {
		v.count = min(v.count*10+int(c-'0'), 9999)
		return
	}
	switch {
	case v.op == c:
		v.operate(0, len(e.buf.text))
	case strings.IndexByte("fFtT", c) >= 0:
		e.mode = func(k key) {
			e.mode = v.normal
			v.find = find{c, k.Text}
			v.move(c)
		}
		return
	case strings.IndexByte("dcy", c) >= 0 && v.op == 0:
		v.op = c
		return
	case v.isMotion(c):
		v.move(c)
	case v.op == 0:
		v.command(c)
		return
	}
	v.op, v.count = 0, 0
}

func (v *vi) isMotion(c byte) bool { return strings.IndexByte("hl0^$wWbBeE;, ", c) >= 0 }

// move moves the cursor, or applies the operator that waits for the motion.
func (v *vi) move(c byte) {
	from := v.e.buf.pos
	to := v.target(c)
	if v.op == 0 {
		v.e.buf.pos = to
		v.clamp()
		return
	}
	if strings.IndexByte("eEft;,", c) >= 0 && to > from { // these motions include the character they end on
		to = (&buffer{v.e.buf.text, to}).after()
	}
	if v.op == 'c' && (c == 'w' || c == 'W') { // cw leaves the blanks after the word
		to = max(from, backOver(v.e.buf.text, to, isBlank))
	}
	v.operate(from, to)
	v.op, v.count = 0, 0
}

// target is where a motion leads, repeated by the count.
func (v *vi) target(c byte) int {
	b := v.e.buf
	for range max(1, v.count) {
		switch c {
		case 'h':
			b.pos = b.before()
		case 'l', ' ':
			b.pos = b.after()
		case '0':
			b.pos = 0
		case '^':
			b.pos = over(b.text, 0, isBlank)
		case '$':
			b.pos = len(b.text)
		case 'w':
			b.pos = nextStart(b.text, b.pos)
		case 'W':
			b.pos = over(b.text, over(b.text, b.pos, notSpace), isBlank)
		case 'b':
			b.pos = previousStart(b.text, b.pos)
		case 'B':
			b.pos = b.argumentBefore()
		case 'e':
			b.pos = wordEnd(b.text, b.after())
			b.pos = b.before()
		case 'E':
			b.pos = over(b.text, over(b.text, b.after(), isBlank), notSpace)
			b.pos = b.before()
		case 'f', 'F', 't', 'T':
			b.pos = v.found(b, v.find.kind)
		case ';':
			b.pos = v.found(b, v.find.kind)
		case ',':
			b.pos = v.found(b, v.find.kind^0x20) // the other case is the other direction
		}
	}
	return b.pos
}

// class tells words, punctuation and blanks apart, as the motions w, b and e do.
func class(r rune) int {
	switch {
	case isBlank(r):
		return 0
	case isWord(r):
		return 1
	}
	return 2
}

func nextStart(s string, at int) int {
	if at >= len(s) {
		return at
	}
	return over(s, endOfRun(s, at), isBlank)
}

func wordEnd(s string, at int) int { return endOfRun(s, over(s, at, isBlank)) }

func endOfRun(s string, at int) int {
	for _, r := range s[at:] {
		return over(s, at, func(other rune) bool { return class(other) == class(r) && class(r) != 0 })
	}
	return at
}

func previousStart(s string, at int) int {
	at = backOver(s, at, isBlank)
	for _, r := range s[(&buffer{s, at}).before():at] {
		return backOver(s, at, func(other rune) bool { return class(other) == class(r) })
	}
	return at
}

// found is where f, F, t or T leads; nowhere when the character is not there.
func (v *vi) found(b buffer, kind byte) int {
	if v.find.char == "" {
		return b.pos
	}
	if kind == 'f' || kind == 't' {
		from := b.after()
		if i := strings.Index(b.text[from:], v.find.char); i >= 0 {
			b.pos = from + i
			if kind == 't' {
				b.pos = b.before()
			}
		}
		return b.pos
	}
	if i := strings.LastIndex(b.text[:b.pos], v.find.char); i >= 0 {
		b.pos = i
		if kind == 'T' {
			b.pos = b.after()
		}
	}
	return b.pos
}

// operate deletes, changes or copies a part of the line.
func (v *vi) operate(from, to int) {
	e := v.e
	from, to = min(from, to), max(from, to)
	e.c.kills.push(e.buf.text[from:to])
	op := v.op
	if op == 'y' {
		e.buf.pos = from
	} else {
		e.buf.remove(from, to)
	}
	if op == 'c' {
		e.now.typed = true // what is typed next is undone together with it
		v.insertMode()
		return
	}
	v.clamp()
}

// clamp keeps the cursor on a character, where normal mode has it.
func (v *vi) clamp() {
	if v.e.buf.atEnd() {
		v.e.buf.pos = v.e.buf.before()
	}
}

// command acts on a key that is neither a motion nor an operator.
func (v *vi) command(c byte) {
	e, n := v.e, max(1, v.count)
	v.count = 0
	switch {
	case strings.IndexByte("iaIA", c) >= 0:
		v.enter(c)
	case strings.IndexByte("sSCDYxX", c) >= 0:
		v.operateHere(c, n)
	case strings.IndexByte("r~pP", c) >= 0:
		v.change(c, n)
	case c == 'u':
		e.undoLast()
		v.clamp()
	case c == 'k' || c == 'j':
		for range n {
			e.recallLine(map[byte]int{'k': -1, 'j': +1}[c])
			e.last.recalled = true
		}
	case c == '/':
		e.startSearch()
	default:
		e.c.bell()
	}
}

// enter begins to insert: here, behind this character, or at one end of the line.
func (v *vi) enter(c byte) {
	b := &v.e.buf
	v.insertMode()
	switch c {
	case 'a':
		b.pos = b.after()
	case 'I':
		b.pos = over(b.text, 0, isBlank)
	case 'A':
		b.pos = len(b.text)
	}
}

// right is where so many characters end.
func (v *vi) right(n int) int {
	b := v.e.buf
	for range n {
		b.pos = b.after()
	}
	return b.pos
}

// operateHere is an operator whose motion is known.
func (v *vi) operateHere(c byte, n int) {
	b := v.e.buf
	row := map[byte]struct {
		op       byte
		from, to int
	}{
		's': {'c', b.pos, v.right(n)}, 'S': {'c', 0, len(b.text)}, 'C': {'c', b.pos, len(b.text)}, 'D': {'d', b.pos, len(b.text)},
		'Y': {'y', 0, len(b.text)}, 'x': {'d', b.pos, v.right(n)}, 'X': {'d', b.before(), b.pos},
	}[c]
	v.op = row.op
	v.operate(row.from, row.to)
	v.op = 0
}

// change puts something in the place of characters, or beside them.
func (v *vi) change(c byte, n int) {
	e := v.e
	switch c {
	case 'r':
		e.mode = func(k key) {
			e.mode = v.normal
			if end := e.buf.after(); k.Text != "" && end > e.buf.pos {
				e.buf.replace(e.buf.pos, end, k.Text)
				e.buf.pos = e.buf.before()
			}
		}
	case '~':
		end := v.right(n)
		e.buf.replace(e.buf.pos, end, strings.Map(swapCase, e.buf.text[e.buf.pos:end]))
		v.clamp()
	case 'p', 'P':
		if c == 'p' {
			e.buf.pos = e.buf.after()
		}
		e.buf.insert(strings.Repeat(e.c.kills.newest(), n))
		e.buf.pos = e.buf.before()
	}
}

func swapCase(r rune) rune {
	if upper := strings.ToUpper(string(r)); upper != string(r) {
		return []rune(upper)[0]
	}
	return []rune(strings.ToLower(string(r)))[0]
}
