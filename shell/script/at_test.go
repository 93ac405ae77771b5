package script

import (
	"testing"
	"time"
)

// TestReadTime: a time without a date is the next one, and one that is over is refused.
func TestReadTime(t *testing.T) {
	now := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"18:30": "2026-01-31 18:30:00", "11:59": "2026-02-01 11:59:00", "12:00:01": "2026-01-31 12:00:01", "12:00": "2026-02-01 12:00:00",
		"+2h": "2026-01-31 14:00:00", "+90": "2026-01-31 12:01:30", "2026-12-24 18:30": "2026-12-24 18:30:00", "2026-02-01T00:00:00Z": "2026-02-01 00:00:00",
		"2026-01-31 11:00": "", "25:00": "", "soon": "", "+": "", "+x": "", "": "",
	} {
		got, err := readTime(text, now)
		if (err == nil) != (want != "") || err == nil && got.Format(time.DateTime) != want {
			t.Errorf("%q: %v, %v, want %q", text, got, err, want)
		}
	}
}
