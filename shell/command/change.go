package command

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/equivalents"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/site"
)

// Change sets a value and tells what must know.
func (sh *Shell) Change(row *settings.Setting, value string) error {
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
	case settings.Editing:
		sh.Console.SetEditing(sh.Settings.Edit)
	case settings.Funnel:
		sh.Sessions(sh.Guard)
	case settings.HistorySize:
		if sh.Options.History != nil {
			sh.Options.History.Keep(sh.Settings.HistorySize)
		}
	case settings.KeyBindings:
		sh.Console.SetVi(sh.Settings.Keys == "vi")
	case settings.NameCharset:
		if sh.Session != nil {
			sh.Session.Tune(func(o *client.Options) { o.Charset = charset(sh) })
			sh.Remote.Forget("/")
		}
	case settings.Observers:
		sh.ApplyObservers()
	case settings.Pace:
		UsePace(sh)
	case settings.Queue:
		sh.Jobs.Limit(sh, sh.Settings.QueueJobs)
	case settings.Rates:
		useRates(sh)
	case settings.Sessions:
		tuneSessions(sh)
	case settings.Spacing:
		UseSpacing(sh)
	}
}

// SettingHere gives a setting of another client our name and value, and says so.
func (s *Screen) SettingHere(name, value string) (string, string) {
	other := equivalents.Find(equivalents.OtherSetting, name)
	if other == nil || !other.Works {
		return name, value
	}
	value = other.ValueHere(value)
	s.Say(other.Word + " is `set " + strings.TrimSpace(other.Here+" "+value) + "` here")
	return other.Here, value
}

// tuneSessions tells the sessions what the settings say.
func tuneSessions(sh *Shell) {
	set, mode := &sh.Settings, client.Stream
	if set.Compress {
		mode = client.Deflate
	}
	sh.Sessions(func(s *client.Session) {
		s.Tune(func(o *client.Options) {
			o.Ways = ways(sh, s)
			o.ActivePorts, o.ActiveAddress, o.ActiveFrom = set.ActivePorts, set.ActiveAddress.AsSlice(), set.ActiveFrom
			o.TrustPassiveAddress = set.PasvAddress == "server"
			o.ReadBuffer, o.WriteBuffer = int(set.RcvBuf), int(set.SndBuf)
			o.Timeout, o.Stall, o.KeepAlive = set.Timeout, stall(sh), set.KeepAlive
			o.InsecureEnd = set.TLSEnd == "insecure"
		})
		s.SetMode(mode)
		s.Manual().SetReuse(set.TLSReuse)
	})
}

// stall is how long a data connection may stand still.
func stall(sh *Shell) time.Duration { return cmp.Or(sh.Settings.Stall, sh.Settings.Timeout) }

// networks are the values of the setting family.
var networks = map[string]string{"any": "", "4": "tcp4", "6": "tcp6"}

// ways are the ways to a data connection that the settings allow.
func ways(sh *Shell, session *client.Session) []client.DataMode {
	set := &sh.Settings
	extended := set.EPSV4
	if addr, ok := session.Conn().RemoteAddr().(*net.TCPAddr); ok && addr.IP.To4() == nil {
		extended = set.EPSV6
	}
	var ways []client.DataMode
	add := func(want bool, way client.DataMode) {
		if want {
			ways = append(ways, way)
		}
	}
	add(set.Passive && extended, client.EPSV)
	add(set.Passive, client.PASV)
	add(set.SendPort && extended, client.EPRT)
	add(set.SendPort, client.PORT)
	add(!set.SendPort, client.DefaultPort)
	return ways
}

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

// Setting shows the value of a setting, behind a label.
func (c *Call) Setting(row *settings.Setting, label string) error {
	return Result(c, row.Object(&c.Shell.Settings), "%s%s", label, row.Show(&c.Shell.Settings))
}

// ToggleSetting is a classic command for settings that are on or off: without a
// word it changes them to the other value of the first, and says so.
func ToggleSetting(names ...string) func(context.Context, *Call) error {
	return func(_ context.Context, c *Call) error {
		value := c.Arg(0)
		for _, name := range names {
			row := settings.Row(name)
			if value == "" {
				value = settings.OnOff(row.Show(&c.Shell.Settings) == "off")
			}
			if err := c.Changed(row, value); err != nil {
				return err
			}
		}
		return nil
	}
}

// Changed changes a setting for a command, and says what it is now.
func (c *Call) Changed(row *settings.Setting, value string) error {
	if err := c.Shell.Change(row, value); err != nil {
		return err
	}
	if c.Interactive() {
		c.Note("%s is %s", row.Name, row.Show(&c.Shell.Settings))
	}
	return nil
}
