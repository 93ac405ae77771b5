package console

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"

	"github.com/ftpsh/ftpsh/client/syserror"
)

// Pager starts $PAGER, or less, and returns what it reads from. Close waits until the user leaves it. After
// the user has left, or ctx has ended, writes return io.ErrClosedPipe; that is the time to stop. Where there is
// nobody to page for, or PAGER is empty or cat, it is Out itself.
func (c *Console) Pager(ctx context.Context) (io.WriteCloser, error) {
	command, found := pagerCommand()
	if !c.interactive || c.dumb || !found {
		return justOut{c.out}, nil
	}
	cmd := shellCommand(command)
	cmd.Env = environment("LESS", "FRX") // leave at once what fits on the screen, colours, no second screen
	cmd.Stdout = c.opts.Out
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	c.lend(cmd)
	p := &pager{c: c, cmd: cmd, pipe: pipe, restore: c.saveTerminal()}
	if err := c.Start(cmd); err != nil {
		c.takeBack(p.restore)
		return nil, err
	}
	p.stop = context.AfterFunc(ctx, func() { _ = pipe.Close() })
	return p, nil
}

func pagerCommand() (string, bool) {
	command, set := os.LookupEnv("PAGER")
	if set {
		return command, command != "" && command != "cat"
	}
	for _, name := range []string{"less", "more"} {
		if _, err := exec.LookPath(name); err == nil {
			return name, true
		}
	}
	return "", false
}

func shellCommand(command string) *exec.Cmd {
	if runtime.GOOS == "windows" {
		return exec.Command("cmd", "/c", command)
	}
	return exec.Command("/bin/sh", "-c", command)
}

type pager struct {
	c       *Console
	cmd     *exec.Cmd
	pipe    io.WriteCloser
	restore func()
	stop    func() bool
	close   sync.Once
}

func (p *pager) Write(b []byte) (int, error) {
	n, err := p.pipe.Write(b)
	if syserror.PipeClosed(err) || errors.Is(err, os.ErrClosed) {
		err = io.ErrClosedPipe
	}
	return n, err
}

// Close ends the input of the pager and waits for it. How the pager ends is the user's business, not an error.
func (p *pager) Close() error {
	p.close.Do(func() {
		p.stop()
		_ = p.pipe.Close()
		_ = p.cmd.Wait()
		p.c.takeBack(p.restore)
	})
	return nil
}

type justOut struct{ io.Writer }

func (justOut) Close() error { return nil }
