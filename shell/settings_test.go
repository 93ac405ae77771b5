package shell

import (
	"slices"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/settings"
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
			sh := &command.Shell{Settings: settings.Default(false)}
			got := ""
			if err := sh.Set(row.setting, row.value); err != nil {
				got = "error: " + err.Error()
			} else {
				found, _ := settings.Find(row.setting)
				got = found.Show(&sh.Settings)
			}
			if got != row.want && !(strings.HasPrefix(row.want, "error: ") && strings.HasPrefix(got, row.want)) {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// Each default can be set again from what is shown.
func TestSettingsRoundTrip(t *testing.T) {
	s := settings.Default(true)
	for _, row := range settings.All() {
		if err := row.Parse(&s, row.Show(&s)); err != nil {
			t.Errorf("%s: %v", row.Name, err)
		}
	}
	if s != settings.Default(true) {
		t.Errorf("got %+v, want %+v", s, settings.Default(true))
	}
}

// TestSettingsAbout: what belongs to a setting is found with it, and a word finds the settings that speak of it.
func TestSettingsAbout(t *testing.T) {
	for word, want := range map[string]string{
		"tls":       "tls tls-min tls-max tls-end tls-reuse tls-data tls-ciphers tls-crl",
		"clobber":   "clobber",
		"rate":      "rate-get rate-put min-rate min-rate-time",
		"fantastic": "",
	} {
		var got []string
		for _, row := range settingsAbout(word) {
			got = append(got, row.Name)
		}
		if word == "tls" || word == "rate" {
			slices.Sort(got)
			wanted := strings.Fields(want)
			slices.Sort(wanted)
			want = strings.Join(wanted, " ")
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s finds %q, want %q", word, text, want)
		}
	}
	if found := settingsAbout("window"); len(found) == 0 {
		t.Error("a word of the explanation finds nothing")
	}
	seen := map[string]bool{}
	for _, row := range settings.All() {
		if seen[row.Name] {
			t.Errorf("%s stands in two groups", row.Name)
		}
		seen[row.Name] = true
	}
}
