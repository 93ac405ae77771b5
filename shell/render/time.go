package render

import (
	"cmp"
	"fmt"
	"time"

	"github.com/ftpsh/ftpsh/client/listing"
)

// TimeStyle says how the time of an entry is written.
type TimeStyle uint8

// The styles of time.
const (
	LS   TimeStyle = iota // Jan _2 15:04 within six months, else Jan _2  2006
	ISO                   // 2006-01-02 15:04
	Full                  // 2006-01-02 15:04:05 -0700
	Ago                   // 3 days ago
)

// halfYear is what ls takes for six months.
const halfYear = 31556952 / 2 * time.Second

// Time writes a time of a listing in zone (nil: local) as seen from now. No
// more is shown than the server told; an unknown time is "-".
func Time(t time.Time, p listing.Precision, style TimeStyle, now time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "-"
	}
	t = inZone(t, p, zone)
	switch day := p == listing.Day; {
	case style == Ago:
		return Since(t, now)
	case style == ISO && day, style == Full && day:
		return t.Format("2006-01-02")
	case style == Full && p != listing.Minute:
		return t.Format("2006-01-02 15:04:05 -0700")
	case style != LS:
		return t.Format("2006-01-02 15:04")
	case !day && t.After(now.Add(-halfYear)) && !t.After(now):
		return t.Format("Jan _2 15:04")
	}
	return t.Format("Jan _2  2006")
}

// inZone leaves a day alone: it is that day everywhere.
func inZone(t time.Time, p listing.Precision, zone *time.Location) time.Time {
	if p == listing.Day {
		return t
	}
	return t.In(cmp.Or(zone, time.Local))
}

// Since tells how long ago t was: "just now", "5 minutes ago", "in 2 days".
func Since(t, now time.Time) string {
	d := now.Sub(t)
	format := "%s ago"
	if d < 0 {
		d, format = -d, "in %s"
	}
	for _, u := range [...]struct {
		name string
		span time.Duration
	}{
		{"year", 365 * 24 * time.Hour},
		{"month", 30 * 24 * time.Hour},
		{"day", 24 * time.Hour},
		{"hour", time.Hour},
		{"minute", time.Minute},
		{"second", time.Second},
	} {
		switch n := d / u.span; {
		case n == 1:
			return fmt.Sprintf(format, "1 "+u.name)
		case n > 1:
			return fmt.Sprintf(format, fmt.Sprintf("%d %ss", n, u.name))
		}
	}
	return "just now"
}
