package main

import (
	"bufio"
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestPasswordIsNowhere: the password of FTPSH_PASSWORD is neither in the environment of the program as the kernel shows it,
// nor in that of anything it starts, nor in what it prints, logs, records or leaves behind.
func TestPasswordIsNowhere(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"a.txt": "text\n"})
	cmd, errs := batch(t, server, "-k", "-ddd", "--log", "session.log", "-f", "script")
	script := `
!env; cat -v /proc/$PPID/environ
ls | env
ls | cat -v /proc/$PPID/environ
set password-command 'env >&2; echo other'
open bob@` + server.Addr() + `
set password-command ''
trace save session.html
trace
bookmark add here
get ftp://alice:` + practice.Password + `@` + server.Addr() + `/a.txt
open ftp://alice:` + practice.Password + `@` + server.Addr() + `:99999/
let -e PW FTPSH_PASSWORD
echo $PW
edit a.txt
`
	if err := os.WriteFile(filepath.Join(cmd.Dir, "script"), []byte(strings.ReplaceAll(script, practice.Password, "s3cret%20pass")), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(cmd.Env, "EDITOR=env; cat -v /proc/$PPID/environ; true", "SHELL=/bin/sh", "LOOK=here")
	var out bytes.Buffer
	cmd.Stdout = &out
	cmd.Run()
	if err := os.Remove(filepath.Join(cmd.Dir, "script")); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "LOOK=here"); n < 4 {
		t.Errorf("%d environments were looked at\n%s\n%s", n, &out, errs)
	}
	looks := map[string][]byte{"standard output": out.Bytes(), "standard error": errs.Bytes()}
	filepath.WalkDir(cmd.Dir, func(name string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			looks[name], _ = os.ReadFile(name)
		}
		return nil
	})
	if len(looks) < 4 {
		t.Errorf("only %d places were looked at", len(looks))
	}
	for where, text := range looks {
		for _, secret := range []string{practice.Password, "s3cret%20pass", "s3cret+pass", `s3cret\x20pass`} {
			if at := bytes.Index(text, []byte(secret)); at >= 0 {
				t.Errorf("%s shows the password: …%q…", where, text[max(0, at-80):min(len(text), at+40)])
			}
		}
	}
}

// TestServeSaysWho: without -v, the log of --serve has wrong passwords and nothing else; nothing a client sends reaches the
// terminal as it came. A password that was given is not printed.
func TestServeSaysWho(t *testing.T) {
	for _, row := range []struct {
		args       []string
		want, more string
	}{
		{nil, `^1 ! wrong password for bob\\x1b\[2J from 127\.0\.0\.1:\d+, number 1\n$`, ""},
		{[]string{"-v"}, `1 > USER bob\\x1b\[2J\n`, "wrong password for"},
	} {
		path, err := exec.LookPath("ftpsh")
		if err != nil {
			t.Fatal(err)
		}
		server := exec.Command(path, append([]string{"--serve", t.TempDir(), "-p", "0", "--user", "bob", "--listen", "127.0.0.1"}, row.args...)...)
		server.Env = append(os.Environ(), "FTPSH_PASSWORD=tell nobody")
		var errs strings.Builder
		server.Stderr = &errs
		out, err := server.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		in := bufio.NewReader(out)
		welcome, _ := in.ReadString('\n')
		if strings.Contains(welcome, "tell nobody") {
			t.Errorf("shown: %s", welcome)
		}
		port := regexp.MustCompile(`:(\d+)/ `).FindStringSubmatch(welcome)
		if port == nil {
			t.Fatalf("no port in %q", welcome)
		}
		conn, err := net.Dial("tcp", "127.0.0.1:"+port[1])
		if err != nil {
			t.Fatal(err)
		}
		conn.Write([]byte("USER bob\x1b[2J\r\nPASS x\r\nQUIT\r\n"))
		for lines := bufio.NewScanner(conn); lines.Scan(); {
		}
		conn.Close()
		server.Process.Signal(os.Interrupt)
		if err := server.Wait(); err != nil {
			t.Error(err)
		}
		text := errs.String()
		if !regexp.MustCompile(row.want).MatchString(text) || !strings.Contains(text, row.more) || strings.Contains(text, "\x1b") {
			t.Errorf("got\n%s\nwant %s", text, row.want)
		}
	}
}
