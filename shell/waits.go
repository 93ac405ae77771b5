package shell

import (
	"cmp"
	"time"
)

// waitSettings say how long the sessions wait, and for what. They hold at once.
var waitSettings = []*Setting{
	duration("timeout", "how long to wait for a reply", func(s *Settings) *time.Duration { return &s.Timeout }).then((*Shell).useWaits),
	durationOr("timeout", "stall", "how long a data connection may stand still: timeout (as that setting), or a time",
		func(s *Settings) *time.Duration { return &s.Stall }).then((*Shell).useWaits),
	word("pipelining", "commands that need no other answer leave together: auto (where the server stands it), or off (one by one)",
		[]string{"auto", "off"}, func(s *Settings) *string { return &s.Pipelining }).then((*Shell).useWaits),
}

// useWaits tells the sessions what the settings say.
func (sh *Shell) useWaits() {
	for _, c := range []connection{sh.connection, sh.second} {
		if c.session == nil {
			continue
		}
		c.session.SetTimeout(sh.Settings.Timeout)
		c.session.SetStall(sh.stall())
		c.session.SetOneByOne(sh.oneByOne(c.session.Options().Addr))
	}
}

func (sh *Shell) stall() time.Duration { return cmp.Or(sh.Settings.Stall, sh.Settings.Timeout) }

// oneByOne reports whether a server is to hear one command at a time: the user says so, or it was
// found to need that as long as this shell lives.
func (sh *Shell) oneByOne(addr string) bool {
	_, needed := sh.slow.Load(addr)
	return needed || sh.Settings.Pipelining == "off"
}

// learnPace remembers that a server needs that.
func (sh *Shell) learnPace() {
	if s := sh.session; s != nil && sh.Settings.Pipelining != "off" && s.OneByOne() {
		sh.slow.Store(s.Options().Addr, true)
	}
}
