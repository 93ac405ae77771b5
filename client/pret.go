package client

import (
	"context"
	"slices"
	"strings"
)

// A distributed server has its files on several machines. PRET tells it which
// transfer the next PASV is for, so that the right one listens.

// announcement is the PRET of a transfer.
func announcement(verb string, args []string) command {
	return cmd("PRET", slices.Concat([]string{verb}, args)...)
}

// asksForPRET reports whether a passive way was refused for want of a PRET,
// which is sent from then on.
func (l *learned) asksForPRET(err error) bool {
	if l.quirks.WantsPRET || !refused(err) || !strings.Contains(err.Error(), "PRET") {
		return false
	}
	l.quirks.WantsPRET, l.quirks.ClosesAhead = true, true
	return true
}

// announce sends the PRET of one side of a copy, where the server wants it.
func (a *fxpSide) announce(ctx context.Context) error {
	if !a.s.quirks.WantsPRET {
		return nil
	}
	_, err := a.c.sendAll(announcement(a.verb, []string{wirePath(a.name)}))[0].Expect(ctx, 2)
	if notKnown(err) {
		return nil
	}
	return a.orElse("does not listen", err)
}
