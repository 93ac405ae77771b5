package console

import (
	"os"
	"strings"
	"unicode"
)

// titles remembers whether the window title was changed, to give the old one back.
type titles struct{ pushed bool }

// Terminals that take the title sequence of xterm. Others would print it.
var titledTerminals = []string{"xterm", "tmux", "rxvt", "alacritty", "foot", "kitty", "wezterm", "konsole", "gnome", "vte", "st-", "contour", "ghostty"}

const pushTitle, popTitle = "\x1b[22;2t", "\x1b[23;2t"

// Title sets the title of the window until Close, without control characters, where the terminal has one.
func (c *Console) Title(s string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.term == nil || c.closed || !takesTitle(os.Getenv("TERM")) {
		return
	}
	if !c.title.pushed {
		c.title.pushed = true
		c.screen.out.WriteString(pushTitle)
	}
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || isBidi(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	c.screen.out.WriteString("\x1b]2;" + clean + "\x1b\\")
	c.screen.flush()
}

func takesTitle(terminal string) bool {
	for _, prefix := range titledTerminals {
		if strings.HasPrefix(terminal, prefix) {
			return true
		}
	}
	return false
}

func (c *Console) popTitle() {
	if c.title.pushed {
		c.screen.out.WriteString(popTitle)
	}
}
