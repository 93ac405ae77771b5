package practice

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
)

// maxLine bounds a command. Real servers take from 512 bytes to 9 KiB.
const maxLine = 4096

// Telnet commands that clients put before ABOR (RFC 959, 4.1.3; RFC 854).
const (
	telnetIAC  = 0xff
	telnetWill = 0xfb
	telnetDont = 0xfe
	telnetLow  = 0xf0 // the lowest command
	telnetMark = "\xf2"
)

// reply is one reply with all its lines and their ends.
type reply struct {
	code int
	text string
}

// final is false for 1yz.
func (r reply) final() bool { return r.code >= 200 }

// parseReply makes a reply of its text.
func parseReply(text string) reply {
	code, _ := strconv.Atoi(text[:min(3, len(text))])
	return reply{code, text}
}

// readReply reads a reply of one line or many (RFC 959, 4.2).
func readReply(in *bufio.Reader) (reply, error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return reply{}, err
	}
	r := parseReply(line)
	if len(line) < 4 || line[3] != '-' {
		return r, nil
	}
	var text strings.Builder
	text.WriteString(line)
	for end := line[:3] + " "; !strings.HasPrefix(line, end); text.WriteString(line) {
		if line, err = in.ReadString('\n'); err != nil {
			return reply{}, err
		}
	}
	r.text = text.String()
	return r, nil
}

// readCommand reads a line of the client without its end and without Telnet commands. A line that is longer than the
// reader's buffer is read to its end and gives bufio.ErrBufferFull.
func readCommand(in *bufio.Reader) (string, error) {
	line, err := in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = in.ReadSlice('\n')
		}
		if err == nil {
			err = bufio.ErrBufferFull
		}
		return "", err
	}
	if err != nil {
		if err == io.EOF && len(line) > 0 {
			err = io.ErrUnexpectedEOF
		}
		return "", err
	}
	text := strings.TrimRight(string(line), "\r\n")
	return stripTelnet(text), nil
}

// stripTelnet takes out Telnet commands; a doubled IAC is the byte FF of a name. The data mark after IAC may be missing,
// or the IAC before it, since one of them travels as urgent data.
func stripTelnet(s string) string {
	if strings.IndexByte(s, telnetIAC) < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != telnetIAC || i+1 == len(s) {
			if s[i] != telnetIAC {
				b.WriteByte(s[i])
			}
			continue
		}
		switch next := s[i+1]; {
		case next == telnetIAC:
			b.WriteByte(telnetIAC)
			i++
		case next >= telnetWill && next <= telnetDont:
			i += 2
		case next >= telnetLow:
			i++
			if strings.HasPrefix(s[i+1:], telnetMark) {
				i++
			}
		}
	}
	return b.String()
}
