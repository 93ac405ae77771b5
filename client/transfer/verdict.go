package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
)

// This file is the one place that decides whether a file is whole. What speaks of its
// size is a witness, and none of them is believed alone: listings and MLST give the size
// of a symbolic link, SIZE of a small server counts in 16 bits, a log grows while it is
// fetched, and a connection that was cut can look like one that was closed.

// witnesses are all that is known of a download when its data has ended, and the server
// has said that all went well (2yz). Sizes are of the whole file; -1 is silence.
type witnesses struct {
	before  int64 // what the file was thought to have: by a listing, MLST, or SIZE
	opening int64 // as the preliminary reply says; silent for the rest of a file
	facts   int64 // the question of before, asked again afterwards
	size    int64 // SIZE, in type I, afterwards
	got     int64 // bytes to the end of the data, with those that were there

	asked   bool // facts and size have been heard
	resumed bool // some of got was there before
	cut     bool // TLS ended without close_notify
	text    bool // type A: no two of the numbers mean the same
	any     bool // sizes are not to be compared on this server
	counts  bool // it has said the right size of another file
}

// outcome is what a row of verdicts comes to.
type outcome int

const (
	whole   outcome = iota
	short           // it is not whole
	ask             // facts and size must be heard first
	other           // what was there before is no part of it
	severed         // somebody may have cut the connection
)

func (o outcome) String() string {
	return [...]string{"whole", "not whole", "ask again", "another file: fetched from its beginning", "cut short"}[o]
}

// Verdict is a row of the table in words, for docs/reliability.md.
type Verdict struct{ When, Outcome, Note string }

// Verdicts is the table by which downloads are judged: the first row that fits counts.
func Verdicts() []Verdict {
	rows := make([]Verdict, len(verdicts))
	for i, v := range verdicts {
		rows[i] = Verdict{v.when, v.outcome.String(), v.note}
	}
	return rows
}

// verdict is a row of the table.
type verdict struct {
	when    string
	outcome outcome
	note    string // for a careful user; {got}, {before}, {now} are numbers
	is      func(w witnesses) bool
}

// verdicts is the table.
var verdicts = []verdict{
	{
		"TLS ended without close_notify, and a size that was asked for is exactly what came", whole, "the server ended the data connection without close_notify; the size is right",
		func(w witnesses) bool {
			return w.cut && !w.text && !w.any && (w.before == w.got || w.asked && w.size == w.got)
		},
	},
	{"TLS ended without close_notify, and the size was not asked for yet", ask, "", func(w witnesses) bool { return w.cut && !w.text && !w.any && !w.asked }},
	{"TLS ended without close_notify, and no size says that all is there", severed, "", func(w witnesses) bool { return w.cut }},
	{"text (type A), or sizes are not compared (`set compare-sizes off`, or the server is known for it)", whole, "", func(w witnesses) bool { return w.text || w.any }},
	{"as many bytes as were expected", whole, "", func(w witnesses) bool { return w.before == w.got }},
	{"nobody named a size", whole, "", func(w witnesses) bool { return w.before < 0 && w.opening < 0 }},
	{"only the preliminary reply named one, and that or more came", whole, "", func(w witnesses) bool { return w.before < 0 && w.opening <= w.got }},
	{"only the preliminary reply named one, and less came", short, "", func(w witnesses) bool { return w.before < 0 }},
	{"another number: size and time are asked for again", ask, "", func(w witnesses) bool { return !w.asked }},
	{
		"SIZE is exactly what came, MLST or the listing has not moved: they speak of a symbolic link", whole, "",
		func(w witnesses) bool { return w.size == w.got && w.facts == w.before },
	},
	{
		"the size has changed, and is now exactly what came", whole, "it had {before} bytes at first; all {got} that it has now are here",
		func(w witnesses) bool { return w.size == w.got || w.facts == w.got },
	},
	{
		"the preliminary reply and the end of the data agree, against the others", whole, "{got} bytes came, as announced, although the server said {before}",
		func(w witnesses) bool { return w.opening == w.got },
	},
	{
		"it grows: not less came than it had at first, nor more than it has now, nor less than was announced", whole, "it is growing: {got} bytes are here, it has {now} now",
		func(w witnesses) bool {
			return w.before <= w.got && w.got <= w.facts && w.opening <= w.got && w.facts > w.before
		},
	},
	{
		"more came than anyone announced, after what was there before: the server began at the beginning, or with another file", other, "",
		func(w witnesses) bool { return w.resumed && w.got > w.most() },
	},
	{"more came than anyone announced: the server says 0", whole, "the server says 0 bytes, {got} came", func(w witnesses) bool { return w.most() == 0 }},
	{
		"more came than anyone announced, by a multiple of 2^32 or 2^16: the server counts in 32 or 16 bits", whole, "the server says {now} bytes, and counts in too few bits: {got} came",
		func(w witnesses) bool { return w.wraps(32) || w.wraps(16) },
	},
	{
		"more came than anyone announced, and two agree on less: before and the preliminary reply", short, "",
		func(w witnesses) bool { return w.got > w.most() && w.opening >= 0 && w.opening == w.before },
	},
	{
		"more came than anyone announced, by a server that said the right size of another file", short, "",
		func(w witnesses) bool { return w.got > w.most() && w.counts },
	},
	{"more came than anyone announced", whole, "{got} bytes came, although the server says {now}", func(w witnesses) bool { return w.got > w.most() }},
	{
		"less came than was named, but that is 2^32-1: -1 in 32 bits", whole, "not checked: the server says {now} bytes, which is what -1 looks like",
		func(w witnesses) bool { return w.most() == math.MaxUint32 && w.least() == math.MaxUint32 },
	},
	{"less came than was named", short, "", func(witnesses) bool { return true }},
}

// most and least are the largest and the smallest size that somebody named.
func (w witnesses) most() int64 { return max(w.before, w.opening, w.facts, w.size) }

func (w witnesses) least() int64 {
	least := int64(math.MaxInt64)
	for _, size := range []int64{w.before, w.opening, w.facts, w.size} {
		if size >= 0 {
			least = min(least, size)
		}
	}
	return least
}

// wraps reports whether what came differs from what is said by what does not fit into a
// number of so many bits.
func (w witnesses) wraps(bits int) bool {
	return !w.resumed && w.got > w.most() && (w.got-w.now())%(1<<bits) == 0
}

// now is the last word on the size, -1 where there is none.
func (w witnesses) now() int64 {
	switch {
	case w.size >= 0:
		return w.size
	case w.facts >= 0:
		return w.facts
	}
	return w.before
}

// weigh finds the row that fits.
func (w witnesses) weigh() verdict {
	for _, v := range verdicts {
		if v.is(w) {
			return v
		}
	}
	panic("the last row fits all")
}

// judge says whether a download is whole, and what is to be told about it; got and cut are
// how its data ended. It asks the server once more where the witnesses do not agree.
func judge(ctx context.Context, s *client.Session, t Task, w witnesses) (note string, err error) {
	v := w.weigh()
	if v.outcome == ask {
		if err := w.hear(ctx, s, t.Remote); err != nil {
			return "", err
		}
		v = w.weigh()
	}
	want := w.now()
	if want < 0 {
		want = w.opening
	}
	switch v.outcome {
	case short:
		return "", &VerifyError{Got: w.got, Want: want}
	case other:
		return "", errors.Join(errOther, &VerifyError{Got: w.got, Want: want})
	case severed:
		return "", client.ErrTruncated
	}
	if w.got > 0 && w.before == w.got && !w.text {
		s.Server().SizeProved()
	}
	return w.fill(v.note), nil
}

// hear asks again for what was asked before, and SIZE beside it: MLST describes the link,
// SIZE the file that RETR sends.
func (w *witnesses) hear(ctx context.Context, s *client.Session, name string) error {
	w.asked, w.facts, w.size = true, -1, -1
	e, err := s.Stat(ctx, name)
	if err == nil && !e.SizeApprox && e.Type != listing.Dir {
		w.facts = e.Size
	}
	if err != nil && !isRefusal(err) && !client.IsMalformed(err) {
		return err
	}
	size, err := s.Size(ctx, name)
	switch {
	case err == nil:
		w.size = size
	case !isRefusal(err) && !client.IsMalformed(err):
		return err
	}
	return nil
}

// fill puts the numbers into a note.
func (w witnesses) fill(note string) string {
	for name, n := range map[string]int64{"{got}": w.got, "{before}": w.before, "{now}": w.now()} {
		note = strings.ReplaceAll(note, name, strconv.FormatInt(n, 10))
	}
	return note
}

// bound is how many bytes of a file are read at most, when somebody named its size: it may
// grow, and be counted in too few bits, but a server that never stops must not fill the
// disk. -1 is no bound.
func bound(sizes ...int64) int64 {
	most := int64(-1)
	for _, size := range sizes {
		most = max(most, size)
	}
	if most <= 0 || most > math.MaxInt64/4 { // 0 is what many say of what they do not know
		return -1
	}
	return 2*most + excess
}

// excess is how many bytes more than twice its size a download may bring.
const excess = 64 << 20

// judgeUpload says whether an upload is whole: size is what SIZE said of it, or err why it did
// not. A server that does not know SIZE is believed; one that does not answer it is, too
// (an inbox may have moved the file on), but that is worth a word. What is added to a file may
// not be all that has come into it meanwhile.
func judgeUpload(r *Result, size int64, err error, any bool) error {
	want := r.base + r.Size
	switch {
	case r.deflated && (isRefusal(err) || client.IsMalformed(err)): // what cannot be compared may be anything
		return &VerifyError{Name: r.Remote + " on the server", Got: -1, Want: want}
	case any, err == nil && size == want, client.IsCode(err, 500, 502, 504), client.IsMalformed(err):
		return nil
	case err == nil && r.base < 0:
		r.Note = cmp.Or(r.Note, "not checked, since the server did not say what it had before")
		return nil
	case err == nil && r.base > 0 && size > want:
		r.Note = cmp.Or(r.Note, fmt.Sprintf("somebody else writes to it, too: it has %d bytes, not %d", size, want))
		return nil
	case isRefusal(err):
		r.Note = cmp.Or(r.Note, "not checked, since the server does not say its size: "+err.Error())
		return nil
	case err == nil:
		return &VerifyError{Name: r.Remote + " on the server", Got: size, Want: want}
	}
	return err
}

// sizeBefore is the size of a file that is to be added to: 0 where there is none, -1 where the
// server does not say.
func sizeBefore(ctx context.Context, s *client.Session, name string) (int64, error) {
	size, err := s.Size(ctx, name)
	switch {
	case err == nil:
		return size, nil
	case client.IsCode(err, 550):
		return 0, nil
	case isRefusal(err), client.IsMalformed(err):
		return -1, nil
	}
	return -1, err
}

// anySize reports whether sizes are not compared in a transfer.
func (t Task) anySize(s *client.Session) bool { return t.AnySize || s.Server().Quirks().WrongSizes }

// isRefusal reports whether the server said no, and did not hang up, or break off what it
// had begun.
func isRefusal(err error) bool {
	var no *client.Error
	return errors.As(err, &no) && no.Reply.Code != 421 && !no.Broken()
}

// VerifyError says that a file arrived with another size than it should have. Name is
// that of an upload on the server, and empty for a download.
type VerifyError struct {
	Name      string
	Got, Want int64
}

func (e *VerifyError) Error() string {
	if e.Got < 0 {
		return fmt.Sprintf("%s: nothing shows that all of its %d bytes are there", e.Name, e.Want)
	}
	if e.Name == "" {
		return fmt.Sprintf("%d bytes came, not %d: the transfer is not complete", e.Got, e.Want)
	}
	return fmt.Sprintf("%s has %d bytes, not %d: the transfer is not complete", e.Name, e.Got, e.Want)
}
