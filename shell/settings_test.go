package shell

import (
	"strings"
	"testing"
)

func TestSettings(t *testing.T) {
	for _, row := range []struct{ name, setting, value, want string }{
		{"on", "verbose", "on", "on"},
		{"yes is on", "verbose", "yes", "on"},
		{"capitals", "verbose", "OFF", "off"},
		{"neither", "verbose", "maybe", `error: verbose: "maybe" is not on or off`},
		{"number", "trace", "3", "3"},
		{"too large", "trace", "4", `error: trace: "4" is not a number from 0 to 3`},
		{"on is one", "trace", "on", "1"},
		{"word", "clobber", "off", "off"},
		{"no such word", "clobber", "no", `error: clobber: "no" is not one of ask, on, off`},
		{"seconds", "timeout", "90", "1m30s"},
		{"duration", "timeout", "2m", "2m0s"},
		{"no time", "timeout", "soon", `error: timeout: "soon" is not a time such as 30s or 2m`},
		{"no negative time", "timeout", "-1s", "error: "},
		{"prefix", "verb", "on", "on"},
		{"unknown", "verbosity", "on", "error: verbosity: no such setting"},
	} {
		t.Run(row.name, func(t *testing.T) {
			sh := &Shell{Settings: defaultSettings(false)}
			got := ""
			if err := sh.Set(row.setting, row.value); err != nil {
				got = "error: " + err.Error()
			} else {
				found, _ := findSetting(row.setting)
				got = found.show(&sh.Settings)
			}
			if got != row.want && !(strings.HasPrefix(row.want, "error: ") && strings.HasPrefix(got, row.want)) {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// Each default can be set again from what is shown.
func TestSettingsRoundTrip(t *testing.T) {
	s := defaultSettings(true)
	for _, row := range settings {
		if err := row.parse(&s, row.show(&s)); err != nil {
			t.Errorf("%s: %v", row.Name, err)
		}
	}
	if s != defaultSettings(true) {
		t.Errorf("got %+v, want %+v", s, defaultSettings(true))
	}
}
