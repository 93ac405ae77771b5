package command

import (
	"runtime"
	"strings"

	"github.com/ftpsh/ftpsh/shell/syntax"
)

// checkBackslashes refuses a path that was typed as Windows shows it. A backslash makes the next
// character plain, so dir\file would silently become dirfile.
func (c *Call) checkBackslashes(words []syntax.Token) error {
	if runtime.GOOS != "windows" {
		return nil
	}
	for _, w := range words {
		if backslashPath(w.Raw) {
			return c.Usage("%s: a backslash hides the character after it here; type %s or '%s'",
				w.Raw, strings.ReplaceAll(w.Raw, `\`, "/"), w.Raw)
		}
	}
	return nil
}

// backslashPath reports whether a word as it was typed has, outside of quotes, a backslash before a
// character that never needs one.
func backslashPath(raw string) bool {
	var quote byte
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '\\' && quote != '\'':
			i++
			if quote == 0 && i < len(raw) && plainInPaths(raw[i]) {
				return true
			}
		case c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		}
	}
	return false
}

func plainInPaths(c byte) bool {
	return c == '.' || c == '_' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}
