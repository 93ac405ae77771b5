package teach

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// captureComment stands in each capture that ftpsh writes, where Wireshark shows it.
const captureComment = "Made by ftpsh from its recording, not captured: the packets are synthetic, what travelled inside TLS stands here in clear, " +
	"passwords are masked, and of files there is the beginning at most."

// writePcap writes a recording as a capture for Wireshark and tshark (pcapng).
func writePcap(w io.Writer, events []*Event, _ Style) error {
	section := pcapgo.NgWriterOptions{SectionInfo: pcapgo.NgSectionInfo{Application: "ftpsh", Comment: captureComment}}
	out, err := pcapgo.NewNgWriterInterface(w, pcapgo.NgInterface{Name: "ftpsh", Comment: captureComment, LinkType: layers.LinkTypeRaw,
		TimestampResolution: 9}, section)
	if err != nil {
		return err
	}
	p := &packets{out: out, begun: time.Unix(0, 0), flows: map[string]*flow{}}
	for _, e := range events {
		if begun, err := time.Parse(time.RFC3339, e.UTC); e.Ev == TraceStart && err == nil {
			p.begun = begun
		}
		if err := p.event(e); err != nil {
			return err
		}
	}
	for _, f := range p.flows {
		if err := p.finish(f, f.last); err != nil {
			return err
		}
	}
	return out.Flush()
}

// packets writes TCP connections as packets.
type packets struct {
	out   *pcapgo.NgWriter
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

func (p *packets) event(e *Event) error {
	at := p.begun.Add(time.Duration(e.T * float64(time.Second)))
	switch e.Ev {
	case TCPConnect, TCPAccept:
		return p.open(e, at)
	case Sent:
		return p.say(e.Conn, true, []byte(e.Line+"\r\n"), at)
	case Replied:
		return p.say(e.Conn, false, []byte(strings.Join(e.Lines, "\r\n")+"\r\n"), at)
	case DataEnd:
		return p.say(e.Conn, e.Dir == ">", e.head, at)
	case Closed:
		if f := p.flows[e.Conn]; f != nil {
			delete(p.flows, e.Conn)
			return p.finish(f, at)
		}
	}
	return nil
}

// open writes the handshake of TCP.
func (p *packets) open(e *Event, at time.Time) error {
	local, err1 := netip.ParseAddrPort(e.Local)
	remote, err2 := netip.ParseAddrPort(e.Remote)
	if err1 != nil || err2 != nil {
		return nil // a name, or nothing: there is no packet without addresses
	}
	f := &flow{client: local, server: remote, ours: true, last: at}
	if e.Ev == TCPAccept {
		f.client, f.server, f.ours = remote, local, false
	}
	p.flows[e.Conn] = f
	for _, step := range []struct {
		fromClient bool
		tcp        layers.TCP
	}{{true, layers.TCP{SYN: true}}, {false, layers.TCP{SYN: true, ACK: true}}, {true, layers.TCP{ACK: true}}} {
		if err := p.packet(f, step.fromClient, step.tcp, nil, at); err != nil {
			return err
		}
	}
	return nil
}

// mostInPacket is how much a packet carries; the header of IPv6 and TCP come to it.
const mostInPacket = 1400

// say writes what one side said.
func (p *packets) say(conn string, ours bool, text []byte, at time.Time) error {
	f := p.flows[conn]
	if f == nil {
		return nil // its beginning is no longer kept
	}
	for len(text) > 0 {
		part := text[:min(len(text), mostInPacket)]
		text = text[len(part):]
		if err := p.packet(f, ours == f.ours, layers.TCP{ACK: true, PSH: true}, part, at); err != nil {
			return err
		}
	}
	return nil
}

func (p *packets) finish(f *flow, at time.Time) error {
	for _, fromClient := range []bool{true, false} {
		if err := p.packet(f, fromClient, layers.TCP{ACK: true, FIN: true}, nil, at); err != nil {
			return err
		}
	}
	return p.packet(f, true, layers.TCP{ACK: true}, nil, at)
}

// packet writes one packet and counts its bytes.
func (p *packets) packet(f *flow, fromClient bool, tcp layers.TCP, payload []byte, at time.Time) error {
	from, to, me, other := f.client, f.server, 0, 1
	if !fromClient {
		from, to, me, other = f.server, f.client, 1, 0
	}
	f.last = at
	tcp.SrcPort, tcp.DstPort, tcp.Window = layers.TCPPort(from.Port()), layers.TCPPort(to.Port()), 65535
	tcp.Seq = f.sent[me]
	if tcp.ACK {
		tcp.Ack = f.sent[other]
	}
	f.sent[me] += uint32(len(payload))
	if tcp.SYN || tcp.FIN {
		f.sent[me]++
	}
	buffer := gopacket.NewSerializeBuffer()
	options := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	var ip gopacket.SerializableLayer
	if from.Addr().Unmap().Is4() {
		v4 := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: net.IP(from.Addr().Unmap().AsSlice()), DstIP: net.IP(to.Addr().Unmap().AsSlice())}
		_ = tcp.SetNetworkLayerForChecksum(v4)
		ip = v4
	} else {
		v6 := &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolTCP, SrcIP: net.IP(from.Addr().AsSlice()), DstIP: net.IP(to.Addr().AsSlice())}
		_ = tcp.SetNetworkLayerForChecksum(v6)
		ip = v6
	}
	if err := gopacket.SerializeLayers(buffer, options, ip, &tcp, gopacket.Payload(payload)); err != nil {
		return err
	}
	data := buffer.Bytes()
	return p.out.WritePacket(gopacket.CaptureInfo{Timestamp: at, CaptureLength: len(data), Length: len(data)}, data)
}

// capture is what pcapgo reads, of either format.
type capture interface {
	gopacket.PacketDataSource
	LinkType() layers.LinkType
}

// openCapture tells pcapng from pcap by the first bytes; ok is false for what is neither.
func openCapture(in *bufio.Reader) (c capture, ok bool, err error) {
	magic, _ := in.Peek(4)
	switch fmt.Sprintf("%x", magic) {
	case "0a0d0d0a":
		c, err = pcapgo.NewNgReader(in, pcapgo.DefaultNgReaderOptions)
		return c, true, err
	case "a1b2c3d4", "d4c3b2a1", "a1b23c4d", "4d3cb2a1":
		c, err = pcapgo.NewReader(in)
		return c, true, err
	}
	return nil, false, nil
}
