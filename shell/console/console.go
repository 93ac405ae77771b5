// Package console owns the terminal: it reads lines, secrets and single keys, shows completions, a status
// line and output of other goroutines around them, and hands the terminal to child programs. Nothing else
// in ftpsh writes an escape sequence that moves the cursor.
//
// Where input or output is no terminal it reads plain lines and asks nothing. On TERM=dumb it leaves
// editing to the terminal and sends no escape sequence.
//
// The library readline reads and hands out the keys and says when a line is complete. What it would draw,
// list, remember or measure is done here, because its redraw, menu and history were seen to lose columns,
// panic and store secrets: its own line stays empty.
package console

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"unicode"

	"github.com/chzyer/readline"
	"github.com/clipperhouse/displaywidth"
)

// ErrInterrupt is returned when the user presses Ctrl-C at a prompt.
var ErrInterrupt = errors.New("interrupted")

// ErrNotInteractive is returned by a question when there is nobody to ask.
var ErrNotInteractive = errors.New("no terminal to ask at")

// Options describe a console. The zero value is one on the standard streams.
type Options struct {
	In       io.Reader // nil: os.Stdin
	Out, Err io.Writer // nil: os.Stdout, os.Stderr

	Color string // "auto" (also ""), "always" or "never"

	// SecretsFromTTY lets ReadSecret open /dev/tty when In or Out is no terminal.
	SecretsFromTTY bool

	// History gives the lines that Up, Ctrl-R and Alt-. recall, the newest last; nil for none. The console keeps no line
	// itself. It is called while the screen is locked and must not write to the console.
	History func() []string

	// Complete gives what may replace a part of line at the byte offset pos. It runs on a goroutine of its
	// own and may take its time; it must return soon after ctx ends, which Ctrl-C and every change of the
	// line cause. ReadLine does not return before it.
	Complete func(ctx context.Context, line string, pos int) Completion

	// The next three are asked after each key, and must answer from memory. They may not use the console.
	Highlight func(line string) string // line with SGR sequences, otherwise the same bytes
	Suggest   func(line string) string // what may follow line, shown in grey
	Hint      func(line string) string // a note shown under the line

	// The next two are called with the prompt out of the way; they may write to the console and run programs on it.
	Help func(line string, pos int) // explains the word at pos
	Edit func(line string) string   // the line after the user has edited it elsewhere

	// Start starts programs in place of exec.Cmd.Start; nil: nothing does.
	Start func(*exec.Cmd) error

	Vi bool // keys of vi instead of those of emacs
}

// A Console is a terminal, or the streams that stand for one. All of it may be used from any goroutine; where two
// of them ask for lines, secrets or keys, the second waits until the first has its answer.
type Console struct {
	window
	interactive bool
	dumb        bool

	batch   batch
	tasks   sync.WaitGroup
	unwatch func()

	questions sync.Mutex // locked before mu of the window
	kills     kills
}

// window is what the user sees: the rows that are drawn, the line that is typed among them, and the
// terminal that shows it.
type window struct {
	outputs
	opts Options
	in   *input

	mu sync.Mutex // of all that follows
	display
	terminal
	ed       *editor       // nil between prompts
	heeded   string        // the note under the line when it was entered
	reprompt func() string // the prompt is another one now
	closed   bool
}

// outputs are where text goes.
type outputs struct{ out, err *stream }

// display is what stands on the screen.
type display struct {
	term    *stream // where live rows are drawn; nil for nowhere
	screen  screen
	status  [][]cell
	title   titles
	midline bool   // the last output ended inside a row
	asks    bool   // a line is being typed behind a prompt that the terminal knows nothing of
	partial []byte // output kept until its line is complete, while there are live rows
	held    []byte // output for when no other program has the terminal
}

// terminal is who has the terminal, and how it reads keys.
type terminal struct {
	child     bool   // another program has it
	restore   func() // leaves raw mode; nil outside
	echo      func() // turns the echo on again; nil where it is on
	prompts   bool   // lines are edited here
	cooked    bool   // the terminal edits lines
	keepsOn   bool   // Ctrl-Z does not stop the program
	suspended bool   // it is about to be stopped
	ended     bool   // the terminal went away
	rl        *readline.Instance
	keyboard  *keyboard
	watch     watch
}

// New makes a console. It changes nothing about the terminal before the first question.
func New(o Options) (*Console, error) {
	switch o.Color {
	case "", "auto", "always", "never":
	default:
		return nil, errors.New(`color: "` + o.Color + `" is not one of auto, always, never`)
	}
	if o.In == nil {
		o.In = os.Stdin
	}
	if o.Out == nil {
		o.Out = os.Stdout
	}
	if o.Err == nil {
		o.Err = os.Stderr
	}
	in, err := newInput(o.In)
	if err != nil {
		return nil, err
	}
	c := &Console{window: window{opts: o, in: in}, dumb: isDumb()}
	c.out, c.err = newStream(&c.window, o.Out), newStream(&c.window, o.Err)
	c.interactive = in.tty && c.out.tty
	c.term = c.liveStream()
	if c.term != nil {
		c.screen.w = c.term.w
		prepareOutput(c.term.fd)
	}
	c.batch.lines.Reset(in)
	c.unwatch = c.watchTerminal()
	return c, nil
}

// liveStream is where prompts and progress can be drawn: the output the prompt is on, else whichever stream
// is a terminal.
func (c *Console) liveStream() *stream {
	switch {
	case c.dumb:
		return nil
	case c.interactive:
		return c.out
	case c.err.tty:
		return c.err
	case c.out.tty:
		return c.out
	}
	return nil
}

// Interactive says whether there is a terminal on both sides, so that questions can be asked.
func (c *Console) Interactive() bool { return c.interactive }

// SetEditing chooses who edits the lines of ReadLine: the console, or the
// terminal as it can.
func (c *window) SetEditing(on bool) { c.cooked = !on }

// SetVi chooses the keys of the next lines: those of vi, or of emacs.
func (c *window) SetVi(on bool) { c.locked(func() { c.opts.Vi = on }) }

// Heeded is the note that stood under the last line of ReadLine when Enter was pressed; "" where none did, or keys came too
// fast for one to be shown.
func (c *Console) Heeded() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.heeded
}

// Close ends a prompt that waits, with io.EOF, and leaves the terminal as it was found. It may be called more
// than once, and from the goroutine that handles signals.
func (c *Console) Close() error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil
	}
	c.closed = true
	if c.ed != nil {
		c.ed.finish(io.EOF)
	}
	c.status = nil
	c.screen.erase()
	c.writePartial()
	c.leaveRaw()
	c.settle()
	c.popTitle()
	c.screen.flush()
	err := c.screen.err
	rl := c.rl
	c.mu.Unlock()

	c.unwatch()
	c.in.wake()
	if rl != nil {
		rl.Terminal.Close()
	}
	c.in.close()
	c.tasks.Wait()
	return err
}

// spawn runs f on a goroutine that Close waits for; not at all after Close.
func (c *Console) spawn(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.tasks.Go(f)
	}
}

// ReadLine shows prompt and returns the line typed after it, without its end. The prompt may hold SGR and
// OSC sequences and several rows; what follows a tab in it stands at the right margin as long as there is room.
// Pasted line feeds are part of the line. It returns ErrInterrupt for Ctrl-C,
// io.EOF for Ctrl-D on an empty line and at the end of the input, and the context's error when ctx ends.
// Without a terminal it returns the next line of the input as it is, without prompt and echo.
func (c *Console) ReadLine(ctx context.Context, prompt string) (string, error) {
	switch {
	case !c.interactive:
		return c.readBatch(ctx)
	case c.dumb || c.cooked:
		return c.readCooked(ctx, prompt, false)
	}
	e := newEditor(ctx, c, prompt)
	for {
		if err := c.edit(e); err != nil {
			return "", err
		}
		if e.aside == nil {
			return e.buf.text, nil
		}
		e.again()
	}
}

// Ask asks for one line that is no command: no history, no completion. What was typed before the question appeared is no
// answer to it and is dropped; only text that nothing is asked for (an empty question) may come ahead. It returns
// ErrNotInteractive without a terminal, and otherwise the errors of ReadLine.
func (c *Console) Ask(ctx context.Context, question string) (string, error) {
	switch {
	case !c.interactive:
		return "", ErrNotInteractive
	case c.dumb:
		return c.readCooked(ctx, atBlanks(question, c.Width()), question != "")
	}
	e := newEditor(ctx, c, atBlanks(question, c.Width()))
	e.plain, e.fresh = true, question != ""
	if err := c.edit(e); err != nil {
		return "", err
	}
	return e.buf.text, nil
}

// atBlanks breaks a question that is wider than the terminal between its words; a longer word breaks at the margin.
func atBlanks(question string, columns int) string {
	var b strings.Builder
	col := 0
	for i, word := range strings.Split(question, " ") {
		cells := displaywidth.String(word)
		switch {
		case i == 0:
		case cells > 0 && col+1+cells > columns:
			b.WriteByte('\n')
			col = 0
		default:
			b.WriteByte(' ')
			col++
		}
		b.WriteString(word)
		col += cells
	}
	return b.String()
}

// AskKey asks until a line is one of keys, a letter each, and returns it in lower case; "yes" and "no" stand for y and n.
// An empty line chooses the letter that is a capital in keys. It returns ErrNotInteractive without a terminal,
// ErrInterrupt for Ctrl-C and io.EOF for Ctrl-D.
func (c *Console) AskKey(ctx context.Context, question, keys string) (rune, error) {
	for {
		line, err := c.Ask(ctx, question)
		if err != nil {
			return 0, err
		}
		if r, ok := choice(keys, strings.ToLower(strings.TrimSpace(line))); ok {
			return r, nil
		}
		c.locked(c.bell)
	}
}

func choice(keys, line string) (rune, bool) {
	switch line {
	case "yes", "no":
		line = line[:1]
	}
	for _, r := range keys {
		lower := unicode.ToLower(r)
		if line == string(lower) || line == "" && lower != r {
			return lower, true
		}
	}
	return 0, false
}
