package console

import (
	"os"
	"slices"
	"strings"
)

// titles remembers whether the window title was changed, to give the old one back.
type titles struct{ pushed bool }

// Terminals that take the title sequence of xterm. Others would print it.
var titledTerminals = []string{"xterm", "tmux", "rxvt", "alacritty", "foot", "kitty", "wezterm", "konsole", "gnome", "vte", "st-", "contour", "ghostty"}

const pushTitle, popTitle = "\x1b[22;2t", "\x1b[23;2t"

// Title sets the title of the window until Close, without control characters, where the terminal has one.
func (c *window) Title(s string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.term == nil || c.closed || !takesTitle(os.Getenv("TERM")) {
		return
	}
	if !c.title.pushed {
		c.title.pushed = true
		c.screen.out.WriteString(pushTitle)
	}
	c.screen.out.WriteString("\x1b]2;" + harmless(s) + "\x1b\\")
	c.screen.flush()
}

func takesTitle(terminal string) bool {
	return slices.ContainsFunc(titledTerminals, func(prefix string) bool { return strings.HasPrefix(terminal, prefix) })
}

func (d *display) popTitle() {
	if d.title.pushed {
		d.screen.out.WriteString(popTitle)
	}
}

// Notice is how a terminal is asked to call the user on the desktop.
type Notice string

// The sequences that terminals have for it.
const (
	OSC9   Notice = "\x1b]9;"                // iTerm2, WezTerm, kitty, Windows Terminal
	OSC777 Notice = "\x1b]777;notify;ftpsh;" // rxvt, foot, Ghostty, VTE
)

// Notify asks the terminal to tell the user on the desktop, without control characters, where there is a terminal. In
// tmux it asks the one around it, which tmux allows after `set -g allow-passthrough on`.
func (c *window) Notify(how Notice, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.term == nil || c.closed {
		return
	}
	sequence := string(how) + harmless(text) + "\a"
	if os.Getenv("TMUX") != "" {
		sequence = "\x1bPtmux;" + strings.ReplaceAll(sequence, "\x1b", "\x1b\x1b") + "\x1b\\"
	}
	c.screen.out.WriteString(sequence)
	c.screen.flush()
}
