package teach

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
)

// Write writes events as JSON lines, one for each.
func Write(w io.Writer, events []*Event) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, e := range events {
		if err := enc.Encode(e); err != nil {
			return err
		}
	}
	return nil
}

// What is read of a file at most: replies are bounded, too, and the author of a file decides no
// more than that.
const (
	maxLine   = 4 << 20
	maxEvents = 500_000
	maxBytes  = 64 << 20
)

// Read reads events that Write has written, or finds the FTP in a capture (pcapng, pcap).
func Read(r io.Reader) ([]*Event, error) {
	in := bufio.NewReader(io.LimitReader(r, mostCaptureFile))
	if c, is, err := openCapture(in); is {
		if err != nil {
			return nil, err
		}
		return readCapture(c)
	}
	return readLines(in)
}

// mostCaptureFile is how much of a capture is read.
const mostCaptureFile = 1 << 30

// readLines reads events that Write has written. The error names the line.
func readLines(r io.Reader) ([]*Event, error) {
	var events []*Event
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	n, size := 1, 0
	for ; lines.Scan(); n++ {
		if size += len(lines.Bytes()); size > maxBytes || len(events) == maxEvents {
			return nil, fmt.Errorf("line %d: a recording of more than %d MiB or %d events is not read", n, maxBytes>>20, maxEvents)
		}
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		e := &Event{row: n}
		err := json.Unmarshal(lines.Bytes(), e)
		if err == nil {
			err = e.check()
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: no event of a trace: %w", n, err)
		}
		events = append(events, e)
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, fmt.Errorf("line %d: longer than %d MiB", n, maxLine>>20)
	} else if err != nil {
		return nil, err
	}
	if len(events) == 0 {
		return nil, errors.New("it holds no events")
	}
	return events, nil
}

// kinds are those that this version knows.
var kinds = map[Kind]bool{
	TraceStart: true, OpStart: true, OpEnd: true, DNS: true, TCPConnect: true, TCPListen: true, TCPAccept: true, TCPFail: true,
	TLSOK: true, TLSFail: true, Sent: true, Replied: true, DataProgress: true, DataEnd: true, Closed: true, Noted: true,
}

// connections are what connections are called.
var connections = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[CD][0-9]{0,6}$`) })

const (
	maxSeconds = 1e9     // in a recording: thirty years
	maxClaim   = 1 << 50 // bytes: no transfer is as long
)

// check refuses what the views could not show.
func (e *Event) check() error {
	switch {
	case !kinds[e.Ev]:
		return fmt.Errorf("ev %q is not known", e.Ev)
	case e.Seq < 1 || e.Op < 0 || e.T < 0 || e.T > maxSeconds || e.MS < 0 || e.MS > maxSeconds*1000:
		return errors.New("a number is out of range")
	case e.Bytes < 0 || e.Bytes > maxClaim || e.FileBytes < -1 || e.FileBytes > maxClaim:
		return fmt.Errorf("%d bytes is out of range", max(e.Bytes, e.FileBytes))
	case strings.ContainsAny(e.Line+e.Verb, "\r\n"):
		return errors.New("a command has one line")
	case e.Conn != "" && !connections().MatchString(e.Conn):
		return fmt.Errorf("conn %q is none", e.Conn)
	case e.Ev == Replied && (len(e.Code) != 3 || e.Code[0] < '1' || e.Code[0] > '6'):
		return fmt.Errorf("code %q is none", e.Code)
	}
	return nil
}
