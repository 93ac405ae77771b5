//go:build unix

package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/clipperhouse/displaywidth"
	"github.com/creack/pty"
	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/learn"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// ofLibraries is what only the standard library and others say. It is made when it is needed: the program under test is
// this test, too, and starts a thousand times.
var ofLibraries = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`strconv\.|\bx509:|\btls: (bad|failed|first|found|server|client|handshake|internal|no|protocol|received|unexpected|unsupported|either|oversized) |\blookup \S+( on |: )|\b(dial|listen|read|write|accept) (tcp|udp|unix)\d?\b|: EOF\b|unexpected EOF|i/o timeout|context (deadline|canceled)|` +
		`\bexec: "|exit status \d|stringArray|\bfloat(32|64)?\b|\bint(32|64)?\b|\buint|\bpflag\b|unknown (flag|shorthand)|json: (cannot|unknown|invalid)|toml: |\b(open|openat|stat|lstat|read|mkdir|rename|unlink|remove) \S+: [a-z]|PEM data in certificate|` +
		`%!|<nil>|0x[0-9a-f]{6}|goroutine|runtime error|panic|unmarshal|invalid syntax|value out of range|parsing "|hash: hash|glob: glob|\bno protocol scheme|first path segment|invalid port|net/url|\(MISSING\)`)
})

// begins is how a message begins: with what failed.
var begins = regexp.MustCompile(`^([\w.~/-]+(:\d+)?: )+\S`)

// asides are what stands before a failure and is none.
var asides = regexp.MustCompile("^(warning: |.* is `set .*` here$)")

// A walker runs the program with what is wrong, and looks at what it says of it.
type walker struct {
	dir, path string
	env       []string
	config    string // the directory of the configuration; "": there is none
	sh        *command.Shell
}

func newWalker(t *testing.T) *walker {
	path, err := exec.LookPath("ftpsh")
	if err != nil {
		t.Fatal(err)
	}
	w := &walker{dir: t.TempDir(), path: path, sh: &command.Shell{Catalog: shell.Catalog()}}
	w.env = slices.Clip(append(os.Environ(), "FTPSH_PASSWORD="+practice.Password, "HOME="+w.dir, "NO_COLOR=1", "TERM=dumb"))
	return w
}

// file makes one that the program finds.
func (w *walker) file(t *testing.T, name, text string) {
	if err := os.MkdirAll(filepath.Dir(filepath.Join(w.dir, name)), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run gives what stands on standard error, and on standard output. A nil tty is a pipe.
func (w *walker) run(t *testing.T, tty io.Writer, args ...string) (said, out string, failed bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 6*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, w.path, args...)
	state := t.TempDir()
	cmd.Dir, cmd.Env = w.dir, append(w.env, "XDG_STATE_HOME="+state, "XDG_CONFIG_HOME="+cmp.Or(w.config, state))
	var errs, results bytes.Buffer
	cmd.Stdout, cmd.Stderr = &results, &errs
	if tty != nil {
		cmd.Stderr = tty
	}
	failed = cmd.Run() != nil
	if ctx.Err() != nil {
		t.Errorf("%q does not end", args)
	}
	return errs.String(), results.String(), failed
}

// narrow is a terminal that nothing fits on.
const narrow = 40

// atTerminal gives what stands on standard error where that is a narrow terminal.
func (w *walker) atTerminal(t *testing.T, args ...string) string {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	if err := pty.Setsize(tty, &pty.Winsize{Rows: 24, Cols: narrow}); err != nil {
		t.Fatal(err)
	}
	shown := make(chan string)
	go func() {
		text, _ := io.ReadAll(master) // it ends with EIO
		shown <- strings.ReplaceAll(string(text), "\r\n", "\n")
	}()
	w.run(t, tty, args...)
	tty.Close()
	return <-shown
}

// fails runs the program with what may be wrong, and looks at what it says if it was.
func (w *walker) fails(t *testing.T, args ...string) (said string, failed bool) {
	t.Helper()
	if said, _, failed = w.run(t, nil, args...); failed {
		w.check(t, args, said)
	}
	return said, failed
}

// mustFail is fails for what is wrong, at a terminal, too.
func (w *walker) mustFail(t *testing.T, args ...string) {
	t.Helper()
	said, failed := w.fails(t, args...)
	if !failed {
		t.Errorf("%q: status 0", args)
	}
	w.fits(t, said, args...)
}

// fits looks at the lines on a narrow terminal: they break between the words that a pipe has, if these are known.
func (w *walker) fits(t *testing.T, plain string, args ...string) {
	t.Helper()
	words := strings.Fields(plain)
	shown := w.atTerminal(t, args...)
	for line := range strings.Lines(shown) {
		if text := strings.TrimSpace(line); displaywidth.String(strings.TrimRight(line, "\n")) > narrow && strings.Contains(text, " ") {
			t.Errorf("%q: wider than %d: %q", args, narrow, line)
		}
		for _, word := range strings.Fields(line) {
			if len(words) > 0 && !slices.Contains(words, word) && !slices.ContainsFunc(words, func(whole string) bool { return len(whole) >= narrow/2 && strings.Contains(whole, word) }) {
				t.Errorf("%q: %q is no word of\n%s\nin\n%s", args, word, plain, shown)
				return
			}
		}
	}
}

// check looks at what was said of a failure.
func (w *walker) check(t *testing.T, args []string, said string) {
	t.Helper()
	if found := ofLibraries().FindString(said); found != "" {
		t.Errorf("%q: %q in\n%s", args, found, said)
	}
	if strings.TrimSpace(said) == "" {
		t.Errorf("%q fails without a word", args)
	}
	first := true
	for line := range strings.Lines(said) {
		line = strings.TrimRight(line, "\n")
		if !asides.MatchString(line) {
			if first && !begins.MatchString(line) {
				t.Errorf("%q: what failed? %q", args, line)
			}
			first = false
		}
		if hint, is := strings.CutPrefix(line, "  hint: "); is {
			w.typable(t, hint)
		}
	}
}

// typable looks at the lines of a hint.
func (w *walker) typable(t *testing.T, hint string) {
	t.Helper()
	for i, line := range strings.Split(hint, "`") {
		if i%2 == 0 {
			continue
		}
		words := strings.Fields(line)
		switch {
		case len(words) > 0 && words[0] == "ftpsh":
			if _, err := parseFlags(words[1:]); err != nil && !strings.HasSuffix(line, "--help") {
				t.Errorf("%s: %v", hint, err)
			}
		case strings.HasPrefix(line, "-"):
			name, _, _ := strings.Cut(words[0], "=")
			if _, err := parseFlags([]string{name}); err != nil && !strings.Contains(err.Error(), "needs a value") {
				t.Errorf("%s: %v", hint, err)
			}
		case !learn.KnowsLine(w.sh, line):
			t.Errorf("%s: `%s` cannot be typed", hint, line)
		}
	}
}

// scripts runs lines on a server, each script in a session of its own: each line that fails says so.
func (w *walker) scripts(t *testing.T, server *practice.Server, scripts ...[]string) {
	t.Helper()
	args := []string{"-k", "--tls=off"}
	for i, lines := range scripts {
		name := fmt.Sprintf("%s-%d", filepath.Base(t.Name()), i)
		text := "open " + address(server) + "\n"
		for i, line := range lines {
			text += fmt.Sprintf("%s || echo FAILED %s:%d\n", line, name, i+2)
		}
		w.file(t, name, text)
		args = append(args, "-f", name)
	}
	said, out, _ := w.run(t, nil, args...)
	for i, lines := range scripts {
		for j, line := range lines {
			where := fmt.Sprintf("%s-%d:%d", filepath.Base(t.Name()), i, j+2)
			if name := w.commandOf(line); strings.Contains(out, "FAILED "+where+"\n") && name != "grep" && !strings.Contains("\n"+said, "\n"+where+": "+name+": ") {
				t.Errorf("%s fails without saying so in\n%s", line, said)
			}
		}
	}
	w.check(t, args, said)
	w.fits(t, "", args...) // the second time files are there, or not any more
}

// commandOf is the name of the command of a line.
func (w *walker) commandOf(line string) string {
	name, _, _ := strings.Cut(line, " ")
	if c, err := w.sh.Catalog.Find(name); err == nil {
		return c.Name
	}
	return name
}

// TestNoWordsOfLibraries: whatever is wrong with an option, a setting, a command, a file, the network or TLS, it is said in
// the words of this program: what failed comes first, lines break between words, what a hint says can be typed, and the
// exit status is not 0.
func TestNoWordsOfLibraries(t *testing.T) {
	t.Parallel()
	w := newWalker(t)
	for name, text := range map[string]string{
		"text": "no certificate\n", "half.pem": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		"bad.json": "{", "script": "nonsense\n", "dir/file": "",
	} {
		w.file(t, name, text)
	}
	if err := os.Symlink("loop", filepath.Join(w.dir, "loop")); err != nil {
		t.Fatal(err)
	}
	plain := serves(t, practice.Options{}, map[string]string{"a.txt": "a", "b.txt": "b", "dir/b.txt": "b"})
	t.Run("options", func(t *testing.T) { t.Parallel(); w.options(t, address(plain)) })
	t.Run("addresses", func(t *testing.T) { t.Parallel(); w.addresses(t) })
	t.Run("settings", func(t *testing.T) { t.Parallel(); w.settings(t, plain) })
	t.Run("commands", func(t *testing.T) { t.Parallel(); w.commands(t) })
	t.Run("files", func(t *testing.T) { t.Parallel(); w.files(t) })
	t.Run("configuration", func(t *testing.T) { t.Parallel(); w.configuration(t, address(plain)) })
	t.Run("network", func(t *testing.T) { t.Parallel(); w.network(t, address(plain)) })
	t.Run("TLS", func(t *testing.T) { t.Parallel(); w.tls(t, address(plain)) })
}

// wrongValues are of no use to any option that wants more than a name.
var wrongValues = []string{"zz", "99999999999999999999", "-1", "dir", "half.pem"}

func (w *walker) options(t *testing.T, server string) {
	flagSet(&options{}).VisitAll(func(f *pflag.Flag) {
		if f.Value.Type() == "bool" {
			w.fails(t, "--"+f.Name+"=zz", "-c", "pwd", server)
			return
		}
		if f.Name != "command" {
			w.mustFail(t, "--"+f.Name+"=", "-c", "pwd", server)
		}
		for _, value := range wrongValues {
			w.fails(t, "--"+f.Name+"="+value, "-c", "pwd", server)
		}
		if f.NoOptDefVal == "" {
			w.fails(t, "--"+f.Name)
		}
	})
	for _, args := range [][]string{
		{"--nosuch"},
		{"-Z"},
		{"-c"},
		{"--port"},
		{"-f", "script", server},
		{"-f", "nosuch"},
		{"-f", "dir", server},
		{"--cert", "half.pem", "--key", "text", "h"},
		{"a", "b", "c"},
		{"-4", "-6", "h"},
		{"-c", "pwd", "h", "x"},
		{"-u", "ftp://h/x"},
		{"-o", "x"},
		{"--demo", "h"},
		{"--log", "loop", "h"},
		{"--log", "text/x", "h"},
		{"--retry", "-1", "h"},
		{"--stall", "-1", "h"},
		{"--port", "70000", "h"},
		{"--key", "half.pem", "h"},
		{"--set", "zz", "h"},
		{"--set", "tiemout=5", "h"},
		{"--serve"},
		{"--serve", "nosuch"},
		{"--serve", "text"},
		{"--serve", "dir", "-p", "70000"},
		{"--serve", "dir", "-p", "-1"},
		{"--serve", "dir", "-p", "zz"},
		{"--serve", "dir", "--like", "zz"},
		{"--serve", "dir", "--listen", "nosuch.invalid"},
		{"--serve", "dir", "--listen", "192.0.2.1"},
		{"--serve", "dir", "--nosuch"},
		{"--serve", "dir", "--cert", "half.pem"},
		{"--serve", "dir", "--writable"},
	} {
		w.mustFail(t, args...)
	}
}

func (w *walker) addresses(t *testing.T) {
	for _, text := range []string{"ftp://", "ftp://h:99999", "ftp://h:port/", "sftp://h/", "ftp://[::1", "h:0", "ftp://%zz@h/", "nosuch.invalid", "ftp://nosuch.invalid/x", "", "http://h/", "127.0.0.1:1"} {
		w.mustFail(t, "-c", "pwd", text)
	}
}

func (w *walker) settings(t *testing.T, server *practice.Server) {
	scripts := [][]string{{"set nosuch", "set nosuch 1", "set tiemout 5", "unset nosuch", "set '' ''", "set net:nosuch 1"}}
	for _, row := range settings.All() {
		lines := []string{"set " + row.Name + " a b c"}
		for _, value := range []string{"zz zz", "99999999999999999999", "-1", "1e400", "{nosuch}", "[", ""} {
			lines = append(lines, fmt.Sprintf("set %s '%s'; unset %s", row.Name, value, row.Name))
		}
		scripts = append(scripts, lines)
	}
	for many := range slices.Chunk(scripts, 12) {
		w.scripts(t, server, many...)
	}
}

// ownWay are commands that have no words of their own for what is wrong, or take their time.
var ownWay = strings.Fields("! practice doctor sleep watch wait bye remopts lls echo")

func (w *walker) commands(t *testing.T) {
	var scripts [][]string
	for c := range shell.Catalog().Commands() {
		if slices.Contains(ownWay, c.Name) {
			continue
		}
		lines := []string{c.Name + " --nosuch", c.Name + " no/such/file", c.Name + " no/such/file no/such/file", c.Name + " a.txt no/such/file", c.Name + " " + w.dir + " " + w.dir, c.Name + " a b c d e f"}
		if c.Min > 0 {
			lines = append(lines, c.Name)
		}
		for _, row := range c.Options() {
			name := strings.Fields(row[0])
			if option := name[len(name)-1]; !strings.HasPrefix(option, "--") && len(name) > 1 {
				lines = append(lines, c.Name+" "+strings.TrimSuffix(name[len(name)-2], ",")+" zz a.txt", c.Name+" "+name[len(name)-2]+" 99999999999999999999 a.txt")
			}
		}
		scripts = append(scripts, lines)
	}
	for many := range slices.Chunk(scripts, 8) {
		w.scripts(t, serves(t, practice.Options{}, map[string]string{"a.txt": "a", "dir/b.txt": "b"}), many...)
	}
}

func (w *walker) files(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"a.txt": "a", "dir/b.txt": "b"})
	long := strings.Repeat("n", 300)
	w.scripts(t, server, []string{
		"get a.txt no/such/dir/x", "put nosuch", "put dir", "lcd /no/such", "cat nosuch", "source nosuch", "source dir", "ls > no/such/x", "ls | false",
		"edit a.txt", "record nosuch/x", "replay bad.json", "trace show bad.json", "lesson bad.json", "manifest check bad.json", "verify a.txt text", "verify a.txt nosuch", "get dir", "cat dir", "mirror nosuch", "mirror -R nosuch",
		"mirror -R text", "put text no/such/x", "rename nosuch x", "glob nosuch*", "hash nosuch", "get nosuch*", "put nosuch*", "password save x@y", "bookmark add h:1 x", "open -N nosuch h", "queue load bad.json",
		"get a.txt text/x", "get a.txt loop", "get a.txt loop/x", "get a.txt " + long, "get a.txt dir", "put loop", "put text/x", "put " + long, "put text " + long, "lcd text", "lcd loop", "lmkdir dir", "lmkdir text/x", "lrm nosuch", "lrm dir", "lmv nosuch x", "lpage nosuch",
		"get -f a.txt /dev/full", "ls > /dev/full", "cat a.txt > /dev/full", "ls | exit 3", "cd a.txt", "cd nosuch", "rmdir dir", "rmdir nosuch", "mkdir dir", "rm nosuch", "rm dir", "chmod 999 a.txt", "chmod zz a.txt", "du nosuch", "head -n zz a.txt", "tail -n zz a.txt", "grep '[' a.txt",
		"manifest check nosuch", "apply nosuch", "apply text", "replay nosuch", "import nosuch", "import text", "unzip text", "untar text", "diff a.txt nosuch", "assert exists nosuch", "at nosuch pwd", "explain nosuch", "help nosuch", "nosuchcommand", "fg 99", "kill 99", "attach 99", "undo", "redo",
	})
	w.mustFail(t, "--no-config", "-f", "dir", address(server))
}

func (w *walker) configuration(t *testing.T, server string) {
	w = &walker{dir: w.dir, path: w.path, env: w.env, sh: w.sh, config: filepath.Join(w.dir, "config")}
	for _, text := range []string{"timeout = [", "timeout = 5\ntimeout = 6\n", "nosuch = 1\n", "timeout = \"zz\"\n", "trace = 1.5\n", "verbose = 3\n", "[host]\nx = 1\n", "= 5", "timeout = 1979-05-27\n", "\x00"} {
		w.file(t, "config/ftpsh/config.toml", text)
		w.file(t, "config/ftpsh/bookmarks.toml", text)
		w.mustFail(t, "-c", "bookmark", server)
		w.mustFail(t, "--no-config", "-c", "open x")
	}
}

// closing listens and does something with each connection, after which it is closed.
func closing(t *testing.T, do func(net.Conn)) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				do(c)
			}()
		}
	}()
	return listener.Addr().String()
}

// sends writes one text for each line that comes, the first at once.
func sends(texts ...string) func(net.Conn) {
	return func(c net.Conn) {
		lines := make([]byte, 1024)
		for _, text := range texts {
			if _, err := io.WriteString(c, text); err != nil {
				return
			}
			if _, err := c.Read(lines); err != nil {
				return
			}
		}
	}
}

func (w *walker) network(t *testing.T, plain string) {
	at := closing(t, func(net.Conn) {})
	silent := closing(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 1)) })
	for _, args := range [][]string{
		{"127.0.0.1:1"},
		{at},
		{silent},
		{"ftps://" + silent},
		{closing(t, sends("garbage\r\n", ""))},
		{closing(t, sends(strings.Repeat("x", 1<<17), ""))},
		{closing(t, sends("\x16\x03\x01\x00\x05hello", ""))},
		{closing(t, sends("HTTP/1.1 400 Bad Request\r\n\r\n", ""))},
		{closing(t, sends("SSH-2.0-OpenSSH_9.2\r\n", ""))},
		{closing(t, sends("220-half\r\n"))},
		{closing(t, sends("421 no\r\n"))},
		{"--tls=off", "alice@" + closing(t, sends("220 ready\r\n"))},
		{"--tls=off", "alice@" + closing(t, sends("220 ready\r\n", "331 password\r\n"))},
		{"--tls=off", "alice@" + closing(t, sends("220 ready\r\n", "999 what\r\n"))},
		{"--tls=off", "alice@" + closing(t, sends("220 ready\r\n", "331 password\r\n", "530 no\r\n"))},
		{"-6", "127.0.0.1:1"},
		{"-s", "192.0.2.1", plain},
		{"-s", "::1", plain},
		{"--set", "via=http://127.0.0.1:1", plain},
		{"--set", "via=socks5://nosuch.invalid:1", plain},
		{"--set", "via=http://" + closing(t, sends("garbage\r\n\r\n")), plain},
		{"--set", "via=socks5://" + closing(t, sends("garbage")), plain},
		{"--set", "via=zz", plain},
		{"--set", "timeout=1ms", "192.0.2.1"},
	} {
		w.mustFail(t, append([]string{"--set", "retries=0", "--set", "timeout=300ms", "-c", "pwd"}, args...)...)
	}
	resets := closing(t, func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }) // sooner or later than the first line
	for _, args := range [][]string{{resets}, {"ftps://" + resets}, {"--set", "via=http://" + resets, plain}, {"--set", "via=socks5://" + resets, plain}} {
		if _, failed := w.fails(t, append([]string{"--set", "retries=0", "-c", "pwd"}, args...)...); !failed {
			t.Errorf("%q: status 0", args)
		}
	}
}

func (w *walker) tls(t *testing.T, plain string) {
	secret := address(serves(t, practice.Options{TLS: practice.Explicit}, nil))
	for _, args := range [][]string{
		{secret},
		{"--tls-name", "other.example.org", secret},
		{"--pin", strings.Repeat("00", 32), secret},
		{"--ca", "half.pem", secret},
		{"--tls", "require", plain},
		{"--tls", "implicit", plain},
		{"--tls=implicit", secret},
		{"--insecure", "alice@" + closing(t, sends("220 ready\r\n", "234 go\r\n"))},
		{"--insecure", "alice@" + closing(t, sends("220 ready\r\n", "234 go\r\n", "no TLS at all\r\n"))},
		{"--insecure", "alice@" + closing(t, sends("220 ready\r\n", "234 go\r\nand more\r\n"))},
		{"--insecure", "alice@" + closing(t, sends("220 ready\r\n", "234 go\r\n", "\x15\x03\x03\x00\x02\x02\x28"))},
		{"--insecure", "alice@" + closing(t, sends("220 ready\r\n", "234 go\r\n", "\x16\x03\x03\x00\x04\x02\x00\x00\x00"))},
	} {
		w.mustFail(t, append([]string{"-c", "ls"}, args...)...)
	}
	for _, fault := range []string{"expired-cert", "tls10", "require-reuse", "other-cert"} {
		odd := address(serves(t, practice.Options{TLS: practice.Explicit, Faults: []practice.Fault{{Name: fault}}}, nil))
		w.fails(t, "--insecure", "--set", "tls-reuse=off", "-c", "ls", odd)
		w.mustFail(t, "-c", "ls", odd)
	}
}
