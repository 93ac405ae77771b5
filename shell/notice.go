package shell

import (
	"time"

	"github.com/ftpsh/ftpsh/shell/console"
)

// noticeSettings say how the user is called back to the terminal.
var noticeSettings = []*Setting{
	word("notify", "call when a job or a command that took long has ended: off, bell, osc9 or osc777 (on the desktop)",
		[]string{"off", "bell", "osc9", "osc777"}, func(s *Settings) *string { return &s.Notify }).then((*Shell).heed),
	duration("notify-after", "how long it must have taken for that", func(s *Settings) *time.Duration { return &s.NotifyAfter }).then((*Shell).heed),
}

// A notice is how to call the user, and after how long.
type notice struct {
	how   string
	after time.Duration
}

// notify calls the user, who may look elsewhere, if asked to. Jobs do that, too.
func (s *screen) notify(took time.Duration, text string) {
	n := s.notice.Load()
	if took < n.after {
		return
	}
	switch n.how {
	case "bell":
		s.con.Bell()
	case "osc9":
		s.con.Notify(console.OSC9, text)
	case "osc777":
		s.con.Notify(console.OSC777, text)
	}
}
