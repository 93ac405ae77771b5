package docs

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

var dependencyRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (.+) \\|$")

// TestDependencies: whatever is linked has its reason in design.md, and nothing else has a row.
func TestDependencies(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("design.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(page), "\n## Dependencies\n")
	text, _, _ = strings.Cut(text, "\n## ")
	why := map[string]string{}
	for _, row := range dependencyRow.FindAllStringSubmatch(text, -1) {
		why[row[1]] = row[2]
	}
	linked, err := linked("..")
	if err != nil {
		t.Fatal(err)
	}
	modules := map[string]bool{}
	for _, m := range linked {
		modules[m.Path] = true
	}
	for module := range modules {
		if why[module] == "" {
			t.Errorf("ftpsh links %s, and design.md does not say why", module)
		}
	}
	for module := range why {
		if !modules[module] {
			t.Errorf("design.md has a reason for %s, which ftpsh does not link", module)
		}
	}
}

// TestTemplatesAreNotLinked: a program that links a template engine keeps all methods of all types, 2 MB of them.
func TestTemplatesAreNotLinked(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", "../cmd/ftpsh").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, imported := range strings.Fields(string(out)) {
		if imported == "text/template" || imported == "html/template" {
			t.Errorf("ftpsh links %s", imported)
		}
	}
}
