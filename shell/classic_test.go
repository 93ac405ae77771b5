package shell

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// tnftpNames are the commands of tnftp 20210827, as its help lists them.
var tnftpNames = strings.Fields(`
	! $ ? account append ascii bell binary bye case cd cdup chmod close cr debug delete dir disconnect edit epsv epsv4
	epsv6 exit features fget form ftp gate get glob hash help idle image lcd less lpage lpwd ls macdef mdelete mdir mget
	mkdir mls mlsd mlst mode modtime more mput mreget msend newer nlist nmap ntrans open page passive pdir pls pmlsd
	preserve progress prompt proxy put pwd quit quote rate rcvbuf recv reget remopts rename reset restart rhelp rmdir
	rstatus runique send sendport set site size sndbuf status struct sunique system tenex throttle trace type umask unset
	usage user verbose xferbuf`)

// TestPrefixes: what tnftp understands means the same here, but for the
// prefixes that docs/classic.md lists.
func TestPrefixes(t *testing.T) {
	all := Catalog()
	page, err := os.ReadFile("../docs/classic.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range tnftpNames {
		want, err := all.Find(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if name != want.Name && !slices.Contains(want.Aliases, name) {
			t.Errorf("%s means %s", name, want.Name)
		}
		for n := 1; n < len(name); n++ {
			prefix := name[:n]
			if slices.Contains(tnftpNames, prefix) || startingWith(prefix) != 1 {
				continue
			}
			got, err := all.Find(prefix)
			if err == nil && got == want {
				continue
			}
			if !strings.Contains(string(page), "\n| `"+prefix+"` | `"+name+"` |") {
				t.Errorf("%s is not %s but %v (%v), and docs/classic.md does not say so", prefix, name, got, err)
			}
		}
	}
}

func startingWith(prefix string) int {
	n := 0
	for _, name := range tnftpNames {
		if strings.HasPrefix(name, prefix) {
			n++
		}
	}
	return n
}

// TestShortForms: the shortest forms that work in all the old clients.
func TestShortForms(t *testing.T) {
	all := Catalog()
	for prefix, want := range map[string]string{
		"ac": "account", "ap": "append", "as": "ascii", "be": "bell", "bi": "binary", "bin": "binary", "by": "bye", "ca": "case",
		"cdu": "cdup", "ch": "chmod", "cl": "close", "deb": "debug", "del": "delete", "dis": "close", "ge": "get", "ha": "hash",
		"he": "help", "id": "idle", "im": "binary", "lc": "lcd", "ma": "macdef", "mde": "mdelete", "mdi": "mdir", "mg": "mget",
		"mk": "mkdir", "mp": "mput", "ne": "newer", "nl": "nlist", "nm": "nmap", "nt": "ntrans", "o": "open", "prom": "prompt",
		"prox": "proxy", "pu": "put", "pw": "pwd", "quo": "quote", "rec": "get", "reg": "reget", "ren": "rename", "rh": "rhelp",
		"ru": "runique", "sit": "site", "siz": "size", "su": "sunique", "te": "tenex", "ty": "type", "um": "umask", "v": "verbose",
	} {
		got, err := all.Find(prefix)
		if err != nil || got.Name != want {
			t.Errorf("%s: %v %v, want %s", prefix, got, err, want)
		}
	}
	for _, prefix := range []string{"d", "b", "di", "g", "pro", "xyz"} {
		if got, err := all.Find(prefix); err == nil {
			t.Errorf("%s means %s, and should be ambiguous", prefix, got.Name)
		}
	}
}

func TestParseBytes(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "4096": 4096, "10k": 10240, "2M": 2 << 20, "1g": 1 << 30, "7b": 7, "1.5k": 1536, "1MB": 1 << 20, "2GiB": 2 << 30, "1.5m": 3 << 19} {
		if got, err := settings.ParseBytes(text); err != nil || got != want {
			t.Errorf("%s: %d %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "k", "-1", "1x", "1.k", "1.5.2k", "ib", "99999999999g", "0x10"} {
		if got, err := settings.ParseBytes(text); err == nil {
			t.Errorf("%q is %d", text, got)
		}
	}
}

func TestRepeats(t *testing.T) {
	for line, want := range map[string]bool{
		"get $i": true, "get $i.txt": true, `get "${i}"`: true, `!echo`: false, "get $1": false, `get \$i`: false, `get '$i'`: false,
		"get $it": false,
	} {
		if got := command.Repeats(line); got != want {
			t.Errorf("%s: %v", line, got)
		}
	}
}

func TestMacroArguments(t *testing.T) {
	words := syntax.Lex(`x "a b" *.txt`)[1:]
	vars := syntax.Vars{Args: words, Each: &words[1]}
	list, err := syntax.Parse(`get $1 $i $i.gz "$1-$2"`)
	if err != nil {
		t.Fatal(err)
	}
	got := list[0].Statements[0].Expand(vars).Args()
	want := []struct{ text, pattern string }{{"a b", ""}, {"*.txt", "*.txt"}, {"*.txt.gz", ""}, {"a b-*.txt", ""}}
	for i, w := range want {
		if got[i].Text != w.text || got[i].Pattern != w.pattern {
			t.Errorf("word %d is %q (pattern %q), want %q (%q)", i, got[i].Text, got[i].Pattern, w.text, w.pattern)
		}
	}
}
