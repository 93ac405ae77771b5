// Package everystep lets tests break what a client does at every step of it: at each command that
// it sends, in each way in which things break.
package everystep

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/ftpsh/ftpsh/client"
)

// Way is how something breaks.
type Way string

// The ways.
const (
	Kill   Way = "kill"   // the client ends before the command
	Cut    Way = "cut"    // the control connection is lost before the command
	Lost   Way = "lost"   // it is lost behind the command: nobody knows whether it was carried out
	Refuse Way = "refuse" // the server refuses the command
)

// Ways are all ways.
var Ways = []Way{Kill, Cut, Lost, Refuse}

// Trap breaks a session at one of its commands.
type Trap struct {
	Context context.Context // ends with a Kill

	way    Way
	at     int
	mu     sync.Mutex
	n      int
	armed  bool
	sprung string
	s      *client.Session
	kill   context.CancelFunc
}

// New makes a trap that breaks the command of a number, from 1 on.
func New(ctx context.Context, way Way, at int) *Trap {
	t := &Trap{way: way, at: at}
	t.Context, t.kill = context.WithCancel(ctx)
	return t
}

// Options are those of a session with the trap in it.
func (t *Trap) Options(o client.Options) client.Options {
	o.Gate = t.gate
	o.Trace = client.Join(o.Trace, &client.Trace{Sent: t.sent})
	return o
}

// Arm lets the trap count the commands of a session from now on.
func (t *Trap) Arm(s *client.Session) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.s, t.armed = s, true
}

// Sprung is the line at which the session broke, "" if it did not come that far.
func (t *Trap) Sprung() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.sprung
}

// Done ends the context.
func (t *Trap) Done() { t.kill() }

func (t *Trap) gate(line string) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.Context.Err() != nil {
		return "", context.Canceled
	}
	if !t.armed {
		return line, nil
	}
	if t.n++; t.n != t.at {
		return line, nil
	}
	t.sprung = line
	switch t.way {
	case Kill:
		t.kill()
		t.s.Drop()
		return "", context.Canceled
	case Cut:
		t.s.Drop()
	case Refuse:
		if strings.HasPrefix(line, "RNTO ") { // it must come to the server: proftpd keeps the name of an RNFR without one
			return "RNTO /no-such-directory/x", nil
		}
		return "", &client.DryReply{Reply: client.Reply{Code: 550, Lines: []string{"550 Refused by the test."}}}
	}
	return line, nil
}

func (t *Trap) sent(client.SentInfo) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.way == Lost && t.armed && t.n == t.at {
		t.s.Drop()
		t.n++ // once
	}
}

// Some calls f for every way and one number of a command of so many, another one in each way, until
// one is not reached. Each way breaks something: where there are too few commands for that, an earlier one.
func Some(t *testing.T, of int, f func(t *testing.T, trap *Trap)) {
	for i, way := range Ways {
		broke := false
		for n, more := 1+i*of/len(Ways), true; more && !t.Failed(); {
			trap := New(t.Context(), way, n)
			t.Run(fmt.Sprint(way, " ", n), func(t *testing.T) { f(t, trap) })
			trap.Done()
			switch {
			case trap.Sprung() != "":
				broke = true
				n += of
			case broke || n == 1:
				more = false
			default:
				n = (n + 1) / 2
			}
		}
		if !broke && !t.Failed() {
			t.Errorf("%s: no step was broken", way)
		}
	}
}
