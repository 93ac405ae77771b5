package sitefiles

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// reads reads a file that a program has written.
func reads(t *testing.T, name string) Contents {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	all, _, err := Read(name, raw, Formats)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestWhatLftpWrites: bookmarks that the lftp of this computer writes are found where it keeps them, and understood.
func TestWhatLftpWrites(t *testing.T) {
	lftp, home := daemon.Need(t, "/usr/bin/lftp"), t.TempDir()
	cmd := exec.Command(lftp, "--norc", "-c", `set bmk:save-passwords yes
bookmark add web ftp://deploy:in%20vented%2F@ftp.example.org:2121/%2Fvar/w%20w/
bookmark add safe ftps://g@two.example.org/
bookmark add six ftp://[2001:db8::1]:2121/x/`)
	cmd.Env = []string{"HOME=" + home, "PATH=/usr/bin:/bin"}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var all []Site
	for _, name := range lftpPlaces(Home{home, func(string) string { return "" }}) {
		if _, err := os.Stat(name); err == nil {
			all = append(all, reads(t, name).Sites...)
		}
	}
	want := "[{safe two.example.org  g implicit } {six 2001:db8::1 2121   x} {web ftp.example.org 2121 deploy in vented/ /var/w w}]"
	if got := inShort(all); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestWhatNcftpWrites: the same of ncftp, which writes a bookmark when it is at a server. Its home is the one of the user
// database, for which nss_wrapper lends another one.
func TestWhatNcftpWrites(t *testing.T) {
	ncftp, home := daemon.Need(t, "/usr/bin/ncftp"), t.TempDir()
	wrapper := daemon.Need(t, "usr/lib/*/libnss_wrapper.so")
	users := filepath.Join(home, "users")
	if err := os.WriteFile(users, fmt.Appendf(nil, "me:x:%d:%d::%s:/bin/sh\n", os.Getuid(), os.Getgid(), home), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(home, ".ncftp"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, ".ncftp", "prefs_v3"), []byte("save-passwords=yes\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	server, err := practice.Start(practice.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	cmd := exec.Command(ncftp, "-u", practice.User, "-p", practice.Password, "-P", strconv.Itoa(server.Port()), server.Host())
	cmd.Stdin = strings.NewReader("mkdir \"a, b\"\ncd \"a, b\"\nbookmark web\nquit\n")
	cmd.Env = []string{"PATH=/usr/bin:/bin", "TERM=dumb", "LD_PRELOAD=" + wrapper, "NSS_WRAPPER_PASSWD=" + users, "NSS_WRAPPER_GROUP=/etc/group"}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := fmt.Sprintf("[{web %s %d %s %s a, b}]", server.Host(), server.Port(), practice.User, practice.Password)
	if got := inShort(reads(t, filepath.Join(home, ".ncftp", "bookmarks")).Sites); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// inShort are sites without what is only about their file.
func inShort(all []Site) string {
	short := []string{}
	for _, s := range all {
		short = append(short, fmt.Sprintf("{%s %s %s %s %s%s %s}", s.Name, s.Host, s.Port, s.User, s.Password, s.Security, s.Dir))
	}
	return "[" + strings.Join(short, " ") + "]"
}
