package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestNoRoomOnTheDisk: a download that does not fit says so and how much is
// free, keeps its part, and what follows works; with more room it is gone on
// with. Who may not mount a disk of his own has a limit for files in its place.
func TestNoRoomOnTheDisk(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"big.bin": strings.Repeat("x", 3<<20), "small.txt": "small\n"})
	cmd, errs := batch(t, server, "-k", "-c", "get big.bin; set check-space off; get big.bin; get small.txt -")
	said := []string{"big.bin", "reget big.bin"}
	if err := syscall.Mount("ftpsh-test", cmd.Dir, "tmpfs", 0, "size=1m"); err == nil {
		said = append(said, "are to come, and", "are free")
		t.Cleanup(func() { syscall.Unmount(cmd.Dir, syscall.MNT_DETACH) })
	} else {
		limited := exec.Command("sh", append([]string{"-c", `trap "" XFSZ; ulimit -f 2000; exec "$@"`, "sh"}, cmd.Args...)...)
		limited.Dir, limited.Env, limited.Stderr = cmd.Dir, cmd.Env, errs
		cmd = limited
	}
	var out bytes.Buffer
	cmd.Stdout = &out
	start := time.Now()
	cmd.Run()
	ended(t, cmd, errs, 7)
	if out.String() != "small\n" {
		t.Errorf("the next command printed %q", &out)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	for _, words := range said {
		if !strings.Contains(errs.String(), words) {
			t.Errorf("%q is not said:\n%s", words, errs)
		}
	}
	if _, err := os.Stat(filepath.Join(cmd.Dir, "big.bin")); err == nil {
		t.Error("half a file has the final name")
	}
	if info, err := os.Stat(filepath.Join(cmd.Dir, "big.bin.part")); err != nil || info.Size() == 0 {
		t.Errorf("no part was kept: %v", err)
	}
}

// TestKilled: SIGKILL leaves the old file, or none, and a part; the next get or reget
// continues from it, and starts over when the file has changed; get -f does in any case.
func TestKilled(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		then             string
		changed, resumes bool
	}{{"reget big.bin", false, true}, {"reget big.bin", true, false}, {"get big.bin", false, true}, {"get big.bin", true, false}, {"mget -f big.*", false, false}} {
		text := strings.Repeat("0123456789abcdef", 1<<17)
		server := serves(t, practice.Options{Faults: []practice.Fault{{Name: "stall", At: 1 << 20, Count: 1}}}, map[string]string{"big.bin": text})
		cmd, _ := batch(t, server, "-c", "hash 100000; get -f big.bin")
		local := filepath.Join(cmd.Dir, "big.bin")
		if err := os.WriteFile(local, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd.Stderr = nil
		marks, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		marks.(*os.File).SetReadDeadline(time.Now().Add(patience))
		for seen, buf := 0, make([]byte, 64); seen < 9; { // of the ten before it stalls
			n, err := marks.Read(buf)
			if err != nil {
				t.Fatalf("%d marks, then %v", seen, err)
			}
			seen += bytes.Count(buf[:n], []byte("#"))
		}
		cmd.Process.Kill()
		cmd.Wait()
		if got, err := os.ReadFile(local); err != nil || string(got) != "old" {
			t.Errorf("the old file is %d bytes, %v", len(got), err)
		}
		if row.changed {
			text = strings.Repeat("another content.", 1<<17)
			if err := afero.WriteFile(server.FS(), "/big.bin", []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			later := time.Now().Add(time.Hour)
			if err := server.FS().Chtimes("/big.bin", later, later); err != nil {
				t.Fatal(err)
			}
		}
		again, errs := batch(t, server, "-c", row.then)
		again.Dir = cmd.Dir
		again.Run()
		ended(t, again, errs, 0)
		if got, err := os.ReadFile(local); err != nil || string(got) != text {
			t.Errorf("%s: %d bytes, %v", row.then, len(got), err)
		}
		if resumed := strings.Contains(strings.Join(server.Commands(), "\n"), "REST"); resumed != row.resumes {
			t.Errorf("%s: the file has changed: %v, and REST was sent: %v", row.then, row.changed, resumed)
		}
		if left, _ := filepath.Glob(local + ".part*"); len(left) > 0 {
			t.Errorf("left: %v", left)
		}
	}
}

// TestKilledAmongSmallFiles: whenever SIGKILL comes, each small file is there, whole and with its time, or not
// at all, and nothing else is left.
func TestKilledAmongSmallFiles(t *testing.T) {
	t.Parallel()
	const kills, files = 200, 1500
	texts := map[string]string{}
	for i := range files {
		texts[fmt.Sprintf("f%04d", i)] = strings.Repeat(fmt.Sprintf("%06d\n", i), 1+i%500)
	}
	server := serves(t, practice.Options{}, texts)
	dir := t.TempDir()
	mirror := func() (*exec.Cmd, *bytes.Buffer) {
		cmd, errs := batch(t, server, "-c", "mirror --json -P 2 / tree")
		cmd.Dir = dir
		return cmd, errs
	}
	check := func() (whole int) {
		found, err := os.ReadDir(filepath.Join(dir, "tree"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		for _, f := range found {
			name := filepath.Join(dir, "tree", f.Name())
			got, err := os.ReadFile(name)
			here, _ := os.Stat(name)
			there, _ := server.FS().Stat("/" + f.Name())
			if err != nil || string(got) != texts[f.Name()] || here.ModTime().Unix() != there.ModTime().Unix() {
				t.Fatalf("%s: %d bytes, %v, %v", f.Name(), len(got), here, err)
			}
		}
		return len(found)
	}
	for range kills {
		cmd, _ := mirror()
		steps, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for lines, left := bufio.NewScanner(steps), rand.IntN(7); left > 0 && lines.Scan(); left-- {
		}
		cmd.Process.Kill()
		cmd.Wait()
		check()
	}
	if whole := check(); whole == 0 || whole == files {
		t.Fatalf("%d files before the last run: they were killed at other times", whole)
	}
	cmd, errs := mirror()
	cmd.Run()
	ended(t, cmd, errs, 0)
	if whole := check(); whole != files {
		t.Errorf("%d of %d files", whole, files)
	}
}

// TestQueueWithoutRoom: lines of an earlier session are not taken out of their file before they are kept in another one.
func TestQueueWithoutRoom(t *testing.T) {
	server := serves(t, practice.Options{}, nil)
	cmd, errs := batch(t, server, "-c", "queue start; wait")
	dir := filepath.Join(cmd.Dir, "ftpsh", "queue")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "20260101-000000-1")
	text := `{"server":"` + practice.User + "@" + server.Addr() + `","dir":"/","local":"/","line":"pwd"}` + "\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	full := exec.Command("sh", append([]string{"-c", `trap "" XFSZ; ulimit -f 0; exec "$@"`, "sh"}, cmd.Args...)...)
	full.Dir, full.Env, full.Stderr = cmd.Dir, cmd.Env, errs
	full.Run()
	ended(t, full, errs, 7)
	if !strings.Contains(errs.String(), "is not kept for another day") || !strings.Contains(errs.String(), dir) {
		t.Errorf("it says\n%s", errs)
	}
	if got, err := os.ReadFile(file); string(got) != text {
		t.Errorf("the file holds %q, %v", got, err)
	}
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil || !strings.Contains(out.String(), "/") {
		t.Errorf("with room: %v, %q\n%s", err, &out, errs)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
