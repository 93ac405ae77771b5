package docs

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// constants are those of the packages in the order of their declaration: what
// they are made of, by package.name.
type constants map[string]ast.Expr

// limited are the packages whose constants the page speaks of.
var limited = []string{"client", "client/listing", "client/transfer", "client/proxy", "completion", "history", "shell/command", "shell/commands", "shell/jobs", "shell/learn", "shell/prompt", "shell/script", "shell/settings", "shell/site", "shell/sitefiles", "shell/syntax", "shell/teach"}

func constantsOfTheTree(t *testing.T) constants {
	t.Helper()
	all := constants{}
	for _, dir := range limited {
		files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(dir), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if !strings.HasSuffix(name, "_test.go") {
				all.read(t, filepath.Base(dir), name)
			}
		}
	}
	return all
}

func (c constants) read(t *testing.T, pkg, name string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range file.Decls {
		group, is := decl.(*ast.GenDecl)
		if !is || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			row := spec.(*ast.ValueSpec)
			for i, value := range row.Values {
				c[pkg+"."+row.Names[i].Name] = value
			}
		}
	}
}

// shown is a constant as the page says it: a time, bytes where it is written as a
// power of two, or a number.
func (c constants) shown(name string) (string, error) {
	expr, found := c[name]
	if !found {
		return "", fmt.Errorf("there is no constant %s", name)
	}
	value, isTime, isBytes, err := c.value(strings.Split(name, ".")[0], expr)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	n, exact := constant.Int64Val(constant.ToInt(value))
	switch {
	case !exact:
		return "", fmt.Errorf("%s is no whole number", name)
	case isTime && n%int64(time.Minute) == 0 && n > int64(time.Minute):
		return fmt.Sprintf("%d min", n/int64(time.Minute)), nil
	case isTime && n%int64(time.Second) == 0:
		return fmt.Sprintf("%d s", n/int64(time.Second)), nil
	case isTime:
		return fmt.Sprintf("%d ms", n/int64(time.Millisecond)), nil
	case isBytes:
		return binary(n), nil
	}
	return thousands(n), nil
}

func binary(n int64) string {
	unit := 0
	for ; n >= 1024 && n%1024 == 0 && unit < 3; unit++ {
		n /= 1024
	}
	return fmt.Sprintf("%d %s", n, []string{"bytes", "KiB", "MiB", "GiB"}[unit])
}

func thousands(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// value computes what a constant is made of.
func (c constants) value(pkg string, expr ast.Expr) (v constant.Value, isTime, isBytes bool, err error) {
	switch e := expr.(type) {
	case *ast.BasicLit:
		return constant.MakeFromLiteral(e.Value, e.Kind, 0), false, false, nil
	case *ast.ParenExpr:
		return c.value(pkg, e.X)
	case *ast.Ident:
		return c.value(pkg, c[pkg+"."+e.Name])
	case *ast.SelectorExpr:
		from := e.X.(*ast.Ident).Name
		if unit := units[e.Sel.Name]; from == "time" && unit > 0 {
			return constant.MakeInt64(int64(unit)), true, false, nil
		}
		return c.value(from, c[from+"."+e.Sel.Name])
	case *ast.BinaryExpr:
		x, xTime, xBytes, err := c.value(pkg, e.X)
		if err != nil {
			return nil, false, false, err
		}
		y, yTime, yBytes, err := c.value(pkg, e.Y)
		if err != nil {
			return nil, false, false, err
		}
		if e.Op == token.SHL {
			n, _ := constant.Uint64Val(y)
			return constant.Shift(x, e.Op, uint(n)), false, true, nil
		}
		return constant.BinaryOp(x, e.Op, y), xTime || yTime, xBytes || yBytes, nil
	}
	return nil, false, false, fmt.Errorf("%T is not understood", expr)
}

var units = map[string]time.Duration{"Millisecond": time.Millisecond, "Second": time.Second, "Minute": time.Minute}

// spoken is a value in the text of a page: [15 s](#limits "client.quitTimeout").
var spoken = regexp.MustCompile(`\[([^]]*)\]\(#limits "([a-z]+\.\w+)"\)`)

// TestLimits: the values that reliability.md tells are those of the code, and each of its limits is bounded by one.
func TestLimits(t *testing.T) {
	all := constantsOfTheTree(t)
	is := func(constant, says string) {
		t.Helper()
		if shown, err := all.shown(constant); err != nil || shown != says {
			t.Errorf("%s is %s, and the page says %s (%v)", constant, shown, says, err)
		}
	}
	page, err := os.ReadFile("reliability.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range spoken.FindAllStringSubmatch(string(page), -1) {
		is(m[2], m[1])
	}
	limits := 0
	for _, row := range tableRows(t, "reliability.md") {
		if len(row) == 4 && strings.HasPrefix(row[3], "`") {
			is(strings.Trim(row[3], "`"), row[1])
			limits++
		}
	}
	if limits < 60 {
		t.Errorf("only %d limits", limits)
	}
}
