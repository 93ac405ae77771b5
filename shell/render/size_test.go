package render

import (
	"math"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/listing"
)

// The wanted values are those of ls -lh of GNU coreutils.
func TestSize(t *testing.T) {
	for n, want := range map[int64]string{
		-1: "-", 0: "0", 1: "1", 1023: "1023", 1024: "1.0K", 1025: "1.1K", 10189: "10K", 10137: "9.9K",
		10240: "10K", 10241: "11K", 1047552: "1023K", 1047553: "1.0M", 1 << 20: "1.0M", 83_000_000: "80M",
		1<<30 + 1: "1.1G", 1 << 60: "1.0E", math.MaxInt64: "8.0E",
	} {
		if got := Size(n); got != want {
			t.Errorf("Size(%d): got %s, want %s", n, got, want)
		}
	}
}

func TestRateAndClock(t *testing.T) {
	for rate, want := range map[float64]string{0: "0/s", 1500: "1.5K/s", math.Inf(1): "-", math.NaN(): "-", -1: "-"} {
		if got := Rate(rate); got != want {
			t.Errorf("Rate(%v): got %s, want %s", rate, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		-time.Second: "0:00", 400 * time.Millisecond: "0:00", 7 * time.Second: "0:07", 725 * time.Second: "12:05",
		3723 * time.Second: "1:02:03", 125 * time.Hour: "5d 5h",
	} {
		if got := Clock(d); got != want {
			t.Errorf("Clock(%v): got %s, want %s", d, got, want)
		}
	}
}

func TestTime(t *testing.T) {
	now := time.Date(2024, 3, 10, 12, 0, 0, 0, time.UTC)
	recent := time.Date(2024, 3, 5, 9, 7, 30, 0, time.UTC)
	old := time.Date(2020, 12, 24, 18, 0, 1, 0, time.UTC)
	east := time.FixedZone("", 9*3600)
	for _, row := range []struct {
		name  string
		t     time.Time
		p     listing.Precision
		style TimeStyle
		zone  *time.Location
		want  string
	}{
		{"recent", recent, listing.Second, LS, time.UTC, "Mar  5 09:07"},
		{"old", old, listing.Second, LS, time.UTC, "Dec 24  2020"},
		{"future", now.Add(time.Hour), listing.Second, LS, time.UTC, "Mar 10  2024"},
		{"a day has no hour", recent, listing.Day, LS, time.UTC, "Mar  5  2024"},
		{"zone", recent, listing.Minute, LS, east, "Mar  5 18:07"},
		{"a day is a day everywhere", old, listing.Day, ISO, east, "2020-12-24"},
		{"iso", old, listing.Second, ISO, time.UTC, "2020-12-24 18:00"},
		{"full", old, listing.Second, Full, east, "2020-12-25 03:00:01 +0900"},
		{"full, minutes known", old, listing.Minute, Full, time.UTC, "2020-12-24 18:00"},
		{"ago", recent, listing.Second, Ago, time.UTC, "5 days ago"},
		{"unknown", time.Time{}, listing.NoTime, LS, time.UTC, "-"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := Time(row.t, row.p, row.style, now, row.zone); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func TestSince(t *testing.T) {
	now := time.Unix(1e9, 0)
	for d, want := range map[time.Duration]string{
		0: "just now", time.Second: "1 second ago", 59 * time.Second: "59 seconds ago", time.Minute: "1 minute ago",
		25 * time.Hour: "1 day ago", 45 * 24 * time.Hour: "1 month ago", 800 * 24 * time.Hour: "2 years ago", -3 * time.Hour: "in 3 hours",
	} {
		if got := Since(now.Add(-d), now); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}
