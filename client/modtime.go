package client

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client/listing"
)

// timeVal is how times are written on the wire, in UTC (RFC 3659 section 2.3).
const timeVal = "20060102150405"

// ModTime returns when a file was last changed, in UTC (MDTM, RFC 3659 section
// 3).
func (s *browser) ModTime(ctx context.Context, name string) (time.Time, error) {
	t, _, err := s.modTime(ctx, name)
	return t, err
}

func (s *browser) modTime(ctx context.Context, name string) (time.Time, listing.Precision, error) {
	var r Reply
	err := s.do(ctx, true, func(c *Conn) (err error) {
		r, err = s.tell(ctx, c, 2, s.short("MDTM", wirePath(name)))
		return err
	})
	if s.answered("MDTM", err); err != nil {
		return time.Time{}, listing.NoTime, err
	}
	return parseModTime(r)
}

// timeWays are the commands that set the time of a file, in the order in which
// they are tried where the server offers none.
var timeWays = []struct {
	offered func(*peer) bool
	command func(stamp, name string) command
}{
	{ // draft-somers-ftp-mfxx section 3
		func(s *peer) bool { return s.feat.Has("MFMT") },
		func(t, name string) command { return cmd("MFMT", t, name) },
	},
	{ // section 5 of the same
		func(s *peer) bool { return s.feat.Offers("MFF", "modify") },
		func(t, name string) command { return cmd("MFF", "Modify="+t+";", name) },
	},
	{ // pure-ftpd, proftpd; this form says that it means UTC
		func(s *peer) bool { return s.feat.Offers("SITE", "UTIME") },
		func(t, name string) command { return cmd("SITE", "UTIME", name, t, t, t, "UTC") },
	},
	{ // the older form of the same
		func(s *peer) bool { return false },
		func(t, name string) command { return cmd("SITE", "UTIME", t, name) },
	},
	{ // vsftpd, Serv-U: elsewhere there is no file of such a name
		func(s *peer) bool { return s.quirks.SetsByMDTM || strings.Contains(s.feat["MDTM"], "YYYY") },
		func(t, name string) command { return cmd("MDTM", t, name) },
	},
}

// ErrNoSetTime is returned by SetModTime once the server has been found to have
// no command for it.
var ErrNoSetTime = errors.New("the server cannot set the time of a file")

// SetModTime sets the time of a file: MFMT, MFF (draft-somers-ftp-mfxx), SITE UTIME or MDTM, as the
// server offers it, otherwise whichever works. That is remembered, and so is
// that none does: ErrNoSetTime. Fractions of a second are lost.
func (s *Session) SetModTime(ctx context.Context, name string, t time.Time) error {
	return s.change(ctx, Change{Do: SetTime, Path: name, Time: t}, func() error { return s.setModTime(ctx, name, t) })
}

func (s *Session) setModTime(ctx context.Context, name string, t time.Time) error {
	stamp, name := t.UTC().Format(timeVal), wirePath(name)
	var missing error
	for _, way := range s.timeOrder() {
		m := timeWays[way].command(stamp, name)
		_, err := s.cmd(ctx, 2, m.verb, m.args...)
		query := m.verb == "MDTM" && !timeWays[way].offered(&s.peer)
		if notKnown(err) || query && IsCode(err, 550) {
			missing = cmp.Or(missing, err)
			continue
		}
		if err == nil {
			s.timeWay = way + 1
		}
		return err
	}
	if missing == nil {
		return ErrNoSetTime
	}
	s.timeWay = -1
	return missing
}

// CanSetModTime reports whether the server is known to have a command for
// SetModTime.
func (v Server) CanSetModTime() bool {
	order := v.s.timeOrder()
	return len(order) > 0 && (v.s.timeWay > 0 || timeWays[order[0]].offered(&v.s.peer))
}

// timeOrder returns the indexes of timeWays in the order to try.
func (s *peer) timeOrder() []int {
	if s.timeWay < 0 {
		return nil
	}
	if s.timeWay > 0 {
		return []int{s.timeWay - 1}
	}
	var first, rest []int
	for i, way := range timeWays {
		if way.offered(s) {
			first = append(first, i)
		} else {
			rest = append(rest, i)
		}
	}
	return append(first, rest...)
}

// setFacts changes facts of a file, each as "name=value" (MFF,
// draft-somers-ftp-mfxx section 5): "Modify=20200102030405", "UNIX.mode=0644".
func (s *Session) setFacts(ctx context.Context, name string, facts ...string) error {
	list := strings.Join(facts, ";") + ";"
	return s.change(ctx, Change{Do: Other, Path: name, Line: "MFF " + list + " " + name}, func() error {
		_, err := s.cmd(ctx, 2, "MFF", list, wirePath(name))
		return err
	})
}
