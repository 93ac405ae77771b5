package command

import (
	"cmp"
	"time"

	"github.com/ftpsh/ftpsh/client"
)

// UsePace tells the sessions whether commands may leave together.
func UsePace(sh *Shell) {
	sh.Sessions(func(s *client.Session) {
		s.Tune(func(o *client.Options) { o.OneByOne = unpipelined(sh, s.Options().Addr) })
	})
}

func stall(sh *Shell) time.Duration { return cmp.Or(sh.Settings.Stall, sh.Settings.Timeout) }

// unpipelined reports whether a server is to hear one command at a time: the user says so, or it was
// found to need that.
func unpipelined(sh *Shell, addr string) bool {
	return sh.Settings.Pipelining == "off" || sh.Servers.Get(addr, "pipelining") == "off"
}

// learnPace remembers that a server needs that.
func learnPace(sh *Shell) {
	if s := sh.Session; s != nil && sh.Settings.Pipelining != "off" && s.Options().OneByOne {
		FoundLimit(sh, s.Options().Addr, "pipelining", "off")
	}
}
