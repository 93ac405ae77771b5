package shell

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/render"
)

// toggleCommands are the classic commands for settings: alone they change to
// the other value, with a word to that one.
var toggleCommands = []*Command{
	toggleCommand("bell"), toggleCommand("case"), toggleCommand("cr"), toggleCommand("edit"), toggleCommand("glob"),
	toggleCommand("preserve"), toggleCommand("progress"), toggleCommand("qc"), toggleCommand("runique"),
	toggleCommand("sendport"), toggleCommand("sunique"), toggleCommand("tick"),
	toggleCommand("epsv4"), toggleCommand("epsv6"),
	{
		Name: "epsv", Args: "[on|off]", Short: "use EPSV and EPRT, over IPv4 and IPv6",
		Max: 1, Complete: []completion.Kind{completion.SettingValue}, Run: toggleBoth("epsv4", "epsv6"),
	},
	{
		Name: "hash", Args: "[on|off|bytes]", Short: "print a # for every so many bytes moved",
		Long: "The usual number is 1024; k, m and g multiply. The line of progress makes room for them.",
		Max:  1, Complete: []completion.Kind{completion.SettingValue}, Run: toggleSetting("hash"),
	},
	sizeCommand("rcvbuf"), sizeCommand("sndbuf"),
	{
		Name: "xferbuf", Args: "[bytes]", Short: "show or change both socket buffers of data connections",
		Max: 1, Complete: []completion.Kind{completion.None}, Run: bothSizes("rcvbuf", "sndbuf"),
	},
}

func toggleCommand(name string) *Command {
	return &Command{
		Name: name, Args: "[on|off]", Short: shortOf(name), Max: 1,
		Complete: []completion.Kind{completion.SettingValue}, Run: toggleSetting(name),
	}
}

// sizeCommand is a classic command for a setting that is a number of bytes.
func sizeCommand(name string) *Command {
	return &Command{
		Name: name, Args: "[bytes]", Short: shortOf(name), Max: 1,
		Complete: []completion.Kind{completion.None}, Run: bothSizes(name),
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
				err = c.Print("%s %s", name, row.show(&c.Shell.Settings))
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

// bytes is a setting that is a number of bytes. Zero has a word of its own.
func bytes(name, short, zero string, field func(*Settings) *int64) *Setting {
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
	row := bytes("hash", "print a # for every so many bytes moved: off, on (1024), or the number", "off",
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

// byteUnits are the letters behind a number of bytes.
var byteUnits = map[byte]int64{'b': 1, 'k': 1 << 10, 'm': 1 << 20, 'g': 1 << 30}

// parseBytes reads a number of bytes such as 4096, 10k or 1M.
func parseBytes(text string) (int64, error) {
	digits, unit := text, int64(1)
	if n := len(text); n > 0 {
		if u, ok := byteUnits[text[n-1]|0x20]; ok {
			digits, unit = text[:n-1], u
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > (1<<62)/unit {
		return 0, fmt.Errorf("%s is no number of bytes such as 4096, 10k or 1m", render.Safe(strconv.Quote(text)))
	}
	return n * unit, nil
}
