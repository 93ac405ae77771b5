package syntax

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quote returns the shortest way to type name so that it is one word, as an
// argument, with exactly these bytes: plain, with backslashes, in quotes, or as
// $'…' if it holds bytes that cannot be shown. The word has no live pattern, no
// variable, and begins no flag, comment or home directory.
func Quote(name string) string {
	if name == "" {
		return "''"
	}
	if hidden(name) {
		return string(appendEscapes(nil, name)) + "'"
	}
	best := backslashed(name)
	for _, quote := range []byte{'"', '\''} { // of two equal ones the later, as ls does
		if quote == '"' && name[0] == '|' {
			continue // "|cmd" is a local command in ftp(1), and in its scripts
		}
		if text, end := QuoteIn(name, quote); len(text)+len(end) <= len(best) {
			best = text + end
		}
	}
	return best
}

// QuoteIn does the same for a word whose typist has already opened a quote (see
// Token.Quote): the whole word in that style, and the end that closes it, so
// that a completion that may go on can leave it open.
func QuoteIn(name string, quote byte) (text, end string) {
	switch {
	case quote != '\'' && quote != '"' && quote != '$':
		return Quote(name), ""
	case quote == '$' || hidden(name):
		return string(appendEscapes(nil, name)), "'"
	case quote == '\'':
		return "'" + strings.ReplaceAll(name, "'", `'\''`), "'"
	}
	return `"` + doubleEscapes.Replace(name), `"`
}

// QuoteHome quotes a path that begins with a live ~ or ~user.
func QuoteHome(name string) string {
	home, rest, found := strings.Cut(name, "/")
	if !found || rest == "" {
		return name
	}
	return home + "/" + Quote(rest)
}

var doubleEscapes = strings.NewReplacer(`"`, `\"`, `\`, `\\`, `$`, `\$`)

// backslashed returns name with a backslash before each byte that needs one.
func backslashed(name string) string {
	head := len(name) - len(strings.TrimLeft(name, ";&|>"))
	tail := len(strings.TrimRight(name, ";&|>"))
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		switch {
		case strings.IndexByte(" '\"\\$*?[{", c) >= 0,
			i == 0 && strings.IndexByte("-~!#", c) >= 0,
			strings.IndexByte(";&|>", c) >= 0 && (i < head || i >= tail):
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// hidden reports whether name holds bytes that a terminal does not show, or
// would obey: those are typed as escapes.
func hidden(name string) bool {
	for i, r := range name {
		size := utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, size = utf8.DecodeRuneInString(name[i:])
		}
		if !visible(name, i, r, size) {
			return true
		}
	}
	return false
}

// visible reports whether the rune of size bytes at name[i] is shown as itself.
// The joiner is shown where it does its work, inside an emoji.
func visible(name string, i int, r rune, size int) bool {
	switch {
	case r == utf8.RuneError && size == 1:
		return false
	case r == '\u200d':
		before, _ := utf8.DecodeLastRuneInString(name[:i])
		after, _ := utf8.DecodeRuneInString(name[i+size:])
		return (pictograph(before) || before == '\ufe0f') && pictograph(after)
	case r == '\ufe0e' || r == '\ufe0f': // text or picture, after something to choose
		before, _ := utf8.DecodeLastRuneInString(name[:i])
		return i > 0 && unicode.IsGraphic(before)
	case r == '\u3000':
		return true // the blank of Japanese names
	}
	return unicode.IsPrint(r) && !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) // fillers without width
}

func pictograph(r rune) bool {
	return r > 0xff && r != utf8.RuneError && unicode.In(r, unicode.So, unicode.Sk)
}
