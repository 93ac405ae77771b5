package command

import (
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// limit is the speed limit of one direction. It lasts, so that it can change
// while a file is moved.
type limit struct {
	*rate.Limiter
	Step atomic.Int64 // by how much a signal changes it
}

// limits are those of the two directions.
type limits struct {
	get, put limit
	paces    sync.Map // of servers, by their addresses
}

// paces are those of what goes to one server. They outlast its sessions.
type paces struct{ transfers, connections client.Pace }

// paceOf makes the paces of a server what the settings say.
func paceOf(sh *Shell, addr string) *paces {
	known, _ := sh.limits.paces.LoadOrStore(addr, &paces{})
	p := known.(*paces)
	every := sh.Settings.Pace
	if every == 0 {
		every = LearnedPace(sh, addr)
		p.transfers.Learn(func(every time.Duration) { learnedPace(sh, addr, every) })
	} else {
		p.transfers.Learn(nil)
	}
	p.transfers.Set(max(every, 0))
	p.connections.Set(sh.Settings.ConnectPace)
	return p
}

// LearnedPace is the time between two transfers that a server turned out to need; 0: none.
func LearnedPace(sh *Shell, addr string) time.Duration {
	every, _ := settings.ParseFrequency(sh.Servers.Get(addr, "pace"))
	return every
}

// learnedPace remembers that, and says so.
func learnedPace(sh *Shell, addr string, every time.Duration) {
	often := settings.ShowFrequency(every)
	FoundLimit(sh, addr, "pace", often)
	sh.Say(addr + " refuses many transfers in a short time, so they now begin at " + often + ", for a day; `set pace 10/s` or `set pace off` overrules that")
}

// UseSpacing makes the paces of all servers what the settings say.
func UseSpacing(sh *Shell) {
	sh.limits.paces.Range(func(addr, _ any) bool {
		paceOf(sh, addr.(string))
		return true
	})
}

// UsualStep is by how much a signal changes a limit unless told otherwise.
const UsualStep = 1024

func newLimits() *limits {
	l := &limits{}
	for _, one := range []*limit{&l.get, &l.put} {
		one.Limiter = rate.NewLimiter(rate.Inf, transfer.LimitBurst)
		one.Step.Store(UsualStep)
	}
	return l
}

// LimitFor is the speed limit of one direction.
func (c *Connections) LimitFor(download bool) *limit {
	if download {
		return &c.limits.get
	}
	return &c.limits.put
}

// useRates makes the limits what the settings say.
func useRates(sh *Shell) {
	sh.limits.get.SetLimit(perSecond(sh.Settings.RateGet))
	sh.limits.put.SetLimit(perSecond(sh.Settings.RatePut))
}

func perSecond(bytes int64) rate.Limit {
	if bytes == 0 {
		return rate.Inf
	}
	return rate.Limit(bytes)
}

// Limiter is the limit for a transfer; nil where there is none.
func (c *Connections) Limiter(op transfer.Op) *rate.Limiter {
	l := c.LimitFor(op == transfer.Download)
	if l.Limit() == rate.Inf {
		return nil
	}
	return l.Limiter
}

// stepped raises the limits (way 1) or lowers them (way -1) by their steps. It
// may be called while files are moved.
func (l *limits) stepped(way int64) {
	for _, one := range []*limit{&l.get, &l.put} {
		if one.Limit() != rate.Inf {
			step := float64(one.Step.Load())
			one.SetLimit(rate.Limit(max(float64(one.Limit())+float64(way)*step, step)))
		}
	}
}

// UsePace tells the sessions whether commands may leave together.
func UsePace(sh *Shell) {
	sh.Sessions(func(s *client.Session) {
		s.Tune(func(o *client.Options) { o.OneByOne = unpipelined(sh, s.Options().Addr) })
	})
}

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
