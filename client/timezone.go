package client

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/ftpsh/ftpsh/client/listing"
)

// ErrNoClock is returned by Clock when the directory has no file that tells.
var ErrNoClock = errors.New("no file here tells the server's time zone")

// Clock finds out in which time zone the dates of LIST are, by comparing what
// LIST and MDTM, which is UTC, say about the newest files of the current
// directory. From then on LIST is read with it. MLSD needs no Clock: its times
// are UTC. The zone is a fixed offset, that of now.
func (s *Session) Clock(ctx context.Context) (*time.Location, error) {
	s.zone = nil
	var newest []listing.Entry
	for e, err := range s.List(ctx, "", ListOptions{Plain: true}) {
		if err != nil {
			return nil, err
		}
		if e.Type == listing.File && e.Precision >= listing.Minute {
			newest = keepNewest(newest, e)
		}
	}
	for _, e := range newest {
		t, err := s.ModTime(ctx, e.Name)
		if err != nil && !refused(err) {
			return nil, err
		}
		if zone, ok := zoneBetween(e.Time, t); err == nil && ok {
			s.zone = zone
			return zone, nil
		}
	}
	return nil, ErrNoClock
}

// keepNewest adds e to the three newest entries.
func keepNewest(list []listing.Entry, e listing.Entry) []listing.Entry {
	i := len(list)
	for i > 0 && e.Time.After(list[i-1].Time) {
		i--
	}
	list = append(list[:i], append([]listing.Entry{e}, list[i:]...)...)
	return list[:min(len(list), 3)]
}

// zoneBetween returns the zone of a clock that shows local, to the minute, at
// utc. It is false when the difference is none that zones have: the file has
// changed in between, or its year was guessed wrong.
func zoneBetween(local, utc time.Time) (*time.Location, bool) {
	offset := local.Truncate(time.Minute).Sub(utc.Truncate(time.Minute))
	if offset%(15*time.Minute) != 0 || offset < -12*time.Hour || offset > 14*time.Hour {
		return nil, false
	}
	if offset == 0 {
		return time.UTC, true
	}
	return time.FixedZone("", int(offset.Seconds())), true
}

// exactTimes asks MDTM about each file whose time is not known to the second, and
// in the same round trip for what the next transfer needs, from the directory
// where it begins; nil: none is known.
func (s *Session) exactTimes(ctx context.Context, all []listing.Entry, from Place, next *Transfer) error {
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
