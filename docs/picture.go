package docs

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const module = "github.com/ftpsh/ftpsh/"

// importsTable has a row for each package: what it imports of ours, and of others.
func importsTable(root string) (string, error) {
	ours, others := map[string]map[string]bool{}, map[string]map[string]bool{}
	err := eachImport(root, func(file, imported string) {
		from := path.Dir(file)
		if ours[from] == nil {
			ours[from], others[from] = map[string]bool{}, map[string]bool{}
		}
		if name, ok := strings.CutPrefix(imported, module); ok {
			ours[from][name] = true
		} else if external(imported) {
			others[from][imported] = true
		}
	})
	var b strings.Builder
	b.WriteString("| package | imports of ours | and of others |\n|---|---|---|\n")
	for _, from := range slices.Sorted(maps.Keys(ours)) {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", code(from), sortedCodes(ours[from]), sortedCodes(others[from]))
	}
	return b.String(), err
}

func sortedCodes(set map[string]bool) string {
	return cmp.Or(codes(slices.Sorted(maps.Keys(set))), "nothing")
}

// eachImport calls f with every import of a file that is no test; the file's
// name is that below the module.
func eachImport(root string, f func(file, imported string)) error {
	return eachFile(root, parser.ImportsOnly, func(name string, file *ast.File) {
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			f(name, imported)
		}
	})
}

// eachFile calls f with every file that is no test, read as far as mode says; its name is that below the module.
func eachFile(root string, mode parser.Mode, f func(name string, file *ast.File)) error {
	return filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && name != root || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, mode)
		if err != nil {
			return err
		}
		below, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		f(filepath.ToSlash(below), file)
		return nil
	})
}

// external says whether a package is neither ours nor of the standard library.
func external(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return strings.Contains(first, ".") && !strings.HasPrefix(imported, module)
}
