package shell

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spf13/afero"
	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/commands"
	"github.com/ftpsh/ftpsh/shell/site"
)

func TestServerLimits(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	l := site.OpenLimits(dir)
	for _, row := range [][3]string{{"bob@h:21", "parallel", "2"}, {"h:21", "pipelining", "off"}, {"@[::1]:2121", "parallel", "1"}} {
		if err := l.Remember(row[0], row[1], row[2], true); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Remember("passing:21", "pipelining", "off", false); err != nil {
		t.Fatal(err)
	}
	again := site.OpenLimits(dir)
	for _, row := range [][3]string{
		{"bob@h:21", "parallel", "2"},
		{"h:21", "pipelining", "off"},
		{"@[::1]:2121", "parallel", "1"},
		{"ann@h:21", "parallel", ""},
		{"passing:21", "pipelining", ""},
		{"h:22", "pipelining", ""},
	} {
		if got := again.Get(row[0], row[1]); got != row[2] {
			t.Errorf("%s of %s is %q, want %q", row[1], row[0], got, row[2])
		}
	}
	if l.Get("passing:21", "pipelining") != "off" {
		t.Error("what is not for good is not known here either")
	}
	info, err := os.Stat(filepath.Join(dir, site.LimitsFile))
	if err != nil || os.PathSeparator == '/' && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if had, err := again.Forget("h", ""); !had || err != nil {
		t.Errorf("%v, %v", had, err)
	}
	if had, err := again.Forget("::1", "21"); had || err != nil {
		t.Errorf("the other port: %v, %v", had, err)
	}
	if got := site.OpenLimits(dir).All(); len(got) != 1 || got[0][0] != "@[::1]:2121" {
		t.Errorf("after forget h: %v", got)
	}
}

// What is remembered has an end, which a new start does not put off; the file has a size.
func TestServerLimitsEnd(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, site.LimitsFile)
	line := func(server string, until time.Time) string {
		return server + " pipelining off " + until.UTC().Format(time.RFC3339) + "\n"
	}
	var text strings.Builder
	text.WriteString("# mine\n" + line("old:21", time.Now().Add(-time.Second)) + line("new:21", time.Now().Add(time.Minute)))
	for i := range site.MostLimits {
		text.WriteString(line(fmt.Sprintf("h%d:21", i), time.Now().Add(time.Hour+time.Duration(i)*time.Second)))
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	l := site.OpenLimits(dir)
	if l.Err() != nil || l.Get("old:21", "pipelining") != "" || l.Get("new:21", "pipelining") != "off" {
		t.Errorf("%v, %q, %q", l.Err(), l.Get("old:21", "pipelining"), l.Get("new:21", "pipelining"))
	}
	if err := l.Remember("new:21", "pipelining", "off", true); err != nil {
		t.Fatal(err)
	}
	if after, _ := os.ReadFile(file); string(after) != text.String() {
		t.Error("what is known is written again")
	}
	if err := l.Remember("one:21", "parallel", "1", true); err != nil {
		t.Fatal(err)
	}
	after, _ := os.ReadFile(file)
	if n := strings.Count(string(after), "\n"); n != site.MostLimits+1 || !strings.HasPrefix(string(after), "# mine\n") {
		t.Errorf("%d lines: %.80s", n, after)
	}
	if again := site.OpenLimits(dir); again.Get("one:21", "parallel") != "1" || again.Get("new:21", "pipelining") != "" {
		t.Error("those that end first must go")
	}
}

func TestServerLimitsOfTwoShells(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for shell := range 2 {
		l := site.OpenLimits(dir)
		all.Go(func() {
			for i := range 20 {
				if err := l.Remember(fmt.Sprintf("h%d-%d:21", shell, i), "parallel", "1", true); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := len(site.OpenLimits(dir).All()); got != 40 {
		t.Errorf("%d rows, want 40", got)
	}
}

// A line that cannot be understood is named, no connection is made without it, and it stays for the user to mend.
func TestDamagedServerLimits(t *testing.T) {
	for _, row := range []struct {
		name, text string
		line       int
	}{
		{"half a line", "# x\nh:21 parallel", 2},
		{"no port", "h parallel 2 2030-01-31T12:00:00Z\n", 1},
		{"another setting", "h:21 timeout 2 2030-01-31T12:00:00Z\n", 1},
		{"none", "h:21 parallel 0 2030-01-31T12:00:00Z\n", 1},
		{"too many", "h:21 parallel 99999999999999999999 2030-01-31T12:00:00Z\n", 1},
		{"no number", "h:21 parallel two 2030-01-31T12:00:00Z\n", 1},
		{"no time", "h:21 pipelining off tomorrow\n", 1},
		{"zeros", "\x00\x00\x00\n", 1},
		{"a long comment", "#" + strings.Repeat("x", 1<<20) + "\n", 1},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, site.LimitsFile)
		if err := os.WriteFile(path, []byte(row.text), 0o600); err != nil {
			t.Fatal(err)
		}
		sh, _ := batchShell(t, command.Options{StateDir: dir})
		err := sh.Do(command.Line{Text: "open ftp://127.0.0.1:1/"})
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%s:%d: ", path, row.line)) || command.Status(err) != 7 {
			t.Errorf("%s: got %.300v", row.name, err)
		}
		if err := sh.Servers.Remember("h:21", "parallel", "1", true); err == nil {
			t.Errorf("%s: it is written all the same", row.name)
		}
		if text, _ := os.ReadFile(path); string(text) != row.text {
			t.Errorf("%s: it has changed", row.name)
		}
	}
}

func FuzzServerLimit(f *testing.F) {
	f.Add("bob@h:21 parallel 2 2030-01-31T12:00:00Z")
	f.Add("[fe80::1%eth0]:21 pipelining off 2030-01-31T12:00:00+02:00")
	f.Add("h:21 parallel 65 2030-01-31T12:00:00Z")
	f.Fuzz(func(t *testing.T, text string) {
		key, limit, err := site.ParseLimit(text)
		if err != nil {
			return
		}
		k, again, err := site.ParseLimit(limit.Line(key))
		if err != nil || k != key || again.Value != limit.Value || !again.Until.Equal(limit.Until.Truncate(time.Second)) {
			t.Errorf("%q: %v %v, %v", text, k, again, err)
		}
	})
}

// How many sessions a server allows holds for mirror -P and set parallel too, in jobs, and with the next start.
func TestLimitIsRemembered(t *testing.T) {
	server, err := practice.Start(practice.Options{TLS: practice.NoTLS, MaxSessions: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	opt := command.Options{StateDir: t.TempDir(), Password: practice.Password, PasswordSource: "FTPSH_PASSWORD"}
	start := func() (*command.Shell, fmt.Stringer) {
		sh, out := batchShell(t, opt)
		for late := time.Now().Add(10 * time.Second); ; runtime.Gosched() { // the sessions before may not have left yet
			err := sh.Do(command.Line{Text: "open ftp://" + practice.User + "@" + server.Addr()})
			if err == nil {
				return sh, out
			}
			if !client.IsCode(err, 421) || time.Now().After(late) {
				t.Fatal(err)
			}
		}
	}
	most := func(sh *command.Shell, setting int, flags ...string) int {
		sh.Settings.Parallel = setting
		c := &command.Call{Shell: sh, Command: &command.Command{Name: "mirror"}, Flags: pflag.NewFlagSet("mirror", pflag.ContinueOnError)}
		commands.MirrorFlags(c.Flags)
		if err := c.Flags.Parse(flags); err != nil {
			t.Fatal(err)
		}
		return commands.NewEngine(c).Parallel
	}
	sh, _ := start()
	if got := most(sh, 0, "-P", "8"); got != 8 {
		t.Errorf("%d sessions before anything is known", got)
	}
	for i := range 40 {
		if err := sh.Do(command.Line{Text: fmt.Sprintf("put '|echo x' f%d", i)}); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(t.TempDir())
	if err := sh.Do(command.Line{Text: "mirror -P 6 . here"}); err != nil {
		t.Fatal(err)
	}
	sh.Disconnect()
	next, out := start()
	for _, sh := range []*command.Shell{next, next.Fork()} {
		if a, b, c := most(sh, 0), most(sh, 6), most(sh, 0, "-P", "8"); a != 2 || b != 2 || c != 2 {
			t.Errorf("%d, %d, %d sessions", a, b, c)
		}
	}
	if !strings.Contains(out.String(), "2 instead of 8 sessions") {
		t.Errorf("it is not said: %s", out)
	}
	if err := next.Do(command.Line{Text: "limits forget 127.0.0.1"}); err != nil {
		t.Error(err)
	}
	if got := most(next, 6); got != 6 {
		t.Errorf("%d sessions when it is forgotten", got)
	}
}

// A server that takes one command a packet is not tried again with the next start, until the user says so.
func TestPaceIsRemembered(t *testing.T) {
	t.Parallel()
	addr, calls := onePacketServer(t)
	opt := command.Options{StateDir: t.TempDir(), Password: "p", PasswordSource: "FTPSH_PASSWORD"}
	for _, step := range []struct {
		line  string
		calls int32
	}{{"pwd", 2}, {"pwd", 1}, {"set timeout 1s; pwd", 1}, {"limits forget 127.0.0.1; open " + addr, 3}} {
		before := calls.Load()
		sh, _ := batchShell(t, opt)
		sh.Settings.Timeout = time.Second
		for _, line := range append([]string{"open ftp://u@" + addr}, strings.Split(step.line, "; ")...) {
			if err := sh.Do(command.Line{Text: strings.Replace(line, "open 1", "open ftp://u@1", 1)}); err != nil {
				t.Fatal(err)
			}
		}
		sh.Disconnect()
		if got := calls.Load() - before; got != step.calls {
			t.Errorf("%s: %d connections, want %d", step.line, got, step.calls)
		}
	}
}

// A server that refuses a burst of transfers is slowed down for, once and for the next start too, until the user says otherwise.
func TestPaceIsLearned(t *testing.T) {
	fault, err := practice.ParseFault("hasty=10")
	if err != nil {
		t.Fatal(err)
	}
	server, err := practice.Start(practice.Options{TLS: practice.NoTLS, Faults: []practice.Fault{fault}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	const files = 24
	for i := range files {
		if err := afero.WriteFile(server.FS(), fmt.Sprintf("/f%02d", i), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	opt := command.Options{StateDir: t.TempDir(), Password: practice.Password, PasswordSource: "FTPSH_PASSWORD"}
	start := func() (*command.Shell, func(line string) string) {
		sh, out := batchShell(t, opt)
		do := func(line string) string {
			before := len(out.String())
			if err := sh.Do(command.Line{Text: line}); err != nil {
				t.Errorf("%s: %v", line, err)
			}
			return out.String()[before:]
		}
		do("set retries 1; set retry-wait 10ms; open ftp://" + practice.User + "@" + server.Addr())
		return sh, do
	}
	t.Chdir(t.TempDir())
	sh, do := start()
	told := do("mget f*")
	if got, _ := filepath.Glob("f*"); len(got) != files {
		t.Errorf("%d files came", len(got))
	}
	if n := strings.Count(told, "they now begin at 5/s"); n != 1 || !strings.Contains(told, "`set pace off`") {
		t.Errorf("it is told %d times: %s", n, told)
	}
	sh.Disconnect()
	sh, do = start()
	addr := sh.Session.Options().Addr
	for _, line := range []string{"limits", "status"} {
		if text := do(line); !strings.Contains(text, "5/s") {
			t.Errorf("%s does not show it: %s", line, text)
		}
	}
	if do("set pace off"); strings.Contains(do("status"), "5/s") {
		t.Error("set pace off changes nothing")
	}
	do("set pace auto")
	if do("limits forget 127.0.0.1"); command.LearnedPace(sh, addr) != 0 {
		t.Error("it is not forgotten")
	}
}

// onePacketServer is one that takes a packet for one command, as curl's test server does.
func onePacketServer(t *testing.T) (addr string, calls *atomic.Int32) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	calls = new(atomic.Int32)
	var lines sync.WaitGroup
	serve := func(nc net.Conn) {
		defer nc.Close()
		io.WriteString(nc, "220 ready\r\n")
		replies := map[string]string{"USER": "331 password", "PASS": "230 in", "FEAT": "211 none", "PWD": `257 "/"`, "SYST": "215 UNIX", "AUTH": "502 no", "QUIT": "221 bye"}
		for packet := make([]byte, 4096); ; {
			n, err := nc.Read(packet)
			if err != nil {
				return
			}
			verb, _, _ := strings.Cut(strings.TrimSpace(string(packet[:n])), " ")
			if verb, _, _ = strings.Cut(verb, "\r"); replies[verb] == "" {
				replies[verb] = "500 what"
			}
			io.WriteString(nc, replies[verb]+"\r\n")
			if verb == "QUIT" {
				return
			}
		}
	}
	lines.Go(func() {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			calls.Add(1)
			lines.Go(func() { serve(nc) })
		}
	})
	t.Cleanup(func() { ln.Close(); lines.Wait() })
	return ln.Addr().String(), calls
}
