//go:build unix

package console

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/chzyer/readline"
	"golang.org/x/sys/unix"
)

// makeRaw turns echo, line editing and signals of a terminal off. Output keeps its line feeds, so that other
// programs and goroutines can still write lines.
func makeRaw(fd int) (restore func(), err error) {
	state, err := readline.MakeRaw(fd)
	if err != nil {
		return nil, err
	}
	return func() { _ = readline.Restore(fd, state) }, nil
}

func prepareOutput(int) {}

// DropTypedAhead forgets what was typed and not read yet, and reports whether there was anything, where that can be told.
// Nobody may read keys meanwhile.
func (c *Console) DropTypedAhead() (dropped bool) {
	if !c.interactive {
		return false
	}
	restore, err := makeRaw(c.in.fd) // a line without its end can only be read then
	if err != nil {
		return false
	}
	defer restore()
	if n := c.batch.lines.Buffered(); n > 0 { // read with the line before
		_, _ = c.batch.lines.Discard(n)
		dropped = true
	}
	last := byte('\n')
	for {
		b, err := c.in.next(0)
		if err == errWoken {
			continue
		}
		if err != nil {
			break
		}
		last, dropped = b, true
	}
	if last != '\n' && last != '\r' {
		fmt.Fprintln(c.out) // the terminal has echoed it
	}
	return dropped
}

// A waker is a pipe that ends a poll.
type waker struct{ r, w *os.File }

func newWaker() (*waker, error) {
	r, w, err := os.Pipe()
	return &waker{r, w}, err
}

func (w *waker) wake()  { _, _ = w.w.Write([]byte{0}) }
func (w *waker) drain() { _, _ = w.r.Read(make([]byte, 1)) }

func (w *waker) close() {
	_ = w.r.Close()
	_ = w.w.Close()
}

// wait waits until fd can be read or, when limit is negative and it may take for ever, the waker was woken: in the
// middle of a key nobody is.
func (w *waker) wait(fd int, limit time.Duration) (ready, woken bool, err error) {
	deadline := time.Now().Add(limit)
	for {
		wait := -1
		if limit >= 0 {
			wait = int(max(0, time.Until(deadline)).Milliseconds())
		}
		files := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}, {Fd: int32(w.r.Fd()), Events: unix.POLLIN}}
		if limit >= 0 {
			files = files[:1]
		}
		_, err = unix.Poll(files, wait)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		return files[0].Revents != 0, len(files) > 1 && files[1].Revents != 0, err
	}
}

// watchTerminal redraws when the window changes its size or the program comes back from the background. It
// returns the function that ends it.
func (c *Console) watchTerminal() func() {
	if c.term == nil {
		return func() {}
	}
	signals, done := make(chan os.Signal, 1), make(chan struct{})
	c.watch.signals = signals
	c.watch.start()
	c.spawn(func() {
		for {
			select {
			case s := <-signals:
				c.locked(func() { c.react(s) })
			case <-done:
				return
			}
		}
	})
	return func() {
		c.watch.stop()
		close(done)
	}
}

// watch is where signals about the terminal arrive.
type watch struct{ signals chan os.Signal }

func (w watch) start() { signal.Notify(w.signals, unix.SIGWINCH, unix.SIGCONT) }
func (w watch) stop()  { signal.Stop(w.signals) }

func (c *Console) react(s os.Signal) {
	if s == unix.SIGCONT && c.restore != nil {
		// The shell that continued us has set the terminal as it likes it.
		_, _ = readline.MakeRaw(c.in.fd)
		c.screen.out.WriteString("\r" + bracketedPasteOn)
		c.screen.forget()
	}
	if c.screen.live || c.restore != nil {
		c.draw()
	}
}

// stopTime is how long a stop signal may take to arrive. When it does not, it is ignored or there is no shell
// to come back to, and editing goes on.
const stopTime = 100 * time.Millisecond

// suspend is Ctrl-Z: the terminal becomes as it was, and the whole job stops, as the terminal itself would do it.
func (c *Console) suspend() {
	if signal.Ignored(unix.SIGTSTP) {
		c.bell()
		return
	}
	c.screen.erase()
	c.leaveRaw()
	c.watch.stop()
	defer c.watch.start()
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, unix.SIGCONT)
	defer signal.Stop(continued)
	_ = unix.Kill(0, unix.SIGTSTP)
	select {
	case <-continued:
	case <-time.After(stopTime):
	}
	c.enterRaw()
}
