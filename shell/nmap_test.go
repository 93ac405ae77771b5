package shell

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/commands"
)

func TestNameMap(t *testing.T) {
	for _, row := range []struct{ what, pattern, name, in, want string }{
		{"parts change places", "$1.$2", "$2.$1", "mydata.data", "data.mydata"},
		{"the manual, two parts", "$1.$2.$3", "[$1,$2].[$2,file]", "myfile.data", "myfile.data"},
		{"the manual, three parts", "$1.$2.$3", "[$1,$2].[$2,file]", "myfile.data.old", "myfile.data"},
		{"the manual, one part", "$1.$2.$3", "[$1,$2].[$2,file]", "myfile", "myfile.file"},
		{"the manual, an empty part", "$1.$2.$3", "[$1,$2].[$2,file]", ".myfile", "myfile.myfile"},
		{"the whole name", "$1.$2", "old-$0", "a.b", "old-a.b"},
		{"a name that does not fit", "a$1", "b$1", "xyz", "xyz"},
		{"more name than pattern", "$1.c", "$1.o", "x.cpp", "x.cpp"},
		{"the last part takes the rest", "$1-$2", "$2", "a-b-c", "b-c"},
		{"literals", "img$1", "photo$1", "img01.jpg", "photo01.jpg"},
		{"a plain dollar", `\$1$2`, "x$2", "$1abc", "xabc"},
		{"plain brackets", "$1", `\[$1\,z\]`, "a", "[a,z]"},
		{"text in place of an empty part", "$1.$2", "[$2,none]", "a.", "none"},
		{"a bracket that is not closed", "$1", "[$1", "a", "a"},
		{"more than one byte", "$1ä$2", "$2ä$1", "xäy", "yäx"},
		{"off", "", "", "a.b", "a.b"},
	} {
		t.Run(row.what, func(t *testing.T) {
			if got := (command.NameMap{Pattern: row.pattern, Name: row.name}).Apply(row.in); got != row.want {
				t.Errorf("nmap %s %s makes %q of %q, want %q", row.pattern, row.name, got, row.in, row.want)
			}
		})
	}
}

func TestNameTrans(t *testing.T) {
	for _, row := range []struct{ what, from, to, in, want string }{
		{"one for one", ":;", "_-", "a:b;c", "a_b-c"},
		{"the surplus disappears", " :", "_", "a b:c", "a_bc"},
		{"all disappear", "aä", "", "aäb", "b"},
		{"off", "", "", "a:b", "a:b"},
	} {
		t.Run(row.what, func(t *testing.T) {
			if got := (command.NameTrans{From: []rune(row.from), To: []rune(row.to)}).Apply(row.in); got != row.want {
				t.Errorf("ntrans %q %q makes %q of %q, want %q", row.from, row.to, got, row.in, row.want)
			}
		})
	}
}

// TestMappedNamesStayHere: whatever a map makes of a name that a server chose,
// it is a name below the local directory.
func TestMappedNamesStayHere(t *testing.T) {
	for _, row := range []struct{ pattern, name, remote string }{
		{"$1,$2", "$1/$2", "..,x"},
		{"$1,$2", "$1$2", ".,."},
		{"$1,$2", "$2", "a,.."},
		{"$1", "/$1", "etc"},
		{"$1", "", "a"},
		{"", "", "dir/.."},
	} {
		sh := &command.Shell{Names: command.Names{Folders: &command.Folders{}, Nmap: command.NameMap{Pattern: row.pattern, Name: row.name}}}
		got, err := commands.LocalName(sh, "", row.remote)
		if !errors.As(err, new(*command.UnsafeNameError)) {
			t.Errorf("nmap %s %s: %q becomes %q (%v)", row.pattern, row.name, row.remote, got, err)
		}
	}
}

func FuzzNameMap(f *testing.F) {
	f.Add("$1.$2.$3", "[$1,$2].[$2,file]", "myfile.data.old")
	f.Add(`\$1[$2`, `[\],$0`, "..")
	f.Add("$", `\`, "$")
	f.Fuzz(func(t *testing.T, pattern, name, remote string) {
		sh := &command.Shell{Names: command.Names{Folders: &command.Folders{}, Nmap: command.NameMap{Pattern: pattern, Name: name}}}
		got, err := commands.LocalName(sh, "", remote)
		if err == nil && !filepath.IsLocal(got) {
			t.Errorf("nmap %q %q makes %q of %q", pattern, name, got, remote)
		}
	})
}
