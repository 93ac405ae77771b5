package teach

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/ftpsh/ftpsh/shell/render"
)

// Style is how events are shown. The zero value, with Width, is for a file.
type Style struct {
	Width   int
	Unicode bool
	Color   bool
}

// UnicodeFor reports whether a terminal shows the characters that lines and
// arrows are drawn with, each in one cell, as the variables of its environment
// tell.
func UnicodeFor(env func(string) string) bool {
	locale := strings.ToLower(cmp.Or(env("LC_ALL"), env("LC_CTYPE"), env("LANG")))
	switch term := env("TERM"); {
	case term == "linux" || term == "dumb":
		return false
	case !strings.Contains(locale, "utf-8") && !strings.Contains(locale, "utf8"):
		return false
	}
	for _, wide := range []string{"zh", "ja", "ko"} { // their fonts draw arrows two cells wide
		if strings.HasPrefix(locale, wide) {
			return false
		}
	}
	return true
}

// cut makes text of a server safe and fits it into a number of cells.
func (s Style) cut(text string, cells int) string {
	text = render.Safe(text)
	if render.Width(text) <= cells {
		return text
	}
	text = render.Fit(text, cells)
	if !s.Unicode {
		text = strings.TrimSuffix(text, "…") + "~"
	}
	return text
}

// amount is a number of bytes for people: 387 B, 1.2 KiB.
func amount(n int64) string {
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	value := float64(n) / 1024
	for _, unit := range []string{"KiB", "MiB", "GiB"} {
		if value < 999.95 {
			return fmt.Sprintf("%.1f %s", value, unit)
		}
		value /= 1024
	}
	return fmt.Sprintf("%.1f TiB", value)
}

// span is a time for people: 0.1 ms, 12.0 s.
func span(ms float64) string {
	if ms < 1000 {
		return fmt.Sprintf("%.1f ms", ms)
	}
	return fmt.Sprintf("%.1f s", ms/1000)
}

// tlsName is "TLS 1.3 AES-256-GCM-SHA384".
func tlsName(e *Event) string {
	cipher := strings.TrimPrefix(strings.ReplaceAll(e.Cipher, "_", "-"), "TLS-")
	return strings.TrimSpace(strings.Replace(e.VersionTLS, "TLSv", "TLS ", 1) + " " + strings.Replace(cipher, "-WITH-", "-", 1))
}

// trustWords say how a certificate was checked.
var trustWords = map[string]string{"ok": "verified", "pinned": "pinned", "off": "unverified"}

func trust(e *Event) string {
	if words, ok := trustWords[e.Verify]; ok {
		return words
	}
	return e.Verify
}

// port is ":26021" of an address.
func port(addr string) string {
	if i := strings.LastIndexByte(addr, ':'); i >= 0 {
		return addr[i:]
	}
	return addr
}
