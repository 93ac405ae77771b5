package command

import (
	"time"

	"github.com/ftpsh/ftpsh/shell/console"
)

// A notice is how to call the user, and after how long.
type notice struct {
	how   string
	after time.Duration
}

// Notify calls the user, who may look elsewhere, if asked to. Jobs do that, too.
func (s *Screen) Notify(took time.Duration, text string) {
	n := s.notice.Load()
	if took < n.after {
		return
	}
	switch n.how {
	case "bell":
		s.Console.Bell()
	case "osc9":
		s.Console.Notify(console.OSC9, text)
	case "osc777":
		s.Console.Notify(console.OSC777, text)
	}
}
