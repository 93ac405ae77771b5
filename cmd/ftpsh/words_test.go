//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// ofLibraries is what only the standard library and others say.
var ofLibraries = regexp.MustCompile(`strconv\.|\bx509:|\btls: [a-z]+ [a-z]+ing |\btls: (failed|first|server|client|handshake|protocol|unsupported)|\blookup \S+ on |\bdial (tcp|udp|unix)\b|: EOF\b|unexpected EOF|i/o timeout|context (deadline|canceled)|` +
	`\bexec: "|exit status \d|stringArray|\bfloat(32|64)?\b|\bint(32|64)?\b|\buint|\bpflag\b|json: (cannot|unknown|invalid)|toml: |\bopen \S+: no such|\bread \S+: is a dir|\bstat \S+: |PEM data in certificate|` +
	`%!|<nil>|0x[0-9a-f]{6}|goroutine|unmarshal|invalid syntax|parsing "|hash: hash|glob: glob|\bno protocol scheme|first path segment|invalid port|net/url`)

// TestNoWordsOfLibraries: whatever is wrong with an option, a setting, a file, the network or TLS, it is said in the words
// of this program, and one line says what is wrong with what.
func TestNoWordsOfLibraries(t *testing.T) {
	plain := serves(t, practice.Options{}, map[string]string{"a.txt": "a", "dir/b.txt": "b"})
	secret := serves(t, practice.Options{TLS: practice.Explicit}, nil)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"text": "no certificate\n", "half.pem": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		"bad.toml": "timeout = [", "bad.json": "{", "script": "nonsense\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fails := func(t *testing.T, args ...string) {
		t.Helper()
		path, err := exec.LookPath("ftpsh")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 6*patience)
		defer cancel()
		cmd := exec.CommandContext(ctx, path, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "FTPSH_PASSWORD="+practice.Password, "XDG_STATE_HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir(), "HOME="+dir)
		var said bytes.Buffer
		cmd.Stderr = &said
		if cmd.Run() == nil {
			return // what is no failure says nothing of one
		}
		if ctx.Err() != nil {
			t.Errorf("%q does not end", args)
		}
		if found := ofLibraries.FindString(said.String()); found != "" {
			t.Errorf("%q: %q in\n%s", args, found, &said)
		}
		if strings.TrimSpace(said.String()) == "" {
			t.Errorf("%q fails without a word", args)
		}
	}
	commands := func(t *testing.T, lines ...string) {
		t.Helper()
		args := []string{"-k", "--tls=off"}
		for _, line := range lines {
			args = append(args, "-c", line)
		}
		fails(t, append(args, address(plain))...)
	}
	t.Run("options", func(t *testing.T) {
		t.Parallel()
		flagSet(&options{}).VisitAll(func(f *pflag.Flag) {
			for _, value := range []string{"zz", "99999999999999999999", "-1", "no/such/file", dir, "half.pem", "text"} {
				fails(t, "--"+f.Name+"="+value, "-c", "pwd", address(plain))
			}
		})
		for _, args := range [][]string{{"--nosuch"}, {"-Z"}, {"-c"}, {"--port"}, {"-f", "script", address(plain)}, {"-f", "nosuch"}, {"--cert", "half.pem", "--key", "text", "h"}} {
			fails(t, args...)
		}
	})
	t.Run("addresses", func(t *testing.T) {
		t.Parallel()
		for _, text := range []string{"ftp://", "ftp://h:99999", "ftp://h:port/", "sftp://h/", "ftp://[::1", "h:0", "ftp://%zz@h/", "nosuch.invalid", "ftp://nosuch.invalid/x", "", "http://h/", "127.0.0.1:1"} {
			fails(t, "-c", "pwd", text)
		}
	})
	t.Run("settings", func(t *testing.T) {
		t.Parallel()
		for _, row := range settings.All() {
			for _, value := range []string{"zz zz", "99999999999999999999", "-1", "1e400", "{nosuch}", "[", ""} {
				commands(t, fmt.Sprintf("set %s '%s'", row.Name, value))
			}
		}
	})
	t.Run("commands", func(t *testing.T) {
		t.Parallel()
		for c := range shell.Catalog().Commands() {
			if slices.Contains(strings.Fields("! practice doctor sleep watch wait bye remopts"), c.Name) {
				continue // they have no words of their own for what is wrong, or take their time
			}
			lines := []string{c.Name + " --nosuch", c.Name + " no/such/file", c.Name + " no/such/file no/such/file", c.Name + " a.txt no/such/file", c.Name + " " + dir + " " + dir, c.Name + " a b c d e f"}
			for _, row := range c.Options() {
				name := strings.Fields(row[0])
				if option := name[len(name)-1]; !strings.HasPrefix(option, "--") && len(name) > 1 {
					lines = append(lines, c.Name+" "+strings.TrimSuffix(name[len(name)-2], ",")+" zz a.txt", c.Name+" "+name[len(name)-2]+" 99999999999999999999 a.txt")
				}
			}
			commands(t, lines...)
		}
	})
	t.Run("files", func(t *testing.T) {
		commands(t, "get a.txt no/such/dir/x", "put nosuch", "put "+dir, "lcd /no/such", "cat nosuch", "source nosuch", "source "+dir, "ls > no/such/x", "ls | false", "! false", "! kill -9 $$",
			"edit a.txt", "record nosuch/x", "replay bad.json", "trace show bad.json", "lesson bad.json", "manifest check bad.json", "verify a.txt text", "verify a.txt nosuch", "get dir", "cat dir", "mirror nosuch", "mirror -R nosuch",
			"mirror -R text", "put text no/such/x", "rename nosuch x", "glob nosuch*", "hash nosuch", "get nosuch*", "put nosuch*", "password save x@y", "bookmark add h:1 x", "open -N nosuch h", "macdef", "queue load bad.json")
		fails(t, "--no-config", "-f", dir, address(plain))
		config := filepath.Join(dir, "ftpsh", "config.toml")
		os.MkdirAll(filepath.Dir(config), 0o700)
		for _, text := range []string{"timeout = [", "timeout = 5\ntimeout = 6\n", "nosuch = 1\n", "timeout = \"zz\"\n", "trace = 1.5\n", "verbose = 3\n", "[host]\nx = 1\n", "= 5", "timeout = 1979-05-27\n", "\x00"} {
			os.WriteFile(config, []byte(text), 0o600)
			os.WriteFile(filepath.Join(dir, "ftpsh", "bookmarks.toml"), []byte(text), 0o600)
			cmd := exec.Command("ftpsh", "-c", "bookmark", address(plain))
			cmd.Dir, cmd.Env = dir, append(os.Environ(), "XDG_CONFIG_HOME="+dir, "HOME="+dir, "FTPSH_PASSWORD="+practice.Password, "XDG_STATE_HOME="+t.TempDir())
			if said, _ := cmd.CombinedOutput(); ofLibraries.Match(said) {
				t.Errorf("config %q: %q in\n%s", text, ofLibraries.Find(said), said)
			}
		}
	})
	t.Run("network", func(t *testing.T) {
		closes, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer closes.Close()
		go func() {
			for {
				c, err := closes.Accept()
				if err != nil {
					return
				}
				c.Close()
			}
		}()
		at := closes.Addr().String()
		for _, args := range [][]string{
			{"127.0.0.1:1"},
			{at},
			{"ftps://" + at},
			{"-6", "127.0.0.1:1"},
			{"-s", "192.0.2.1", address(plain)},
			{"--set", "via=http://" + at, address(plain)},
			{"--set", "via=socks5://" + at, address(plain)},
			{"--set", "via=http://127.0.0.1:1", address(plain)},
			{"--set", "via=socks5://nosuch.invalid:1", address(plain)},
			{"--set", "via=zz", address(plain)},
			{"--set", "timeout=1ms", "192.0.2.1"},
		} {
			fails(t, append([]string{"-c", "pwd"}, args...)...)
		}
	})
	t.Run("TLS", func(t *testing.T) {
		for _, args := range [][]string{
			{address(secret)},
			{"--tls-name", "other.example.org", address(secret)},
			{"--pin", strings.Repeat("00", 32), address(secret)},
			{"--tls", "require", address(plain)},
			{"--tls", "implicit", address(plain)},
			{"--tls=implicit", address(secret)},
		} {
			fails(t, append([]string{"-c", "ls"}, args...)...)
		}
		for _, fault := range []practice.Fault{{Name: "expired-cert"}, {Name: "tls10"}, {Name: "require-reuse"}} {
			odd := serves(t, practice.Options{TLS: practice.Explicit, Faults: []practice.Fault{fault}}, nil)
			fails(t, "--insecure", "--set", "tls-reuse=off", "-c", "ls", address(odd))
			fails(t, "-c", "ls", address(odd))
		}
	})
}
