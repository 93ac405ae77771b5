package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// linkCell is a command about links on a server, and what it must bring: files by their names here, or text.
type linkCell struct {
	line  string
	files map[string]string
	out   []string // each is in the output
	begun string   // a file whose beginning is here
}

// linkCells are all ways to fetch and see, times all kinds of links.
func linkCells(file, inside string) (cells []linkCell) {
	for _, link := range []string{"short", "a-link-with-a-much-longer-name"} {
		there := "pub/" + link
		for _, line := range []string{
			"get %s", "get -c %s", "get -r %s", "reget %s", "pget %s", "pget -n 2 %s", "newer %s", "mget %s*", "mget -r %s*", "get --segments 2 %s",
			"get %s &\nwait", "queue get %s\nqueue start\nwait", "cd pub; get %name; cd ..", "foreach f in %s*; get $f; end",
		} {
			cells = append(cells, linkCell{line: strings.NewReplacer("%s", there, "%name", link).Replace(line), files: map[string]string{link: file}})
		}
		for _, line := range []string{"reget %s", "get -c %s"} {
			cells = append(cells, linkCell{line: fmt.Sprintf(line, there), files: map[string]string{link: file}, begun: link})
		}
		cells = append(cells,
			linkCell{line: "get " + there + " other", files: map[string]string{"other": file}},
			linkCell{line: "get -o other " + there, files: map[string]string{"other": file}},
			linkCell{line: "cat " + there, out: []string{file}},
			linkCell{line: "get " + there + " -", out: []string{file}},
			linkCell{line: "cat " + there + " > other", files: map[string]string{"other": file}},
			linkCell{line: "size " + there, out: []string{fmt.Sprintln(len(file))}},
			linkCell{line: "ls -l " + there, out: []string{" " + there + " -> "}},
		)
	}
	for _, line := range []string{"get -r pub/way", "mget -r pub/w*", "mirror --links follow pub/way", "cd pub; get -r way; cd ..", "mirror pub/way/ way"} {
		cells = append(cells, linkCell{line: line, files: map[string]string{"way/inside": inside}})
	}
	for _, line := range []string{"get pub/gone", "get -r pub/gone", "mget pub/gon*", "cat pub/gone > gone", "newer pub/gone", "pget pub/gone", "get pub/way", "mget pub/wa*", "pget pub/way"} {
		cells = append(cells, linkCell{line: line, files: map[string]string{}})
	}
	return append(cells,
		linkCell{line: "mirror pub m", files: map[string]string{"m/file": file}},
		linkCell{line: "mirror --links copy pub m", files: map[string]string{"m/file": file, "m/short": file}},
		linkCell{line: "ls pub/way", out: []string{"inside\n"}},
		linkCell{line: "cat pub/way/inside", out: []string{inside}},
		linkCell{line: "ls -l pub", out: []string{" short -> file\n", " way -> ../dir\n", " gone -> nowhere\n", " a-link-with-a-much-longer-name -> file\n"}},
	)
}

// TestLinkCommandsOnServers: a link to a file is that file and one to a directory that directory, in each command and on each
// server; one that leads nowhere leaves nothing behind. ls -l says where they lead.
func TestLinkCommandsOnServers(t *testing.T) {
	t.Parallel()
	file, inside := strings.Repeat("0123456789abcdef", 700)+"\n", "what is inside\n"
	daemon.Each(t, func(t *testing.T, s *daemon.Server) {
		s.Put("pub/file", []byte(file))
		s.Put("dir/inside", []byte(inside))
		s.Link("pub/short", "file")
		s.Link("pub/a-link-with-a-much-longer-name", "file")
		s.Link("pub/way", "../dir")
		s.Link("pub/gone", "nowhere")
		cells := linkCells(file, inside)
		dir, script := t.TempDir(), "set retries 0\n"
		for i, cell := range cells {
			at := filepath.Join(dir, fmt.Sprint("cell", i))
			if err := os.Mkdir(at, 0o700); err != nil {
				t.Fatal(err)
			}
			if cell.begun != "" {
				if err := os.WriteFile(filepath.Join(at, cell.begun), []byte(file[:5000]), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			script += "lcd " + at + "\n" + cell.line + "\necho \"=====\"\n"
		}
		if err := os.WriteFile(filepath.Join(dir, "script"), []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		out, _ := onServer(t, s, dir, "-k", "-f", "script", scheme(s)+"://"+s.User+"@"+s.Addr()+"/")
		outs := strings.Split(out, "=====\n")
		if len(outs) != len(cells)+1 {
			t.Fatalf("%d answers to %d commands", len(outs)-1, len(cells))
		}
		for i, cell := range cells {
			for _, want := range cell.out {
				if !strings.Contains(outs[i], want) {
					t.Errorf("%s shows %.200q, want %.200q", cell.line, outs[i], want)
				}
			}
			if cell.files != nil {
				filesAre(t, cell.line, filepath.Join(dir, fmt.Sprint("cell", i)), cell.files)
			}
		}
	})
}

// filesAre compares what is in a directory here.
func filesAre(t *testing.T, line, dir string, want map[string]string) {
	t.Helper()
	found := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		if err != nil || d.IsDir() || strings.HasPrefix(name, "m/") && want[name] == "" {
			return err
		}
		text, err := os.ReadFile(path)
		if wanted, ok := want[filepath.ToSlash(name)]; err != nil || !ok || string(text) != wanted {
			t.Errorf("%s: %s has %d bytes, %v", line, name, len(text), err)
		} else if ok {
			found++
		}
		return nil
	})
	if err != nil || found != len(want) {
		t.Errorf("%s: %d files are right, want %d; %v", line, found, len(want), err)
	}
}
