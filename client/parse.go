package client

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client/listing"
)

// This file reads the values that replies carry in their text.

// ParsePassive reads where a passive server listens, from a 227 (RFC 959), a
// 228 (RFC 1639) or a 229 (RFC 2428) reply; some servers answer EPSV with 227 and
// PASV with 229 or 228. The host is "" where the reply names none.
func ParsePassive(r Reply) (host string, port int, err error) {
	text, ok := r.Text(), false
	switch r.Code {
	case 227:
		host, port, ok = sixNumbersIn(text)
	case 228:
		host, port, ok = longAddress(text)
	case 229:
		host, port, ok = extendedAddress(text)
	}
	if !ok {
		return "", 0, &ProtocolError{Text: r.String(), Reason: "no usable address in the reply", Value: true}
	}
	return host, port, nil
}

// sixNumbersIn finds the first "h1,h2,h3,h4,p1,p2", with or without parentheses
// (RFC 1123 section 4.1.2.6 tells clients to expect both).
func sixNumbersIn(text string) (host string, port int, ok bool) {
	for i := range len(text) {
		if !isDigit(text[i]) || i > 0 && (isDigit(text[i-1]) || text[i-1] == '-' || text[i-1] == ',') {
			continue
		}
		if n, found := sixNumbers(text[i:]); found {
			port = n[4]<<8 | n[5]
			return fmt.Sprintf("%d.%d.%d.%d", n[0], n[1], n[2], n[3]), port, port > 0
		}
	}
	return "", 0, false
}

func sixNumbers(s string) (n [6]int, ok bool) {
	for i := range n {
		if i > 0 {
			if s = strings.TrimLeft(s, " "); !strings.HasPrefix(s, ",") {
				return n, false
			}
			s = strings.TrimLeft(s[1:], " ")
		}
		digits := leadingDigits(s)
		v, err := strconv.Atoi(digits)
		if err != nil || v > 255 {
			return n, false
		}
		n[i], s = v, s[len(digits):]
	}
	return n, !strings.HasPrefix(s, ",")
}

// longAddress finds "family,length,address...,length,port..." (RFC 1639): what
// inetutils answers to LPSV, and to PASV on IPv6. Each number is a byte.
func longAddress(text string) (host string, port int, ok bool) {
	_, text, _ = strings.Cut(text, "(")
	text, _, _ = strings.Cut(text, ")")
	var bytes []byte
	for field := range strings.SplitSeq(text, ",") {
		b, err := strconv.ParseUint(strings.TrimSpace(field), 10, 8)
		if err != nil {
			return "", 0, false
		}
		bytes = append(bytes, byte(b))
	}
	if len(bytes) < 2 || len(bytes) != 2+int(bytes[1])+1+2 || bytes[len(bytes)-3] != 2 {
		return "", 0, false
	}
	addr, known := netip.AddrFromSlice(bytes[2 : len(bytes)-3])
	port = int(bytes[len(bytes)-2])<<8 | int(bytes[len(bytes)-1])
	return addr.String(), port, known && port > 0
}

// extendedAddress finds "<d>[family]<d>[address]<d>port<d>" with any delimiter.
func extendedAddress(text string) (host string, port int, ok bool) {
	for i := range len(text) {
		d := text[i]
		if d <= ' ' || d >= 0x7f || isDigit(d) {
			continue
		}
		fields := strings.SplitN(text[i+1:], string(d), 4)
		if len(fields) < 4 || fields[0] != "" && fields[0] != "1" && fields[0] != "2" {
			continue
		}
		if fields[1] != "" {
			addr, err := netip.ParseAddr(fields[1])
			if err != nil {
				continue
			}
			fields[1] = addr.String()
		}
		if port, ok := parsePort(fields[2]); ok {
			return fields[1], port, true
		}
	}
	return "", 0, false
}

func parsePort(s string) (int, bool) {
	port, err := strconv.Atoi(s)
	return port, err == nil && port > 0 && port < 1<<16 && isDigit(s[0])
}

// ParsePath reads the path of a 257 reply (PWD, MKD; RFC 959 appendix II):
// between quotation marks, with those inside doubled. Servers that do not
// double them, or leave them out, are understood too.
func ParsePath(r Reply) (path string, ok bool) {
	if path, ok = pathIn(r); !ok {
		return "", false
	}
	return path, true
}

func pathIn(r Reply) (path string, ok bool) {
	if r.Class() != 2 {
		return "", false
	}
	text := r.Text()
	open := strings.IndexByte(text, '"')
	if open < 0 {
		word, _, _ := strings.Cut(text, " ")
		return word, strings.HasPrefix(word, "/") || strings.HasPrefix(word, "'")
	}
	text = text[open+1:]
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '"' {
			b.WriteByte(text[i])
			continue
		}
		next := text[i+1:]
		switch {
		case strings.HasPrefix(next, `"`):
			b.WriteByte('"')
			i++
		case next == "" || next[0] == ' ' || next[0] == '.':
			return b.String(), b.Len() > 0
		default: // pure-ftpd and inetutils do not double: up to the last mark
			last := strings.LastIndexByte(text, '"')
			return text[:last], last > 0
		}
	}
	return b.String(), strings.HasPrefix(b.String(), "/") // the closing mark is missing
}

// ParseSize reads the size in a 213 reply to SIZE: the last number of its text.
func ParseSize(r Reply) (int64, error) {
	bad := &ProtocolError{Verb: "SIZE", Text: r.String(), Reason: "no size in the reply to SIZE", Value: true}
	if r.Class() != 2 || len(r.Lines) == 0 {
		return -1, bad
	}
	text := r.withoutCode(r.Lines[len(r.Lines)-1])
	start, end := lastDigits(text)
	n, err := strconv.ParseInt(text[start:end], 10, 64)
	if err != nil || start > 0 && !strings.ContainsRune(" \t=:(", rune(text[start-1])) {
		return -1, bad
	}
	return n, nil
}

// ParseOpening reads the size that a preliminary reply to RETR may tell:
// "150 Opening BINARY mode data connection for x (1234 bytes)". It is -1 when
// there is none. A name may hold the same words: the last ones count.
func ParseOpening(r Reply) int64 {
	text := strings.ToLower(r.Text())
	for {
		at := strings.LastIndex(text, "bytes")
		if at < 0 {
			return -1
		}
		text = strings.TrimRight(text[:at], " ")
		start := len(strings.TrimRight(text, "0123456789,"))
		n, err := strconv.ParseInt(strings.ReplaceAll(text[start:], ",", ""), 10, 64)
		if err == nil && (start == 0 || text[start-1] == '(' || text[start-1] == ' ') {
			return n
		}
	}
}

// uniqueName reads the name that a server chose for STOU: "150 FILE: name"
// (RFC 1123 section 4.1.2.9).
func uniqueName(r Reply) string {
	_, name, _ := strings.Cut(r.Text(), "FILE: ")
	name, _, _ = strings.Cut(name, "\n")
	return strings.TrimSpace(name)
}

// parseModTime reads the time in a 213 reply to MDTM (RFC 3659 section 3).
func parseModTime(r Reply) (time.Time, listing.Precision, error) {
	t, precision, err := listing.ParseTime(r.Text())
	if r.Class() != 2 || err != nil {
		return t, precision, &ProtocolError{Verb: "MDTM", Text: r.String(), Reason: "no time in the reply to MDTM", Value: true}
	}
	return t, precision, nil
}

func leadingDigits(s string) string {
	return s[:len(s)-len(strings.TrimLeft(s, "0123456789"))]
}

// lastDigits is where the last number of a text stands.
func lastDigits(text string) (start, end int) {
	end = strings.LastIndexAny(text, "0123456789") + 1
	return len(strings.TrimRight(text[:end], "0123456789")), end
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
