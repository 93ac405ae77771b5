package teach

import (
	"io"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// captureComment stands in each capture that ftpsh writes, where Wireshark shows it.
const captureComment = "Made by ftpsh from its recording, not captured: the packets are synthetic, what travelled inside TLS stands here in the clear, " +
	"passwords are masked, and of files there is the beginning at most."

// writePcap writes a recording as a capture for Wireshark and tshark (pcapng).
func writePcap(w io.Writer, events []*Event, _ Style) error {
	p := &packets{out: newPcapngWriter(w, "ftpsh", captureComment), begun: time.Unix(0, 0), flows: map[string]*flow{}}
	for _, e := range events {
		if begun, err := time.Parse(time.RFC3339, e.UTC); e.Ev == TraceStart && err == nil {
			p.begun = begun
		}
		p.event(e)
	}
	for _, name := range slices.Sorted(maps.Keys(p.flows)) {
		p.finish(p.flows[name], p.flows[name].last)
	}
	return p.out.flush()
}

// packets writes TCP connections as packets.
type packets struct {
	out   *pcapngWriter
	begun time.Time
	flows map[string]*flow // by the name of the connection
}

// flow is a TCP connection: two ends, and how many bytes each has sent.
type flow struct {
	client, server netip.AddrPort // the client is who connects
	ours           bool           // ftpsh is the client
	sent           [2]uint32      // by the client, by the server
	last           time.Time
}

func (p *packets) event(e *Event) {
	at := p.begun.Add(time.Duration(e.T * float64(time.Second)))
	switch e.Ev {
	case TCPConnect, TCPAccept:
		p.open(e, at)
	case Sent:
		p.say(e.Conn, true, []byte(e.Line+"\r\n"), at)
	case Replied:
		p.say(e.Conn, false, []byte(strings.Join(e.Lines, "\r\n")+"\r\n"), at)
	case DataEnd:
		p.say(e.Conn, e.Dir == ">", e.head, at)
	case Closed:
		if f := p.flows[e.Conn]; f != nil {
			delete(p.flows, e.Conn)
			p.finish(f, at)
		}
	}
}

// open writes the handshake of TCP.
func (p *packets) open(e *Event, at time.Time) {
	local, err1 := netip.ParseAddrPort(e.Local)
	remote, err2 := netip.ParseAddrPort(e.Remote)
	if err1 != nil || err2 != nil {
		return // a name, or nothing: there is no packet without addresses
	}
	f := &flow{client: local, server: remote, ours: true, last: at}
	if e.Ev == TCPAccept {
		f.client, f.server, f.ours = remote, local, false
	}
	p.flows[e.Conn] = f
	p.packet(f, true, flagSYN, nil, at)
	p.packet(f, false, flagSYN|flagACK, nil, at)
	p.packet(f, true, flagACK, nil, at)
}

// mostInPacket is how much a packet carries; the header of IPv6 and TCP come to it.
const mostInPacket = 1400

// say writes what one side said.
func (p *packets) say(conn string, ours bool, text []byte, at time.Time) {
	f := p.flows[conn]
	if f == nil {
		return // its beginning is no longer kept
	}
	for part := range slices.Chunk(text, mostInPacket) {
		p.packet(f, ours == f.ours, flagACK|flagPSH, part, at)
	}
}

func (p *packets) finish(f *flow, at time.Time) {
	p.packet(f, true, flagACK|flagFIN, nil, at)
	p.packet(f, false, flagACK|flagFIN, nil, at)
	p.packet(f, true, flagACK, nil, at)
}

// packet writes one packet and counts its bytes.
func (p *packets) packet(f *flow, fromClient bool, flags byte, payload []byte, at time.Time) {
	s := segment{from: f.client, to: f.server, flags: flags, payload: payload}
	me, other := 0, 1
	if !fromClient {
		s.from, s.to, me, other = f.server, f.client, 1, 0
	}
	s.seq = f.sent[me]
	if flags&flagACK != 0 {
		s.ack = f.sent[other]
	}
	f.last = at
	f.sent[me] += uint32(len(payload))
	if flags&(flagSYN|flagFIN) != 0 {
		f.sent[me]++
	}
	p.out.frame(at, s.encode())
}
