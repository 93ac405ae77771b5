package docs

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// TestPicture: the table of design.md is what the packages import.
func TestPicture(t *testing.T) {
	page, err := os.ReadFile("design.md")
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "design.md", section(t, string(page), "imports", picture(t)))
}

// picture has a row for each package: what it imports of ours, and of others.
func picture(t *testing.T) string {
	ours, others := map[string]map[string]bool{}, map[string]map[string]bool{}
	eachImport(t, func(file, imported string) {
		from := path.Dir(file)
		if ours[from] == nil {
			ours[from], others[from] = map[string]bool{}, map[string]bool{}
		}
		if name, ok := strings.CutPrefix(imported, module); ok {
			ours[from][name] = true
		} else if matches("external", imported) {
			others[from][imported] = true
		}
	})
	var b strings.Builder
	b.WriteString("| package | imports of ours | and of others |\n|---|---|---|\n")
	for _, from := range slices.Sorted(maps.Keys(ours)) {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", code(from), sortedCodes(ours[from]), sortedCodes(others[from]))
	}
	return b.String()
}

func sortedCodes(set map[string]bool) string {
	return cmp.Or(codes(slices.Sorted(maps.Keys(set))), "nothing")
}
