package practice

import (
	"bytes"
	"errors"
	"io"
	"math"
	"net"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// dataFault is a data connection to which a fault is to happen.
type dataFault struct {
	net.Conn           // under TLS if it has TLS
	tcp      *dataConn // the bare one
	port     *dataPort
	fault    *fault
}

var errCut = errors.New("cut on purpose")

// fail ends the transfer with a reply of its own.
func (d *dataFault) fail(reply string) error {
	d.port.setVerdict(reply)
	return errCut
}

func cut(d *dataFault) net.Conn {
	return d.after(func() error {
		d.tcp.Close()
		return d.fail("426 Connection closed; transfer aborted.")
	})
}

func cutReset(d *dataFault) net.Conn {
	return d.after(func() error {
		_ = d.tcp.SetLinger(0)
		d.tcp.TCPConn.Close()
		return d.fail("426 Connection reset; transfer aborted.")
	})
}

func cutSilent(d *dataFault) net.Conn {
	return d.after(func() error { d.Conn.Close(); return nil })
}

func cutNotify(d *dataFault) net.Conn {
	return d.after(func() error { d.tcp.Close(); return nil })
}

func quota(d *dataFault) net.Conn {
	return d.after(func() error { return d.fail(d.fault.Text) })
}

// storeLess takes all and keeps a part.
func storeLess(d *dataFault) net.Conn {
	return d.after(func() error {
		_, _ = io.Copy(io.Discard, d.Conn)
		return nil
	})
}

// stall waits until somebody gives up: a client that does not send is seen to go, since there is nothing else to read.
func stall(d *dataFault) net.Conn {
	return d.after(func() error {
		if strings.Contains(downloads, d.port.transfer.verb) {
			_, _ = d.tcp.Read(make([]byte, 1))
		} else {
			<-d.port.ctx.Done()
		}
		return d.fail("426 Transfer aborted.")
	})
}

// after runs trip when the fault's number of bytes has passed and there is more. If trip returns nil, the rest
// disappears and the library believes all is well.
func (d *dataFault) after(trip func() error) net.Conn {
	return &tripwire{dataFault: d, left: d.fault.At, trip: trip}
}

type tripwire struct {
	*dataFault
	left   int64
	trip   func() error
	sprung bool
	err    error
}

func (w *tripwire) Write(b []byte) (int, error) {
	if w.sprung {
		return w.swallow(len(b))
	}
	if int64(len(b)) <= w.left {
		n, err := w.Conn.Write(b)
		w.left -= int64(n)
		return n, err
	}
	if !w.fault.take() {
		w.left = math.MaxInt64
		return w.Conn.Write(b)
	}
	if w.left > 0 {
		if n, err := w.Conn.Write(b[:w.left]); err != nil {
			return n, err
		}
	}
	w.sprung, w.err = true, w.trip()
	return w.swallow(len(b))
}

func (w *tripwire) swallow(n int) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	return n, nil
}

func (w *tripwire) Read(b []byte) (int, error) {
	if w.sprung {
		return 0, w.err
	}
	n, err := w.Conn.Read(b)
	if int64(n) <= w.left {
		w.left -= int64(n)
		return n, err
	}
	if !w.fault.take() {
		w.left = math.MaxInt64
		return n, err
	}
	if w.sprung, w.err = true, w.trip(); w.err == nil {
		w.err = io.EOF
	}
	return int(w.left), w.err
}

// noFin leaves the connection to be closed with the session, or by the next one.
func noFin(d *dataFault) net.Conn {
	if !d.fault.take() {
		return d.Conn
	}
	return &openEnded{d}
}

type openEnded struct{ *dataFault }

func (*openEnded) Close() error { return nil }

// slow lets a bucket of a tenth of a second through at once.
func slow(d *dataFault) net.Conn {
	if !d.fault.take() {
		return d.Conn
	}
	burst := int(max(1, min(d.fault.At/10, 64<<10)))
	return &limited{d, rate.NewLimiter(rate.Limit(d.fault.At), burst)}
}

type limited struct {
	*dataFault
	limiter *rate.Limiter
}

func (l *limited) Write(b []byte) (done int, err error) {
	for first := true; first || done < len(b); first = false {
		part := b[done:min(len(b), done+l.limiter.Burst())]
		if err = l.limiter.WaitN(l.port.ctx, len(part)); err != nil {
			return done, err
		}
		n, err := l.Conn.Write(part)
		if done += n; err != nil {
			return done, err
		}
	}
	return done, nil
}

func (l *limited) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b[:min(len(b), l.limiter.Burst())])
	if wait := l.limiter.WaitN(l.port.ctx, n); wait != nil && err == nil {
		err = wait
	}
	return n, err
}

// forgeListing sends a text in the place of a listing.
func forgeListing(d *dataFault) net.Conn {
	if !d.fault.take() {
		return d.Conn
	}
	return forged{d}
}

type forged struct{ *dataFault }

func (forged) Write(b []byte) (int, error) { return len(b), nil }

func (f forged) Close() error {
	text, err := unescape(f.fault.Text)
	if err == nil {
		_, err = io.WriteString(f.Conn, text)
	}
	return errors.Join(err, f.Conn.Close())
}

// dosList rewrites LIST line by line.
func dosList(d *dataFault) net.Conn {
	if !d.fault.take() {
		return d.Conn
	}
	return &lineWriter{dataFault: d, change: dosLine}
}

type lineWriter struct {
	*dataFault
	change func(string) string
	rest   []byte
}

func (w *lineWriter) Write(b []byte) (int, error) {
	w.rest = append(w.rest, b...)
	var out bytes.Buffer
	for {
		line, rest, found := bytes.Cut(w.rest, []byte("\r\n"))
		if !found {
			break
		}
		out.WriteString(w.change(string(line)) + "\r\n")
		w.rest = rest
	}
	if _, err := w.Conn.Write(out.Bytes()); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Columns of the library's LIST: "-rw-r--r-- 1 ftp ftp         1234 Feb  3 15:04 name".
const (
	listSize = len("-rw-r--r-- 1 ftp ftp ")
	listDate = listSize + len("        1234 ")
	listName = listDate + len("Feb  3 15:04 ")
)

// dosLine is a line of LIST as IIS writes it: "02-03-26  03:04PM                  1234 name". The year of a recent date is
// this one or the last.
func dosLine(line string) string {
	if len(line) < listName {
		return line
	}
	date := line[listDate : listName-1]
	when, err := time.Parse("Jan _2  2006", date)
	if err != nil {
		if when, err = time.Parse("Jan _2 15:04", date); err != nil {
			return line
		}
		now := time.Now()
		if when = when.AddDate(now.Year(), 0, 0); when.After(now.AddDate(0, 0, 1)) {
			when = when.AddDate(-1, 0, 0)
		}
	}
	size := strings.Repeat(" ", 9) + line[listSize:listDate-1]
	if line[0] == 'd' {
		size = "       <DIR>         "
	}
	return when.Format("01-02-06  03:04PM") + size + " " + line[listName:]
}
