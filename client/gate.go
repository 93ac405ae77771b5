package client

import (
	"errors"
	"time"
)

// Gate is asked for every command before it leaves: it returns the line to
// send, the same or another one, or an error when none is to be sent, which is
// then the outcome of the command. It may take as long as it likes; nothing else
// is sent meanwhile. Secrets in the line are masked; such a line is sent as it
// was, whatever Gate returns. What keeps replies in step after an interrupt, and
// the connection alive, is not asked for.
type Gate func(line string) (send string, err error)

// ErrSkipped is for a Gate to return when the user does not want a command to
// be sent.
var ErrSkipped = errors.New("not sent")

// DryReply is for a Gate to return when a command is not to be sent, but what
// follows should go on as if the server had answered it so.
type DryReply struct{ Reply Reply }

func (e *DryReply) Error() string { return "not sent, as if the answer were " + e.Reply.String() }

func (e *encoding) setGate(g Gate) {
	if g == nil {
		e.gate.Store(nil)
		return
	}
	e.gate.Store(&g)
}

// housekeeping is sent without asking: it is the consequence of an interrupt,
// or keeps a transfer alive.
func (m command) housekeeping() bool { return m.fence != 0 || m.aside || m.urgent }

// gateTimeout is how long the reply to the command before is waited for, so that it
// can be seen before the next question.
const gateTimeout = time.Second

// consent asks the gate about a command that follows others. What is sent ahead follows a transfer,
// which says nothing as long as its data connection waits.
func (c *Conn) consent(gate Gate, m command, before []*Exchange) command {
	if n := len(before); n > 0 && !m.ahead {
		select {
		case <-before[n-1].done:
		case <-c.done:
		case <-time.After(gateTimeout):
		}
	}
	shown, secret := masked(m.verb, m.String())
	send, err := gate(c.hideIn(shown))
	if err != nil {
		m.failed = err
		return m
	}
	if secret != "" || send == c.hideIn(shown) {
		return m
	}
	verb := m.verb
	if m.verb, m.args = splitLine(send); m.verb != verb {
		m.upgrade = nil
	}
	return m
}
