package client

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Bounds on what a server may say in one reply. No real server comes near
// them; a hostile one must not choose how much memory we use.
const (
	maxReplyLine  = 128 << 10 // greetings of 70,000 characters have been seen
	maxReplyBytes = 1 << 20
	maxReplyLines = 20_000
)

// Reply is one reply of the server (RFC 959 section 4.2).
type Reply struct {
	Code  int      // three digits, 100 to 699
	Lines []string // as sent, code included, without the line ends
}

// Class returns the first digit: 1 preliminary, 2 done, 3 go on, 4 failed for
// now, 5 failed, 6 protected (RFC 2228).
func (r Reply) Class() int { return r.Code / 100 }

// Text returns the words of the reply without its codes, lines separated by a
// newline.
func (r Reply) Text() string {
	words := make([]string, len(r.Lines))
	for i, line := range r.Lines {
		words[i] = strings.TrimSpace(r.withoutCode(line))
	}
	return strings.TrimSpace(strings.Join(words, "\n"))
}

// String returns the code and the words: "550 Permission denied".
func (r Reply) String() string {
	if text := r.Text(); text != "" {
		return fmt.Sprintf("%03d %s", r.Code, text)
	}
	return fmt.Sprintf("%03d", r.Code)
}

// Body returns the lines between the first and the last one of a many-line
// reply (RFC 959 section 4.2), as FEAT, STAT and MLST use them; a one-line reply has none.
func (r Reply) Body() []string {
	if len(r.Lines) < 3 {
		return nil
	}
	return r.Lines[1 : len(r.Lines)-1]
}

func (r Reply) withoutCode(line string) string {
	if len(line) < 3 || line[:3] != fmt.Sprintf("%03d", r.Code) {
		return line
	}
	rest := line[3:]
	if rest != "" && (rest[0] == ' ' || rest[0] == '-') {
		return rest[1:]
	}
	if rest == "" {
		return ""
	}
	return line
}

// replyReader cuts the control connection's bytes into replies.
type replyReader struct {
	*bufio.Reader
	until func(time.Time) error // sets when a read ends in vain; nil: what is read does not make anybody wait
}

// next reads one reply. A line that cannot begin a reply is a ProtocolError;
// the reader has consumed it and can go on. Other errors are final.
func (rr replyReader) next() (Reply, error) {
	var first string
	for empty := 0; first == ""; empty++ { // an empty line between replies means nothing
		if empty > maxReplyLines {
			return Reply{}, errors.New("nothing but empty lines instead of a reply")
		}
		var err error
		if first, err = rr.line(); err != nil {
			return Reply{}, err
		}
	}
	code, more, ok := splitCode(first)
	if !ok {
		return Reply{}, &ProtocolError{Text: first, Reason: "not an FTP reply"}
	}
	r := Reply{Code: code, Lines: []string{first}}
	total := len(first)
	for more {
		line, err := rr.line()
		if err != nil {
			return Reply{}, err
		}
		r.Lines = append(r.Lines, line)
		if total += len(line); total > maxReplyBytes || len(r.Lines) > maxReplyLines {
			return Reply{}, errReplyTooLong
		}
		// RFC 959 section 4.2: the same code and a blank end it. Other codes,
		// indented codes and longer numbers inside are text.
		if c, dash, ok := splitCode(line); ok && c == code && !dash {
			more = len(line) == 3 && rr.goesOn(code)
		}
	}
	return r, nil
}

// barePatience is how long a line with nothing but the code waits for more of
// its reply.
const barePatience = 500 * time.Millisecond

// goesOn reports whether a reply has more lines behind one that holds nothing
// but its code, which may be text or a careless end. What begins like a reply
// with another code answers the command that was sent ahead.
func (rr replyReader) goesOn(code int) bool {
	if rr.until != nil {
		_ = rr.until(time.Now().Add(barePatience))
		defer func() { _ = rr.until(time.Time{}) }()
	}
	next, _ := rr.Peek(4) // where it fails, so will the next read
	other, _, ok := splitCode(strings.TrimRight(string(next), "\r\n"))
	return len(next) > 0 && !(ok && other != code)
}

var errReplyTooLong = errors.New("reply too long")

// splitCode reads the code at the start of a line; more says that a hyphen
// follows it.
func splitCode(line string) (code int, more, ok bool) {
	if len(line) < 3 {
		return 0, false, false
	}
	for _, c := range []byte(line[:3]) {
		if c < '0' || c > '9' {
			return 0, false, false
		}
		code = code*10 + int(c-'0')
	}
	if code < 100 || code > 699 {
		return 0, false, false
	}
	if len(line) == 3 {
		return code, false, true
	}
	switch line[3] {
	case ' ', '\t':
		return code, false, true
	case '-':
		return code, true, true
	}
	return 0, false, false
}

// line reads up to LF, without it and without CRs before it (some servers
// send a bare LF), and without Telnet negotiation.
func (rr replyReader) line() (string, error) {
	var long []byte
	for {
		part, err := rr.ReadSlice('\n')
		if len(long)+len(part) > maxReplyLine {
			return "", fmt.Errorf("reply line too long: more than %d KiB", maxReplyLine>>10)
		}
		if err == nil && long == nil {
			return cleanLine(part), nil
		}
		long = append(long, part...)
		switch {
		case err == nil:
			return cleanLine(long), nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(long) > 0:
			return "", io.ErrUnexpectedEOF
		default:
			return "", err
		}
	}
}

func cleanLine(b []byte) string {
	s := strings.TrimRight(string(b[:len(b)-1]), "\r")
	if strings.IndexByte(s, iac) < 0 {
		return s
	}
	return dropTelnet(s)
}

const iac = 0xFF // Telnet "interpret as command" (RFC 854)

// dropTelnet removes option negotiation and undoes the doubling of IAC. The
// byte 0xFF on its own stays: it may be part of a name.
func dropTelnet(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == iac && i+1 < len(s) {
			switch next := s[i+1]; {
			case next == iac:
				i++
			case next >= 251 && next <= 254: // WILL WONT DO DONT and the option
				i += 2
				continue
			case next >= 240 && next <= 250:
				i++
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}
