package shell

import (
	"fmt"
	"strings"

	"github.com/ftpsh/ftpsh/shell/equivalents"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// change sets a value and tells what must know.
func (sh *Shell) change(row *settings.Setting, value string) error {
	if err := sh.foreignSetting(row); err != nil {
		return err
	}
	if err := row.Parse(&sh.Settings, value); err != nil {
		return &failure.UsageError{Text: fmt.Sprintf("%s: %s", row.Name, err), Hint: "`set " + row.Name + " " + row.Example() + "`"}
	}
	sh.changed(row.Effect)
	return nil
}

// changed tells what must know of a change.
func (sh *Shell) changed(e settings.Effect) {
	switch e {
	case settings.Addresses:
		useAddresses(sh)
	case settings.Buffers:
		useBuffers(sh)
	case settings.DataModes:
		useWays(sh)
	case settings.Editing:
		sh.con.SetEditing(sh.Settings.Edit)
	case settings.Funnel:
		useFunnel(sh)
	case settings.HistorySize:
		if sh.opt.History != nil {
			sh.opt.History.Keep(sh.Settings.HistorySize)
		}
	case settings.KeepAlive:
		useKeepAlive(sh)
	case settings.KeyBindings:
		sh.con.SetVi(sh.Settings.Keys == "vi")
	case settings.Mode:
		useMode(sh)
	case settings.NameCharset:
		if sh.session != nil {
			sh.session.SetCharset(charset(sh))
			sh.remote.Forget("/")
		}
	case settings.Observers:
		sh.applyObservers()
	case settings.Pace:
		usePace(sh)
	case settings.Queue:
		sh.jobs.Limit(sh, sh.Settings.QueueJobs)
	case settings.Rates:
		useRates(sh)
	case settings.TLSEnd:
		useEnd(sh)
	case settings.TLSReuse:
		useReuse(sh)
	case settings.Waits:
		useWaits(sh)
	}
}

// settingHere gives a setting of another client our name and value, and says so.
func (sh *Shell) settingHere(name, value string) (string, string) {
	other := equivalents.Find(equivalents.OtherSetting, name)
	if other == nil || !other.Works {
		return name, value
	}
	value = other.ValueHere(value)
	sh.Say(other.Word + " is `set " + strings.TrimSpace(other.Here+" "+value) + "` here")
	return other.Here, value
}
