package docs

import (
	"bufio"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// Every public name of ftplib is in the tables of ftplib.md, and whatever they
// say it has become exists.
func TestFtplib(t *testing.T) {
	rows := ftplibRows(t)
	var theirs []string
	ours := declared(t, "client")
	for name := range declared(t, "client/transfer") {
		ours["transfer."+name] = true
	}
	for _, row := range rows {
		theirs = append(theirs, row.quoted(0)...)
		if len(row) == 2 { // the test program has no column for Go
			row.checkCommands(t, 1)
			continue
		}
		for _, name := range row.quoted(1) {
			if !ours[name] && !strings.HasPrefix(name, "io.") && name != "net" && name != "os" && name != "rest" {
				t.Errorf("%s: nothing is called %s", row[0], name)
			}
		}
		row.checkCommands(t, 2)
	}
	file, err := os.Open(filepath.Join("testdata", "ftplib.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		name := lines.Text()
		if !strings.HasPrefix(name, "#") && !slices.Contains(theirs, name) {
			t.Errorf("no row has %s", name)
		}
	}
}

// tableRow is the cells of a row of a table.
type tableRow []string

func ftplibRows(t *testing.T) (rows []tableRow) {
	text, err := os.ReadFile("ftplib.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	if len(rows) < 50 {
		t.Fatalf("%d rows are found", len(rows))
	}
	return rows
}

var backquoted = regexp.MustCompile("`([^`]+)`")

func (r tableRow) quoted(cell int) (names []string) {
	for _, found := range backquoted.FindAllStringSubmatch(r[cell], -1) {
		names = append(names, found[1])
	}
	return names
}

// checkCommands tries every command, setting and option of a cell.
func (r tableRow) checkCommands(t *testing.T, cell int) {
	options, err := os.ReadFile(filepath.Join("..", "cmd", "ftpsh", "flags.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range r.quoted(cell) {
		words := strings.Fields(line)
		switch {
		case words[0] == "ftpsh" && len(words) == 1, strings.HasPrefix(words[0], "-"):
		case words[0] == "ftpsh":
			if name := strings.TrimPrefix(words[1], "--"); !strings.Contains(string(options), `"`+name+`"`) {
				t.Errorf("%s: there is no option %s", r[0], words[1])
			}
		case words[0] == "set":
			if !slices.ContainsFunc(settings.All(), func(s *settings.Setting) bool { return s.Name == words[1] }) {
				t.Errorf("%s: there is no setting %s", r[0], words[1])
			}
		default:
			if c, err := shell.Catalog().Find(words[0]); err != nil || c.Name != words[0] && !slices.Contains(c.Aliases, words[0]) {
				t.Errorf("%s: there is no command %s", r[0], words[0])
			}
		}
	}
}

// declared are the exported names of a package: functions, types, constants,
// variables, and as Type.Name methods and fields, with those of what a struct embeds.
func declared(t *testing.T, folder string) map[string]bool {
	names, embeds := map[string]bool{}, map[string][]string{}
	files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(folder), "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			declare(names, embeds, d)
		}
	}
	for outer := range embeds {
		promote(names, embeds, outer, outer)
	}
	return names
}

// promote gives a struct the names of what another one embeds.
func promote(names map[string]bool, embeds map[string][]string, outer, holder string) {
	for _, inner := range embeds[holder] {
		for name := range maps.Clone(names) {
			if member, is := strings.CutPrefix(name, inner+"."); is {
				names[outer+"."+member] = true
			}
		}
		promote(names, embeds, outer, inner)
	}
}

func declare(names map[string]bool, embeds map[string][]string, d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		name := d.Name.Name
		if d.Recv != nil {
			name = receiver(d.Recv.List[0].Type) + "." + name
		}
		names[name] = true
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					names[name.Name] = true
				}
			case *ast.TypeSpec:
				names[spec.Name.Name] = true
				if s, ok := spec.Type.(*ast.StructType); ok {
					for _, field := range s.Fields.List {
						for _, name := range field.Names {
							names[spec.Name.Name+"."+name.Name] = true
						}
						if inner, is := field.Type.(*ast.Ident); is && field.Names == nil {
							embeds[spec.Name.Name] = append(embeds[spec.Name.Name], inner.Name)
						}
					}
				}
			}
		}
	}
}

func receiver(e ast.Expr) string {
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	switch generic := e.(type) {
	case *ast.IndexExpr:
		e = generic.X
	case *ast.IndexListExpr:
		e = generic.X
	}
	return e.(*ast.Ident).Name
}
