package teach

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
)

// readCapture finds the FTP in a capture, as far as it is in the clear.
func readCapture(c capture) ([]*Event, error) {
	found := &streams{open: map[[2]netip.AddrPort]*half{}}
	for n := 0; ; n++ {
		packet, err := c.next()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break // a capture that was cut is read as far as it goes
		}
		if err != nil {
			return nil, fmt.Errorf("packet %d: %w", n+1, err)
		}
		if s, ok := packet.decode(); ok {
			found.add(s)
		}
	}
	r := &captureReader{offers: map[string]bool{}}
	for _, h := range found.all {
		found.flush(h)
	}
	for _, h := range found.all {
		if h.other != nil && isGreeting(h.other) && !isGreeting(h) {
			r.control(h, h.other)
		}
	}
	if len(r.events) == 0 {
		return nil, errors.New("this capture holds no FTP in the clear")
	}
	for _, h := range found.all {
		r.data(h, h.other)
	}
	return r.finish(), nil
}

// isGreeting reports whether a side begins as an FTP server does.
func isGreeting(h *half) bool {
	if len(h.chunks) == 0 {
		return false
	}
	text := string(h.chunks[0].data)
	return len(text) > 3 && slices.Contains([]string{"220", "120", "421"}, text[:3]) && strings.ContainsAny(text[3:4], " -")
}

// captureReader turns connections into events.
type captureReader struct {
	events   []timed
	offers   map[string]bool // where data connections are expected; true: the server connects
	controls int
	datas    int
}

type timed struct {
	at time.Time
	e  Event
}

func (r *captureReader) add(at time.Time, e Event) {
	e.Op = 1
	r.events = append(r.events, timed{at, e})
}

// line is a line that one side said.
type line struct {
	at     time.Time
	number int
	text   string
	client bool
}

func (r *captureReader) control(toServer, toClient *half) {
	r.controls++
	d := capturedDialogue{captureReader: r, conn: "C"}
	if r.controls > 1 {
		d.conn = fmt.Sprintf("C%d", r.controls)
	}
	if !toServer.begun.IsZero() {
		r.add(toServer.begun, Event{Ev: TCPConnect, Conn: d.conn, Local: toServer.from.String(), Remote: toServer.to.String()})
	}
	all := append(linesOf(toServer, true), linesOf(toClient, false)...)
	sort.SliceStable(all, func(i, j int) bool { return all[i].number < all[j].number })
	for _, l := range all {
		if l.client {
			d.sent(l.at, l.text)
		} else if d.heard(l.at, l.text) {
			return
		}
	}
}

// capturedDialogue puts commands and replies together.
type capturedDialogue struct {
	*captureReader
	conn    string
	pending []Event  // commands without a final reply
	reply   []string // lines of one that has not ended
}

func (d *capturedDialogue) sent(at time.Time, line string) {
	verb := Verb(line)
	e := Event{Ev: Sent, Conn: d.conn, Verb: verb, Line: line, Src: "auto"}
	if verb == "PASS" || verb == "ACCT" || verb == "ADAT" {
		e.Line, e.Masked = verb+" ********", true
	}
	d.offer(verb, line, client.Reply{})
	d.add(at, e)
	d.pending = append(d.pending, e)
}

// heard takes a line of a reply. It reports whether that is the last that can be read.
func (d *capturedDialogue) heard(at time.Time, line string) (last bool) {
	if d.reply = append(d.reply, line); !endsReply(d.reply) {
		return false
	}
	reply := d.reply
	d.reply = nil
	e := Event{Ev: Replied, Conn: d.conn, Code: reply[0][:3], Lines: reply, Final: reply[0][0] != '1'}
	code := int(reply[0][0]-'0')*100 + int(reply[0][1]-'0')*10 + int(reply[0][2]-'0')
	if len(d.pending) > 0 {
		e.Verb = d.pending[0].Verb
		d.offer(e.Verb, d.pending[0].Line, client.Reply{Code: code, Lines: reply})
		if e.Final {
			d.pending = d.pending[1:]
		}
	}
	d.add(at, e)
	if e.Code == "234" {
		d.add(at, Event{Ev: Noted, Conn: d.conn, Key: "capture.tls", Text: "from here on the dialogue is inside TLS: a capture cannot tell it"})
	}
	return e.Code == "234"
}

// endsReply reports whether lines are a whole reply (RFC 959, 4.2), and drops what is none.
func endsReply(lines []string) bool {
	first, last := lines[0], lines[len(lines)-1]
	if len(first) < 3 || strings.Trim(first[:3], "0123456789") != "" {
		lines[0] = "000 " + first
		return true
	}
	return len(first) < 4 || first[3] != '-' || len(lines) > 1 && strings.HasPrefix(last, first[:3]+" ")
}

// linesOf are the lines of one side, each with the time at which its end came.
func linesOf(h *half, fromClient bool) (all []line) {
	var rest []byte
	for _, c := range h.chunks {
		rest = append(rest, c.data...)
		for {
			text, behind, found := bytes.Cut(rest, []byte("\n"))
			if !found {
				break
			}
			all = append(all, line{c.at, c.number, strings.TrimRight(string(text), "\r"), fromClient})
			rest = behind
		}
		if len(rest) > maxLine {
			return all
		}
	}
	return all
}

// offer remembers where a data connection will go.
func (r *captureReader) offer(verb, text string, reply client.Reply) {
	switch {
	case verb == "PORT" || verb == "EPRT":
		if addr, ok := OwnAddress(text); ok {
			r.offers[fmt.Sprint(addr.Port)] = true
		}
	case reply.Code == 227 || reply.Code == 229 || reply.Code == 228:
		if _, port, err := client.ParsePassive(reply); err == nil {
			r.offers[fmt.Sprint(port)] = false
		}
	}
}

// data is a connection to a port that was named: what it carried, and which way.
func (r *captureReader) data(h, back *half) {
	active, named := r.offers[fmt.Sprint(h.to.Port())]
	if !named || h.begun.IsZero() {
		return
	}
	r.datas++
	conn := fmt.Sprintf("D%d", r.datas)
	opened := Event{Ev: TCPConnect, Conn: conn, Local: h.from.String(), Remote: h.to.String()}
	if active {
		opened = Event{Ev: TCPAccept, Conn: conn, Local: h.to.String(), Remote: h.from.String()}
	}
	r.add(h.begun, opened)
	size, up, ended := h.size, !active, cmp.Or(h.ended, h.begun)
	if back != nil {
		if back.size > size {
			size, up = back.size, active
		}
		if back.ended.After(ended) {
			ended = back.ended
		}
	}
	dir, by := "<", "peer"
	if up {
		dir, by = ">", "us"
	}
	r.add(ended, Event{Ev: DataEnd, Conn: conn, Dir: dir, Bytes: size, EOF: "close", Type: "data", MS: millis(ended.Sub(h.begun))})
	r.add(ended, Event{Ev: Closed, Conn: conn, By: by})
}

// finish brings the events into their order and numbers them.
func (r *captureReader) finish() []*Event {
	sort.SliceStable(r.events, func(i, j int) bool { return r.events[i].at.Before(r.events[j].at) })
	begun := r.events[0].at
	events := []*Event{
		{Seq: 1, Ev: TraceStart, Tool: "capture", UTC: begun.UTC().Format(time.RFC3339)},
		{Seq: 2, Ev: OpStart, Op: 1, Cmd: "what the capture holds"},
	}
	last := 0.0
	asked := map[string][]int{}
	for _, t := range r.events {
		e := t.e
		e.Seq, e.T = len(events)+1, micro(t.at.Sub(begun))
		switch {
		case e.Ev == Sent:
			asked[e.Conn] = append(asked[e.Conn], e.Seq)
		case e.Ev == Replied && len(asked[e.Conn]) > 0 && e.Verb != "":
			if e.To = asked[e.Conn][0]; e.Final {
				asked[e.Conn] = asked[e.Conn][1:]
			}
		}
		last = e.T
		events = append(events, &e)
	}
	return append(events, &Event{Seq: len(events) + 1, T: last, Ev: OpEnd, Op: 1, OK: true})
}
