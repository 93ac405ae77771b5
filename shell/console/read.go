package console

import (
	"context"
	"errors"
	"io"

	"github.com/chzyer/readline"
)

// waitingKey stands for the key in keyboard.pressed on its way through readline. A key of its own: readline
// has no names for most, and acts on the others before we see them.
const waitingKey = '\U0010FFFD'

const bracketedPasteOn, bracketedPasteOff = "\x1b[?2004h", "\x1b[?2004l"

// keyboard is the standard input of readline. Each Read decodes one key, and waits until the one before it
// has been acted upon, so that both sides agree about what the screen shows.
type keyboard struct {
	c       *Console
	pressed key
	turn    chan struct{}
}

// Read gives readline the sign for a key, or the end of the line once the editor has finished.
func (k *keyboard) Read(p []byte) (int, error) {
	<-k.turn
	for {
		switch k.c.readingState() {
		case finished:
			k.turn <- struct{}{}
			return copy(p, "\r"), nil
		case gone:
			k.turn <- struct{}{}
			return 0, io.EOF
		}
		pressed, err := decode(k.c.in)
		switch {
		case err == nil:
			k.pressed = pressed
			return copy(p, string(waitingKey)), nil
		case errors.Is(err, errWoken):
			k.c.changePrompt()
		default:
			k.c.hangUp()
		}
	}
}

// Close has nothing to close: the input outlives readline.
func (k *keyboard) Close() error { return nil }

// OnChange acts on a key. Readline calls it once at the start of each prompt, without a key.
func (k *keyboard) OnChange(_ []rune, _ int, r rune) ([]rune, int, bool) {
	switch r {
	case 0:
		k.c.changePrompt()
		k.c.begin()
	case waitingKey:
		k.c.press(k.pressed)
		k.turn <- struct{}{}
	default: // the end of the line: the next prompt may have begun
		return nil, 0, false
	}
	return nil, 0, true
}

// edit lets the user answer e.
func (c *Console) edit(e *editor) error {
	c.questions.Lock()
	defer c.questions.Unlock()
	if e.fresh {
		c.DropTypedAhead()
	}
	if err := c.place(e); err != nil {
		return err
	}
	stop := context.AfterFunc(e.ctx, func() {
		c.mu.Lock()
		e.finish(e.ctx.Err())
		c.mu.Unlock()
		c.in.wake()
	})
	defer stop()
	_, err := c.rl.Readline()
	c.locked(e.cancelCompletion)
	e.asking.Wait()

	c.mu.Lock()
	defer c.mu.Unlock()
	c.ed = nil
	c.draw()
	if e.done {
		return e.err
	}
	return err
}

// place makes e the line that is typed, unless nobody can type any more.
func (c *Console) place(e *editor) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.ended {
		return io.EOF
	}
	if err := e.ctx.Err(); err != nil {
		return err
	}
	if err := c.startReadline(); err != nil {
		return err
	}
	c.screen.erase()
	c.endRow()
	c.ed, c.prompts = e, true
	if !e.plain {
		c.heeded = ""
	}
	return nil
}

func (c *Console) startReadline() error {
	if c.rl != nil {
		return nil
	}
	c.keyboard = &keyboard{c: c, turn: make(chan struct{}, 1)}
	c.keyboard.turn <- struct{}{}
	rl, err := readline.NewEx(&readline.Config{
		Stdin:                  c.keyboard,
		Stdout:                 io.Discard,
		Stderr:                 io.Discard,
		Listener:               c.keyboard,
		HistoryLimit:           -1,
		DisableAutoSaveHistory: true,
		FuncGetWidth:           func() int { return 1 << 24 },
		FuncIsTerminal:         func() bool { return false }, // it draws nothing then
		FuncOnWidthChanged:     func(func()) {},
		FuncMakeRaw:            func() error { c.locked(c.enterRaw); return nil },
		FuncExitRaw:            func() error { c.locked(c.leaveRaw); return nil },
	})
	c.rl = rl
	return err
}

func (c *window) locked(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

type readingState int

const (
	reading readingState = iota
	finished
	gone
)

// readingState tells the keyboard whether the editor still wants keys; that it has finished is said once.
func (c *window) readingState() readingState {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.ed != nil && c.ed.done && !c.ed.told:
		c.ed.told = true
		return finished
	case c.closed || c.ed == nil || c.ed.done:
		return gone
	}
	return reading
}

// Reprompt changes the prompt of the ReadLine that waits, or of the next one. Prompt is called by the goroutine that
// asks for colours and suggestions.
func (c *window) Reprompt(prompt func() string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reprompt = prompt
	if c.ed != nil && !c.ed.done {
		c.in.wake()
	}
}

func (c *window) changePrompt() {
	c.mu.Lock()
	e, prompt := c.ed, c.reprompt
	if e == nil || e.plain || prompt == nil {
		c.mu.Unlock()
		return
	}
	c.reprompt = nil
	c.mu.Unlock()
	text := prompt()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ed == e && !e.done {
		e.setPrompt(text)
		if c.screen.live {
			c.draw()
		}
	}
}

// begin shows the prompt, after the terminal has become raw.
func (c *window) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ed != nil && !c.ed.done {
		c.endRow()
		c.draw()
	}
}

// press acts on a key and shows the result, unless more keys wait already.
func (c *Console) press(k key) {
	c.mu.Lock()
	e := c.ed
	if k.Name == "Position" {
		c.screen.answered(k.Text)
	}
	if e == nil || e.done || k.Name == "Position" {
		c.mu.Unlock()
		return
	}
	e.press(k)
	later := e.later
	e.later = nil
	c.mu.Unlock()
	if later != nil {
		later()
	}
	if !c.in.ready() {
		c.refresh(e)
	}
}

// refresh asks for the colours, suggestion and hint of a line that changed, and draws.
func (c *window) refresh(e *editor) {
	c.mu.Lock()
	line, asks := e.buf.text, !e.done && !e.plain && e.painted != e.buf.text
	c.mu.Unlock()
	var highlighted []cell
	var ghost, hint string
	if asks {
		highlighted, ghost, hint = c.decorate(line)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ed != e || e.done {
		return
	}
	if asks && e.buf.text == line {
		e.painted, e.styled, e.ghost, e.hint = line, highlighted, ghost, hint
	}
	c.draw()
}

func (c *window) decorate(line string) (cells []cell, ghost, hint string) {
	if line == "" {
		return nil, "", ""
	}
	if c.opts.Highlight != nil && c.out.color {
		cells = paint(line, c.opts.Highlight(line))
	}
	if c.opts.Suggest != nil && c.out.color { // without grey it would look typed
		ghost = c.opts.Suggest(line)
	}
	if c.opts.Hint != nil {
		hint = c.opts.Hint(line)
	}
	return cells, ghost, hint
}

// hangUp ends the prompt when the terminal has gone; a half-typed line is not run.
func (c *window) hangUp() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	if c.ed != nil {
		c.ed.finish(io.EOF)
	}
}

func (c *window) enterRaw() {
	if c.closed || c.restore != nil {
		return
	}
	restore, err := makeRaw(c.in.fd)
	if err != nil {
		c.ended = true
		c.ed.finish(err)
		return
	}
	c.restore = restore
	c.screen.out.WriteString(bracketedPasteOn)
	if c.opts.Vi {
		c.cursorShape(barCursor)
	}
}

func (c *window) leaveRaw() {
	if c.restore == nil {
		return
	}
	c.screen.out.WriteString(bracketedPasteOff)
	if c.opts.Vi {
		c.cursorShape(userCursor)
	}
	c.screen.flush()
	c.restore()
	c.restore = nil
	c.settle()
}

// Shapes of the cursor (DECSCUSR), which tell the modes of vi apart.
const userCursor, blockCursor, barCursor = "\x1b[0 q", "\x1b[2 q", "\x1b[6 q"

func (d *display) cursorShape(shape string) { d.screen.out.WriteString(shape) }
