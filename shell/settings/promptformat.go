package settings

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/shell/render"
)

// promptField is a word that stands between braces in a format.
type promptField struct{ Name, Short string }

// promptFields are those of the prompt and of the title.
var promptFields = []promptField{
	{"user", "who is logged in"},
	{"host", "the server, or ftpsh"},
	{"port", "the port, unless it is 21"},
	{"dir", "the directory on the server"},
	{"base", "its last part"},
	{"ldir", "the local directory"},
	{"lbase", "its last part"},
	{"state", "how safe the connection is, and what runs beside it"},
	{"jobs", "how many jobs run"},
	{"status", "the status of the last command, if it failed"},
	{"time", "the time of day"},
}

// PromptColours may stand between braces, too.
var PromptColours = map[string]render.Colour{
	"plain": render.Plain, "bold": render.Bold, "dim": render.Dim, "red": render.Red, "green": render.Green,
	"yellow": render.Yellow, "blue": render.Blue, "cyan": render.Cyan,
}

// promptHelp explains what can stand in a format.
func promptHelp() (rows [][]string) {
	for _, f := range promptFields {
		rows = append(rows, []string{"  {" + f.Name + "}", f.Short})
	}
	colours := strings.Join(slices.Sorted(maps.Keys(PromptColours)), "} {")
	return append(rows,
		[]string{"  [ ]", "left out when what is named in it is empty"},
		[]string{`  \n`, "a new row; a backslash before anything else makes it plain"},
		[]string{"  colours", "{" + colours + "}"})
}

// Fill replaces {name} in a format by values. [ ] is left out when a value in it
// is empty, \n is a line break, and a backslash makes what follows plain.
func Fill(format string, value func(name string) (string, bool)) (string, error) {
	var out strings.Builder
	group, empty := -1, false
	for i := 0; i < len(format); i++ {
		switch c := format[i]; {
		case c == '\\' && i+1 < len(format):
			i++
			out.WriteString(strings.ReplaceAll(format[i:i+1], "n", "\n"))
		case c == '[' && group < 0:
			group, empty = out.Len(), false
		case c == ']' && group >= 0:
			if empty {
				kept := out.String()[:group]
				out.Reset()
				out.WriteString(kept)
			}
			group = -1
		case c == '{':
			name, _, closed := strings.Cut(format[i+1:], "}")
			text, known := value(name)
			if !closed || !known {
				return "", fieldError(name)
			}
			if _, colour := PromptColours[name]; text == "" && !colour {
				empty = true
			}
			out.WriteString(text)
			i += len(name) + 1
		default:
			out.WriteByte(c)
		}
	}
	if group >= 0 {
		return "", errors.New("a [ has no ]")
	}
	return out.String(), nil
}

func isField(name string) bool {
	_, colour := PromptColours[name]
	return colour || slices.ContainsFunc(promptFields, func(f promptField) bool { return f.Name == name })
}

func fieldError(name string) error {
	var names []string
	for _, f := range promptFields {
		names = append(names, f.Name)
	}
	return fmt.Errorf("{%s} is not one of %s, nor a colour", render.Safe(name), strings.Join(names, ", "))
}
