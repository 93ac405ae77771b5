package client

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

const copyBuffer = 256 << 10

// copyBuffers are used again: for a small file a fresh one costs more than the
// file.
var copyBuffers = sync.Pool{New: func() any { return new([copyBuffer]byte) }}

// Between a socket in clear and a file the kernel copies, in slices: after each
// the progress is counted, the stall timer set anew and the context looked at.
// A slice should take about a tenth of a second.
const (
	smallestSlice = 16 << 10
	largestSlice  = 4 << 20
)

// WriteTo copies a download to w, to its end. Between a data connection in
// clear and a file the bytes do not pass through the process.
func (d *Data) WriteTo(w io.Writer) (int64, error) {
	tcp, direct := d.rw.(*net.TCPConn)
	file, ok := w.(*os.File)
	if !direct || !ok || isDevice(file) || d.inflate != nil || d.content != nil {
		buf := copyBuffers.Get().(*[copyBuffer]byte)
		defer copyBuffers.Put(buf)
		return io.CopyBuffer(onlyWriter{w}, onlyReader{d}, buf[:])
	}
	n, err := d.inSlices(func(size int64) (int64, error) {
		n, err := file.ReadFrom(io.LimitReader(tcp, size))
		return n, socketError(err)
	})
	if err == nil || errors.Is(err, io.EOF) {
		d.eof = true
		return n, nil
	}
	return n, err
}

// ReadFrom copies r, to its end, to an upload.
func (d *Data) ReadFrom(r io.Reader) (int64, error) {
	tcp, direct := d.rw.(*net.TCPConn)
	file, ok := r.(*os.File)
	if !direct || !ok || d.content != nil {
		buf := copyBuffers.Get().(*[copyBuffer]byte)
		defer copyBuffers.Put(buf)
		return io.CopyBuffer(onlyWriter{d}, onlyReader{r}, buf[:])
	}
	return d.inSlices(func(size int64) (int64, error) { return tcp.ReadFrom(io.LimitReader(file, size)) })
}

// inSlices repeats move until it moves less than it was asked for.
func (d *Data) inSlices(move func(size int64) (int64, error)) (int64, error) {
	var total int64
	for slice := int64(smallestSlice); ; {
		if err := d.ready(); err != nil {
			return total, err
		}
		start := time.Now()
		n, err := move(slice)
		total += n
		d.bytes.Add(n)
		slow := n > 0 && errors.Is(err, os.ErrDeadlineExceeded) // but not standing still
		switch {
		case err != nil && (!slow || d.ctx.Err() != nil):
			if d.lingers(err) {
				return total, nil
			}
			if isLocal(err) {
				return total, err
			}
			return total, d.failed(err)
		case n < slice && !slow:
			return total, nil
		}
		if took := time.Since(start); took < 50*time.Millisecond {
			slice = min(2*slice, largestSlice)
		} else if took > 200*time.Millisecond {
			slice = max(slice/2, smallestSlice)
		}
	}
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
	for _, cause := range []error{os.ErrDeadlineExceeded, syscall.ECONNRESET, syscall.ETIMEDOUT, net.ErrClosed} {
		if errors.Is(err, cause) {
			return path.Err
		}
	}
	return err
}

func isLocal(err error) bool { return errors.As(err, new(*os.PathError)) }

// onlyReader and onlyWriter hide ReadFrom and WriteTo from io.Copy.
type (
	onlyReader struct{ io.Reader }
	onlyWriter struct{ io.Writer }
)
