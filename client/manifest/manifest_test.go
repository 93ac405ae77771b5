package manifest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
)

func entry(path, content string) Entry {
	sum := sha256.Sum256([]byte(content))
	return Entry{Path: path, Size: int64(len(content)), Algorithm: client.SHA256, Sum: sum[:]}
}

var odd = []Entry{
	entry("a", "1"), entry("a b/c  d", "22"), entry("back\\slash", "333"), entry("bytes\xff\xfe", ""),
	entry("comma,comma", "4"), entry("css/a.css", "5"), entry("line\nfeed", "6"), entry("per%cent %0A", "7"),
	entry("(x) = y", "8"), entry("# no comment", "9"), entry("*star", "10"), entry("ret\rurn", "11"), entry("ümlaut", "12"),
}

// TestRoundTrip: what is written in each form is read again, whatever the names.
func TestRoundTrip(t *testing.T) {
	for _, name := range formats() {
		t.Run(string(name), func(t *testing.T) {
			var text bytes.Buffer
			if err := Write(&text, name, odd); err != nil {
				t.Fatal(err)
			}
			hint := Format("")
			if name == BagIt {
				hint = Named("x/manifest-sha256.txt")
			}
			for _, lineEnd := range []string{"\n", "\r\n"} {
				got, found, err := Read(strings.NewReader(strings.ReplaceAll(text.String(), "\n", lineEnd)), hint)
				if err != nil || found != name || len(got) != len(odd) {
					t.Fatalf("%s, %d entries, %v from\n%s", found, len(got), err, text.String())
				}
				for _, want := range odd {
					if name != Hashdeep && name != Mtree {
						want.Size = -1
					}
					ok := false
					for _, e := range got {
						ok = ok || reflect.DeepEqual(e, want)
					}
					if !ok {
						t.Errorf("%q is not read again from\n%s", want.Path, text.String())
					}
				}
			}
		})
	}
}

const (
	empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	one   = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"
)

// TestForeign: what other programs write.
func TestForeign(t *testing.T) {
	for _, test := range []struct {
		name, text string
		form       Format
		want       []string // path algorithm size
	}{
		{"sha256sum", empty + "  a\n" + strings.ToUpper(one) + " *b c\n", Sum, []string{"a", "b c"}},
		{"a name with a line feed", `\` + empty + `  a\nb\\c` + "\n", Sum, []string{"a\nb\\c"}},
		{"sha256sum of a folder", empty + "  ./x/a\n", Sum, []string{"x/a"}},
		{"mark of UTF-8, comment", "\uFEFF# made by hand\n\n" + empty + "  a\n", Sum, []string{"a"}},
		{"sha256sum --tag", "SHA256 (a (1)) = " + empty + "\n", BSD, []string{"a (1)"}},
		{"md5 of BSD", "MD5 (a) = d41d8cd98f00b204e9800998ecf8427e\n", BSD, []string{"a"}},
		{
			"hashdeep", "%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n## Invoked from: /x\n## $ hashdeep -r .\n## \n" +
				"0,d41d8cd98f00b204e9800998ecf8427e," + empty + ",./a,b\n", Hashdeep, []string{"a,b"},
		},
		{
			"mtree", "#mtree\n/set type=file uid=0\n. type=dir\n./a size=0 sha256digest=" + empty + "\n./d type=dir\n" +
				"./d/b\\040c size=1 time=1.0 sha256=" + one + "\n", Mtree, []string{"a", "d/b c"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, form, err := Read(strings.NewReader(test.text), "")
			var paths []string
			for _, e := range got {
				paths = append(paths, e.Path)
			}
			if err != nil || form != test.form || !reflect.DeepEqual(paths, test.want) {
				t.Errorf("%s %q, %v", form, paths, err)
			}
		})
	}
}

// TestRefused: what makes no sense names its line, and nothing leads out of the directory.
func TestRefused(t *testing.T) {
	for _, test := range []struct {
		name, text string
		form       Format
		line       int
		says       string
	}{
		{"up", empty + "  a\n" + empty + "  ../etc/passwd\n", "", 2, "not a path below"},
		{"up in the middle", empty + "  a/../../b\n", "", 1, "not a path below"},
		{"absolute", empty + "  /etc/passwd\n", "", 1, "not a path below"},
		{"up, escaped", "#mtree\n./a/\\056\\056/\\056\\056/b sha256digest=" + empty + "\n", "", 2, "not a path below"},
		{"out of the payload", empty + "  data/../x\n", BagIt, 1, "not a path below"},
		{"beside the payload", empty + "  bagit.txt\n", BagIt, 1, "not below data/"},
		{"twice", empty + "  a\n" + one + "  ./a\n", "", 2, "stands in line 1"},
		{"no sum", "hello  a\n", "", 1, "not a checksum"},
		{"a sum that is cut", empty[:40] + "1  a\n", "", 1, "not a checksum"},
		{"no name", empty + "\n", "", 1, "not CHECKSUM"},
		{"nothing", "\n\n", "", 2, "no file"},
		{"a long line", empty + "  " + strings.Repeat("a", maxLine) + "\n", "", 1, "longer than"},
		{"no columns", "%%%% HASHDEEP-1.0\n0,x,a\n", "", 2, "columns"},
		{"a size beyond numbers", "%%%% HASHDEEP-1.0\n%%%% size,sha256,filename\n99999999999999999999," + empty + ",a\n", "", 3, "not a size"},
		{"mtree by directories", "#mtree\n. type=dir\na size=0\n", "", 3, "whole paths"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := Read(strings.NewReader(test.text), test.form)
			var bad *LineError
			if !errors.As(err, &bad) || bad.Line != test.line || !strings.Contains(bad.Reason, test.says) {
				t.Errorf("%v, want line %d: …%s…", err, test.line, test.says)
			}
		})
	}
}

func TestCompare(t *testing.T) {
	old := []Entry{entry("a", "1"), entry("b", "2"), entry("c", "3"), entry("same", "x")}
	now := []Entry{entry("a", "changed"), entry("d", "2"), entry("e", "5"), entry("same", "x")}
	changes, err := Compare(old, now)
	var got []string
	for _, c := range changes {
		got = append(got, string(c.Kind)+" "+c.Old.Path+">"+c.New.Path)
	}
	if want := []string{"changed a>a", "moved b>d", "removed c>", "added >e"}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	other := entry("a", "1")
	other.Algorithm = client.MD5
	if _, err := Compare(old, []Entry{other}); err == nil {
		t.Error("sums by two algorithms were compared")
	}
}

// FuzzRead: whatever is read stays inside, and is read again from what is written.
func FuzzRead(f *testing.F) {
	for _, name := range formats() {
		var text bytes.Buffer
		Write(&text, name, odd)
		f.Add(text.Bytes(), string(name))
		f.Add(text.Bytes(), "")
	}
	f.Fuzz(func(t *testing.T, text []byte, hint string) {
		entries, _, err := Read(bytes.NewReader(text), Format(hint))
		if err != nil {
			return
		}
		var again bytes.Buffer
		for i, e := range entries {
			if clean, err := inside(e.Path); err != nil || clean != e.Path && "./"+clean != e.Path {
				t.Fatalf("%q got in", e.Path)
			}
			entries[i].Algorithm, entries[i].Sum = client.SHA256, bytes.Repeat([]byte{1}, 32)
		}
		for _, name := range formats() {
			again.Reset()
			if err := Write(&again, name, entries); err != nil {
				t.Fatal(err)
			}
			got, _, err := Read(&again, name)
			if err != nil || len(got) != len(entries) {
				t.Fatalf("%s: %d of %d entries, %v", name, len(got), len(entries), err)
			}
		}
	})
}

// formats are the names of all forms.
func formats() []Format {
	var all []Format
	for _, f := range forms {
		all = append(all, f.name)
	}
	slices.Sort(all)
	return all
}
