package command

import (
	"slices"

	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/site"
)

// ForHost applies what the configuration says about a host. What it changes is
// changed back when the session ends.
func (sh *Shell) ForHost(a site.Address) (site.Address, error) {
	a, assignments := sh.ForAddress(a, sh.Options.Connect.Port)
	for _, set := range assignments {
		before := set.Row.Show(&sh.Settings)
		if err := sh.Change(set.Row, set.Value); err != nil {
			return a, err
		}
		if now := set.Row.Show(&sh.Settings); now != before {
			sh.Overrides = append(sh.Overrides, Override{set.Row, before, now})
		}
	}
	return a, nil
}

// Override is a setting that has another value while a session lasts.
type Override struct {
	Row         *settings.Setting
	Before, Now string
}

// RestoreOverrides undoes ForHost, but for what the user has changed since. It returns
// what it undid.
func (sh *Shell) RestoreOverrides() (undone []Override) {
	for _, l := range slices.Backward(sh.Overrides) {
		if l.Row.Show(&sh.Settings) == l.Now {
			_ = sh.Change(l.Row, l.Before)
			undone = append(undone, l)
		}
	}
	sh.Overrides = nil
	return undone
}
