package shell

import (
	"cmp"
	"time"

	"github.com/ftpsh/ftpsh/client"
)

// useWaits tells the sessions how long to wait.
func (sh *Shell) useWaits() {
	sh.sessions(func(s *client.Session) {
		s.SetTimeout(sh.Settings.Timeout)
		s.SetStall(sh.stall())
	})
}

// usePace tells the sessions whether commands may leave together.
func (sh *Shell) usePace() {
	sh.sessions(func(s *client.Session) { s.SetOneByOne(sh.oneByOne(s.Options().Addr)) })
}

func (sh *Shell) stall() time.Duration { return cmp.Or(sh.Settings.Stall, sh.Settings.Timeout) }

// oneByOne reports whether a server is to hear one command at a time: the user says so, or it was
// found to need that.
func (sh *Shell) oneByOne(addr string) bool {
	return sh.Settings.Pipelining == "off" || sh.servers.get(addr, "pipelining") == "off"
}

// learnPace remembers that a server needs that.
func (sh *Shell) learnPace() {
	if s := sh.session; s != nil && sh.Settings.Pipelining != "off" && s.OneByOne() {
		sh.found(s.Options().Addr, "pipelining", "off", s)
	}
}
