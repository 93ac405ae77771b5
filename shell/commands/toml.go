package commands

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/ftpsh/ftpsh/shell/settings"
)

// ValueText is a value of the configuration as `set` takes it.
func ValueText(value *unstable.Node) (string, error) {
	switch value.Kind {
	case unstable.Bool:
		return settings.OnOff(string(value.Data) == "true"), nil
	case unstable.String, unstable.Integer:
		return string(value.Data), nil
	}
	return "", errors.New("the value must be a string, a number, true or false")
}

// quoteTOML writes a text as a string of TOML.
func quoteTOML(text string) string {
	plain := func(r rune) bool { return r >= ' ' && r != 0x7f && r != '\'' && r != '\ufffd' }
	if !strings.ContainsFunc(text, func(r rune) bool { return !plain(r) }) {
		return "'" + text + "'"
	}
	var b strings.Builder
	for _, r := range text {
		if plain(r) && r != '"' && r != '\\' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u%04X`, r)
		}
	}
	return `"` + b.String() + `"`
}
