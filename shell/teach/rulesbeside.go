package teach

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client/listing"
)

// Rules about what went well beside a fault, which ftpsh knew how to take.

// besides are read where an operation went well and met no mishap.
var besides = []func(*reader) *Reading{
	connectedAgain, leftOpen, withoutBegin, namedElsewhere, oddListing, slowServer, withoutEPSV, withoutMLSD,
}

// connectedAgain is a control connection that was gone before the command.
func connectedAgain(r *reader) *Reading {
	e := r.last(func(e *Event) bool { return e.Ev == Noted && e.Key == "reconnect" })
	if e == nil {
		return nil
	}
	if holds(e.Text, "421") {
		return reads("hung-up-before", Fact{"before", e.Text})
	}
	return reads("gone-before", Fact{"before", e.Text})
}

// long is a wait that somebody who looks on notices, in milliseconds.
const long = 1000

// leftOpen is a data connection that had no end when the server said that the transfer was complete.
func leftOpen(r *reader) *Reading {
	done := r.last(func(e *Event) bool {
		return e.Ev == Replied && e.Final && (e.Code == "226" || e.Code == "250") && slices.Contains(dataCommands, r.verb(e))
	})
	end := r.last(func(e *Event) bool { return e.Ev == DataEnd && e.Dir == "<" })
	if done == nil || end == nil || (end.T-done.T)*1000 < long {
		return nil
	}
	return reads("left-open", r.said(done), Fact{"waited", span((end.T-done.T)*1000) + " for the end of the data connection"})
}

// withoutBegin is a transfer that the server did not announce with a 1yz reply.
func withoutBegin(r *reader) *Reading {
	done := r.last(func(e *Event) bool {
		return e.Ev == Replied && e.Final && e.Code[0] == '2' && slices.Contains(dataCommands, r.verb(e))
	})
	if done == nil {
		return nil
	}
	if r.Find(func(e *Event) bool {
		return e.Ev == Replied && e.Code[0] == '1' && slices.Contains(dataCommands, r.verb(e))
	}) != nil {
		return nil
	}
	return reads("without-begin", r.said(done))
}

// namedElsewhere is a 227 with an address that ftpsh did not believe.
func namedElsewhere(r *reader) *Reading {
	e := r.last(func(e *Event) bool { return e.Ev == Noted && strings.HasPrefix(e.Key, "pasv.address.") })
	if e == nil {
		return nil
	}
	return reads("named-elsewhere", Fact{"offered", e.Offered}, Fact{"you use", address(r.control()) + " for the control connection"})
}

// oddListing is a listing whose lines are in no known form, as far as its beginning shows.
func oddListing(r *reader) *Reading {
	asked := r.last(func(e *Event) bool { return e.Ev == Sent && (e.Verb == "MLSD" || e.Verb == "LIST") })
	end := r.last(func(e *Event) bool { return e.Ev == DataEnd && e.Type == "listing" })
	if asked == nil || end == nil {
		return nil
	}
	text := end.head[:bytes.LastIndexByte(end.head, '\n')+1]
	form := listing.Detect
	if asked.Verb == "MLSD" {
		form = listing.MLSx
	}
	if measure(text, form).odd == 0 {
		return nil
	}
	return reads("odd-listing", Fact{"asked", asked.Line}, Fact{"came", strings.TrimSpace(string(text))})
}

// slowServer is a reply that was long in coming.
func slowServer(r *reader) *Reading {
	var slowest *Event
	for _, e := range r.Events {
		if e.Ev == Replied && e.MS >= long && !slices.Contains(dataCommands, r.verb(e)) && (slowest == nil || e.MS > slowest.MS) {
			slowest = e
		}
	}
	if slowest == nil {
		return nil
	}
	return reads("slow-server", Fact{"slowest", span(slowest.MS) + ": " + slowest.firstLine() + r.answering(slowest)})
}

// withoutEPSV is a server that is older than its extension.
func withoutEPSV(r *reader) *Reading {
	e := r.refusal("EPSV", "EPRT")
	if e == nil || e.Code[0] != '5' {
		return nil
	}
	return &Reading{
		Headline: "the server does not know " + r.verb(e),
		Facts:    []Fact{r.said(e)},
		Cause:    "PASV and PORT are older than it and have room for IPv4 addresses only; behind translated addresses they often name the wrong one.",
		Try:      []Advice{{"set epsv4 off", "does not ask for it any more"}, {"explain EPSV", "what it is better at"}},
	}
}

// withoutMLSD is a listing for people, since the server has none for programs.
func withoutMLSD(r *reader) *Reading {
	e := r.last(func(e *Event) bool { return e.Ev == Sent && e.Verb == "LIST" && e.Src != "user" })
	if e == nil || len(r.features) == 0 || r.features.Has("MLST") || r.features.Has("MLSD") {
		return nil
	}
	return reads("without-mlsd", Fact{"asked", e.Line}, Fact{"features", fmt.Sprintf("%d, no MLST among them", len(r.features))})
}
