package settings

import (
	"testing"
	"time"
)

// TestFrequency: so many in a time is shown as it was given, and anything else refused.
func TestFrequency(t *testing.T) {
	row, err := Find("pace")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]time.Duration{
		"auto": 0, "off": -1, "5/s": time.Second / 5, "3/s": time.Second / 3, "6/min": 10 * time.Second, "7/min": time.Minute / 7, "1/min": time.Minute, "100/h": 36 * time.Second,
	} {
		var s Settings
		if err := row.Parse(&s, text); err != nil || s.Pace != want || row.Show(&s) != text {
			t.Errorf("%s: %v, %v, shown as %s", text, err, s.Pace, row.Show(&s))
		}
	}
	for _, text := range []string{"", "5", "0/s", "-1/s", "5/day", "70000/s", "s", "1.5/s"} {
		if err := row.Parse(&Settings{Pace: 1}, text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
