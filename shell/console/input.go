package console

import (
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/term"
)

// An input is where bytes come from. A read that waits can be woken, so that neither a cancelled context nor
// Close has to wait for the user, and a terminal is read byte by byte: what was typed ahead for another
// program stays in the terminal.
type input struct {
	r      io.Reader
	fd     int // -1 when it cannot be waited for
	tty    bool
	ahead  []byte // read from the terminal and not asked for yet
	closed atomic.Bool
	woken  atomic.Bool
	waker  *waker
	inUse  sync.RWMutex // held while reading; close waits for it
}

var errWoken = errors.New("woken")

func newInput(r io.Reader) (*input, error) {
	in := &input{r: r, fd: -1}
	f, ok := r.(*os.File)
	if !ok {
		return in, nil
	}
	in.fd = int(f.Fd())
	in.tty = term.IsTerminal(in.fd)
	var err error
	in.waker, err = newWaker()
	return in, err
}

// Read waits for input; it returns errWoken when wake was called and io.EOF after close.
func (in *input) Read(p []byte) (int, error) {
	in.inUse.RLock()
	defer in.inUse.RUnlock()
	if in.waker != nil {
		if err := in.wait(-1); err != nil {
			return 0, err
		}
	}
	if n := copy(p, in.ahead); n > 0 {
		in.ahead = in.ahead[n:]
		return n, nil
	}
	return in.r.Read(p)
}

func (in *input) next(wait time.Duration) (byte, error) {
	in.inUse.RLock()
	defer in.inUse.RUnlock()
	if err := in.wait(wait); err != nil {
		return 0, err
	}
	if len(in.ahead) > 0 {
		first := in.ahead[0]
		in.ahead = in.ahead[1:]
		return first, nil
	}
	var b [1]byte
	_, err := io.ReadFull(in.r, b[:])
	return b[0], err
}

func (in *input) wait(limit time.Duration) error {
	if in.closed.Load() {
		return io.EOF
	}
	if len(in.ahead) > 0 {
		return nil
	}
	ready, woken, err := in.waker.wait(in.fd, limit)
	switch {
	case err != nil:
		return err
	case woken:
		in.waker.drain()
		in.woken.Store(false)
		return errWoken
	case !ready:
		return errNoKey
	}
	return nil
}

// ready says whether a byte is there to be read.
func (in *input) ready() bool {
	in.inUse.RLock()
	defer in.inUse.RUnlock()
	if in.closed.Load() {
		return false
	}
	ready, _, err := in.waker.wait(in.fd, 0)
	return len(in.ahead) > 0 || ready && err == nil
}

// wake makes a waiting read, or the next one, return errWoken. What the reader shall find then must be set before: a
// wake may join one that has just been seen.
func (in *input) wake() {
	in.inUse.RLock()
	defer in.inUse.RUnlock()
	if !in.closed.Load() {
		in.rouse()
	}
}

func (in *input) rouse() {
	if in.waker != nil && in.woken.CompareAndSwap(false, true) {
		in.waker.wake()
	}
}

// close makes reads return io.EOF. The reader itself stays open: it is not ours.
func (in *input) close() {
	if !in.closed.CompareAndSwap(false, true) || in.waker == nil {
		return
	}
	in.rouse()
	in.inUse.Lock()
	defer in.inUse.Unlock()
	in.waker.close()
}
