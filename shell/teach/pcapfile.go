package teach

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"time"
)

// frame is a packet as it stands in a capture.
type frame struct {
	at   time.Time
	link uint16 // what its first header is: one of the link types
	data []byte
}

// capture gives the packets of a file, one after the other, and io.EOF at its end. The data of a frame holds until the
// next one.
type capture interface {
	next() (frame, error)
}

// mostInFrame is the largest packet that Wireshark writes, too (WTAP_MAX_PACKET_SIZE_STANDARD).
const mostInFrame = 256 << 10

var errNoCapture = errors.New("the capture is damaged")

// openCapture tells pcapng from pcap by the first bytes; ok is false for what is neither.
func openCapture(in *bufio.Reader) (c capture, ok bool, err error) {
	magic, _ := in.Peek(4)
	if bytes.Equal(magic, []byte("\x0a\x0d\x0d\x0a")) {
		return &pcapng{in: in}, true, nil
	}
	for _, order := range []binary.ByteOrder{binary.BigEndian, binary.LittleEndian} {
		if len(magic) < 4 {
			continue
		}
		switch order.Uint32(magic) {
		case 0xa1b2c3d4:
			c, err = openPcap(in, order, time.Microsecond)
			return c, true, err
		case 0xa1b23c4d:
			c, err = openPcap(in, order, time.Nanosecond)
			return c, true, err
		}
	}
	return nil, false, nil
}

// pcap is the classic format of tcpdump (draft-ietf-opsawg-pcap).
type pcap struct {
	in     *bufio.Reader
	order  binary.ByteOrder
	unit   time.Duration // of the second number of a time
	link   uint16
	buffer []byte
}

func openPcap(in *bufio.Reader, order binary.ByteOrder, unit time.Duration) (capture, error) {
	var head [24]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return nil, errNoCapture
	}
	return &pcap{in: in, order: order, unit: unit, link: uint16(order.Uint32(head[20:]))}, nil
}

func (p *pcap) next() (frame, error) {
	var head [16]byte
	if _, err := io.ReadFull(p.in, head[:]); err != nil {
		return frame{}, err
	}
	n := p.order.Uint32(head[8:])
	if n > mostInFrame {
		return frame{}, fmt.Errorf("%w: a packet of %d bytes", errNoCapture, n)
	}
	p.buffer = append(p.buffer[:0], make([]byte, n)...)
	if _, err := io.ReadFull(p.in, p.buffer); err != nil {
		return frame{}, io.ErrUnexpectedEOF
	}
	at := time.Unix(int64(p.order.Uint32(head[0:])), 0).Add(time.Duration(p.order.Uint32(head[4:])) * p.unit)
	return frame{at, p.link, p.buffer}, nil
}

// The blocks of pcapng that matter here (draft-ietf-opsawg-pcapng, section 4), and the options of two of them.
const (
	sectionBlock   = 0x0a0d0d0a
	interfaceBlock = 1
	oldPacketBlock = 2
	simpleBlock    = 3
	packetBlock    = 6

	byteOrderMagic = 0x1a2b3c4d

	optionComment     = 1
	optionName        = 2 // of an interface
	optionApplication = 4 // of a section
	optionResolution  = 9 // of the times of an interface
	optionOffset      = 14
)

// mostInBlock bounds what is held of a block; longer ones that are no packets are skipped.
const mostInBlock = mostInFrame + 64<<10

// mostInterfaces bounds a section.
const mostInterfaces = 10_000

// pcapng is the format of Wireshark.
type pcapng struct {
	in         *bufio.Reader
	order      binary.ByteOrder
	interfaces []pcapInterface
	buffer     []byte
}

type pcapInterface struct {
	link    uint16
	longest uint32 // of its packets; 0: any
	second  uint64 // how many units of its times are a second
	offset  int64  // seconds
}

func (p *pcapng) next() (frame, error) {
	for {
		kind, body, err := p.block()
		if err != nil {
			return frame{}, err
		}
		switch {
		case kind == interfaceBlock && len(body) >= 8 && len(p.interfaces) < mostInterfaces:
			p.interfaces = append(p.interfaces, p.describe(body))
		case kind == packetBlock && len(body) >= 20:
			return p.frame(p.order.Uint32(body), body[4:])
		case kind == oldPacketBlock && len(body) >= 20:
			return p.frame(uint32(p.order.Uint16(body)), body[4:])
		case kind == simpleBlock && len(body) >= 4 && len(p.interfaces) > 0:
			i := p.interfaces[0]
			n := min(p.order.Uint32(body), uint32(len(body)-4))
			if i.longest > 0 {
				n = min(n, i.longest)
			}
			return frame{time.Unix(0, 0), i.link, body[4:][:n]}, nil
		}
	}
}

// block reads a block without its lengths. The body of one that is too long to be a packet is empty.
func (p *pcapng) block() (kind uint32, body []byte, err error) {
	head, err := p.in.Peek(12)
	if len(head) == 0 && err == io.EOF {
		return 0, nil, io.EOF
	}
	if err != nil {
		return 0, nil, io.ErrUnexpectedEOF
	}
	// The first block of a section says which byte order the section has; its type reads the same in both.
	if binary.BigEndian.Uint32(head) == sectionBlock {
		p.order, p.interfaces = binary.BigEndian, nil
		if binary.LittleEndian.Uint32(head[8:]) == byteOrderMagic {
			p.order = binary.LittleEndian
		} else if binary.BigEndian.Uint32(head[8:]) != byteOrderMagic {
			return 0, nil, errNoCapture
		}
	}
	kind = p.order.Uint32(head)
	n := p.order.Uint32(head[4:])
	if n < 12 || n%4 != 0 || n > math.MaxInt32 {
		return 0, nil, fmt.Errorf("%w: a block of %d bytes", errNoCapture, n)
	}
	if n > mostInBlock {
		if _, err := p.in.Discard(int(n)); err != nil {
			return 0, nil, io.ErrUnexpectedEOF
		}
		return kind, nil, nil
	}
	p.buffer = append(p.buffer[:0], make([]byte, n)...)
	if _, err := io.ReadFull(p.in, p.buffer); err != nil {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return kind, p.buffer[8 : n-4], nil
}

// describe reads an interface, whose times are microseconds unless it says otherwise.
func (p *pcapng) describe(body []byte) pcapInterface {
	i := pcapInterface{link: p.order.Uint16(body), longest: p.order.Uint32(body[4:]), second: 1_000_000}
	for options := body[8:]; len(options) >= 4; {
		code, n := p.order.Uint16(options), int(p.order.Uint16(options[2:]))
		padded := (n + 3) &^ 3
		if code == 0 || len(options) < 4+padded {
			break
		}
		switch value := options[4:][:n]; {
		case code == optionResolution && n == 1:
			i.second = unitsOfSecond(value[0])
		case code == optionOffset && n == 8:
			i.offset = int64(p.order.Uint64(value))
		}
		options = options[4+padded:]
	}
	return i
}

// unitsOfSecond reads if_tsresol: a negative power of ten, or of two if the first bit is set.
func unitsOfSecond(resolution byte) uint64 {
	power, base := int(resolution&0x7f), uint64(10)
	if resolution&0x80 != 0 {
		base = 2
	}
	units := uint64(1)
	for range power {
		high, low := bits.Mul64(units, base)
		if high != 0 {
			return math.MaxUint64 // finer than a number of 64 bits can count
		}
		units = low
	}
	return units
}

// frame reads what packet blocks have behind the number of the interface: time, lengths, data.
func (p *pcapng) frame(number uint32, body []byte) (frame, error) {
	n := p.order.Uint32(body[8:])
	if int64(number) >= int64(len(p.interfaces)) || int64(n) > int64(len(body)-16) {
		return frame{}, errNoCapture
	}
	i := p.interfaces[number]
	units := uint64(p.order.Uint32(body))<<32 | uint64(p.order.Uint32(body[4:]))
	high, low := bits.Mul64(units%i.second, uint64(time.Second))
	fraction, _ := bits.Div64(high, low, i.second)
	at := time.Unix(int64(units/i.second)+i.offset, int64(fraction))
	return frame{at, i.link, body[16:][:n]}, nil
}

// pcapngWriter writes one section with one interface, in little endian.
type pcapngWriter struct{ out *bufio.Writer }

func newPcapngWriter(w io.Writer, application, comment string) *pcapngWriter {
	p := &pcapngWriter{bufio.NewWriter(w)}
	order := binary.LittleEndian
	section := order.AppendUint32(nil, byteOrderMagic)
	section = order.AppendUint16(section, 1) // the version is 1.0
	section = order.AppendUint16(section, 0)
	section = order.AppendUint64(section, math.MaxUint64) // its length is not known
	section = pcapOption(section, optionComment, comment)
	section = pcapOption(section, optionApplication, application)
	p.block(sectionBlock, pcapOption(section, 0, ""))
	described := order.AppendUint32(nil, linkRaw) // and two reserved bytes
	described = order.AppendUint32(described, 0)  // packets of any length
	described = pcapOption(described, optionComment, comment)
	described = pcapOption(described, optionName, application)
	described = pcapOption(described, optionResolution, "\x09") // nanoseconds
	p.block(interfaceBlock, pcapOption(described, 0, ""))
	return p
}

func pcapOption(body []byte, code uint16, value string) []byte {
	body = binary.LittleEndian.AppendUint16(body, code)
	body = binary.LittleEndian.AppendUint16(body, uint16(len(value)))
	return append(body, value+"\x00\x00\x00"[:-len(value)&3]...)
}

// frame writes a packet.
func (p *pcapngWriter) frame(at time.Time, data []byte) {
	order := binary.LittleEndian
	nanos := uint64(at.UnixNano())
	body := order.AppendUint32(nil, 0) // the interface
	body = order.AppendUint32(body, uint32(nanos>>32))
	body = order.AppendUint32(body, uint32(nanos))
	body = order.AppendUint32(body, uint32(len(data)))
	body = order.AppendUint32(body, uint32(len(data)))
	body = append(body, data...)
	p.block(packetBlock, append(body, make([]byte, -len(data)&3)...))
}

// block writes a block; errors are kept by the buffer, for flush.
func (p *pcapngWriter) block(kind uint32, body []byte) {
	order := binary.LittleEndian
	head := order.AppendUint32(nil, kind)
	head = order.AppendUint32(head, uint32(len(body)+12))
	_, _ = p.out.Write(head)
	_, _ = p.out.Write(body)
	_, _ = p.out.Write(head[4:])
}

func (p *pcapngWriter) flush() error { return p.out.Flush() }
