package teach

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/render"
)

// Reading is what a recorded operation most likely means.
type Reading struct {
	Headline string   `json:"headline"`
	Facts    []Fact   `json:"facts,omitempty"`
	Cause    string   `json:"cause,omitempty"`
	Try      []Advice `json:"try,omitempty"`
	Rule     string   `json:"rule,omitempty"`   // a stable name for the cause
	Beside   string   `json:"beside,omitempty"` // what was wrong although it went well
}

// Fact is something that the events show.
type Fact struct {
	Name string `json:"name"`
	Says string `json:"says"`
}

// Advice is something to type or to do, and why. Type is "" where nothing in
// ftpsh helps.
type Advice struct {
	Type string `json:"type,omitempty"`
	Why  string `json:"why"`
}

// reader has all that the rules look at.
type reader struct {
	Operation
	events   []*Event
	features client.Features
}

// rule is one way to read an operation. Fits returns nil when it does not.
type rule struct {
	name string
	fits func(*reader) *Reading
}

// reads is what a rule says, of Readings, about facts.
func reads(name string, facts ...Fact) *Reading {
	out := Readings()[slices.IndexFunc(Readings(), func(r Reading) bool { return r.Rule == name })]
	out.Facts = facts
	return &out
}

// ReadOperation says what an operation means, by rules over its events. The
// first rule that fits counts.
func ReadOperation(o Operation, events []*Event, features client.Features) Reading {
	r := &reader{o, events, features}
	if o.Ended && o.OK {
		return r.success()
	}
	for _, rule := range rules {
		if found := rule.fits(r); found != nil {
			found.Rule = rule.name
			found.Headline = render.Safe(r.name()) + ": " + found.Headline
			return *found
		}
	}
	return Reading{
		Rule: "unknown", Headline: render.Safe(r.name()) + ": the server did its part",
		Cause: "Nothing on the wire failed: what went wrong happened on this computer, or the line asked for something impossible.",
		Try:   []Advice{{"ladder", "what was said"}},
	}
}

// ours are the rules whose cause is a line that was typed, or this computer.
var ours = []string{"unknown", "interrupted", "no-such-name", "denied", "data-not-arranged", "unknown-command", "rest-ascii", "size-ascii"}

// mostSeen is how many faults of the past are worth telling.
const mostSeen = 3

// Lately reads what went wrong on a control connection to a server, the last first, each fault once.
func Lately(events []*Event, remote string, features client.Features) (seen []Reading) {
	for _, o := range slices.Backward(Operations(events)) {
		if _, at := Ends(events, "C", o.Events[len(o.Events)-1].Seq); at != remote || len(seen) == mostSeen {
			break
		}
		r := ReadOperation(o, events, features)
		same := slices.ContainsFunc(seen, func(s Reading) bool { return s.Rule == r.Rule && s.Beside == r.Beside })
		if slices.Contains(ours, r.Rule) || r.Rule == "ok" && r.Beside == "" || same || strings.HasPrefix(o.Cmd, "doctor") {
			continue
		}
		seen = append(seen, r)
	}
	return seen
}

// name is the command of the operation.
func (r *reader) name() string {
	name, _, _ := strings.Cut(r.Cmd, " ")
	return cmp.Or(name, "the last command")
}

// Lines is the reading as a page.
func (out Reading) Lines() []string {
	parts := []part{{lines: []string{Style{}.cut(out.Headline, textWidth)}}}
	var facts []string
	for _, f := range out.Facts {
		facts = append(facts, labelled(f.Name, f.Says)...)
	}
	parts = append(parts, part{lines: facts, blank: true, worth: 2}, part{lines: paragraph(out.Cause), blank: true})
	var try []string
	for i, text := range advised(out.Try) {
		try = append(try, Style{}.cut(fmt.Sprintf("  %d. %s", i+1, text), textWidth))
	}
	return page(append(parts, part{lines: try, blank: true}))
}

// advised is advice in lines, with what can be typed in a column of its own.
func advised(all []Advice) []string {
	column := 0
	for _, a := range all {
		column = max(column, render.Width(a.Type))
	}
	var lines []string
	for _, a := range all {
		text := a.Why
		if a.Type != "" {
			text = render.Pad(a.Type, column, false) + "   " + a.Why
		}
		lines = append(lines, text)
	}
	return lines
}

// success sums up an operation that went well.
func (r *reader) success() Reading {
	out := Reading{Rule: "ok", Headline: well}
	commands, replies := 0, 0
	for _, e := range r.Events {
		switch e.Ev {
		case Sent:
			commands++
		case Replied:
			replies++
		case DataEnd:
			out.Facts = append(out.Facts, Fact{e.Conn, dataWords(e)})
		case TLSOK:
			out.Facts = append(out.Facts, Fact{e.Conn, factWords(e, "->")})
		case Noted:
			out.Facts = append(out.Facts, Fact{"note", factWords(e, "->")})
		}
		if e.Failed() && e.Ev == Replied {
			out.Facts = append(out.Facts, Fact{"refused", e.firstLine() + r.answering(e)})
		}
	}
	out.Facts = append([]Fact{{"sent", fmt.Sprintf("%d commands, %d replies, %s", commands, replies, span((r.End-r.Begin)*1000))}}, out.Facts...)
	if r.Find(func(e *Event) bool { return e.Ev == Replied && e.Failed() }) != nil {
		out.Cause = "What the server refused was not needed: there was another way, or it was a question."
	}
	out.Try = []Advice{{"ladder", "see all of it"}}
	out.mention(r, mishaps, " in the end (at first: ")
	if out.Beside == "" {
		out.mention(r, besides, " (but: ")
	}
	out.Headline = render.Safe(r.name()) + out.Headline
	return out
}

// mention adds the first fault that fits.
func (out *Reading) mention(r *reader, rules []func(*reader) *Reading, how string) {
	for _, rule := range rules {
		if found := rule(r); found != nil {
			out.Headline += how + found.Headline + ")"
			out.Beside = found.Headline
			out.Facts, out.Cause = append(found.Facts, out.Facts...), found.Cause
			out.Try = append(out.Try, found.Try...)
			return
		}
	}
}

// well is what is said of an operation without a fault.
const well = ": it went well"

// answering is " (to RETR a.txt)" for a reply.
func (r *reader) answering(reply *Event) string {
	if sent := r.command(reply); sent != nil {
		return " (to " + sent.Line + ")"
	}
	return ""
}

// refusal is the last failing reply that answers one of the verbs, or any.
func (r *reader) refusal(verbs ...string) *Event {
	return r.last(func(e *Event) bool {
		return e.Ev == Replied && e.Failed() && (len(verbs) == 0 || slices.Contains(verbs, r.verb(e)))
	})
}

// verb is the verb that a reply answers.
func (r *reader) verb(reply *Event) string {
	if reply.Verb != "" {
		return reply.Verb
	}
	if sent := r.command(reply); sent != nil {
		return sent.Verb
	}
	return ""
}

// said are the server's words as a fact.
func (r *reader) said(e *Event) Fact { return Fact{"server", e.firstLine() + r.answering(e)} }

// failure is the last event of a kind that failed, on a control or on a data
// connection.
func (r *reader) failure(kind Kind, data bool) *Event {
	return r.last(func(e *Event) bool { return e.Ev == kind && e.Failed() && e.IsData() == data })
}

// fails reports whether the operation ended with one of the keys.
func (r *reader) fails(keys ...string) bool { return slices.Contains(keys, r.Error) }

// control is the server's address of the control connection.
func (r *reader) control() string {
	_, remote := Ends(r.events, "C", r.Events[len(r.Events)-1].Seq)
	return remote
}

// arranged is how a data connection was asked for that failed.
func (r *reader) arranged(failed *Event) *Event {
	return r.last(func(e *Event) bool {
		return e.Ev == Sent && e.Seq < failed.Seq && slices.Contains([]string{"EPSV", "PASV", "EPRT", "PORT", "LPSV"}, e.Verb)
	})
}

// reused reports whether the data connection had the TLS session of the control
// connection; ok is false when there was no TLS.
func (r *reader) reused() (reused, ok bool) {
	e := r.last(func(e *Event) bool { return e.Ev == TLSOK && e.IsData() })
	if e == nil {
		return false, false
	}
	return e.Resumed, true
}

// encrypted reports whether the commands travelled inside TLS.
func (r *reader) encrypted() bool {
	e := r.last(func(e *Event) bool { return e.Ev == Sent })
	return e != nil && e.Enc
}

// holds reports whether a text has one of the words, whatever their case.
func holds(text string, words ...string) bool {
	text = strings.ToLower(text)
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// address is "10.0.0.5 port 21".
func address(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	return host + " port " + port
}
