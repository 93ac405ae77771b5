package client

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Exchange is one command and its replies: perhaps a preliminary one (1yz),
// then the final one.
type Exchange struct {
	Verb string

	conn          *Conn
	seq           int  // number of the command; 0 for the greeting
	slot          bool // it counts among the commands in flight
	start         time.Time
	secret        string // what the command carried and a reply must not show
	preliminaries int    // preliminary replies so far
	pipelined     bool   // others had not been answered when it was sent
	held          *Reply // one that may answer something else
	doubts        int    // how many of those came
	aside         bool   // sent while a transfer ran
	ahead         bool   // see command
	slow          bool   // see command
	quick         bool   // its answer comes right behind the one before, see await
	fence         int    // code that only this command is answered with, for one sent behind an ABOR
	upgrade       func(Reply, reader) (reader, error)

	data atomic.Pointer[Data] // what the command moves, once it does

	outcome
}

// outcome is what has come of a command.
type outcome struct {
	begun chan struct{} // closed with the first reply
	done  chan struct{} // closed with the final one, or err
	after func()        // called when done is closed

	mu    sync.Mutex // a reply and the loss of the connection may come together
	first Reply
	final Reply
	err   error
}

func newExchange(c *Conn, verb string) *Exchange {
	return &Exchange{
		Verb: verb, conn: c, start: time.Now(),
		outcome: outcome{begun: make(chan struct{}), done: make(chan struct{})},
	}
}

// Begin waits for the first reply: a preliminary one, or the final one where
// there is no other. Errors are as for Wait.
func (x *Exchange) Begin(ctx context.Context) (Reply, error) {
	if err := x.await(ctx, x.begun, nil); err != nil {
		return Reply{}, err
	}
	if closed(x.done) && x.err != nil {
		return Reply{}, x.failure(ctx)
	}
	return x.first, nil
}

// Wait waits for the final reply, whatever its class. It fails when the
// connection is lost, when Options.Timeout passes without a reply (the
// connection is then closed: its replies can no longer be told apart), or when
// ctx ends (the reply is then awaited in the background).
func (x *Exchange) Wait(ctx context.Context) (Reply, error) {
	if err := x.await(ctx, x.done, nil); err != nil {
		return Reply{}, err
	}
	return x.final, x.failure(ctx)
}

// failure is why there is no reply. A second interrupt drops the connection
// too: that is an interrupt, not a loss.
func (o *outcome) failure(ctx context.Context) error {
	if o.err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return o.err
}

// Expect is Wait and turns a reply of another class than the one given into an
// *Error. Class 0 accepts 2yz and 3yz.
func (x *Exchange) Expect(ctx context.Context, class int) (Reply, error) {
	r, err := x.Wait(ctx)
	if err != nil {
		return r, err
	}
	if c := r.Class(); c == class || class == 0 && (c == 2 || c == 3) {
		return r, nil
	}
	return r, &Error{Verb: x.Verb, Reply: r}
}

// await waits for event, or for another one instead; nil never happens.
func (x *Exchange) await(ctx context.Context, event, or <-chan struct{}) error {
	if closed(event) {
		return nil
	}
	patience := x.conn.replyTimeout()
	if x.slow {
		patience *= slowFactor
	}
	timeout := time.After(patience)
	var cut <-chan time.Time
	if x.quick {
		cut = time.Tick(min(burstPatience, patience/4))
	}
	waited := false // with all before it answered
	for {
		select {
		case <-event:
			return nil
		case <-or:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-cut:
			if waited {
				return x.cutOff()
			}
			waited = x.conn.isNext(x)
		case <-timeout:
			return x.tooLate()
		}
	}
}

// cutOff gives up a connection of which the server has dropped the rest of a burst.
func (x *Exchange) cutOff() error {
	x.conn.cut.Store(true)
	err := &LostError{Err: &BurstError{Verb: x.Verb}}
	x.conn.fail(err)
	return err
}

// tooLate gives up a connection on which no reply came in time.
func (x *Exchange) tooLate() error {
	what := "the greeting"
	if x.Verb != "" {
		what = "the reply to " + x.Verb
	}
	err := &TimeoutError{Waiting: what + " on the control connection"}
	x.conn.fail(&LostError{Err: err})
	return err
}

// burstPatience is how long a command that needs no thought may be without an answer, when all
// before it are answered and it had left together with them: some servers read one command of a
// packet and drop the rest.
const burstPatience = 2 * time.Second

// quickVerbs are the commands that need no thought.
var quickVerbs = map[string]bool{
	"FEAT": true, "PWD": true, "XPWD": true, "SYST": true, "TYPE": true, "MODE": true, "PBSZ": true,
	"PROT": true, "OPTS": true, "CLNT": true, "EPSV": true, "PASV": true,
}

// BurstError says that a server has answered the first of several commands that left together,
// and not this one. The session continues with one at a time.
type BurstError struct{ Verb string }

func (e *BurstError) Error() string {
	return "no reply to " + e.Verb + ", which left together with other commands"
}

// Unwrap makes it a time limit.
func (e *BurstError) Unwrap() error {
	return &TimeoutError{Waiting: "the reply to " + e.Verb + " on the control connection"}
}

// slowFactor is how much longer than others the slow commands may take: a
// checksum of a large file, a copy.
const slowFactor = 20

// isFence reports whether r can only be the answer to the fence: not one of
// the codes with which transfers and ABOR end.
func (x *Exchange) isFence(r Reply) bool {
	return r.Code == x.fence || r.Class() == 5 && r.Code != 551 && r.Code != 552 || r.Code == 421
}

func (o *outcome) begin(r Reply) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !closed(o.begun) {
		o.first = r
		close(o.begun)
	}
}

func (o *outcome) finish(r Reply) { o.end(r, nil) }

func (o *outcome) fail(err error) { o.end(Reply{}, err) }

func (o *outcome) end(r Reply, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if closed(o.done) {
		return
	}
	if o.after != nil {
		defer o.after()
	}
	o.final, o.err = r, err
	if closed(o.begun) {
		close(o.done)
		return
	}
	o.first = r
	close(o.done) // before begun: a caller that is woken by a refusal sees that it was the last word
	close(o.begun)
}

// whenDone has f called once the final reply is in, or now if it is.
func (o *outcome) whenDone(f func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if closed(o.done) {
		f()
		return
	}
	o.after = f
}

func closed(event <-chan struct{}) bool {
	select {
	case <-event:
		return true
	default:
		return false
	}
}
