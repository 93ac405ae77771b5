package history

import "strings"

// A word is a part of a command line, with its place in it.
type word struct {
	from, to int
	text     string // without quotes and backslashes
	quoted   bool
}

// statements splits a line at ; & | and line ends, and each part into words. It fails on nothing: an open quote goes to
// the end of the line.
func statements(line string) [][]word {
	all := [][]word{nil}
	for i := 0; i < len(line); {
		switch c := line[i]; {
		case isSeparator(c):
			all = append(all, nil)
			i++
		case isBlank(c):
			i++
		default:
			w := scanWord(line, i)
			last := &all[len(all)-1]
			*last = append(*last, w)
			i = w.to
		}
	}
	return all
}

func isBlank(c byte) bool     { return c == ' ' || c == '\t' }
func isSeparator(c byte) bool { return strings.IndexByte(";&|\n\r", c) >= 0 }

func scanWord(line string, from int) word {
	var text strings.Builder
	quote, quoted := byte(0), false
	i := from
	for ; i < len(line); i++ {
		c := line[i]
		if quote == 0 && (isBlank(c) || isSeparator(c)) {
			break
		}
		switch {
		case c == '\\' && quote != '\'' && i+1 < len(line):
			i++
			text.WriteByte(line[i])
		case quote == 0 && (c == '\'' || c == '"'):
			quote, quoted = c, true
		case quote != 0 && c == quote:
			quote = 0
		default:
			text.WriteByte(c)
		}
	}
	return word{from, i, text.String(), quoted}
}
