package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// TestDeletingFollowsNoLinks: whatever deletes or changes a tree on a server takes a link away, and leaves alone what it leads
// to. MLSD of pyftpdlib says of a link to a directory that it is one, and so does MLST of proftpd.
func TestDeletingFollowsNoLinks(t *testing.T) {
	t.Parallel()
	daemon.Each(t, func(t *testing.T, s *daemon.Server) {
		dir := t.TempDir()
		for _, name := range []string{"empty", "site", "site/keep"} {
			if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, "site", "page"), []byte("new"), 0o600); err != nil {
			t.Fatal(err)
		}
		rows := []struct {
			line string
			gone []string // of what is in the tree
		}{
			{"rm -rf TREE", []string{"deep", "link"}},
			{"rm -rf TREE/link", []string{"link"}},
			{"rm -rf TREE/deep", []string{"deep/link", "deep/own"}},
			{"set trash on; rm -rf TREE; unset trash", []string{"deep", "link"}},
			{"find TREE -mindepth 1 -delete", []string{"deep", "link"}},
			{"mirror -R --delete --delete-all site TREE", []string{"deep", "link"}},
			{"set trash on; mirror -R --delete --delete-all site TREE; unset trash", []string{"deep", "link"}},
			{"chmod -R 700 TREE", nil},
			{"get -r -E TREE", []string{"deep/own"}},
			{"deploy --keep 0 --drop-extra site TREE", []string{"deep", "link"}},
		}
		script := ""
		for i, row := range rows {
			tree, outside := fmt.Sprint("tree", i), fmt.Sprint("outside", i)
			s.Put(outside+"/one", []byte("elsewhere"))
			s.Put(tree+"/deep/own", []byte("ours"))
			s.Link(tree+"/link", "../"+outside)
			s.Link(tree+"/deep/link", "../../"+outside)
			if err := os.Chmod(filepath.Join(s.Root, outside, "one"), 0o644); err != nil {
				t.Fatal(err)
			}
			script += strings.ReplaceAll(row.line, "TREE", tree) + "\n"
		}
		if err := os.WriteFile(filepath.Join(dir, "script"), []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := onServer(t, s, dir, "-k", "-f", "script", scheme(s)+"://"+s.User+"@"+s.Addr()+"/")
		for i, row := range rows {
			at := filepath.Join(s.Root, fmt.Sprint("outside", i), "one")
			if info, missing := os.Stat(at); missing != nil || info.Mode().Perm() != 0o644 {
				t.Errorf("%s: what the link leads to: %v\n%s%v", row.line, missing, out, err)
			}
			for _, name := range row.gone {
				if s.Flavour == "inetutils-ftpd" && filepath.Base(name) != "own" { // DELE of a link to a directory: 550 Not a directory
					continue
				}
				if _, err := os.Lstat(filepath.Join(s.Root, fmt.Sprint("tree", i), name)); err == nil {
					t.Errorf("%s: %s is still there\n%s", row.line, name, out)
				}
			}
		}
	})
}
