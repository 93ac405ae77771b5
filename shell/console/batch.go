package console

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"strings"
)

// batch reads an input that nobody edits.
type batch struct {
	lines   bufio.Reader
	started bool
}

const byteOrderMark = "\uFEFF"

// readBatch returns the next line of the input, whatever bytes it has. A last line without an end counts.
func (c *Console) readBatch(ctx context.Context) (string, error) {
	stop := context.AfterFunc(ctx, c.in.wake)
	defer stop()
	line, err := c.batch.nextLine(ctx.Err)
	if err != nil && (line == "" || !errors.Is(err, io.EOF)) {
		return "", err
	}
	if !c.batch.started { // Windows editors mark their scripts
		line, c.batch.started = strings.TrimPrefix(line, byteOrderMark), true
	}
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"), nil
}

// nextLine reads up to a line feed. When it is woken it asks whether to stop.
func (b *batch) nextLine(stopped func() error) (string, error) {
	var line strings.Builder
	for {
		if err := stopped(); err != nil {
			return "", err
		}
		part, err := b.lines.ReadString('\n')
		line.WriteString(part)
		if !errors.Is(err, errWoken) {
			return line.String(), err
		}
	}
}

// readCooked asks on a terminal that knows no escape sequence, and edits by itself. A fresh answer was not typed ahead.
func (c *Console) readCooked(ctx context.Context, prompt string, fresh bool) (string, error) {
	c.questions.Lock()
	defer c.questions.Unlock()
	if fresh {
		c.DropTypedAhead()
	}
	prompt, _, _ = strings.Cut(prompt, "\t")
	if _, err := io.WriteString(c.out, printable(prompt)); err != nil {
		return "", err
	}
	c.locked(func() { c.asks = true; c.settle() })
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	ctx, interrupt := context.WithCancelCause(ctx)
	defer interrupt(nil)
	c.spawn(func() {
		select {
		case <-interrupts:
			interrupt(ErrInterrupt)
		case <-ctx.Done():
		}
	})
	stop := context.AfterFunc(ctx, c.in.wake)
	defer stop()
	line, err := c.batch.nextLine(func() error { return context.Cause(ctx) })
	c.locked(func() { c.midline, c.asks = false, false; c.settle() }) // the terminal has echoed the end of the line
	if err != nil && (line == "" || !errors.Is(err, io.EOF)) {
		_, _ = io.WriteString(c.out, "\n")
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// printable is a prompt without its escape sequences.
func printable(prompt string) string {
	var text strings.Builder
	for piece, escape := range spans(prompt) {
		if !escape {
			text.WriteString(piece)
		}
	}
	return text.String()
}
