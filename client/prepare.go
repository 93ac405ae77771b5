package client

import (
	"cmp"
	"context"
	"errors"
	"strings"
)

// transfer begins a transfer in the wanted type and protection. The ways to a
// data connection are tried in order until one works; that one is kept.
func (s *transfers) transfer(ctx context.Context, typ Type, t Transfer) (*Data, error) {
	if !s.in {
		return nil, ErrNotLoggedIn
	}
	if err := s.opt.Pace.wait(ctx); err != nil {
		return nil, err
	}
	s.tellLater(ctx)
	repeat := t.Verb != "STOR" && t.Verb != "APPE" && t.Verb != "STOU"
	var d *Data
	begin := func(c *Conn) error {
		var failed []error
		for i := s.way; i < len(s.opt.Ways); i++ {
			t.Way = s.opt.Ways[i]
			err := s.telnetToo(c, t.Args, func() (err error) {
				d, err = s.begin(ctx, c, typ, t)
				return err
			})
			if err == nil {
				s.way, s.modeKnown = i, true
				return nil
			}
			if !s.tryAnother(err, t.Way) {
				return err
			}
			failed = append(failed, err)
		}
		return noWay(failed)
	}
	err := s.anywhere(ctx, repeat, begin)
	if err == nil || repeat {
		return d, err
	}
	name := ""
	if len(t.Args) > 0 {
		name = t.Args[0]
	}
	switch back, gone := s.strayed(ctx, name, err); {
	case gone != nil:
		err = gone
	case back:
		err = s.anywhere(ctx, repeat, begin)
	}
	return d, err
}

// tryAnother reports whether another way to a data connection may help.
func (l *learned) tryAnother(err error, way DataMode) bool {
	if l.modeKnown || errors.As(err, new(*StrangerError)) {
		return false
	}
	var no *modeError
	if errors.As(err, &no) {
		return !IsCode(err, 421, 530)
	}
	return IsCode(err, 425) && way != PORT
}

// noWay joins what was tried into one error.
func noWay(failed []error) error {
	if len(failed) == 1 {
		return failed[0]
	}
	return &NoDataError{Tried: failed}
}

// NoDataError says that no way to a data connection worked.
type NoDataError struct{ Tried []error }

func (e *NoDataError) Error() string {
	tried := make([]string, len(e.Tried))
	for i, err := range e.Tried {
		tried[i] = strings.TrimPrefix(err.Error(), "no data connection: ")
	}
	return "no data connection: " + strings.Join(tried, "; ")
}
func (e *NoDataError) Unwrap() []error { return e.Tried }

// begin sends, in one burst, what must be changed and the request for the data
// connection; then the transfer's own command.
func (s *transfers) begin(ctx context.Context, c *Conn, typ Type, t Transfer) (*Data, error) {
	want := s.wants(c, typ, t)
	t.Protect, t.Fresh = want.prot == Private, s.fresh
	var back []command
	var err error
	if s.tooLong(t.Verb, t.Args) != nil { // fit leaves the directory that the riders are meant for
		if err = s.flush(ctx); err == nil {
			t.Args, err = s.fit(ctx, c, t.Verb, t.Args)
		}
	} else {
		back, err = s.returning(ctx, c)
	}
	if err != nil {
		return nil, err
	}
	ch, name, err := s.arrange(ctx, c, t, append(back, s.changesFor(want, t)...))
	if s.asksForPRET(err) {
		ch, name, err = s.arrange(ctx, c, t, s.changesFor(want, t))
	}
	if err != nil {
		return nil, err
	}
	if s.have.mode == Deflate {
		t.Inflate = s.opt.Inflate
		if t.upload() {
			t.Deflate = s.opt.Deflate
		}
	}
	if s.modeKnown && t.place().verb == "" {
		return s.fused(ctx, c, ch, name, t)
	}
	return c.begin(ctx, ch, name, t)
}

// wants are the settings that a transfer needs.
func (s *agreement) wants(c *Conn, typ Type, t Transfer) settings {
	want := s.have
	want.typ, want.mode, want.sscn = typ, Stream, false
	if t.listing() && typ == ASCII && s.have.typ == "" {
		want.typ = "" // lines are lines in whatever type the server begins
	}
	if c.hadTLS() {
		want.prot = s.prot
	}
	switch {
	case t.Restart > 0, t.Until > 0:
	case !t.upload():
		want.mode = s.downloadMode()
	case t.Verb == "STOR" && typ.Counts():
		want.mode = s.uploadMode()
	}
	if s.mode != "" {
		want.mode = s.mode
	}
	return want
}

// changesFor are the changes for a transfer. A listing can be read in any type.
func (s *agreement) changesFor(want settings, t Transfer) []command {
	all := s.changes(want)
	for i := range all {
		all[i].wish = t.listing() && all[i].verb == "TYPE"
	}
	return all
}

// changes are the commands that lead from what the server was told to want.
// PBSZ 0 and PROT come with the first transfer that needs them (RFC 4217
// section 9: PBSZ before PROT).
func (s *agreement) changes(want settings) []command {
	var all []command
	if want.typ != s.have.typ {
		all = append(all, cmd("TYPE", string(want.typ)))
	}
	if want.prot != s.have.prot {
		if !s.have.pbsz {
			all = append(all, cmd("PBSZ", "0"))
		}
		all = append(all, cmd("PROT", string(want.prot)))
	}
	if want.sscn != s.have.sscn {
		all = append(all, cmd("SSCN", map[bool]string{true: "ON", false: "OFF"}[want.sscn]))
	}
	if want.mode != s.have.mode {
		all = append(all, cmd("MODE", string(want.mode)))
	}
	if want.hash != s.have.hash {
		all = append(all, cmd("OPTS", "HASH", string(want.hash)))
	}
	return all
}

// confirm waits for the answers to changes. A refused PROT ends the transfer:
// nothing that should be protected is ever sent in the clear.
func (s *agreement) confirm(ctx context.Context, changes []command, xs []*Exchange) error {
	var first error
	for i, change := range changes {
		_, err := xs[i].Expect(ctx, 2)
		switch {
		case change.returns && err == nil:
			s.cwdStale = first != nil
		case change.returns:
			s.cwdStale = true
			if refused(err) {
				err = &DirGoneError{Dir: s.at.String(), Err: err}
			}
			first = cmp.Or(first, err)
		case err == nil:
			s.have.took(change)
		case !refused(err):
			s.have.forget(change) // it was sent, and may be carried out yet
			first = cmp.Or(first, err)
		case change.wish:
		case change.verb == "PBSZ":
			// it is PROT's answer that counts
		case change.verb == "PRET" && notKnown(err):
			// then it was not needed
		case change.verb == "MODE" && change.args[0] == string(Deflate):
			s.compress = false // stream mode will do
		default:
			first = cmp.Or(first, err)
		}
	}
	return first
}

// forget notes that it is not known what the server was told: it is told again.
func (h *settings) forget(change command) {
	switch change.verb {
	case "TYPE":
		h.typ = unknown
	case "PROT":
		h.prot = ""
	case "SSCN":
		h.sscn = true // only this must be taken back
	case "MODE":
		h.mode = ""
	case "OPTS":
		h.hash = ""
	}
}

// unknown is a type of which nobody can say whether the server has it.
const unknown Type = "?"

// took notes what the server agreed to.
func (h *settings) took(change command) {
	switch change.verb {
	case "TYPE":
		h.typ = Type(change.args[0])
	case "PBSZ":
		h.pbsz = true
	case "PROT":
		h.prot = Level(change.args[0])
	case "SSCN":
		h.sscn = change.args[0] == "ON"
	case "MODE":
		h.mode = Mode(change.args[0])
	case "OPTS":
		h.hash = Algorithm(change.args[1])
	}
}
