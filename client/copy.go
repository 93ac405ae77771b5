package client

import (
	"io"
	"net"
	"os"
)

const (
	copyBuffer = 256 << 10
	// Between a socket in clear and a file the kernel copies, in slices: after
	// each the progress is counted, the stall timer set anew and ctx seen.
	kernelSlice = 4 << 20
)

// WriteTo copies a download to w, to its end. Between a data connection in
// clear and a file the bytes do not pass through the process.
func (d *Data) WriteTo(w io.Writer) (int64, error) {
	tcp, direct := d.rw.(*net.TCPConn)
	file, ok := w.(*os.File)
	if !direct || !ok {
		return io.CopyBuffer(onlyWriter{w}, onlyReader{d}, make([]byte, copyBuffer))
	}
	var total int64
	for {
		if err := d.ready(); err == io.EOF {
			return total, nil
		} else if err != nil {
			return total, err
		}
		n, err := file.ReadFrom(io.LimitReader(tcp, kernelSlice))
		total += n
		d.bytes.Add(n)
		switch {
		case err != nil && isLocal(err):
			return total, err
		case err != nil:
			return total, d.failed(err)
		case n < kernelSlice:
			d.eof = true
			return total, nil
		}
	}
}

// ReadFrom copies r, to its end, to an upload.
func (d *Data) ReadFrom(r io.Reader) (int64, error) {
	tcp, direct := d.rw.(*net.TCPConn)
	file, ok := r.(*os.File)
	if !direct || !ok {
		return io.CopyBuffer(onlyWriter{d}, onlyReader{r}, make([]byte, copyBuffer))
	}
	var total int64
	for {
		if err := d.ready(); err != nil {
			return total, err
		}
		n, err := tcp.ReadFrom(io.LimitReader(file, kernelSlice))
		total += n
		d.bytes.Add(n)
		switch {
		case err != nil && isLocal(err):
			return total, err
		case err != nil:
			return total, d.failed(err)
		case n < kernelSlice:
			return total, nil
		}
	}
}

// isLocal reports whether a copy failed on the file's side.
func isLocal(err error) bool {
	_, ok := err.(*os.PathError)
	return ok
}

// onlyReader and onlyWriter hide ReadFrom and WriteTo from io.Copy.
type (
	onlyReader struct{ io.Reader }
	onlyWriter struct{ io.Writer }
)
