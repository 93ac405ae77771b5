package syntax

import (
	"strings"
	"unicode/utf8"
)

// An element matches one character of a name, or with star any number of them.
// Libraries read every byte that is not UTF-8 as U+FFFD and so confuse the
// Latin-1 names of old servers; here each such byte is a character of its own.
type element struct {
	kind   byte // '*', '?', '[', or 0 for char itself
	char   rune
	not    bool
	ranges []rune // of a class: pairs of first and last
}

// elements reads the pattern of one name. A bracket that is not closed is plain.
func elements(p string) []element {
	var out []element
	var classes classes
	for p != "" {
		switch end := 0; {
		case p[0] == '*' || p[0] == '?':
			out = append(out, element{kind: p[0]})
			p = p[1:]
			continue
		case p[0] == '[':
			if end = classes.end(p); end > 0 {
				out = append(out, class(p[1:end]))
				p = p[end+1:]
				continue
			}
		}
		c, n := character(p)
		out = append(out, element{char: c})
		p = p[n:]
	}
	return out
}

// class reads what stands between the brackets.
func class(p string) element {
	e := element{kind: '['}
	if p[0] == '!' || p[0] == '^' {
		e.not, p = true, p[1:]
	}
	for p != "" {
		first, n := character(p)
		p = p[n:]
		last := first
		if len(p) > 1 && p[0] == '-' {
			last, n = character(p[1:])
			p = p[1+n:]
		}
		e.ranges = append(e.ranges, first, last)
	}
	return e
}

// character reads one character of a pattern, which may have a backslash.
func character(p string) (rune, int) {
	if p[0] == '\\' && len(p) > 1 {
		c, n := decode(p[1:])
		return c, n + 1
	}
	return decode(p)
}

// decode reads one character; bytes that are not UTF-8 lie above all others.
func decode(s string) (rune, int) {
	c, n := utf8.DecodeRuneInString(s)
	if c == utf8.RuneError && n == 1 {
		return utf8.MaxRune + 1 + rune(s[0]), 1
	}
	return c, n
}

func (e element) match(c rune) bool {
	switch e.kind {
	case 0:
		return c == e.char
	case '?':
		return true
	}
	for i := 0; i < len(e.ranges); i += 2 {
		if e.ranges[i] <= c && c <= e.ranges[i+1] {
			return !e.not
		}
	}
	return e.not
}

// matchName compares one name. Going back to the last star is enough, so the
// time is at most the product of the lengths.
func matchName(pattern []element, name string) bool {
	p, n := 0, 0
	backElement, backName := -1, 0
	for n < len(name) {
		c, size := decode(name[n:])
		switch {
		case p < len(pattern) && pattern[p].kind == '*':
			backElement, backName = p, n
			p++
		case p < len(pattern) && pattern[p].match(c):
			p++
			n += size
		case backElement >= 0:
			_, size := decode(name[backName:])
			backName += size
			p, n = backElement+1, backName
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p].kind == '*' {
		p++
	}
	return p == len(pattern)
}

// classes finds the ends of the classes of one pattern, from left to right. The
// zero value is ready.
type classes struct {
	none bool // what is longer than rest has no end before it
	rest int
}

// end returns the index of the bracket that closes the class at the start of s,
// or 0. The first byte of a class is never its end.
func (c *classes) end(s string) int {
	if c.none && len(s) > c.rest {
		return 0
	}
	i := 1
	if i < len(s) && (s[i] == '!' || s[i] == '^') {
		i++
	}
	for first := i; i < len(s) && s[i] != '/'; i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == ']' && i > first:
			return i
		}
	}
	c.none, c.rest = true, max(0, len(s)-i)
	return 0
}

// special reports whether a pattern without braces can match more than one name.
func special(p string) bool {
	var classes classes
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '\\':
			i++
		case '*', '?':
			return true
		case '[':
			if classes.end(p[i:]) > 0 {
				return true
			}
		}
	}
	return false
}

// Escape returns the pattern that matches name and nothing else.
func Escape(name string) string { return string(appendEscaped(nil, name)) }

// unescapePattern undoes Escape.
func unescapePattern(p string) string {
	if !strings.Contains(p, `\`) {
		return p
	}
	b := make([]byte, 0, len(p))
	for i := 0; i < len(p); i++ {
		if p[i] == '\\' && i+1 < len(p) {
			i++
		}
		b = append(b, p[i])
	}
	return string(b)
}
