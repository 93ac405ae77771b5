package docs

import (
	"os"
	"regexp"
	"testing"
)

// TestGlossary: the names of the glossary are declared where it says.
func TestGlossary(t *testing.T) {
	page, err := os.ReadFile("glossary.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `(\\w+)` \\| ([\\w/]+) \\|").FindAllStringSubmatch(string(page), -1)
	if len(rows) < 15 {
		t.Errorf("only %d names", len(rows))
	}
	known := map[string]map[string]bool{}
	for _, row := range rows {
		name, where := row[1], row[2]
		if known[where] == nil {
			known[where] = declared(t, where)
		}
		if !known[where][name] && !known[where]["Session."+name] && !known[where]["Pipeline."+name] {
			t.Errorf("%s declares no %s", where, name)
		}
	}
}
