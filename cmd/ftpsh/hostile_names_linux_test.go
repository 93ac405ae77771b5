package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// leadingNames are listed by a server that means to write elsewhere; none of them is a name.
var leadingNames = []string{
	"../up", "../../up", "/etc/passwd", "//abs", "sub/x", "a/../../x", "..", ".", "nul\x00byte", "../.bashrc", "/root/.netrc", "x/",
}

// plainNames look as if they did something, and are names of files in the directory and nothing else.
var plainNames = []string{
	`..\back`, `C:\evil`, "C:evil", "NUL", "CON.txt", "a:stream", "trailing.", "trailing ", " leading", "-rf", "-", "|touch pwned", ">out", "$(touch pwned)", "`touch pwned`", ";touch pwned",
	"~", "~root", "*", "?", "[a-z]", "{a,b}", "!ls", "&", "#", "%00", "%2e%2e%2f", "data.part", "data.part.note", "data", "data.segments", "esc\x1b]0;title\x07", "bidi\u202e",
	"del\x7f", "c1\xc2\x9b31m", "latin\xe9", "latin\xe8", "\xff\xfe", "e\u0301", "\u00e9", "😀", strings.Repeat("l", 255), strings.Repeat("漢", 85), "tab\tin", "quote'\"",
}

// longNames are too long for the file system.
var longNames = []string{strings.Repeat("x", 256), strings.Repeat("y", 300), strings.Repeat("z", 4000), strings.Repeat("😀", 64)}

// dotNames are of files that programs read.
var dotNames = []string{".bashrc", ".netrc", ".ftpshrc", ".profile"}

// hostileListing is an MLSD of all of these; the server gives "evil!" for each.
func hostileListing() practice.Options {
	var lines strings.Builder
	for _, name := range slices.Concat(leadingNames, plainNames, longNames, dotNames) {
		text := fmt.Sprintf("type=file;size=5;modify=20200101000000; %s", name)
		lines.WriteString(strings.NewReplacer(`\`, `\x5c`, "\x00", `\x00`, "*", `\x2a`).Replace(text) + `\r\n`)
	}
	retrieve := func(_ int, line string) (string, string) {
		verb, _, _ := strings.Cut(line, " ")
		if slices.Contains([]string{"RETR", "SIZE", "MDTM", "MLST"}, verb) && !strings.HasSuffix(line, " /") {
			return verb + " /evil", ""
		}
		return line, ""
	}
	return practice.Options{Tap: practice.Tap{Command: retrieve}, Faults: []practice.Fault{{Name: "listing", Verb: "MLSD", Text: lines.String()}}}
}

// TestHostileNamesOnEveryWriter: whatever a server calls its files, and whichever command brings them, what comes is a file of
// that name in the directory, or an error that names it. Nothing else changes, and no program runs.
func TestHostileNamesOnEveryWriter(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, line string
		into       string
		dots       bool
	}{
		{"mget", "mget *", "", false},
		{"mget, four at once", "set parallel 4; mget *", "", false},
		{"mget -O", "lmkdir in; mget -O in *", "in", false},
		{"mget with dots", "mget * .*", "", true},
		{"mreget", "mreget *", "", false},
		{"get of several", "get -O . *", "", false},
		{"get -r", "get -r / in", "in", true},
		{"mirror", "mirror / in", "in", true},
		{"mirror, four at once", "mirror -P 4 / in", "in", true},
		{"mirror, by size", "mirror --compare size / in", "in", true},
		{"mirror --links copy", "mirror --links copy --chmod / in", "in", true},
		{"fget", "fget list", "", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			server := serves(t, hostileListing(), map[string]string{"evil": "evil!"})
			base := t.TempDir()
			localFile("home/.bashrc", "mine")(t, server, base)
			localFile("work/keep", "mine")(t, server, base)
			localFile("work/list", strings.Join(slices.Concat(plainNames, longNames, dotNames), "\n"))(t, server, base)
			cmd, errs := batch(t, server, "--tls", "off", "-k")
			cmd.Dir = filepath.Join(base, "work")
			cmd.Env = append(cmd.Env, "HOME="+filepath.Join(base, "home"), "XDG_STATE_HOME="+t.TempDir())
			cmd.Stdin = strings.NewReader(row.line + "\n")
			cmd.Run()
			want := map[string]bool{}
			for _, name := range slices.Concat(plainNames, dotNames) {
				want[name] = row.dots || name[0] != '.'
			}
			into := filepath.Join(base, "work", row.into)
			filepath.WalkDir(base, func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				name, _ := filepath.Rel(into, path)
				text, _ := os.ReadFile(path)
				switch {
				case want[name] && string(text) == "evil!":
					delete(want, name)
				case d.Name() == "list" || string(text) == "mine":
				default:
					t.Errorf("%q holds %.20q", path, text)
				}
				return nil
			})
			for name, wanted := range want {
				if wanted && !strings.ContainsAny(name, "\r\n") {
					t.Errorf("%q did not come", name)
				}
			}
			said := errs.String()
			for _, name := range slices.Concat(leadingNames[:5], longNames) {
				if name = name[:min(len(name), 12)]; !strings.Contains(said, name) && row.name != "fget" {
					t.Errorf("nothing is said of %q", name)
				}
			}
			if strings.ContainsAny(said, "\x1b\x07\x7f\x00") || strings.Contains(said, "\u202e") {
				t.Errorf("not made safe: %q", said)
			}
			if cmd.ProcessState.ExitCode() == 0 {
				t.Error("status 0 although not all came")
			}
			if t.Failed() {
				t.Logf("%.6000s", said)
			}
		})
	}
}
