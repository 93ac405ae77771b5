package teach

import (
	"slices"
	"sort"
	"strings"
)

// Operation is what one command of the shell did on the wire.
type Operation struct {
	Number int
	Cmd    string // as typed; "" when its beginning is no longer kept
	Ended  bool
	OK     bool
	Error  string   // the key of its failure
	Events []*Event // without its start and end
	Begin  float64  // seconds
	End    float64
}

// Operations groups events by the commands that caused them. Commands that did
// nothing on the wire are left out, and so is what happened outside any.
func Operations(events []*Event) []Operation {
	byNumber := map[int]*Operation{}
	for _, e := range events {
		if e.Op == 0 {
			continue
		}
		o := byNumber[e.Op]
		if o == nil {
			o = &Operation{Number: e.Op, Begin: e.T}
			byNumber[e.Op] = o
		}
		switch o.End = max(o.End, e.T); e.Ev {
		case OpStart:
			o.Cmd, o.Begin = e.Cmd, e.T
		case OpEnd:
			o.Ended, o.OK, o.Error = true, e.OK, e.Error
		default:
			o.Events = append(o.Events, e)
		}
	}
	var all []Operation
	for _, o := range byNumber {
		if len(o.Events) > 0 {
			all = append(all, *o)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Number < all[j].Number })
	return all
}

// Find returns the first event that fits, or nil.
func (o *Operation) Find(fits func(*Event) bool) *Event {
	for _, e := range o.Events {
		if fits(e) {
			return e
		}
	}
	return nil
}

// last returns the last event that fits, or nil.
func (o *Operation) last(fits func(*Event) bool) *Event {
	for _, e := range slices.Backward(o.Events) {
		if fits(e) {
			return e
		}
	}
	return nil
}

// reply returns the first reply with one of the codes, or nil.
func (o *Operation) reply(codes ...string) *Event {
	return o.Find(func(e *Event) bool { return e.Ev == Replied && slices.Contains(codes, e.Code) })
}

// command returns the command that a reply answers, or nil.
func (o *Operation) command(reply *Event) *Event {
	return o.Find(func(e *Event) bool { return e.Ev == Sent && e.Seq == reply.To })
}

// lineFor is the command that a reply answers; "" of any other event.
func (o *Operation) lineFor(e *Event) string {
	if sent := o.command(e); sent != nil {
		return sent.Line
	}
	return ""
}

// row is an event as the tables in saved pages have it.
type row struct {
	*Event
	ms         float64 // since the operation began
	what, took string
}

// rows are the events that are worth a row.
func (o *Operation) rows(s Style) (rows []row) {
	p := Printer{Style: s}
	for _, e := range o.Events {
		mark, text := p.say(e)
		if text == "" {
			continue
		}
		took := ""
		if e.MS > 0 {
			took = span(e.MS)
		}
		rows = append(rows, row{e, (e.T - o.Begin) * 1000, strings.TrimSpace(mark) + " " + text, took})
	}
	return rows
}

// Ends returns the addresses of a control connection as they were before an
// event: ours and the server's; "" when they are not known.
func Ends(events []*Event, conn string, before int) (local, remote string) {
	for _, e := range events {
		if e.Seq > before && remote != "" {
			break
		}
		if e.Conn == conn && (e.Ev == TCPConnect || e.Ev == TCPFail) {
			local, remote = e.Local, e.Remote
		}
	}
	return local, remote
}
