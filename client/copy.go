package client

import (
	"errors"
	"io"
	"math"
	"net"
	"os"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client/syserror"
)

const (
	copyBuffer = 256 << 10
	sendBuffer = 32 << 10 // still in the nearest cache when it is sent: a third faster than the whole buffer
)

// copyBuffers are used again: for a small file a fresh one costs more than the
// file.
var copyBuffers = sync.Pool{New: func() any { return new([copyBuffer]byte) }}

// Between a socket in the clear and a file the kernel copies, in slices: after each
// the progress is counted, the stall timer set again and the context looked at.
// A slice should take about a tenth of a second.
const (
	smallestSlice = 16 << 10
	largestSlice  = 4 << 20
)

// WriteTo copies a download to w, to its end. Between a data connection in
// clear and a file the bytes do not pass through the process.
func (d *Data) WriteTo(w io.Writer) (int64, error) { return d.ReceiveN(w, math.MaxInt64) }

// ReceiveN is WriteTo for the next n bytes, or as many as there are. What is not
// taken of a download is given up by Close.
func (d *Data) ReceiveN(w io.Writer, n int64) (int64, error) {
	tcp, direct := d.rw.(*net.TCPConn)
	file, ok := w.(*os.File)
	if !direct || !ok || isDevice(file) || d.inflate != nil || d.content != nil {
		return d.receive(w, n)
	}
	n, err := d.inSlices(n, d.splice(tcp, file))
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// receive copies by way of a buffer, what has arrived at a time. Whatever of it
// was written is counted, also where the data ends with an error.
func (d *Data) receive(w io.Writer, most int64) (total int64, err error) {
	buf := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(buf)
	for err == nil && total < most {
		var n int
		n, err = d.fill(buf[:min(copyBuffer, most-total)])
		if n == 0 {
			continue
		}
		n, failed := w.Write(buf[:n])
		total += int64(n)
		if failed != nil {
			return total, failed
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return total, err
}

// fill reads what has arrived, at most the buffer full: TLS hands out 16 KiB at
// a time.
func (d *Data) fill(buf []byte) (n int, err error) {
	for more := true; more && err == nil && n < len(buf); more = d.hasMore() {
		var read int
		read, err = d.Read(buf[n:])
		n += read
	}
	return n, err
}

// hasMore reports whether a TLS record has arrived, so that Read does not wait.
func (w *wire) hasMore() bool {
	const record = 5 + 16<<10 + 256 // RFC 8446 section 5.2
	return w.spy != nil && w.spy.ahead != nil && w.spy.ahead.Buffered() >= record
}

// splice moves slices from the socket to a file. While they are fast the reads
// wait until there is much to read.
func (d *Data) splice(tcp *net.TCPConn, file *os.File) func(size int64) (int64, error) {
	const enough = 256 << 10
	patient := false
	wait := func(on bool) {
		if on != patient {
			patient = on
			wakeAt(tcp, map[bool]int{true: enough, false: 1}[on])
		}
	}
	return func(size int64) (int64, error) {
		wait(size == largestSlice)
		n, err := file.ReadFrom(io.LimitReader(tcp, size))
		if patient && errors.Is(err, os.ErrDeadlineExceeded) { // less than enough may be there
			wait(false)
			d.setDeadline()
			var rest int64
			rest, err = file.ReadFrom(io.LimitReader(tcp, size-n))
			n += rest
		}
		return n, socketError(err)
	}
}

// ReadFrom copies r, to its end, to an upload.
func (d *Data) ReadFrom(r io.Reader) (int64, error) { return d.SendN(r, math.MaxInt64) }

// SendN is ReadFrom for the next n bytes of r, or as many as there are.
func (d *Data) SendN(r io.Reader, n int64) (int64, error) {
	tcp, direct := d.rw.(*net.TCPConn)
	file, ok := r.(*os.File)
	if !direct || !ok || d.content != nil || d.squeeze != nil || isHere(tcp) {
		buf := copyBuffers.Get().(*[copyBuffer]byte)
		defer copyBuffers.Put(buf)
		return io.CopyBuffer(onlyWriter{d}, onlyReader{io.LimitReader(r, n)}, buf[:sendBuffer])
	}
	return d.inSlices(n, func(size int64) (int64, error) { return tcp.ReadFrom(io.LimitReader(file, size)) })
}

// isHere reports whether the server is on this machine. What sendfile saves us
// costs it more there: it reads the file's pages in our place, and it has less
// time than we have.
func isHere(tcp *net.TCPConn) bool {
	addr, ok := tcp.RemoteAddr().(*net.TCPAddr)
	return ok && addr.IP.IsLoopback()
}

// inSlices repeats move until it moves less than it was asked for, or most
// bytes are moved.
func (d *Data) inSlices(most int64, move func(size int64) (int64, error)) (int64, error) {
	var total int64
	for total < most {
		if err := d.ready(); err != nil {
			return total, err
		}
		size, start := min(d.slice, most-total, d.left()), time.Now()
		n, err := move(size)
		total += n
		d.bytes.Add(n)
		if excess := d.excess(); excess != nil {
			return total, d.failed(excess)
		}
		slow := n > 0 && errors.Is(err, os.ErrDeadlineExceeded) // but not standing still
		switch {
		case err != nil && (!slow || d.ctx.Err() != nil):
			if d.lingers(err) {
				d.ends()
				return total, nil
			}
			if isLocal(err) {
				return total, err
			}
			return total, d.failed(err)
		case n < size && !slow:
			if !d.upload {
				d.ends()
			}
			return total, nil
		}
		took := time.Since(start)
		if took < 50*time.Millisecond {
			d.slice = min(2*d.slice, largestSlice)
		} else if took > 200*time.Millisecond {
			d.slice = max(d.slice/2, smallestSlice)
		}
	}
	return total, nil
}

// isDevice reports whether a file is a device: not all of them take what the
// kernel copies.
func isDevice(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeDevice != 0
}

// socketError takes the error of a copy from a socket to a file apart: what
// went wrong with the socket is reported under the file's name, and how the
// kernel copied is nobody's business.
func socketError(err error) error {
	var path *os.PathError
	if !errors.As(err, &path) {
		return err
	}
	var call *os.SyscallError
	if errors.As(path.Err, &call) {
		path.Err = call.Err
	}
	reset := syserror.Reset(err) && !syserror.PipeClosed(err)
	if reset || syserror.TimedOut(err) || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed) {
		return path.Err
	}
	return err
}

func isLocal(err error) bool { return errors.As(err, new(*os.PathError)) }

// onlyReader and onlyWriter hide ReadFrom and WriteTo from io.Copy.
type (
	onlyReader struct{ io.Reader }
	onlyWriter struct{ io.Writer }
)
