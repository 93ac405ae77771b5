package shell

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/render"
)

// classicSettings are what the classic commands toggle.
var classicSettings = []*Setting{
	toggle("bell", "ring the bell after transfers", func(s *Settings) *bool { return &s.Bell }),
	toggle("case", "names in capital letters become small ones on their way", func(s *Settings) *bool { return &s.Case }),
	toggle("cr", "take the CR out of line ends of text that is downloaded", func(s *Settings) *bool { return &s.CR }),
	toggle("edit", "edit lines here; off: the terminal does it", func(s *Settings) *bool { return &s.Edit }).
		then(func(sh *Shell) { sh.con.SetEditing(sh.Settings.Edit) }),
	toggle("qc", "show control characters in listings as ?", func(s *Settings) *bool { return &s.QC }),
	toggle("runique", "never replace a local file: the next one is called NAME.1", func(s *Settings) *bool { return &s.RUnique }),
	toggle("sunique", "never replace a remote file: the server chooses a name (STOU)", func(s *Settings) *bool { return &s.SUnique }),
	hashMarks(),
	toggle("tick", "show a count of bytes in place of the line of progress", func(s *Settings) *bool { return &s.Tick }),
	byteCount("rate-get", "how many bytes in a second downloads may take", "unlimited", func(s *Settings) *int64 { return &s.RateGet }).
		then((*Shell).useRates),
	byteCount("rate-put", "how many bytes in a second uploads may take", "unlimited", func(s *Settings) *int64 { return &s.RatePut }).
		then((*Shell).useRates),
	byteCount("rcvbuf", "socket buffer for what data connections receive", "system", func(s *Settings) *int64 { return &s.RcvBuf }).
		then((*Shell).useBuffers),
	byteCount("sndbuf", "socket buffer for what data connections send", "system", func(s *Settings) *int64 { return &s.SndBuf }).
		then((*Shell).useBuffers),
	toggle("epsv4", "use EPSV and EPRT over IPv4; off: PASV and PORT", func(s *Settings) *bool { return &s.EPSV4 }).
		then((*Shell).useWays),
	toggle("epsv6", "use EPSV and EPRT over IPv6", func(s *Settings) *bool { return &s.EPSV6 }).then((*Shell).useWays),
	toggle("sendport", "tell the server where active data connections go; off: to the port of the control connection",
		func(s *Settings) *bool { return &s.SendPort }).then((*Shell).useWays),
	word("family", "which kind of address the next open uses", []string{"any", "4", "6"}, func(s *Settings) *string { return &s.Family }).opening(),
	text("anonpass", "what anonymous says as password", func(s *Settings) *string { return &s.AnonPass }).like("me@example.org"),
}

// toggleCommands are the classic commands for settings: alone they change to
// the other value, with a word to that one.
var toggleCommands = []*Command{
	toggleCommand("bell"), toggleCommand("case"), toggleCommand("cr"), toggleCommand("glob"),
	toggleCommand("preserve"), toggleCommand("progress"), toggleCommand("qc"), toggleCommand("runique"),
	toggleCommand("sendport"), toggleCommand("sunique"), toggleCommand("tick"),
	toggleCommand("epsv4"), toggleCommand("epsv6"),
	{
		Name: "epsv", Args: "[on|off]", Short: "use EPSV and EPRT, over IPv4 and IPv6",
		Max: 1, Complete: []completion.Kind{completion.None}, Words: []string{"on", "off"}, Sets: true, Foreign: Confined, Run: toggleBoth("epsv4", "epsv6"),
	},
	{
		Name: "hash", Args: "[on|off|bytes]", Short: "print a # for every so many bytes moved",
		Long: "The usual number is 1024; k, m and g multiply. The line of progress makes room for them.",
		Max:  1, Complete: []completion.Kind{completion.SettingValue}, Sets: true, Foreign: Confined, Run: toggleSetting("hash"),
	},
	sizeCommand("rcvbuf"), sizeCommand("sndbuf"),
	{
		Name: "xferbuf", Values: [][]string{{"64k", "256k", "1m", "system"}}, Args: "[bytes]", Short: "show or change both socket buffers of data connections",
		Max: 1, Complete: []completion.Kind{completion.Text}, JSON: true, Sets: true, Foreign: Confined, Run: bothSizes("rcvbuf", "sndbuf"),
	},
}

func toggleCommand(name string) *Command {
	return &Command{
		Name: name, Args: "[on|off]", Short: shortOf(name), Max: 1, Sets: true,
		Complete: []completion.Kind{completion.SettingValue}, Foreign: Confined, Run: toggleSetting(name),
	}
}

// sizeCommand is a classic command for a setting that is a number of bytes.
func sizeCommand(name string) *Command {
	return &Command{
		Name: name, Args: "[bytes]", Short: shortOf(name), Max: 1, Sets: true, Values: [][]string{{"64k", "256k", "1m", "system"}},
		Complete: []completion.Kind{completion.None}, Foreign: Confined, Run: bothSizes(name),
	}
}

func shortOf(setting string) string {
	row, err := findSetting(setting)
	if err != nil {
		panic(err)
	}
	return row.Short
}

// toggleBoth changes settings together: to the other value of the first.
func toggleBoth(names ...string) func(context.Context, *Call) error {
	return func(_ context.Context, c *Call) error {
		value := c.Arg(0)
		for _, name := range names {
			row, err := findSetting(name)
			if err != nil {
				return err
			}
			if value == "" {
				value = onOff(row.show(&c.Shell.Settings) == "off")
			}
			if err := c.changed(row, value); err != nil {
				return err
			}
		}
		return nil
	}
}

func bothSizes(names ...string) func(context.Context, *Call) error {
	return func(_ context.Context, c *Call) error {
		for _, name := range names {
			row, err := findSetting(name)
			if err != nil {
				return err
			}
			if len(c.Args) == 0 {
				err = c.setting(row, name+" ")
			} else {
				err = c.changed(row, c.Arg(0))
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// byteCount is a setting that is a number of bytes. Zero has a word of its own.
func byteCount(name, short, zero string, field func(*Settings) *int64) *Setting {
	return &Setting{
		Name: name, Short: short, Words: []string{zero},
		show: func(s *Settings) string {
			if n := *field(s); n != 0 {
				return strconv.FormatInt(n, 10)
			}
			return zero
		},
		parse: func(s *Settings, text string) error {
			if text == zero {
				text = "0"
			}
			n, err := parseBytes(text)
			if err == nil {
				*field(s) = n
			}
			return err
		},
	}
}

// hashBlock is how many bytes a # stands for unless told otherwise.
const hashBlock = 1024

// hashMarks is the setting hash: off, or the bytes that a # stands for.
func hashMarks() *Setting {
	row := byteCount("hash", "print a # for every so many bytes moved: off, on (1024), or the number", "off",
		func(s *Settings) *int64 { return &s.Hash })
	row.Words = []string{"on", "off"}
	number := row.parse
	row.parse = func(s *Settings, text string) error {
		if on, ok := onWords[strings.ToLower(text)]; ok && text != "1" {
			s.Hash = map[bool]int64{true: hashBlock}[on]
			return nil
		}
		return number(s, text)
	}
	return row
}

// byteCounts are numbers of bytes: 4096, 10k, 1.5M, 2MB, 1GiB.
var byteCounts = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)(?i:([kmgt]?)(?:i?b)?)$`)

var byteUnits = map[string]float64{"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}

// parseBytes reads a number of bytes. A unit is a power of 1024, however it is
// written.
func parseBytes(text string) (int64, error) {
	wrong := fmt.Errorf("%s is not a number of bytes such as 4096, 10k or 1.5m", render.Safe(strconv.Quote(text)))
	parts := byteCounts.FindStringSubmatch(text)
	if parts == nil {
		return 0, wrong
	}
	unit := byteUnits[strings.ToLower(parts[2])]
	if n, err := strconv.ParseInt(parts[1], 10, 64); err == nil && float64(n) <= (1<<62)/unit {
		return n * int64(unit), nil
	}
	n, err := strconv.ParseFloat(parts[1], 64)
	if err != nil || n > (1<<62)/unit {
		return 0, wrong
	}
	return int64(n * unit), nil
}
