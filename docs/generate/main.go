// Generate writes again what is made from something else: those pages of docs that come from the program's tables (what
// commands, settings and keys there are, the manual page, the verbs of the protocol, the picture of imports, the licences
// of what is linked, what the examples print), and what explain and the lessons know, packed.
//
//	go run ./docs/generate
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/ftpsh/ftpsh/docs"
)

func main() {
	if err := generate("."); err != nil {
		fmt.Fprintln(os.Stderr, "generate: "+err.Error())
		os.Exit(1)
	}
}

func generate(root string) error {
	pages, err := docs.Pages(root)
	if err != nil {
		return err
	}
	for name, text := range pages {
		name = filepath.Join(root, "docs", name)
		if old, err := os.ReadFile(name); err == nil && string(old) == text {
			continue
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
		fmt.Println(name)
	}
	return nil
}
