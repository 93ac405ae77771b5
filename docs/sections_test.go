package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell/teach"
)

// TestSectionsOfMethods: a method of the library that names the verb it sends names the document
// that defines it, too, or says that none does.
func TestSectionsOfMethods(t *testing.T) {
	verbs := map[string]bool{}
	for _, v := range teach.Verbs() {
		verbs[v.Name] = true
	}
	document := regexp.MustCompile(`RFC\s+\d+|draft-\w+|no RFC`)
	word := regexp.MustCompile(`\b[A-Z]{3,4}\b`)
	files, err := filepath.Glob("../client/*.go")
	if err != nil {
		t.Fatal(err)
	}
	sends := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || !f.Name.IsExported() {
				continue
			}
			doc := f.Doc.Text()
			for _, verb := range word.FindAllString(doc, -1) {
				if !verbs[verb] {
					continue
				}
				sends++
				if !document.MatchString(doc) {
					t.Errorf("%s: %s names %s, and no RFC", name, f.Name.Name, verb)
				}
				break
			}
		}
	}
	if sends < 40 {
		t.Errorf("only %d methods name a verb", sends)
	}
}
