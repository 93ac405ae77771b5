package shell

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
)

// activeSettings say which addresses data connections have. They are for
// firewalls, routers and odd networks.
var activeSettings = []*Setting{
	activePorts(),
	activeAddress(),
	activeFrom(),
	word("pasv-address", "where passive data connections go: peer (the server we talk to), server (the host it names, any host)",
		[]string{"peer", "server"}, func(s *Settings) *string { return &s.PasvAddress }).then((*Shell).useAddresses),
}

var activeCommands = []*Command{
	{
		Name: "active-ports", Values: [][]string{{"any", "40001-40100"}}, Args: "[first-last|any]", Short: "show or choose the ports on which active data connections are awaited",
		Long: "For a firewall that lets the server in on some ports only, or a router that forwards them: `set active-address` " +
			"names the router then.",
		Examples: []Example{{"active-ports 40001-40100", "a hundred ports"}, {"active-ports any", "whichever the system gives"}},
		Max:      1, Complete: []completion.Kind{completion.Text}, JSON: true, Foreign: Confined, Run: activePortsCommand,
	},
}

func activePortsCommand(_ context.Context, c *Call) error {
	row, err := findSetting("active-ports")
	if err != nil {
		return err
	}
	if len(c.Args) == 0 {
		return c.setting(row, "")
	}
	return c.changed(row, c.Arg(0))
}

const anyPort = "any"

func activePorts() *Setting {
	return &Setting{
		Name: "active-ports", Usage: "any|40001-40100", Suggest: []string{"any", "40001-40100"}, Short: "the ports on which active data connections are awaited: any, or as 40001-40100",
		show: func(s *Settings) string {
			if s.ActivePorts == [2]int{} {
				return anyPort
			}
			return fmt.Sprintf("%d-%d", s.ActivePorts[0], s.ActivePorts[1])
		},
		parse: func(s *Settings, text string) (err error) {
			s.ActivePorts, err = parsePorts(text)
			return err
		},
		apply: (*Shell).useAddresses,
	}
}

// parsePorts reads a range of ports, or a single one.
func parsePorts(text string) (ports [2]int, err error) {
	if text == anyPort {
		return ports, nil
	}
	first, last, found := strings.Cut(text, "-")
	if !found {
		last = first
	}
	low, err1 := strconv.ParseUint(first, 10, 16)
	high, err2 := strconv.ParseUint(last, 10, 16)
	if err1 != nil || err2 != nil || low == 0 || high < low {
		return ports, fmt.Errorf("%q is neither any nor a range of ports such as 40001-40100", text)
	}
	return [2]int{int(low), int(high)}, nil
}

const ownAddress = "own"

func activeAddress() *Setting {
	return &Setting{
		Name: "active-address", Usage: "own|192.0.2.1", Suggest: []string{"own"}, Short: "the address that the server is told to connect to in active mode: own, or that of a router",
		show: func(s *Settings) string {
			if !s.ActiveAddress.IsValid() {
				return ownAddress
			}
			return s.ActiveAddress.String()
		},
		parse: func(s *Settings, text string) error {
			addr, err := netip.ParseAddr(text)
			if err != nil && text != ownAddress {
				return fmt.Errorf("%q is neither own nor an address", text)
			}
			s.ActiveAddress = addr
			return nil
		},
		apply: (*Shell).useAddresses,
	}
}

// activeFrom is the setting for servers with several addresses.
func activeFrom() *Setting {
	const peer, anybody = "peer", "any"
	return &Setting{
		Name: "active-from", Usage: "peer|192.0.2.1", Suggest: []string{"peer"}, Short: "who may connect in active mode: peer (the address we talk to), another address of the server as well, or any",
		show: func(s *Settings) string {
			switch {
			case !s.ActiveFrom.IsValid():
				return peer
			case s.ActiveFrom.IsUnspecified():
				return anybody
			}
			return s.ActiveFrom.String()
		},
		parse: func(s *Settings, text string) (err error) {
			switch text {
			case peer:
				s.ActiveFrom = netip.Addr{}
			case anybody:
				s.ActiveFrom = netip.IPv6Unspecified()
			default:
				if s.ActiveFrom, err = netip.ParseAddr(text); err != nil {
					err = fmt.Errorf("%q is neither %s nor %s nor an address", text, peer, anybody)
				}
			}
			return err
		},
		apply: (*Shell).useAddresses,
	}
}

// useAddresses tells the sessions what the settings say.
func (sh *Shell) useAddresses() {
	sh.sessions(func(s *client.Session) {
		s.SetActive(sh.Settings.ActivePorts, sh.Settings.ActiveAddress.AsSlice())
		s.AcceptFrom(sh.Settings.ActiveFrom)
		s.TrustPassiveAddress(sh.Settings.PasvAddress == "server")
	})
}
