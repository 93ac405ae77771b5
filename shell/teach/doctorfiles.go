package teach

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ftpsh/ftpsh/client/listing"
)

// This file has the steps that look at what the server says about its files, and at one of them.

// sample is what a listing shows.
type sample struct {
	read, odd int
	form      string
	newest    time.Time
	times     map[string]time.Time // of names, where the minute is told
	small     string               // the largest file of those that are quickly fetched
	size      int64                // of small
}

// mostOfSmall is how large a file may be that is fetched to see whether files come.
const mostOfSmall = 64 << 10

// measure counts the entries of a listing and those that are not understood, and keeps what later steps compare.
func measure(text []byte, format listing.Format) sample {
	s := sample{times: map[string]time.Time{}}
	opt := listing.Options{Format: format, Detected: func(f listing.Format) { s.form = f.String() }}
	for e, err := range listing.Read(bytes.NewReader(text), opt) {
		if err != nil {
			break
		}
		s.read++
		switch {
		case e.Type == listing.Unparsed:
			s.odd++
			continue
		case e.Special != listing.Member:
			continue
		case e.Type == listing.File && e.Size > 0 && e.Size <= mostOfSmall && e.Size > s.size:
			s.small, s.size = e.Name, e.Size
		}
		if e.Precision >= listing.Minute {
			s.times[e.Name] = e.Time
		}
		if e.Time.After(s.newest) {
			s.newest = e.Time
		}
	}
	return s
}

// clock compares what is known of the server's time: MLSD tells UTC (RFC 3659, 2.3), LIST a time without its zone.
func (d *doctor) clock(context.Context) {
	zone, known := zoneOf(d.listed["MLSD"].times, d.listed["LIST"].times)
	newest, exact := d.listed["MLSD"].newest, true
	if newest.IsZero() {
		newest, exact = d.listed["LIST"].newest, false
	}
	if newest.IsZero() {
		return // no file, no time
	}
	ahead := time.Until(newest)
	switch {
	case exact && ahead > 2*time.Minute:
		d.warns("clock", "clock", "the newest file is from %s ahead of our clock", ahead.Round(time.Minute))
	case known && zone != 0:
		d.warns("clock", "zone", "no file is from the future; LIST tells times of another zone, UTC%s", hours(zone))
	case known:
		d.note(Fine, "clock", "no file is from the future; LIST tells UTC")
	case exact:
		d.note(Fine, "clock", "no file is from the future")
	case ahead > 15*time.Hour: // no zone is as far
		d.warns("clock", "clock", "the newest file is from %s ahead of our clock", ahead.Round(time.Hour))
	default:
		d.note(Fine, "clock", "LIST tells no zone: times may be hours off")
	}
}

// zoneOf is by how much most times of LIST differ from UTC, in quarters of an hour.
func zoneOf(utc, list map[string]time.Time) (zone time.Duration, known bool) {
	votes := map[time.Duration]int{}
	for name, at := range list {
		if right, both := utc[name]; both {
			off := at.Sub(right).Round(15 * time.Minute)
			if off >= -12*time.Hour && off <= 14*time.Hour && at.Sub(right)-off < 2*time.Minute && off-at.Sub(right) < 2*time.Minute {
				votes[off]++
			}
		}
	}
	for off, n := range votes {
		if n > votes[zone] || n == votes[zone] && off < zone {
			zone = off
		}
	}
	return zone, len(votes) > 0
}

// hours is "+2" or "-5:30".
func hours(zone time.Duration) string {
	text := fmt.Sprintf("%+d", int(zone.Hours()))
	if minutes := int(zone.Abs().Minutes()) % 60; minutes != 0 {
		text += fmt.Sprintf(":%02d", minutes)
	}
	return text
}

// download fetches one file, if a small one is there: listings may come where files do not.
func (d *doctor) download(ctx context.Context) {
	s := d.listed["MLSD"]
	if s.small == "" {
		s = d.listed["LIST"]
	}
	if s.small == "" {
		d.note(Fine, "download", "not tried: no small file lies here")
		return
	}
	ch, err := d.again(ctx)
	if err != nil {
		d.silent("download", d.working, err)
		return
	}
	got := d.fetch(ctx, ch, "RETR "+s.small)
	switch n := int64(len(got.text)); {
	case got.err != nil:
		d.broken("download", "RETR", got)
	case n < s.size:
		d.fails("download", "file-short", "%s: %d of %d bytes, although the server says 226", s.small, n, s.size)
	default:
		d.note(Fine, "download", "%s: %d bytes", s.small, n)
	}
}

// lately says what else went wrong in the session: there is more than an examination finds that only reads.
func (d *doctor) lately(context.Context) {
	found := len(d.Problems) > 0
	if slices.ContainsFunc(d.Findings, func(f Finding) bool { return f.State == Failing }) {
		return // that was it, most likely
	}
	for _, r := range d.Seen {
		if r.Rule == "ok" && found {
			continue
		}
		d.note(Worth, "seen", "%s", r.Headline)
		d.Problems = append(d.Problems, Problem{Key: "seen-" + r.Rule, Says: r.Cause, Try: r.Try})
	}
}
