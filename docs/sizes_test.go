package docs

import (
	"go/ast"
	"go/parser"
	"path"
	"testing"
)

// A type that has more is several: see design.md, «Sizes».
const (
	mostFields  = 20
	mostMethods = 45
)

// lists are the structs with more fields than that, which are lists and hold no state: what they list.
var lists = map[string]string{
	"client.Options":          "options",
	"client/practice.Options": "options",
	"client/transfer.Mirror":  "options",
	"client/transfer.Task":    "options",
	"client/treesync.Options": "options",
	"cmd/ftpsh.options":       "options",
	"shell/command.Options":   "options",
	"shell/settings.Settings": "settings",
	"shell/command.Command":   "facts of a row",
	"client/listing.Entry":    "facts of a row",
	"shell/teach.VerbFacts":   "facts of a row",
	"shell/teach.Event":       "facts of an event",
}

// size is what is declared for a type, over all systems.
type size struct {
	fields  int
	methods map[string]bool
}

// TestSizes: no type has more fields or methods than a reader can keep in mind.
func TestSizes(t *testing.T) {
	types := sizes(t)
	if len(types) < 500 {
		t.Fatalf("only %d types", len(types))
	}
	for name, s := range types {
		if s.fields > mostFields && lists[name] == "" {
			t.Errorf("%s has %d fields; the limit is %d. Which of them belong together?", name, s.fields, mostFields)
		}
		if len(s.methods) > mostMethods {
			t.Errorf("%s has %d methods; the limit is %d. Which of them need only a part of it?", name, len(s.methods), mostMethods)
		}
	}
	for name := range lists {
		if s := types[name]; s == nil || s.fields <= mostFields {
			t.Errorf("%s needs no exception", name)
		}
	}
}

// sizes finds the types of the tree, as package.Type.
func sizes(t *testing.T) map[string]*size {
	t.Helper()
	types := map[string]*size{}
	err := eachFile("..", parser.SkipObjectResolution, func(name string, file *ast.File) {
		of := func(typ string) *size {
			key := path.Dir(name) + "." + typ
			if types[key] == nil {
				types[key] = &size{methods: map[string]bool{}}
			}
			return types[key]
		}
		for _, decl := range file.Decls {
			measure(decl, of)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return types
}

// measure takes what a declaration adds to the types of its package.
func measure(decl ast.Decl, of func(typ string) *size) {
	if f, is := decl.(*ast.FuncDecl); is && f.Recv != nil {
		of(receiver(f.Recv.List[0].Type)).methods[f.Name.Name] = true
	}
	general, is := decl.(*ast.GenDecl)
	if !is {
		return
	}
	for _, spec := range general.Specs {
		typ, is := spec.(*ast.TypeSpec)
		if !is {
			continue
		}
		if s, is := typ.Type.(*ast.StructType); is {
			fields := 0
			for _, field := range s.Fields.List {
				fields += max(1, len(field.Names))
			}
			of(typ.Name.Name).fields = max(of(typ.Name.Name).fields, fields)
		}
	}
}
