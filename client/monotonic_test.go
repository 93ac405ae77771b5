package client

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestNoWallClock: a clock that is set, or a computer that sleeps, moves no
// limit. What is counted from time.Now is counted with the monotonic clock;
// nothing may be waited for until an hour and minute.
func TestNoWallClock(t *testing.T) {
	sets := regexp.MustCompile(`^(Set(Read|Write)?Deadline|until)$`)
	monotonic := regexp.MustCompile(`^time\.(Now\(\)(\.Add\([\w.]+(\(\))?\))?|Time\{\}|Unix\(1, 0\))$`)
	found := 0
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "practice":
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, is := n.(*ast.CallExpr)
			if !is {
				return true
			}
			method, is := call.Fun.(*ast.SelectorExpr)
			if !is {
				return true
			}
			at := files.Position(call.Pos())
			switch word := method.Sel.Name; {
			case strings.HasPrefix(word, "WithDeadline"):
				t.Errorf("%s: %s waits for a time of day", at, word)
			case sets.MatchString(word) && len(call.Args) == 1:
				found++
				var until bytes.Buffer
				printer.Fprint(&until, files, call.Args[0])
				if !monotonic.MatchString(until.String()) {
					t.Errorf("%s: waits until %s", at, &until)
				}
			}
			return true
		})
		return nil
	})
	if err != nil || found < 10 {
		t.Errorf("%d limits found, %v", found, err)
	}
}
