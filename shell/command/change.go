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
	case settings.Addresses:
		useAddresses(sh)
	case settings.Buffers:
		useBuffers(sh)
	case settings.DataModes:
		useWays(sh)
	case settings.Editing:
		sh.Console.SetEditing(sh.Settings.Edit)
	case settings.Funnel:
		useFunnel(sh)
	case settings.HistorySize:
		if sh.Options.History != nil {
			sh.Options.History.Keep(sh.Settings.HistorySize)
		}
	case settings.KeepAlive:
		useKeepAlive(sh)
	case settings.KeyBindings:
		sh.Console.SetVi(sh.Settings.Keys == "vi")
	case settings.Mode:
		useMode(sh)
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
	case settings.Spacing:
		UseSpacing(sh)
	case settings.TLSEnd:
		useEnd(sh)
	case settings.TLSReuse:
		useReuse(sh)
	case settings.Waits:
		useWaits(sh)
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

// useAddresses tells the sessions what the settings say.
func useAddresses(sh *Shell) {
	sh.Sessions(func(s *client.Session) {
		s.Tune(func(o *client.Options) {
			o.ActivePorts, o.ActiveAddress = sh.Settings.ActivePorts, sh.Settings.ActiveAddress.AsSlice()
			o.ActiveFrom = sh.Settings.ActiveFrom
			o.TrustPassiveAddress = sh.Settings.PasvAddress == "server"
		})
	})
}

// useMode tells the sessions what the setting says.
func useMode(sh *Shell) {
	mode := client.Stream
	if sh.Settings.Compress {
		mode = client.Deflate
	}
	sh.Sessions(func(s *client.Session) { s.SetMode(mode) })
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

// useWays tells the sessions what the settings allow.
func useWays(sh *Shell) {
	sh.Sessions(func(s *client.Session) { s.Tune(func(o *client.Options) { o.Ways = ways(sh, s) }) })
}

// useBuffers tells the sessions which socket buffers to ask for.
func useBuffers(sh *Shell) {
	sh.Sessions(func(s *client.Session) {
		s.Tune(func(o *client.Options) {
			o.ReadBuffer, o.WriteBuffer = int(sh.Settings.RcvBuf), int(sh.Settings.SndBuf)
		})
	})
}

// useKeepAlive tells the sessions about it, for their transfers.
func useKeepAlive(sh *Shell) {
	sh.Sessions(func(s *client.Session) { s.Tune(func(o *client.Options) { o.KeepAlive = sh.Settings.KeepAlive }) })
}

// Open reports whether what was arranged by hand waits for what comes next:
// a NOOP would come between.
func (h *Manual) Open() bool {
	return h != nil && (h.Channel != nil || h.Waiting != nil || h.Talk.Open())
}
