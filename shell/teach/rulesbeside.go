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
	out := &Reading{
		Headline: "the connection was gone before",
		Facts:    []Fact{{"before", e.Text}},
		Cause:    "The server, or something on the way, had ended the connection. ftpsh connected again, logged in and went on in the same directory.",
	}
	if holds(e.Text, "421") {
		out.Headline = "the server had hung up before"
		out.Cause = "421 ends the connection; most servers say so after a silence. ftpsh connected again, logged in and went on in the same directory."
		out.Try = []Advice{{"set keepalive 1m", "says something before the server loses patience"}}
	}
	return out
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
	return &Reading{
		Headline: "the data connection stayed open",
		Facts:    []Fact{r.said(done), {"waited", span((end.T-done.T)*1000) + " for the end of the data connection"}},
		Cause: "The server says that the transfer is complete and leaves the data connection open. In FTP its end is the end of the file (RFC 959, 3.4); " +
			"other clients wait for ever.",
		Try: []Advice{{"", "tell the server's administrator: close the data connection after the last byte"}},
	}
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
	return &Reading{
		Headline: "no 150 came before the data",
		Facts:    []Fact{r.said(done)},
		Cause:    "A transfer has two replies: 150 when it begins and 226 at its end. The first was missing. ftpsh manages; clients that wait for it stand still.",
		Try:      []Advice{{"explain 150", "what it is for"}, {"", "tell the server's administrator, or look what on the way swallows replies"}},
	}
}

// namedElsewhere is a 227 with an address that ftpsh did not believe.
func namedElsewhere(r *reader) *Reading {
	e := r.last(func(e *Event) bool { return e.Ev == Noted && strings.HasPrefix(e.Key, "pasv.address.") })
	if e == nil {
		return nil
	}
	return &Reading{
		Headline: "PASV named another address",
		Facts:    []Fact{{"offered", e.Offered}, {"you use", address(r.control()) + " for the control connection"}},
		Cause: "Most likely the server sits behind a router and announces its inside address. ftpsh went to the address of the control connection in its place; " +
			"other clients wait for nothing.",
		Try: []Advice{{"", "tell the server's administrator: passive address"}},
	}
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
	return &Reading{
		Headline: "the listing is in no known form",
		Facts:    []Fact{{"asked", asked.Line}, {"came", strings.TrimSpace(string(text))}},
		Cause:    "There are lines in it that ftpsh does not understand: it shows them as they are, and takes them for names.",
		Try:      []Advice{{"raw", "PASV, LIST and .data show the lines as they come"}, {"doctor", "counts them"}},
	}
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
	return &Reading{
		Headline: "the server is slow",
		Facts:    []Fact{{"slowest", span(slowest.MS) + ": " + slowest.firstLine() + r.answering(slowest)}},
		Cause:    "A command that moves no data is answered within a moment, as a rule. The server looks up names, or it is busy, or the way is long.",
		Try:      []Advice{{"doctor", "measures it"}, {"", "tell the server's administrator: reverse DNS and ident look-ups are the usual causes"}},
	}
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
	return &Reading{
		Headline: "the server has no MLSD",
		Facts:    []Fact{{"asked", e.Line}, {"features", fmt.Sprintf("%d, no MLST among them", len(r.features))}},
		Cause:    "LIST is meant for people: times are coarse and in the server's zone, and where names begin is guessed.",
		Try:      []Advice{{"explain MLSD", "what it is better at"}},
	}
}
