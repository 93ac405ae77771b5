package docs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestReliability: every promise of reliability.md is there, says what happens and what is done then, and names tests that are
// there.
func TestReliability(t *testing.T) {
	tests := testsOfTheTree(t)
	promise := regexp.MustCompile(`^[A-Z]\d+$`)
	var ids []string
	for _, row := range tableRows(t, "reliability.md") {
		if len(row) != 5 || !promise.MatchString(row[0]) {
			continue
		}
		ids = append(ids, row[0])
		if row[1] == "" || row[2] == "" {
			t.Errorf("%s does not say what happens, or what is done", row[0])
		}
		if err := tests.areThere(row[4]); err != nil {
			t.Errorf("%s: %v", row[0], err)
		}
	}
	for letter, count := range map[string]int{"S": 65, "F": 59, "B": 17, "C": 7, "A": 9, "E": 15} {
		for i := range count {
			if id := letter + strconv.Itoa(i+1); !slices.Contains(ids, id) {
				t.Errorf("%s has no row", id)
			}
		}
	}
	if unique := slices.Compact(slices.Sorted(slices.Values(ids))); len(unique) != len(ids) {
		t.Error("two rows have the same name")
	}
}

// tableRows are the cells of all tables of a page.
func tableRows(t *testing.T, page string) (rows [][]string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		line = strings.ReplaceAll(strings.TrimSpace(line), `\|`, "\x00")
		if !strings.HasPrefix(line, "| ") || !strings.HasSuffix(line, " |") {
			continue
		}
		cells := strings.Split(line[2:len(line)-2], " | ")
		for i := range cells {
			cells[i] = strings.TrimSpace(strings.ReplaceAll(cells[i], "\x00", "|"))
		}
		rows = append(rows, cells)
	}
	return rows
}

// tests are all tests of the tree, with what they and their cases may be called.
type tests struct {
	names   map[string]bool            // file:TestName
	strings map[string]map[string]bool // by file: the names that its cases can have
}

// testLink is a test as the pages name it: [TestName/case](../file), or [script.txt](../shell/testdata/script.txt).
var testLink = regexp.MustCompile(`^\[([^]]+)\]\(\.\./([^)]+)\)$`)

// areThere says which of the tests that a cell names is not there.
func (t tests) areThere(cell string) error {
	for link := range strings.SplitSeq(cell, "<br>") {
		m := testLink.FindStringSubmatch(link)
		if m == nil {
			return fmt.Errorf("%q is no link to a test", link)
		}
		cases := strings.Split(m[1], "/")
		switch name, file := cases[0], m[2]; {
		case t.names[file] && path.Base(file) == name:
			continue
		case !t.names[file+":"+name]:
			return fmt.Errorf("there is no test %s in %s", name, file)
		}
		for _, c := range cases[1:] {
			if !t.strings[m[2]][c] {
				return fmt.Errorf("%s has no case %q", cases[0], c)
			}
		}
	}
	return nil
}

// testsOfTheTree reads all tests and scripts.
func testsOfTheTree(t *testing.T) tests {
	t.Helper()
	all := tests{names: map[string]bool{}, strings: map[string]map[string]bool{}}
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		file := filepath.ToSlash(strings.TrimPrefix(name, ".."+string(filepath.Separator)))
		switch {
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != "..":
			return fs.SkipDir
		case strings.HasPrefix(file, "shell/testdata/") && strings.HasSuffix(file, ".txt"):
			all.names[file] = true
		case strings.HasSuffix(file, "_test.go"):
			return all.read(name, file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (t tests) read(name, file string) error {
	syntax, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, decl := range syntax.Decls {
		f, is := decl.(*ast.FuncDecl)
		if is && f.Recv == nil && (strings.HasPrefix(f.Name.Name, "Test") || strings.HasPrefix(f.Name.Name, "Fuzz")) {
			t.names[file+":"+f.Name.Name] = true
		}
	}
	cases := map[string]bool{}
	ast.Inspect(syntax, func(n ast.Node) bool {
		if lit, is := n.(*ast.BasicLit); is && lit.Kind == token.STRING {
			text, _ := strconv.Unquote(lit.Value)
			cases[strings.ReplaceAll(text, " ", "_")] = true
		}
		return true
	})
	t.strings[file] = cases
	return nil
}
