package shell

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell/teach"
)

// What explain and doctor advise to type can be typed.
func TestAdviceCanBeTyped(t *testing.T) {
	sh := &Shell{catalog: Catalog()}
	names, err := filepath.Glob("teach/rules*.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for _, name := range append(names, "teach/doctorproblems.go") {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		lines += checkAdvice(t, sh, file)
	}
	if lines < 20 {
		t.Errorf("only %d lines of advice were found", lines)
	}
}

// checkAdvice returns how many lines of advice there are in a file.
func checkAdvice(t *testing.T, sh *Shell, file *ast.File) (lines int) {
	ast.Inspect(file, func(n ast.Node) bool {
		list, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		of, ok := list.Type.(*ast.ArrayType)
		if !ok {
			return true
		}
		if elt, ok := of.Elt.(*ast.Ident); !ok || elt.Name != "Advice" {
			return true
		}
		for _, advice := range list.Elts {
			text, ok := advice.(*ast.CompositeLit).Elts[0].(*ast.BasicLit)
			if !ok {
				continue // made of a word of the session
			}
			line, _ := strconv.Unquote(text.Value)
			if line == "" || strings.HasPrefix(line, "ftpsh ") {
				continue
			}
			lines++
			if !sh.knows(line) {
				t.Errorf("`%s` cannot be typed", line)
			}
			if word, found := strings.CutPrefix(line, "explain "); found && word != "last" {
				if _, ok := teach.Explain(word, teach.Here{}); !ok {
					t.Errorf("explain does not know %q", word)
				}
			}
		}
		return true
	})
	return lines
}

// Each command of the protocol that the shell has a command for says which.
func TestPagesNameCommands(t *testing.T) {
	sh := &Shell{catalog: Catalog()}
	for verb, want := range map[string]string{"RETR": "`get`", "STOR": "`put`", "DELE": "`delete`", "CWD": "`cd`", "MKD": "`mkdir`", "FEAT": "`features`"} {
		found, _ := teach.Explain(verb, teach.Here{Knows: sh.knows})
		if text := strings.Join(found.Lines, "\n"); !strings.Contains(text, want) {
			t.Errorf("%s: no %s in\n%s", verb, want, text)
		}
	}
}
