package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// foldingDisk mounts a file system on which names that differ in case only are one file, and which takes no names that are
// not UTF-8: NTFS as Windows has it.
func foldingDisk(t *testing.T) string {
	t.Helper()
	lacking := func(what string, err error) {
		t.Helper()
		daemon.Missing(t, fmt.Errorf("a disk that folds names: %s: %w; ntfs-3g (.ci/install-servers) and /dev/fuse are needed", what, err))
	}
	if fuse, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0); err != nil {
		lacking("FUSE", err)
	} else {
		fuse.Close()
	}
	image, dir := filepath.Join(t.TempDir(), "disk"), t.TempDir()
	if err := os.WriteFile(image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(image, 32<<20); err != nil {
		t.Fatal(err)
	}
	for _, line := range [][]string{{"mkfs.ntfs", "-F", "-Q", image}, {"lowntfs-3g", "-o", "ignore_case", image, dir}} {
		path, err := exec.LookPath(line[0])
		if err != nil {
			path = filepath.Join("/usr/sbin", line[0])
		}
		if out, err := exec.Command(path, line[1:]...).CombinedOutput(); err != nil {
			lacking(strings.Join(line, " ")+": "+string(out), err)
		}
	}
	t.Cleanup(func() {
		if syscall.Unmount(dir, syscall.MNT_DETACH) != nil {
			exec.Command("fusermount", "-u", "-z", dir).Run()
		}
	})
	return dir
}

// oddFiles are files whose names are one, or none, on such a disk; each holds its own name.
var oddFiles = []string{
	"Foo", "foo", "FOO", "foo.part", "FOO.part", "plain.txt", "a:b", "NUL", "x.", "x ", "caf\xe9", "caf\xe8", "caf%E9", "r\u00e9sum\u00e9", "re\u0301sume\u0301",
	"R\u00c9SUM\u00c9", strings.Repeat("l", 255), strings.Repeat("漢", 85), "Dir/one", "dir/two", "dir/One", "back\\slash", "q?*",
}

// TestFoldingDisk: on a disk that folds case, of what any command brings nothing is lost without a word: each file of the
// server is there, or named in an error. Run again, nothing changes.
func TestFoldingDisk(t *testing.T) {
	t.Parallel()
	disk := foldingDisk(t)
	files := map[string]string{}
	for _, name := range oddFiles {
		files[name] = name
	}
	var gets strings.Builder
	for _, name := range oddFiles {
		if !strings.Contains(name, "/") {
			fmt.Fprintf(&gets, "get '%s'\n", name)
		}
	}
	for n, row := range []struct {
		name, script string
		trees        bool
		refused      bool
	}{
		{"get", gets.String(), false, true},
		{"get, numbers", "set collisions number\n" + gets.String(), false, false},
		{"mget", "mget *", false, true},
		{"mget by letters", "mget F*\nmget f*\nmget *", false, true},
		{"mget, numbers", "set collisions number\nmget *", false, false},
		{"mget, four at once", "set parallel 4\nmget *", false, true},
		{"mget -r", "mget -r *", true, true},
		{"get -r", "mget *\nget -r Dir dir .", true, true},
		{"mirror", "mirror / .", true, true},
		{"mirror, four at once", "mirror -P 4 / .", true, true},
		{"mirror, numbers", "set collisions number\nmirror / .", true, false},
		{"mirror, numbers, deleting", "set collisions number\nmirror --delete / .", true, false},
		{"fget", "nlist / list\nfget list", false, true},
		{"pget", strings.ReplaceAll(gets.String(), "get ", "pget "), false, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			server := serves(t, practice.Options{}, files)
			dir := filepath.Join(disk, fmt.Sprint(n))
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				cmd, errs := batch(t, server, "--tls", "off", "-k")
				cmd.Dir, cmd.Stdin = dir, strings.NewReader(row.script)
				cmd.Run()
				said := errs.String()
				texts := contentsOf(t, dir)
				for _, name := range oddFiles {
					if strings.Contains(name, "/") && !row.trees {
						continue
					}
					if !texts[name] && (!row.refused || !named(said, name)) {
						t.Errorf("%q is lost, and nobody said so", name)
					}
				}
				if failed := cmd.ProcessState.ExitCode() != 0; failed != row.refused {
					t.Errorf("status %d", cmd.ProcessState.ExitCode())
				}
				if t.Failed() {
					t.Fatal(said)
				}
			}
		})
	}
}

// named reports whether an error is about a file, or the directory that it is in: with its bytes, or as they are shown.
func named(said, name string) bool {
	if dir, _, inside := strings.Cut(name, "/"); inside && named(said, dir) {
		return true
	}
	for _, line := range strings.Split(said, "\n") {
		for _, shown := range []string{name, strings.ReplaceAll(strings.ReplaceAll(name, "\xe9", `\xe9`), "\xe8", `\xe8`)} {
			if strings.Contains(line, shown) && (strings.Contains(line, "already") || strings.Contains(line, "same file") || strings.Contains(line, "too long") || strings.Contains(line, "at most")) {
				return true
			}
		}
	}
	return false
}

// contentsOf are the texts of all files of a tree. No temporary file may be among them.
func contentsOf(t *testing.T, dir string) map[string]bool {
	t.Helper()
	texts := map[string]bool{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		texts[string(text)] = true
		if strings.HasPrefix(d.Name(), ".ftpsh-") || strings.HasSuffix(d.Name(), ".note") {
			t.Errorf("left: %s", d.Name())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// TestFoldingDiskOtherWays: what a user types is the name that is meant, in whatever case; uploads of a mirror delete
// nothing on the server that is there in another spelling; an editor gets each of two files.
func TestFoldingDiskOtherWays(t *testing.T) {
	disk := foldingDisk(t)
	server := serves(t, practice.Options{}, map[string]string{"Foo": "1", "foo": "2", "up/Foo": "kept"})
	cmd, errs := batch(t, server, "--tls", "off")
	cmd.Dir = disk
	cmd.Stdin = strings.NewReader("set clobber off\nls > Foo\nls > foo\n")
	if cmd.Run(); cmd.ProcessState.ExitCode() != 7 || !strings.Contains(errs.String(), "foo already exists") {
		t.Errorf("status %d\n%s", cmd.ProcessState.ExitCode(), errs)
	}
	if err := os.WriteFile(filepath.Join(disk, "Foo"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd, errs = batch(t, server, "--tls", "off")
	cmd.Dir, cmd.Stdin = disk, strings.NewReader("mirror -R --delete . up\n")
	cmd.Run()
	var there string
	for _, name := range []string{"/up/Foo", "/up/foo"} {
		text, _ := afero.ReadFile(server.FS(), name)
		there += string(text)
	}
	if !strings.Contains(there, "mine") {
		t.Errorf("up has %q\n%s", there, errs)
	}
}

// TestFoldingDiskMeanwhile: what a job brings, and has not brought yet, is not replaced either; what failed is in nobody's
// way; and a dry run says beforehand what would be refused.
func TestFoldingDiskMeanwhile(t *testing.T) {
	t.Parallel()
	disk := foldingDisk(t)
	slow := practice.Options{Faults: []practice.Fault{{Name: "late", Verb: "RETR", Delay: 300 * time.Millisecond}}}
	for n, row := range []struct {
		script string
		args   []string
		status int
		said   string
		texts  []string
	}{
		{"get Foo &\nget foo\nwait\n", nil, 7, "is not fetched: ", []string{"either"}},
		{"get FOO\nget foo\n", nil, 6, "FOO: 550", []string{"foo"}},
		{"get Foo\n!rm Foo\nget foo\n", nil, 0, "", []string{"foo"}},
		{"get Foo\nget -f foo\n", nil, 0, "", []string{"foo"}},
		{"mirror / .\n", []string{"--dry-run"}, 7, "foo: is the same file here as", nil},
		{"mirror --remove-source / .\n", nil, 7, "foo: is the same file here as", []string{"Foo"}},
	} {
		server := serves(t, slow, map[string]string{"Foo": "Foo", "foo": "foo"})
		dir := filepath.Join(disk, fmt.Sprintf("dir%d", n))
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		cmd, errs := batch(t, server, append(row.args, "--tls", "off", "-k")...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(row.script)
		cmd.Run()
		texts := contentsOf(t, dir)
		for _, text := range row.texts {
			if !texts[text] && (text != "either" || texts["Foo"] == texts["foo"]) {
				t.Errorf("%q: %q is not there", row.script, text)
			}
		}
		if got := cmd.ProcessState.ExitCode(); got != row.status || !strings.Contains(errs.String(), row.said) || len(texts) != len(row.texts) {
			t.Errorf("%q: status %d, want %d; there is %v\n%s", row.script, got, row.status, texts, errs)
		}
		if left, err := afero.ReadFile(server.FS(), "/foo"); err != nil || string(left) != "foo" {
			t.Errorf("%q: the server has %q, %v", row.script, left, err)
		}
	}
}
