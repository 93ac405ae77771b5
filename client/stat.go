package client

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client/listing"
)

// Stat describes one file or directory: MLST where the server has it, SIZE and MDTM otherwise (RFC
// 3659 sections 7, 4 and 3). A directory without MLST is found out by going there and back.
func (s *browser) Stat(ctx context.Context, name string) (e listing.Entry, err error) {
	for e, err = range s.StatEach(ctx, name) {
		return e, err
	}
	return e, err
}

// StatEach describes several, in their order; what is asked about them is sent
// without waiting for the answers. Each has its own error: one that is missing
// does not stop the others. After a lost connection the rest all have its error.
func (s *browser) StatEach(ctx context.Context, names ...string) iter.Seq2[listing.Entry, error] {
	return func(yield func(listing.Entry, error) bool) {
		for len(names) > 0 {
			some := names[:min(len(names), statBurst)]
			names = names[len(some):]
			for i, answer := range s.statBurst(ctx, some) {
				if answer.err != nil {
					answer.entry, answer.err = s.statSlow(ctx, some[i], answer)
				}
				if !yield(answer.entry, answer.err) {
					return
				}
			}
		}
	}
}

const statBurst = 100

// stated is the answer about one name.
type stated struct {
	entry listing.Entry
	err   error
	facts bool  // by MLST
	mtime error // of MDTM, when SIZE was refused
}

// statBurst asks about all names at once.
func (s *browser) statBurst(ctx context.Context, names []string) []stated {
	var answers []stated
	err := s.do(ctx, true, func(c *Conn) (lost error) {
		answers = answers[:0]
		for _, answer := range s.statQuestions(ctx, c, names) {
			a := answer(ctx)
			answers = append(answers, a)
			for _, err := range []error{a.err, a.mtime} { // a file without its time would look like one that has none
				if lost == nil && hungUp(err) {
					lost = err
				}
			}
		}
		return lost
	})
	if answers == nil || errors.As(err, new(*DirGoneError)) { // never asked, or never answered
		answers = slices.Repeat([]stated{{err: err}}, len(names))
	}
	return answers
}

// statQuestions sends the commands and returns what waits for the answers.
func (s *browser) statQuestions(ctx context.Context, c *Conn, names []string) []func(context.Context) stated {
	var asked []func(context.Context) stated
	facts, want := s.knowsMLST(), s.have
	switch {
	case !facts && !s.lacks["SIZE"]:
		want.typ = Binary // in type A servers refuse SIZE, or count the line ends
	case s.quirks.ProtectsMLST && c.hadTLS():
		want.prot = s.prot
	}
	all := s.changes(want)
	before := len(all)
	for _, name := range names {
		if facts {
			all = append(all, s.short("MLST", wirePath(name)))
		} else {
			all = append(all, s.short("SIZE", wirePath(name)), s.short("MDTM", wirePath(name)))
		}
	}
	xs := c.sendMany(ctx, all...)
	answers := xs[before:]
	for i, name := range names {
		asked = append(asked, func(ctx context.Context) stated {
			if i == 0 {
				_ = s.confirm(ctx, all[:before], xs)
			}
			if facts {
				return mlst(ctx, name, answers[i])
			}
			return s.sizeAndTime(ctx, name, answers[2*i], answers[2*i+1])
		})
	}
	return asked
}

func (l *learned) knowsMLST() bool { return l.feat.Has("MLST") && !l.lacks["MLST"] }

// short is a command, or one that fails here because it is too long, or not known.
func (l *learned) short(verb, arg string) command {
	m := command{verb: verb, args: []string{arg}, failed: l.tooLong(verb, []string{arg})}
	if r, known := l.refusals[verb]; known && l.lacks[verb] && m.failed == nil {
		m.failed = &Error{Verb: verb, Reply: r}
	}
	return m
}

func mlst(ctx context.Context, name string, x *Exchange) stated {
	r, err := x.Expect(ctx, 2)
	if err != nil {
		return stated{err: err, facts: true}
	}
	for _, line := range r.Body() {
		if e, err := listing.ParseFacts(strings.TrimLeft(r.withoutCode(line), " ")); err == nil {
			e.Name = name // servers put anything there: a path, a bare name
			return stated{entry: e, facts: true}
		}
	}
	return stated{facts: true, err: &ProtocolError{Verb: "MLST", Text: r.Text(), Reason: "no facts in the reply to MLST", Value: true}}
}

func (l *learned) sizeAndTime(ctx context.Context, name string, size, mtime *Exchange) (answer stated) {
	e := listing.Entry{Name: name, Type: listing.File, Size: -1}
	r, err := size.Expect(ctx, 2)
	l.answered("SIZE", err)
	if err == nil {
		e.Size, _ = ParseSize(r) // a file, whatever its size is
	}
	r, answer.mtime = mtime.Expect(ctx, 2)
	l.answered("MDTM", answer.mtime)
	if answer.mtime == nil {
		e.Time, e.Precision, answer.mtime = parseModTime(r)
	}
	answer.entry, answer.err = e, err
	return answer
}

// statSlow is for what a burst could not answer: a directory, a long path, a
// server without these commands.
func (s *browser) statSlow(ctx context.Context, name string, before stated) (listing.Entry, error) {
	e, err := before.entry, before.err
	switch {
	case isLong(err):
		return s.statFar(ctx, name)
	case before.facts && (s.markUnsupported("MLST", err) || IsMalformed(err)):
		s.without("MLST")
		return s.Stat(ctx, name)
	case !refused(err) || before.facts:
		return e, err
	case before.mtime == nil: // a file, but no SIZE
		return e, nil
	}
	switch dir, no, failed := s.enter(ctx, name); {
	case failed != nil:
		return e, failed
	case dir:
		return listing.Entry{Name: name, Type: listing.Dir, Size: -1}, nil
	case notKnown(err) && (no == nil || strings.HasPrefix(path.Base(name), ".")): // which a listing may hide
		return s.statListed(ctx, name, err)
	case notKnown(err):
		return s.statListed(ctx, name, no)
	}
	return e, err
}

// statFar goes to the directory of a path that is too long for one command.
func (s *browser) statFar(ctx context.Context, name string) (e listing.Entry, err error) {
	dir, last := path.Split(name)
	here := s.at
	if err = s.chdir(ctx, dir, nil); err != nil {
		return e, err
	}
	e, err = s.Stat(ctx, last)
	e.Name = name
	return e, cmp.Or(err, s.returnTo(ctx, here))
}

// statListed looks for a file in the listing of its directory. The listing is
// read to its end: to abort it costs more than most of them.
func (s *browser) statListed(ctx context.Context, name string, refusal error) (found listing.Entry, err error) {
	err = refusal
	for e, failure := range s.List(ctx, strings.TrimSuffix(name, path.Base(name)), ListOptions{Hidden: true}) {
		if failure != nil {
			return found, failure
		}
		if e.Name == path.Base(name) {
			found, err = e, nil
			found.Name = name
		}
	}
	return found, err
}

// IsDir reports whether a name can be entered: a directory, or a link to one. No listing
// says where a link leads in the end, nor does MLST (RFC 3659 section 7) on all servers; CWD does.
func (s *browser) IsDir(ctx context.Context, name string) (bool, error) {
	dir, _, err := s.enter(ctx, name)
	return dir, err
}

// enter finds out by going there and back, or by a listing where the way back is not known. no is
// the refusal of a name that cannot be entered; what is no answer to that is an error.
func (s *browser) enter(ctx context.Context, name string) (dir bool, no, err error) {
	here := s.at
	if !here.anchored() {
		var e listing.Entry
		e, err = s.statListed(ctx, strings.TrimRight(name, "/"), nil)
		dir = e.Type == listing.Dir && e.Name != ""
	} else if err = s.chdir(ctx, name, nil); err == nil {
		return true, nil, s.returnTo(ctx, here)
	}
	if refused(err) {
		return dir, err, nil
	}
	return dir, nil, err
}
