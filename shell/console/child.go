package console

import (
	"os"
	"os/exec"

	"golang.org/x/term"
)

// Run gives the terminal to another program until it ends. Its streams are those of the console unless they are
// set; in batch it has no input. What goroutines write meanwhile appears after it. Ctrl-C reaches both the
// program and this process.
func (c *Console) Run(cmd *exec.Cmd) error {
	if cmd.Stdout == nil {
		cmd.Stdout = c.opts.Out
	}
	c.lend(cmd)
	defer c.takeBack(c.saveTerminal())
	return c.run(cmd)
}

// Start starts a program that does not get the terminal. Every program is started here, unless
// Options.Start takes its place.
func (c *Console) Start(cmd *exec.Cmd) error {
	if c.opts.Start != nil {
		return c.opts.Start(cmd)
	}
	return cmd.Start()
}

// run is Start, and waits for the end.
func (c *Console) run(cmd *exec.Cmd) error {
	if err := c.Start(cmd); err != nil {
		return err
	}
	return cmd.Wait()
}

// lend prepares to start a program on the terminal.
func (c *Console) lend(cmd *exec.Cmd) {
	if cmd.Stdin == nil && c.interactive {
		cmd.Stdin = c.opts.In
	}
	if cmd.Stderr == nil {
		cmd.Stderr = c.opts.Err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.screen.erase()
	c.endRow()
	c.screen.flush()
	c.child = true
	c.settle()
}

// takeBack shows what was written while a program had the terminal.
func (c *window) takeBack(restore func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.restore == nil { // otherwise a line is typed meanwhile, which leaves it as it should be
		restore()
	}
	c.child = false
	c.settle()
	if n := len(c.held); n > 0 {
		_, _ = c.term.w.Write(c.held)
		c.midline = c.held[n-1] != '\n'
		c.held = nil
	}
	c.draw()
}

// saveTerminal gives the function that undoes what a killed program has left behind.
func (c *window) saveTerminal() func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.in.tty || c.restore != nil {
		return func() {}
	}
	state, err := term.GetState(c.in.fd)
	if err != nil {
		return func() {}
	}
	return func() { _ = term.Restore(c.in.fd, state) }
}

// environment is ours with a default for one variable.
func environment(name, value string) []string {
	if os.Getenv(name) != "" {
		return os.Environ()
	}
	return append(os.Environ(), name+"="+value)
}
