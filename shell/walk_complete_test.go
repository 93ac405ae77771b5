package shell

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/prompt"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// freeValues are the values of options that nothing can complete.
var freeValues = strings.Fields("N RANGE TIME PATTERN NUMBER NAME PORT COMMAND COMMANDS TEXT SIZE FORMAT DIRECTORY STYLE COLUMNS EXPRESSION SECONDS NAMES ADDRESS [CC]YYMMDDhhmm[.ss] HOW WHAT MODE WORD WHEN SHA256 LENGTH")

// TestEveryArgumentCompletes: each argument of each command has words or a kind,
// and each value of an option has words, is a path, or is something that only the
// user knows.
func TestEveryArgumentCompletes(t *testing.T) {
	for c := range Catalog().Commands() {
		t.Run(c.Name, func(t *testing.T) {
			most := c.Max
			if most < 0 {
				most = max(len(c.Complete), 1)
			}
			for i := range most {
				kind := completion.None
				if len(c.Complete) > 0 {
					kind = c.Complete[min(i, len(c.Complete)-1)]
				}
				words := i == 0 && c.Words != nil || i < len(c.Values) && c.Values[i] != nil
				if kind == completion.None && !words && c.Name != "!" {
					t.Errorf("argument %d of %q completes to nothing", i+1, c.Args)
				}
			}
			c.FlagSet().VisitAll(func(f *pflag.Flag) {
				if f.Hidden {
					return
				}
				value, _ := pflag.UnquoteUsage(f)
				if f.NoOptDefVal != "" || f.Annotations[command.FlagWords] != nil || prompt.PathOf(f) != completion.None || slices.Contains(freeValues, value) {
					return
				}
				t.Errorf("--%s %s completes to nothing", f.Name, value)
			})
		})
	}
}

// TestEverySettingHasAnExample: what help shows as an example of a setting is
// what the setting takes, and each has values to complete unless it is a text.
func TestEverySettingHasAnExample(t *testing.T) {
	for _, row := range settings.All() {
		t.Run(row.Name, func(t *testing.T) {
			example := row.Example()
			if example == "" {
				t.Fatal("it has none")
			}
			for text := range strings.SplitSeq(example, "|") {
				s := settings.Default(false)
				if err := row.Parse(&s, strings.Trim(text, "\"")); err != nil {
					t.Errorf("%s: %v", text, err)
				}
			}
		})
	}
}
