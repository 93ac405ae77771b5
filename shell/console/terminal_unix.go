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

// withoutEcho turns the echo of a terminal off, unless another program has it now: then it is not ours to change, and
// trying stops us.
func withoutEcho(fd int) (restore func()) {
	found, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil || !inForeground(fd) {
		return nil
	}
	quiet := *found
	quiet.Lflag &^= unix.ECHO
	if unix.IoctlSetTermios(fd, setTermios, &quiet) != nil {
		return nil
	}
	return func() {
		if inForeground(fd) {
			_ = unix.IoctlSetTermios(fd, setTermios, found)
		}
	}
}

func inForeground(fd int) bool {
	group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
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
	echoed := false
	c.locked(func() { echoed = c.echo == nil })
	if n := c.batch.lines.Buffered(); n > 0 { // read with the line before
		_, _ = c.batch.lines.Discard(n)
		dropped = true
	}
	last := byte('\n')
	for {
		b, err := c.in.next(0)
		if errors.Is(err, errWoken) {
			continue
		}
		if err != nil {
			break
		}
		last, dropped = b, true
	}
	if echoed && last != '\n' && last != '\r' {
		fmt.Fprintln(c.out)
	}
	return dropped
}

// ActAhead sends the signals of the Ctrl-C and Ctrl-Z that were typed right behind a line: up to its end they came as keys.
// As a terminal does it, what was typed before them is forgotten; what came after them, the next prompt reads. Nobody may
// read keys meanwhile, and no program that is about to start finds them.
func (c *Console) ActAhead() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.prompts || c.cooked || c.restore != nil || !inForeground(c.in.fd) {
		return
	}
	found, err := unix.IoctlGetTermios(c.in.fd, getTermios)
	if err != nil {
		return
	}
	keys := *found // the next ones are signals, and the others can be read without the end of a line
	keys.Lflag = keys.Lflag&^(unix.ICANON|unix.ECHO) | unix.ISIG
	keys.Cc[unix.VMIN], keys.Cc[unix.VTIME] = 1, 0
	if unix.IoctlSetTermios(c.in.fd, setTermios, &keys) != nil {
		return
	}
	defer func() { _ = unix.IoctlSetTermios(c.in.fd, setTermios, found) }()
	var typed []byte
	for {
		b, err := c.in.next(0)
		if err != nil {
			break
		}
		typed = append(typed, b)
		for at, signal := range map[int]unix.Signal{unix.VINTR: unix.SIGINT, unix.VSUSP: unix.SIGTSTP} {
			if b == found.Cc[at] && b != 0 { // 0 is no key
				_ = unix.Kill(0, signal)
				typed = nil
			}
		}
	}
	c.in.ahead = typed
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

// watchTerminal redraws when the window changes its size or the program comes back from the background, and gives the
// terminal back when one of its keys stops or ends the program. It returns the function that ends it.
func (c *Console) watchTerminal() func() {
	if c.term == nil && !c.interactive {
		return func() {}
	}
	c.watch.signals = make(chan os.Signal, 4)
	c.watch.start()
	done := make(chan struct{})
	c.spawn(func() {
		for {
			select {
			case s := <-c.watch.signals:
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

// watch is where signals about the terminal arrive. Go never gives SIGTSTP back to the system: once somebody has asked for it,
// it is ignored, and we stop by ourselves.
type watch struct{ signals chan os.Signal }

func (w watch) start() {
	signal.Notify(w.signals, unix.SIGWINCH, unix.SIGCONT, unix.SIGQUIT)
	if !signal.Ignored(unix.SIGTSTP) {
		signal.Notify(w.signals, unix.SIGTSTP)
	}
}

func (w watch) stop() { signal.Stop(w.signals) }

func (c *Console) react(s os.Signal) {
	switch {
	case s == unix.SIGTSTP && c.keepsOn:
		return
	case s == unix.SIGTSTP:
		c.stop(unix.SIGSTOP)
	case s == unix.SIGQUIT:
		c.stop(unix.SIGQUIT)
	case s == unix.SIGCONT:
		c.regain()
	}
	if c.screen.live || c.restore != nil {
		c.draw()
	}
}

// regain sets the terminal as it was: the shell that continued us has set it as it likes it.
func (c *window) regain() {
	if c.screen.live || c.restore != nil {
		c.screen.out.WriteByte('\r')
		c.screen.forget()
	}
	switch {
	case c.restore != nil:
		_, _ = readline.MakeRaw(c.in.fd)
		c.screen.out.WriteString(bracketedPasteOn)
	case c.echo != nil:
		_ = withoutEcho(c.term.fd)
	default:
		c.settle()
	}
}

// suspend is Ctrl-Z: the whole job stops, as the terminal itself would do it.
func (c *Console) suspend() {
	if signal.Ignored(unix.SIGTSTP) || !hasShell() {
		c.bell()
		return
	}
	c.watch.stop()
	_ = unix.Kill(0, unix.SIGTSTP) // for the others: see watch
	c.stop(unix.SIGSTOP)
}

// hasShell reports whether a shell with jobs has started us, who can continue what has stopped. Others leave us in the group
// of the leader of the session.
func hasShell() bool {
	leader, err := unix.Getsid(0)
	return err == nil && leader != unix.Getpgrp()
}

// stopTime is how long it may take to be stopped.
const stopTime = 100 * time.Millisecond

// stop makes the terminal as it was found, has a signal stop or end the program, and goes on where that was.
func (c *Console) stop(s unix.Signal) {
	if s == unix.SIGSTOP && !hasShell() {
		return
	}
	raw := c.restore != nil
	c.screen.erase()
	c.screen.flush()
	c.suspended = true
	c.leaveRaw()
	c.settle()
	c.suspended = false
	c.watch.stop()
	defer c.watch.start()
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, unix.SIGCONT)
	defer signal.Stop(continued)
	_ = unix.Kill(unix.Getpid(), s)
	select {
	case <-continued:
	case <-time.After(stopTime):
	}
	if raw {
		c.enterRaw()
	}
	c.settle()
	c.draw()
}
