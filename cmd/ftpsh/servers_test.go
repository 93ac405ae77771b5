package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// onServer runs ftpsh against a real server and returns what it prints.
func onServer(t *testing.T, s *daemon.Server, dir string, args ...string) (string, error) {
	t.Helper()
	path, err := exec.LookPath("ftpsh")
	if err != nil {
		t.Fatal(err)
	}
	if s.TLS {
		args = append([]string{"--ca", s.CA, "--tls-name", s.CertName}, args...)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "FTPSH_PASSWORD="+s.Password, "XDG_STATE_HOME="+dir, "HOME="+dir, "TZ=UTC")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	if err != nil {
		t.Logf("ftpsh %q\n%s%s", args, &out, &errs)
	}
	return out.String(), err
}

func scheme(s *daemon.Server) string {
	if s.Implicit {
		return "ftps"
	}
	return "ftp"
}

// TestTreesOnServers: the commands for files and trees do on every server what
// their namesakes do here.
func TestTreesOnServers(t *testing.T) {
	t.Parallel()
	const script = `
mkdir tree
mkdir tree/sub
put small.txt tree/one.txt
cp tree/one.txt tree/sub/two.txt
mv tree/one.txt tree/sub/three.txt
find tree -type f
du -sb tree
head -n 1 tree/sub/two.txt
tail -n 1 tree/sub/two.txt
assert same tree/sub/two.txt small.txt
assert age tree/sub/two.txt max 2d
touch tree/empty
if exists tree/empty; size tree/empty; end
foreach f in tree/sub/*.txt; echo $f; end
rm -r tree
assert not exists tree
`
	const want = `tree/sub/three.txt
tree/sub/two.txt
32	tree
first line
last
0
tree/sub/three.txt
tree/sub/two.txt
`
	daemon.Each(t, func(t *testing.T, s *daemon.Server) {
		dir := t.TempDir()
		if err := os.WriteFile(dir+"/small.txt", []byte("first line\nlast\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(dir+"/script", []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := onServer(t, s, dir, "-f", "script", scheme(s)+"://"+s.User+"@"+s.Addr()+"/")
		if err != nil {
			t.Error(err)
		}
		if out != want {
			t.Errorf("got\n%swant\n%s", out, want)
		}
	})
}

// TestURLsOnServers: a file sent to a URL comes back from it.
func TestURLsOnServers(t *testing.T) {
	t.Parallel()
	daemon.Each(t, func(t *testing.T, s *daemon.Server) {
		dir := t.TempDir()
		content := daemon.Content(300_000, 7)
		if err := os.WriteFile(dir+"/up #1.bin", content, 0o600); err != nil {
			t.Fatal(err)
		}
		url := scheme(s) + "://" + s.User + "@" + s.Addr() + "/"
		if _, err := onServer(t, s, dir, "-u", url+"there.bin", "up #1.bin"); err != nil {
			t.Error(err)
		}
		out, err := onServer(t, s, dir, url+"there.bin", "-o", "-")
		if err != nil || out != string(content) {
			t.Errorf("%d bytes came back, want %d (%v)", len(out), len(content), err)
		}
	})
}

// TestMgetOfLinks: mget brings the file that a link leads to, leaves out the directory, and
// names the link that leads nowhere; with -r it enters the directory.
func TestMgetOfLinks(t *testing.T) {
	t.Parallel()
	daemon.Each(t, func(t *testing.T, s *daemon.Server) {
		s.Put("pub/real.txt", []byte("real"))
		s.Put("data/inner.txt", []byte("inner"))
		s.Link("pub/file", "real.txt")
		s.Link("pub/folder", "../data")
		s.Link("pub/nowhere", "gone")
		for _, test := range []struct {
			line string
			want map[string]string
		}{
			{"mget pub/*", map[string]string{"real.txt": "real", "file": "real", "folder": "", "nowhere": ""}},
			{"mget -r pub/*", map[string]string{"real.txt": "real", "file": "real", "folder/inner.txt": "inner", "nowhere": ""}},
		} {
			dir := t.TempDir()
			if _, err := onServer(t, s, dir, "-c", test.line, scheme(s)+"://"+s.User+"@"+s.Addr()+"/"); err != nil {
				t.Errorf("%s: %v", test.line, err)
			}
			for name, want := range test.want {
				if got, _ := os.ReadFile(filepath.Join(dir, name)); string(got) != want {
					t.Errorf("%s: %s holds %q, want %q", test.line, name, got, want)
				}
				if _, err := os.Lstat(filepath.Join(dir, name)); want == "" && err == nil {
					t.Errorf("%s: %s is there", test.line, name)
				}
			}
		}
	})
}
