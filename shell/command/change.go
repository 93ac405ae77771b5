package command

import (
	"fmt"
	"net"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/shell/equivalents"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
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
