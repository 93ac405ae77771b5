package console

import (
	"time"

	"golang.org/x/sys/windows"
	"golang.org/x/term"
)

// makeRaw also asks for the key sequences of a VT terminal.
func makeRaw(fd int) (restore func(), err error) {
	state, err := term.MakeRaw(fd)
	if err != nil {
		return nil, err
	}
	return func() { _ = term.Restore(fd, state) }, nil
}

// withoutEcho has nothing to do: a console window echoes only what is read.
func withoutEcho(int) (restore func()) { return nil }

// prepareOutput makes a console window obey escape sequences.
func prepareOutput(fd int) {
	var mode uint32
	handle := windows.Handle(fd)
	if windows.GetConsoleMode(handle, &mode) == nil {
		_ = windows.SetConsoleMode(handle, mode|windows.ENABLE_PROCESSED_OUTPUT|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING)
	}
}

// DropTypedAhead forgets what was typed and not read yet, and reports whether there was anything, where that can be told.
// Nobody may read keys meanwhile.
func (c *Console) DropTypedAhead() (dropped bool) {
	if c.interactive {
		_, _ = c.batch.lines.Discard(c.batch.lines.Buffered())
		_ = windows.FlushConsoleInputBuffer(windows.Handle(c.in.fd))
	}
	return false
}

// ActAhead has nothing to do: a console window says of each key when it was pressed.
func (c *Console) ActAhead() {}

// A waker is an event that ends a wait.
type waker struct{ event windows.Handle }

func newWaker() (*waker, error) {
	event, err := windows.CreateEvent(nil, 0, 0, nil)
	return &waker{event}, err
}

func (w *waker) wake()  { _ = windows.SetEvent(w.event) }
func (w *waker) drain() {}
func (w *waker) close() { _ = windows.CloseHandle(w.event) }

func (w *waker) wait(fd int, limit time.Duration) (ready, woken bool, err error) {
	wait := uint32(windows.INFINITE)
	if limit >= 0 { // in the middle of a key nobody is woken
		signalled, err := windows.WaitForSingleObject(windows.Handle(fd), uint32(limit.Milliseconds()))
		return signalled == windows.WAIT_OBJECT_0, false, err
	}
	signalled, err := windows.WaitForMultipleObjects([]windows.Handle{w.event, windows.Handle(fd)}, false, wait)
	return signalled == windows.WAIT_OBJECT_0+1, signalled == windows.WAIT_OBJECT_0, err
}

// watchTerminal has nothing to watch: the width is looked up at each key.
func (c *Console) watchTerminal() func() { return func() {} }

type watch struct{}

func (c *Console) suspend() { c.bell() }
