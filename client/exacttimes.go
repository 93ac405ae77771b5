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
	var vague []*listing.Entry
	for i := range all {
		if e := &all[i]; e.Type == listing.File && e.Precision < listing.Second {
			vague = append(vague, e)
		}
	}
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
		for i, x := range xs {
			r, err := x.Expect(ctx, 2)
			if s.markUnsupported("MDTM", err) || refused(err) || isLong(err) {
				continue
			}
			if err != nil {
				return err
			}
			if t, precision, err := parseModTime(r); err == nil {
				vague[i].Time, vague[i].Precision = t, precision
			}
		}
		return nil
	})
}
