package syntax

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// backslash reads one outside quotes: the next byte stands for itself, and the end of a line is none.
func (l *lexer) backslash(w *wordText) (open byte) {
	rest := l.src[l.pos+1:]
	switch {
	case rest == "":
		l.pos++
		w.quoted("", '\\')
		return '\\'
	case rest[0] != '\n':
		w.quoted(rest[:1], '\\')
	}
	l.pos += 2
	return 0
}

// plainEscapes are the escapes of one letter in $'…', as pairs.
const plainEscapes = "a\ab\be\x1bE\x1bf\fn\nr\rt\tv\v\\\\''\"\"??"

// escapes reads $'…'.
func (l *lexer) escapes(w *wordText) (open byte) {
	w.quoted("", '$')
	for l.pos += 2; l.pos < len(l.src); {
		switch c := l.src[l.pos]; c {
		case '\'':
			l.pos++
			return 0
		case '\\':
			text, n := unescape(l.src[l.pos:])
			w.quoted(text, '$')
			l.pos += n
		default:
			w.quoted(l.src[l.pos:l.pos+1], '$')
			l.pos++
		}
	}
	return '$'
}

// unescape returns what the backslash at the start of s and the bytes after it
// mean, and how many bytes that are. An unknown escape stands for itself.
func unescape(s string) (text string, n int) {
	if len(s) < 2 {
		return s, len(s)
	}
	switch c := s[1]; {
	case c == 'x':
		return number(s, 2, 2, 16, func(v uint64) string { return string([]byte{byte(v)}) })
	case c >= '0' && c <= '7':
		return number(s, 1, 3, 8, func(v uint64) string { return string([]byte{byte(v)}) })
	case c == 'u':
		return number(s, 2, 4, 16, func(v uint64) string { return string(rune(v)) })
	case c == 'U':
		return number(s, 2, 8, 16, func(v uint64) string { return string(rune(v)) })
	}
	for i := 0; i < len(plainEscapes); i += 2 {
		if plainEscapes[i] == s[1] {
			return plainEscapes[i+1 : i+2], 2
		}
	}
	return s[:2], 2
}

// number reads up to most digits of s from position from.
func number(s string, from, most, base int, char func(uint64) string) (string, int) {
	end := from
	for end < len(s) && end < from+most && strings.IndexByte("0123456789abcdefABCDEF"[:base+base/16*6], s[end]) >= 0 {
		end++
	}
	v, err := strconv.ParseUint(s[from:end], base, 32)
	if err != nil {
		return s[:from], from
	}
	return char(v), end
}

// appendEscapes appends name as $'…' without the last quote.
func appendEscapes(b []byte, name string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, "$'"...)
	for i := 0; i < len(name); {
		r, size := utf8.DecodeRuneInString(name[i:])
		switch {
		case r == '\'' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case visible(name, i, r, size):
			b = append(b, name[i:i+size]...)
		case r < utf8.RuneSelf || r == utf8.RuneError && size == 1:
			b = append(b, '\\', 'x', hex[name[i]>>4], hex[name[i]&15])
		case r > 0xffff:
			b = append(b, `\U`...)
			b = append(b, padHex(r, 8)...)
		default:
			b = append(b, `\u`...)
			b = append(b, padHex(r, 4)...)
		}
		i += size
	}
	return b
}

func padHex(r rune, digits int) string {
	s := strconv.FormatInt(int64(r), 16)
	return strings.Repeat("0", digits-len(s)) + s
}
