package listing

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
)

// Options say how a listing is read. The zero value works for LIST.
type Options struct {
	Format   Format         // Detect (zero) for LIST; MLSx for MLSD
	Syst     string         // answer to SYST, if known: a hint for lines that could be anything
	Now      time.Time      // the server's idea of now, for dates without a year; zero is the local clock
	Zone     *time.Location // zone of the server for dates that tell none; nil is UTC
	Detected func(Format)   // called once, when the format is recognised; may be nil

	MaxLine    int   // bytes of a line that are read; more are cut off, and the line is Unparsed; 0 is maxLine
	MaxEntries int   // 0 is MostEntries
	MaxBytes   int64 // of the whole listing; 0 is MostBytes
}

const maxLine = 128 << 10

// What a listing may hold, if nobody says otherwise.
const (
	MostEntries = 2_000_000
	MostBytes   = 1 << 30
)

// ErrTooLong ends a listing that exceeds MaxEntries or MaxBytes.
var ErrTooLong = errors.New("listing is too long")

// withDefaults completes a copy.
func (o Options) withDefaults() Options {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if o.MaxLine <= 0 {
		o.MaxLine = maxLine
	}
	if o.MaxEntries <= 0 {
		o.MaxEntries = MostEntries
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = MostBytes
	}
	return o
}

// Read yields the entries of a listing as its lines arrive. Headers, totals and blank
// lines are left out; a line that is not understood is an entry of type Unparsed.
//
// An error is the last thing yielded: one of r, or ErrTooLong. The entries before it
// are good, but a listing that ends in an error is not complete; a line cut short by
// an error of r is Unparsed, as its name may be cut short too.
//
// Entries are held back only where a line does not say all: dates like 04/05/06 wait
// until their order is known, at worst until the end.
func Read(r io.Reader, o Options) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		o := o.withDefaults()
		l := &listing{
			Options: o,
			source:  lines{r: bufio.NewReaderSize(r, 64<<10), maxLine: o.MaxLine, left: o.MaxBytes},
			cal:     newCalendar(o.Now, o.Zone),
			yield:   yield,
		}
		if o.Format != Detect {
			l.begin(o.Format)
		}
		l.run()
	}
}

// listing is a listing being read.
type listing struct {
	Options
	source  lines
	cal     *calendar
	grammar grammar   // nil until the format is known
	pending []rawLine // lines before the format is known
	claims  [len(forms)]claims
	first   string // lines of an entry that is not whole, or of which the next line may tell more
	whole   bool   // first is an entry as it is
	held    []held
	entry   Entry // the line being read
	noEnd   bool  // it is the last one, and has no end
	count   int
	failure error
	yield   func(Entry, error) bool
	stopped bool
}

// held is an entry that waits for a question, its own or one of an entry before it.
type held struct {
	entry Entry
	open  readings
}

func (l *listing) run() {
	for !l.stopped && l.failure == nil {
		line, err := l.source.next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				l.failure = err
			}
			break
		}
		if l.grammar == nil {
			l.detect(line)
		} else {
			l.line(line)
		}
	}
	l.end()
}

// end gives out what was held back, and then the error, if there is one.
func (l *listing) end() {
	if l.stopped {
		return
	}
	if l.grammar == nil {
		l.begin(l.guess())
	}
	l.flush()
	l.release()
	if l.failure != nil && !l.stopped {
		l.yield(Entry{}, l.failure)
	}
}

// claims is what a format finds in the lines before the format is known.
type claims struct {
	entries int
	header  bool // or half an entry
}

// patience is the number of lines after which a listing of no certain format is given up.
const patience = 100

// detect looks at the first lines until they prove a format.
func (l *listing) detect(line rawLine) {
	l.pending = append(l.pending, line)
	for i := range forms {
		f, c := &forms[i], &l.claims[i]
		if !line.whole || f.proof == allLines {
			continue
		}
		switch f.claim(line.text, newCalendar(l.Now, l.Zone)) {
		case parsed:
			c.entries++
		case header, half:
			c.header = true
		}
		if c.entries > 0 && (f.proof == oneEntry || c.entries > 1 || c.header) {
			l.begin(f.format)
			return
		}
	}
	if len(l.pending) >= patience {
		l.begin(l.guess())
	}
}

// guess chooses a format for lines that do not prove one: the one that understands them
// all, or whose header is there. On z/OS a bare word is a member of a library; elsewhere
// it would be noise.
func (l *listing) guess() Format {
	for i := range forms {
		if f := &forms[i]; f.proof != allLines && f.fits(l.pending, newCalendar(l.Now, l.Zone)) {
			return f.format
		}
	}
	for i := range forms {
		f := &forms[i]
		if l.claims[i].header || f.syst != "" && strings.Contains(l.Syst, f.syst) {
			return f.format
		}
	}
	for i := range forms {
		if f := &forms[i]; f.proof == allLines && f.fits(l.pending, newCalendar(l.Now, l.Zone)) {
			return f.format
		}
	}
	return Detect
}

// begin reads the pending lines, and all others, in a format.
func (l *listing) begin(f Format) {
	l.grammar = f.grammar(l.cal)
	if l.Detected != nil && f != Detect {
		l.Detected(f)
	}
	lines := l.pending
	l.pending = nil
	for _, line := range lines {
		if !l.stopped {
			l.line(line)
		}
	}
}

func (l *listing) line(line rawLine) {
	l.noEnd = line.noEnd
	if l.first != "" && l.more(line) || l.stopped {
		return
	}
	if !line.whole || !l.take(l.parse(line.text), line.text) {
		l.unparsed(line.text)
	}
}

// take goes by what was made of a line, or of the lines of one entry. It is false if they
// were not understood.
func (l *listing) take(found outcome, text string) bool {
	switch found {
	case parsed:
		l.emit()
	case half:
		l.first, l.whole = text, false
	case open:
		l.first, l.whole = text, true
	case unknown:
		return false
	}
	return true
}

// more reads a line as the next one of the entry before it, if it is that. Otherwise
// what there is of that entry goes out.
func (l *listing) more(line rawLine) bool {
	first, whole := l.first, l.whole
	l.first = ""
	if text := first + "\n" + line.text; line.whole && (!whole || line.text != "" && isBlank(line.text[0])) {
		switch found := l.parse(text); found {
		case parsed, open:
			return l.take(found, text)
		}
	}
	l.first, l.whole = first, whole
	l.flush()
	return false
}

// flush gives out an entry for which no further line came.
func (l *listing) flush() {
	first := l.first
	if l.first = ""; first == "" {
		return
	}
	if l.whole {
		l.parse(first)
		l.emit()
		return
	}
	l.unparsed(first)
}

func (l *listing) parse(line string) outcome {
	l.entry = Entry{Size: -1, Raw: line, NoEnd: l.noEnd}
	l.cal.open = readings{}
	return l.grammar.parse(line, &l.entry)
}

func (l *listing) unparsed(line string) {
	l.entry = Entry{Type: Unparsed, Size: -1, Raw: line, NoEnd: l.noEnd}
	l.cal.open = readings{}
	l.emit()
}

// emit sends the entry, or lets it wait in line.
func (l *listing) emit() {
	if l.count == l.MaxEntries {
		l.failure = fmt.Errorf("%w: more than %d entries", ErrTooLong, l.MaxEntries)
		return
	}
	l.count++
	if l.cal.undecided() {
		l.held = append(l.held, held{l.entry, l.cal.open})
		return
	}
	l.release()
	l.send(l.entry)
}

// release sends what was held back, with the answers of now.
func (l *listing) release() {
	waiting := l.held
	l.held = nil
	for _, h := range waiting {
		if h.open.of != nil {
			h.entry.Time = h.open.times[h.open.of.answer()]
		}
		if h.open.of != nil && h.entry.Time.IsZero() {
			h.entry = Entry{Type: Unparsed, Size: -1, Raw: h.entry.Raw, NoEnd: h.entry.NoEnd}
		}
		l.send(h.entry)
	}
}

func (l *listing) send(e Entry) {
	if !l.stopped && !l.yield(e, nil) {
		l.stopped = true
	}
}
