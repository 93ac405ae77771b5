package docs

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell"
)

var update = flag.Bool("update", false, "write the pages that are made from tables, and the results of examples")

// program builds ftpsh and returns its folder.
func program(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	name := filepath.Join(dir, "ftpsh")
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", name, "../cmd/ftpsh").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// TestPages: the pages that tables make are those that are here.
func TestPages(t *testing.T) {
	help, err := exec.Command(filepath.Join(program(t), "ftpsh"), "--help").Output()
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "commands.md", commandsPage())
	compare(t, "settings.md", settingsPage())
	compare(t, "migration.md", migrationPage())
	page, err := os.ReadFile("scripting.md")
	if err != nil {
		t.Fatal(err)
	}
	scripts := section(t, section(t, string(page), "statuses", statusTable()), "conditions", conditionTable())
	compare(t, "scripting.md", scripts)
	guide, err := os.ReadFile("guide.md")
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "guide.md", section(t, string(guide), "keys", keyTable()))
	changes, err := os.ReadFile("../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "ftpsh.1", manual(string(help), scripts, string(changes)))
}

// compare compares a page with what it should be, or writes it.
func compare(t *testing.T, name, want string) {
	t.Helper()
	got, err := os.ReadFile(name)
	if err == nil && string(got) == want {
		return
	}
	if !*update {
		t.Errorf("%s is not what the tables say; `go test ./docs -update` makes it again", name)
		return
	}
	if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
		t.Error(err)
	}
}

// section puts text between the marks of a section.
func section(t *testing.T, page, name, text string) string {
	t.Helper()
	before, rest, found := strings.Cut(page, "<!-- "+name+" -->\n")
	_, after, ends := strings.Cut(rest, "<!-- end -->")
	if !found || !ends {
		t.Fatalf("the page has no section %s", name)
	}
	return before + "<!-- " + name + " -->\n" + text + "<!-- end -->" + after
}

// block is a block of examples: commands behind $, their further lines behind >,
// and what they print.
var block = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestExamples: what the pages about scripts and changes say that commands print is what
// they print.
func TestExamples(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the examples are written for sh")
	}
	dir := program(t)
	for _, name := range []string{"scripting.md", "changes.md", "faq.md"} {
		playExamples(t, dir, name)
	}
}

func playExamples(t *testing.T, dir, name string) {
	page, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want := block.ReplaceAllFunc(page, func(b []byte) []byte {
		var out bytes.Buffer
		out.WriteString("```sh\n")
		lines := strings.Split(string(b), "\n")
		for i, line := range lines {
			command, is := strings.CutPrefix(line, "$ ")
			if !is {
				continue
			}
			for _, more := range lines[i+1:] {
				text, is := strings.CutPrefix(more, "> ")
				if !is {
					break
				}
				line, command = line+"\n"+more, command+"\n"+text
			}
			out.WriteString(line + "\n" + run(t, dir, command))
		}
		out.WriteString("```")
		return out.Bytes()
	})
	compare(t, name, string(want))
}

// changing is what is different each time.
var changing = []struct {
	what *regexp.Regexp
	text string
}{
	{regexp.MustCompile(`"modified":"[^"]+"`), `"modified":"2026-01-31T12:00:00Z"`},
	{regexp.MustCompile(`"seconds":[0-9.e-]+`), `"seconds":0.001`},
	{regexp.MustCompile(`(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-9]\d \d\d:\d\d`), `Jan 31 12:00`},
}

func run(t *testing.T, dir, command string) string {
	t.Helper()
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(cmd.Dir, "notes.txt"), []byte("some notes\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+cmd.Dir, "TZ=UTC",
		"XDG_CONFIG_HOME="+cmd.Dir, "XDG_STATE_HOME="+cmd.Dir)
	out, err := cmd.CombinedOutput()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	text := string(out)
	for _, row := range changing {
		text = row.what.ReplaceAllString(text, row.text)
	}
	return text
}

// TestJSONIsDescribed: every command that prints objects is in the table.
func TestJSONIsDescribed(t *testing.T) {
	page, err := os.ReadFile("scripting.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "| object of | keys |")
	table, _, _ = strings.Cut(table, "\n\n")
	for c := range shell.Catalog().Commands() {
		moves := slices.ContainsFunc(c.Wire, func(verb string) bool { return verb == "RETR" || verb == "STOR" || verb == "APPE" })
		if c.JSON && !moves && !strings.Contains(table, "`"+c.Name+"`") {
			t.Errorf("scripting.md does not say what `%s --json` prints", c.Name)
		}
	}
}
