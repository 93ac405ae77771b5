package history

import (
	"regexp"
	"strings"
	"sync"
)

var beginsWithScheme = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z]+://`) })

// HidePassword returns an address as it may be shown.
func HidePassword(text string) string {
	scheme := beginsWithScheme().FindString(text)
	rest := text[len(scheme):]
	at := strings.LastIndexByte(rest, '@')
	if at < 0 {
		return text
	}
	user, _, has := strings.Cut(rest[:at], ":")
	if has {
		user += ":********"
	}
	return scheme + user + rest[at:]
}
