package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// ReadSecret asks for a line of which nothing is shown, not even its length, and which no history sees. Its errors
// are those of Ask. With Options.SecretsFromTTY it asks at /dev/tty when there is no other terminal.
func (c *Console) ReadSecret(ctx context.Context, prompt string) (string, error) {
	switch {
	case !c.interactive && c.opts.SecretsFromTTY:
		return secretFromTTY(ctx, prompt)
	case !c.interactive:
		return "", ErrNotInteractive
	case c.dumb:
		return c.secretCooked(ctx, prompt)
	}
	e := newEditor(ctx, c, prompt)
	e.plain, e.hidden, e.fresh = true, true, true
	e.mode = e.hide
	if err := c.edit(e); err != nil {
		return "", err
	}
	return e.buf.text, nil
}

// hide has the keys of a secret. None cuts: a yank would show it in the next line.
func (e *editor) hide(k key) {
	switch k.Name {
	case "Text", "Paste":
		e.buf.insert(k.Text)
	case "Backspace":
		e.deleteBackward()
	case "C-u":
		e.buf.set("")
	case "Enter", "C-c", "C-d", "C-z":
		actions[k.Name](e)
	}
}

func secretFromTTY(ctx context.Context, prompt string) (string, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return "", ErrNotInteractive
	}
	defer tty.Close()
	c, err := New(Options{In: tty, Out: tty, Err: tty})
	if err != nil {
		return "", err
	}
	defer c.Close()
	return c.ReadSecret(ctx, prompt)
}

// secretCooked asks on a terminal that knows no escape sequence: raw only to have no echo.
func (c *Console) secretCooked(ctx context.Context, prompt string) (string, error) {
	c.questions.Lock()
	defer c.questions.Unlock()
	c.DropTypedAhead()
	restore, err := makeRaw(c.in.fd)
	if err != nil {
		return "", err
	}
	c.locked(func() { c.restore = restore })
	defer c.locked(func() {
		if c.restore != nil {
			restore()
			c.restore = nil
		}
	})
	defer fmt.Fprintln(c.out)
	if _, err := io.WriteString(c.out, printable(prompt)); err != nil {
		return "", err
	}
	stop := context.AfterFunc(ctx, c.in.wake)
	defer stop()
	e := newEditor(ctx, c, "")
	e.plain, e.hidden, e.mode = true, true, e.hide
	for !e.done {
		k, err := decode(c.in)
		switch {
		case errors.Is(err, errWoken) && ctx.Err() == nil:
			continue
		case errors.Is(err, errWoken):
			return "", ctx.Err()
		case err != nil:
			return "", io.EOF
		}
		c.locked(func() { e.press(k) })
	}
	return e.buf.text, e.err
}
