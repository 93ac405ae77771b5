package client

import (
	"context"
	"slices"

	"github.com/ftpsh/ftpsh/client/listing"
)

// exactTimes asks MDTM about each file whose time is not known to the second, and
// in the same round trip for what the next transfer needs, from the directory
// where it begins; nil: none is known.
func (s *browser) exactTimes(ctx context.Context, all []listing.Entry, from Place, next *Transfer) error {
	vague := vagueTimes(all)
	return s.do(ctx, true, func(c *Conn) error {
		if len(vague) == 0 || s.lacks["MDTM"] {
			return nil
		}
		questions := make([]command, len(vague))
		for i, e := range vague {
			questions[i] = s.short("MDTM", wirePath(e.Name))
		}
		ahead, answered := s.prefetchEPSV(ctx, c, s.typ, next)
		var back []command
		if next != nil && from.Known() && from.dir != s.at.dir {
			step := s.short(s.verbFor("CWD"), wirePath(from.dir))
			step.returns = true
			back = append(back, step)
		}
		xs := c.sendMany(ctx, slices.Concat(questions, back, ahead)...)
		xs, behind := xs[:len(vague)], xs[len(vague):]
		if len(back) > 0 && s.confirm(ctx, back, behind) == nil {
			s.at = from
		}
		answered(behind[len(back):])
		return s.takeTimes(ctx, vague, xs)
	})
}

// vagueTimes are the files whose time is not known to the second.
func vagueTimes(all []listing.Entry) (vague []*listing.Entry) {
	for i := range all {
		if e := &all[i]; e.Type == listing.File && e.Precision < listing.Second {
			vague = append(vague, e)
		}
	}
	return vague
}

// takeTimes takes the answers to MDTM. A file whose time is refused keeps the one it has.
func (l *learned) takeTimes(ctx context.Context, files []*listing.Entry, xs []*Exchange) error {
	for i, x := range xs {
		r, err := x.Expect(ctx, 2)
		if l.markUnsupported("MDTM", err) || refused(err) || isLong(err) {
			continue
		}
		if err != nil {
			return err
		}
		if t, precision, err := parseModTime(r); err == nil {
			files[i].Time, files[i].Precision = t, precision
		}
	}
	return nil
}
