package teach

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// The link types of captures that can hold IP (tcpdump.org/linktypes.html).
const (
	linkNull     = 0 // BSD's loopback: the family of addresses, in either byte order
	linkEthernet = 1
	linkRawBSD   = 12
	linkRawOther = 14
	linkRaw      = 101
	linkLoop     = 108
	linkSLL      = 113 // tcpdump -i any
	linkIPv4     = 228
	linkIPv6     = 229
	linkSLL2     = 276
)

// What stands in headers.
const (
	typeVLAN = 0x8100
	typeQinQ = 0x88a8

	protocolTCP = 6

	flagFIN = 1
	flagSYN = 2
	flagRST = 4
	flagPSH = 8
	flagACK = 16
)

// segment is what matters of a TCP packet.
type segment struct {
	at       time.Time
	number   int // of those that the capture holds
	from, to netip.AddrPort
	seq, ack uint32
	flags    byte
	size     int    // of its payload
	payload  []byte // shorter than size where the capture kept only the beginning of packets
}

// decode finds the TCP in a frame.
func (f frame) decode() (s segment, ok bool) {
	s.at = f.at
	return s, s.ip(f.network())
}

// network is the frame without the header of its link; nil for links that are not known.
func (f frame) network() []byte {
	skip := 0
	switch f.link {
	case linkRaw, linkRawBSD, linkRawOther, linkIPv4, linkIPv6:
	case linkNull, linkLoop:
		skip = 4
	case linkSLL:
		skip = 16
	case linkSLL2:
		skip = 20
	case linkEthernet:
		skip = 14
		for len(f.data) >= skip+4 {
			kind := binary.BigEndian.Uint16(f.data[skip-2:])
			if kind != typeVLAN && kind != typeQinQ {
				break
			}
			skip += 4
		}
	default:
		return nil
	}
	if len(f.data) < skip {
		return nil
	}
	return f.data[skip:]
}

// ip reads the header of IPv4 (RFC 791) or IPv6 (RFC 8200), whichever the first bits say.
func (s *segment) ip(b []byte) bool {
	switch {
	case len(b) >= 20 && b[0]>>4 == 4:
		head, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
		if total == 0 {
			total = len(b) // the network card was to cut it into packets
		}
		if b[9] != protocolTCP || binary.BigEndian.Uint16(b[6:])&0x1fff != 0 || head < 20 || head > len(b) || head > total {
			return false // not TCP, or a later part of a packet
		}
		from, to := netip.AddrFrom4([4]byte(b[12:])), netip.AddrFrom4([4]byte(b[16:]))
		return s.tcp(from, to, b[head:], total-head)
	case len(b) >= 40 && b[0]>>4 == 6:
		if b[6] != protocolTCP {
			return false // further headers come between for packets in parts and the like
		}
		size := int(binary.BigEndian.Uint16(b[4:]))
		if size == 0 {
			size = len(b) - 40
		}
		return s.tcp(netip.AddrFrom16([16]byte(b[8:])), netip.AddrFrom16([16]byte(b[24:])), b[40:], size)
	}
	return false
}

// tcp reads the header of TCP (RFC 9293, 3.1) in size bytes, of which b may hold fewer, or more: small frames are padded.
func (s *segment) tcp(from, to netip.Addr, b []byte, size int) bool {
	b = b[:min(len(b), size)]
	if len(b) < 20 {
		return false
	}
	head := int(b[12]>>4) * 4
	if head < 20 || head > len(b) {
		return false
	}
	s.from = netip.AddrPortFrom(from, binary.BigEndian.Uint16(b))
	s.to = netip.AddrPortFrom(to, binary.BigEndian.Uint16(b[2:]))
	s.seq, s.ack, s.flags = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:]), b[13]
	s.size, s.payload = size-head, b[head:]
	return true
}

// encode makes the packet: an IP header, a TCP header and the payload.
func (s *segment) encode() []byte {
	from, to := s.from.Addr().Unmap(), s.to.Addr().Unmap()
	order := binary.BigEndian
	tcp := order.AppendUint16(nil, s.from.Port())
	tcp = order.AppendUint16(tcp, s.to.Port())
	tcp = order.AppendUint32(tcp, s.seq)
	tcp = order.AppendUint32(tcp, s.ack)
	tcp = append(tcp, 5<<4, s.flags, 0xff, 0xff, 0, 0, 0, 0) // 20 bytes of header, a window of 65535
	tcp = append(tcp, s.payload...)

	pseudo := append(from.AsSlice(), to.AsSlice()...) // RFC 9293, 3.1
	pseudo = order.AppendUint32(pseudo, uint32(len(tcp)))
	pseudo = order.AppendUint32(pseudo, protocolTCP)
	order.PutUint16(tcp[16:], checksum(append(pseudo, tcp...)))

	var ip []byte
	if from.Is4() {
		ip = order.AppendUint16([]byte{4<<4 | 5, 0}, uint16(20+len(tcp)))
		ip = append(ip, 0, 0, 0, 0, 64, protocolTCP, 0, 0)
	} else {
		ip = order.AppendUint16([]byte{6 << 4, 0, 0, 0}, uint16(len(tcp)))
		ip = append(ip, protocolTCP, 64)
	}
	ip = append(append(ip, from.AsSlice()...), to.AsSlice()...)
	if from.Is4() {
		order.PutUint16(ip[10:], checksum(ip))
	}
	return append(ip, tcp...)
}

// checksum is that of RFC 1071.
func checksum(b []byte) uint16 {
	var sum uint32
	for i, c := range b {
		sum += uint32(c) << (8 * (1 - i&1))
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
