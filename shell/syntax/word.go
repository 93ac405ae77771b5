package syntax

import (
	"strconv"
	"strings"
)

// quotedMeta are the bytes that need a backslash to be plain in a pattern.
const quotedMeta = `*?[]{},\^!-`

// A wordText collects the two readings of a word.
type wordText struct {
	text, pattern []byte
	lead          byte
	begun         bool
}

// live adds bytes that were not quoted.
func (w *wordText) live(s string) {
	w.text = append(w.text, s...)
	w.pattern = append(w.pattern, s...)
	w.begun = true
}

// quoted adds bytes that were quoted by how.
func (w *wordText) quoted(s string, how byte) {
	if !w.begun {
		w.lead, w.begun = how, true
	}
	w.text = append(w.text, s...)
	w.pattern = appendEscaped(w.pattern, s)
}

func appendEscaped(b []byte, s string) []byte {
	for i := range len(s) {
		if strings.IndexByte(quotedMeta, s[i]) >= 0 {
			b = append(b, '\\')
		}
		b = append(b, s[i])
	}
	return b
}

// word reads one word; the position is at its first byte.
func (l *lexer) word() Token {
	var w wordText
	start, open := l.pos, byte(0)
	if !l.alone {
		l.plain = l.pos + l.bars()
	}
	for l.name = start; l.name < len(l.src) && (isName(l.src[l.name]) || l.src[l.name] == '-'); {
		l.name++
	}
	for open == 0 && !l.wordEnds(start) {
		switch c := l.src[l.pos]; c {
		case '\\':
			open = l.backslash(&w)
		case '\'':
			open = l.single(&w)
		case '"':
			open = l.double(&w)
		case '$':
			open = l.dollar(&w, 0)
		default:
			w.live(l.src[l.pos : l.pos+1])
			l.pos++
		}
	}
	t := Token{Text: string(w.text), Raw: l.src[start:l.pos], Start: start, End: l.pos, Lead: w.lead, Quote: open}
	if p := string(w.pattern); HasMeta(p) {
		t.Pattern = p
	}
	return t
}

func (l *lexer) wordEnds(start int) bool {
	if l.alone || l.pos == len(l.src) {
		return l.pos == len(l.src)
	}
	if ends(l.src[l.pos:]) {
		return !strings.HasPrefix(l.src[l.pos:], "\\\n") // joins the word
	}
	_, n := l.peek(l.pos > start && l.afterName())
	return n > 0
}

// afterName reports whether what was read so far is the name of a command, so
// that an operator may follow without a blank. & alone may not: R&D is a name.
func (l *lexer) afterName() bool {
	if !l.command || l.src[l.pos] == '&' && !strings.HasPrefix(l.src[l.pos:], "&&") {
		return false
	}
	return l.pos <= l.name
}

func (l *lexer) single(w *wordText) (open byte) {
	text, _, closed := strings.Cut(l.src[l.pos+1:], "'")
	w.quoted(text, '\'')
	l.pos += 1 + len(text)
	if !closed {
		return '\''
	}
	l.pos++
	return 0
}

func (l *lexer) double(w *wordText) (open byte) {
	w.quoted("", '"')
	for l.pos++; l.pos < len(l.src); {
		switch c := l.src[l.pos]; {
		case c == '"':
			l.pos++
			return 0
		case c == '$':
			l.dollar(w, '"')
		case c == '\\' && l.pos+1 < len(l.src) && strings.IndexByte("\"\\$\n", l.src[l.pos+1]) >= 0:
			if next := l.src[l.pos+1 : l.pos+2]; next != "\n" {
				w.quoted(next, '"')
			}
			l.pos += 2
		default:
			w.quoted(l.src[l.pos:l.pos+1], '"')
			l.pos++
		}
	}
	return '"'
}

// dollar reads a variable or $'…', or else takes the $ as text.
func (l *lexer) dollar(w *wordText, quote byte) (open byte) {
	rest := l.src[l.pos+1:]
	if quote == 0 && strings.HasPrefix(rest, "'") {
		return l.escapes(w)
	}
	if name, n := variable(rest); n > 0 {
		if value, ok := l.vars.value(name); ok {
			w.quoted(value, '"')
			l.pos += 1 + n
			return 0
		}
	}
	if quote != 0 {
		w.quoted("$", quote)
	} else {
		w.live("$")
	}
	l.pos++
	return 0
}

// variable returns the name that follows a $, and its length as typed.
func variable(s string) (name string, n int) {
	if strings.HasPrefix(s, "{") {
		name, n := variable(strings.TrimLeft(s, "{"))
		if n == 0 || !strings.HasPrefix(s[1:], name+"}") {
			return "", 0
		}
		return name, n + 2
	}
	if s != "" && strings.IndexByte("?@*#", s[0]) >= 0 {
		return s[:1], 1
	}
	digits := s != "" && s[0] <= '9'
	for n < len(s) && isName(s[n]) && (!digits || s[n] <= '9') {
		n++
	}
	return s[:n], n
}

func (v Vars) value(name string) (string, bool) {
	if v.Each != nil && name == "i" {
		return v.Each.Text, true
	}
	if v.Args != nil {
		switch n, err := strconv.Atoi(name); {
		case err == nil && n >= 1 && n <= len(v.Args):
			return v.Args[n-1].Text, true
		case err == nil && n >= 1:
			return "", true
		case name == "#":
			return strconv.Itoa(len(v.Args)), true
		case name == "@" || name == "*":
			return join(v.Args), true
		}
	}
	if v.Get == nil {
		return "", false
	}
	return v.Get(name)
}

func join(words []Token) string {
	texts := make([]string, len(words))
	for i, t := range words {
		texts[i] = t.Text
	}
	return strings.Join(texts, " ")
}
