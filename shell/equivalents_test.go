package shell

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/shell/equivalents"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// TestEquivalents: what a word of another client stands for is there, and no row
// answers for what is an own command, option or setting.
func TestEquivalents(t *testing.T) {
	all := Catalog()
	for _, e := range equivalents.All() {
		t.Run(e.Word, func(t *testing.T) {
			if e.Here == "" && e.Says == "" {
				t.Error("it says nothing")
			}
			for client := range strings.FieldsSeq(e.Clients) {
				if !slices.Contains(equivalents.Clients, client) {
					t.Errorf("%s has no page", client)
				}
			}
			first, rest, _ := strings.Cut(e.Here, " ")
			switch e.Kind {
			case equivalents.OtherCommand:
				if all.Has(e.Word) {
					t.Error("it is a command")
				}
				if e.Works && !all.Has(first) {
					t.Errorf("%s is not a command", first)
				}
			case equivalents.OtherFlag:
				name, flag, _ := strings.Cut(e.Word, " ")
				command := all.Exact(name)
				if command == nil {
					t.Fatalf("%s is not a command", name)
				}
				fs := command.FlagSet()
				if long, is := strings.CutPrefix(flag, "--"); is && fs.Lookup(long) != nil || !is && fs.ShorthandLookup(flag[1:]) != nil {
					t.Error("it is an option")
				}
				if command := all.Exact(first); command != nil {
					knowsOptions(t, command.FlagSet(), rest)
				}
			case equivalents.OtherSetting:
				if _, err := settings.Find(e.Word); err == nil {
					t.Error("it is a setting")
				}
				if row, err := settings.Find(e.Here); e.Works && (err != nil || row.Name != e.Here) {
					t.Errorf("%s is not a setting", e.Here)
				}
			}
		})
	}
}

// knowsOptions checks the options in a line.
func knowsOptions(t *testing.T, fs *pflag.FlagSet, line string) {
	for word := range strings.FieldsSeq(line) {
		if name, is := strings.CutPrefix(word, "--"); is && fs.Lookup(name) == nil {
			t.Errorf("there is no option %s", word)
		}
	}
}
