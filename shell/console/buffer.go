package console

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A buffer is the text being edited and the cursor in it, a byte offset that never splits a character as the
// user sees it: a letter with its accents or an emoji of several code points is one.
type buffer struct {
	text string
	pos  int
}

func (b *buffer) set(text string) { b.text, b.pos = text, len(text) }

func (b *buffer) insert(s string) { b.replace(b.pos, b.pos, s) }

// replace puts s in the place of text[from:to] and the cursor behind it.
func (b *buffer) replace(from, to int, s string) {
	b.text = b.text[:from] + s + b.text[to:]
	b.pos = from + len(s)
}

// remove takes out text[from:to], given in any order, and returns it.
func (b *buffer) remove(from, to int) string {
	from, to = min(from, to), max(from, to)
	gone := b.text[from:to]
	b.replace(from, to, "")
	return gone
}

func (b *buffer) atEnd() bool { return b.pos == len(b.text) }

func (b *buffer) before() int {
	at, last := 0, 0
	for c := range clusters(b.text) {
		if at >= b.pos {
			break
		}
		last, at = at, at+len(c)
	}
	return last
}

func (b *buffer) after() int {
	for c := range clusters(b.text[b.pos:]) {
		return b.pos + len(c)
	}
	return b.pos
}

// wordBefore is where the word before the cursor starts, wordAfter where the next one ends.
func (b *buffer) wordBefore() int { return backOver(b.text, backOver(b.text, b.pos, notWord), isWord) }
func (b *buffer) wordAfter() int  { return over(b.text, over(b.text, b.pos, notWord), isWord) }

// argumentBefore is where the blank-separated word before the cursor starts.
func (b *buffer) argumentBefore() int {
	return backOver(b.text, backOver(b.text, b.pos, unicode.IsSpace), notSpace)
}

func over(s string, at int, in func(rune) bool) int {
	for at < len(s) {
		r, n := utf8.DecodeRuneInString(s[at:])
		if !in(r) {
			break
		}
		at += n
	}
	return at
}

func backOver(s string, at int, in func(rune) bool) int {
	for at > 0 {
		r, n := utf8.DecodeLastRuneInString(s[:at])
		if !in(r) {
			break
		}
		at -= n
	}
	return at
}

func isWord(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
}
func notWord(r rune) bool  { return !isWord(r) }
func notSpace(r rune) bool { return !unicode.IsSpace(r) }

// transpose swaps the characters around the cursor, at the end the last two.
func (b *buffer) transpose() {
	if b.atEnd() {
		b.pos = b.before()
	}
	first, end := b.before(), b.after()
	if first == b.pos || end == b.pos {
		return
	}
	swapped := b.text[b.pos:end] + b.text[first:b.pos]
	b.replace(first, end, swapped)
}

// change applies f to the rest of the word at the cursor.
func (b *buffer) change(f func(string) string) {
	end := b.wordAfter()
	b.replace(b.pos, end, f(b.text[b.pos:end]))
}

func capitalize(s string) string {
	at := over(s, 0, notWord)
	r, n := utf8.DecodeRuneInString(s[at:])
	if n == 0 {
		return s
	}
	return s[:at] + string(unicode.ToTitle(r)) + strings.ToLower(s[at+n:])
}

// lastArgument is the last word of a line; quotes and backslashes hold blanks together.
func lastArgument(line string) string {
	line = strings.TrimRightFunc(line, unicode.IsSpace)
	start, quote := 0, byte(0)
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && quote != '\'':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == ' ' || c == '\t':
			start = i + 1
		}
	}
	return line[start:]
}

// kills keeps what was cut, newest last, for all lines of a console.
type kills struct {
	texts []string
	next  int // what yank-pop shows
}

const keptKills = 30

func (k *kills) push(s string) {
	if s == "" {
		return
	}
	k.texts = append(k.texts, s)
	if len(k.texts) > keptKills {
		k.texts = k.texts[1:]
	}
}

// extend adds to the newest: neighbouring cuts are one.
func (k *kills) extend(before, after string) {
	last := len(k.texts) - 1
	k.texts[last] = before + k.texts[last] + after
}

func (k *kills) newest() string {
	k.next = len(k.texts) - 1
	if k.next < 0 {
		return ""
	}
	return k.texts[k.next]
}

func (k *kills) older() string {
	k.next--
	if k.next < 0 {
		k.next = len(k.texts) - 1
	}
	return k.texts[k.next]
}
