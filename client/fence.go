package client

import (
	"context"
	"maps"
	"slices"
	"time"
)

// This file keeps replies and commands in step with servers that answer twice,
// never, or in the wrong place. A fence is a command whose answer cannot be
// mistaken for another's: what came before it is over.

// fencedBy returns the place of a fence that r answers although exchanges
// before it have had no reply, or 0. Where one of those is the same command, it
// is that one that r answers.
func (c *exchanges) fencedBy(r Reply) int {
	place := -1
	for i, x := range c.queue {
		if place < 0 && (x.fence == r.Code || slices.Contains(onlyCodes[x.Verb], r.Code)) {
			place = i
		}
		if x.fence == r.Code {
			return place
		}
	}
	return 0
}

// onlyCodes are the codes with which commands succeed that have a code of
// their own.
var onlyCodes = map[string][]int{
	"PWD": {257}, "XPWD": {257},
	"EPSV": {229, 227}, "PASV": {227, 228, 229},
	"SIZE": {213}, "MDTM": {213, 253}, "FEAT": {211}, "SYST": {215}, "MLST": {250},
}

// neverOfData are codes with which no transfer ends: those of onlyCodes, but for
// 250, and that of NOOP.
var neverOfData = slices.DeleteFunc(append(slices.Concat(slices.Collect(maps.Values(onlyCodes))...), 200), func(code int) bool { return code == 250 })

// plainVerbs succeed with 200 or 250, and never with a code of onlyCodes.
var plainVerbs = map[string]bool{
	"TYPE": true, "PBSZ": true, "PROT": true, "MODE": true, "STRU": true, "OPTS": true,
	"CWD": true, "CDUP": true, "XCWD": true, "XCUP": true, "NOOP": true,
}

// isAnswer reports whether r can be the answer to x: not the end of a transfer,
// unless x is one, nor the success of another command.
func isAnswer(x *Exchange, r Reply) bool {
	if r.Class() != 2 {
		return true
	}
	if codes := onlyCodes[x.Verb]; codes != nil {
		return slices.Contains(codes, r.Code)
	}
	if dataVerbs[x.Verb] {
		return !slices.Contains(neverOfData, r.Code)
	}
	if plainVerbs[x.Verb] {
		return r.Code == 250 || r.Code < 210
	}
	return r.Code != 225 && r.Code != 226 || x.Verb == "ABOR"
}

// hasOneReply reports whether no preliminary reply comes before the answer.
func hasOneReply(verb string) bool { return plainVerbs[verb] || onlyCodes[verb] != nil }

// doubtful reports whether r may be the answer to something else than x: it
// cannot be x's, or it ends a transfer that the server never said it began, or
// it refuses one that was sent behind other commands.
func doubtful(x *Exchange, r Reply) bool {
	if x.fence != 0 || x.Verb == "" {
		return false
	}
	unopened := dataVerbs[x.Verb] && x.preliminaries == 0 && (r.Class() == 2 || x.pipelined && r.Class() > 3)
	return unopened || !isAnswer(x, r)
}

// hold keeps a doubtful reply while a fence finds out whether another one
// follows. If none does, it was the answer. Data may flow meanwhile.
func (c *Conn) hold(x *Exchange, r Reply) error {
	c.cfg.Trace.note(NoteInfo{c.name, "reply.doubtful", "is this the answer to " + x.Verb + "? " + c.hide(r).String()})
	fenced := x.held != nil
	x.held = &r
	if x.doubts++; x.doubts > maxMarks {
		return &ProtocolError{Verb: x.Verb, Text: r.String(), Reason: "too many replies that answer nothing"}
	}
	if dataVerbs[x.Verb] && r.Class() == 2 {
		x.begin(r)
	}
	if !fenced {
		fence := c.fence()
		go c.sendAll(fence) // not here: the sender may wait for the reader
	}
	return nil
}

// fence returns a command that cannot be mistaken for one that waits.
func (c *exchanges) fence() command {
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.ContainsFunc(c.queue, func(x *Exchange) bool { return x.Verb == "PWD" }) {
		return command{verb: "SYST", fence: 215}
	}
	return command{verb: "PWD", fence: 257}
}

// Settle waits until every command has been answered. Where replies to an
// aborted transfer are missing after a moment, it asks PWD (RFC 959 section 4.1.3): only that is
// answered with 257, and pure-ftpd may have swallowed the NOOP with the ABOR.
func (c *Conn) Settle(ctx context.Context) error {
	again := time.NewTimer(settlePatience)
	defer again.Stop()
	for {
		last, err := c.pending()
		if err != nil || last == nil {
			return err
		}
		if last.fence == 200 {
			again.Reset(settlePatience - time.Since(last.start))
		}
		select {
		case <-last.done:
		case <-again.C:
			if last.fence != 0 {
				c.sendAll(command{verb: "PWD", fence: 257})
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

const settlePatience = 250 * time.Millisecond

// isNext reports whether an exchange is the first that waits for its answer.
func (c *exchanges) isNext(x *Exchange) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.queue) > 0 && c.queue[0] == x
}

// pending returns the last exchange that is not answered yet, if any.
func (c *exchanges) pending() (*Exchange, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.queue); n > 0 {
		return c.queue[n-1], c.err
	}
	return nil, c.err
}
