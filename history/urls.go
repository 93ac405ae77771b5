package history

import (
	"regexp"
	"strings"
	"sync"
)

// typedURL is what may be a URL with a user, in a text of any kind.
var typedURL = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://\S*@`) })

// MaskURLs hides the passwords of the URLs in a text that is to be shown.
func MaskURLs(text string) string {
	return typedURL().ReplaceAllStringFunc(text, func(raw string) string {
		from, to := urlPassword(raw)
		if from == to {
			return raw
		}
		return raw[:from] + ":********" + raw[to:]
	})
}

// HasURLPassword reports whether a word is a URL with a password.
func HasURLPassword(word string) bool { return MaskURLs(word) != word }

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
