package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// served is ftpsh --serve as a process.
type served struct {
	t    *testing.T
	cmd  *exec.Cmd
	addr string
	errs bytes.Buffer
}

func serveProcess(t *testing.T, dir string, args ...string) *served {
	t.Helper()
	path, err := exec.LookPath("ftpsh")
	if err != nil {
		t.Fatal(err)
	}
	s := &served{t: t, cmd: exec.Command(path, append([]string{"--serve", dir, "-p", "0", "--user", "bob", "--password", "b0b"}, args...)...)}
	s.cmd.Stderr = &s.errs
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.cmd.Process.Kill(); s.cmd.Wait() })
	welcome, _ := bufio.NewReader(out).ReadString('\n')
	port := regexp.MustCompile(`:(\d+)/ `).FindStringSubmatch(welcome)
	if port == nil {
		t.Fatalf("no port in %q", welcome)
	}
	s.addr = "127.0.0.1:" + port[1]
	return s
}

// peak is the most memory that the process has had, in MiB.
func (s *served) peak() int {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	kilobytes := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(text)
	if kilobytes == nil {
		s.t.Fatalf("no VmHWM: %s", text)
	}
	n, _ := strconv.Atoi(string(kilobytes[1]))
	return n >> 10
}

// talker is a client that says what it likes.
type talker struct {
	net.Conn
	in *bufio.Reader
}

func (s *served) dial() (*talker, error) {
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		return nil, err
	}
	conn.SetDeadline(time.Now().Add(patience))
	return &talker{conn, bufio.NewReader(conn)}, nil
}

// ask sends a line, unless it is empty, and returns the last line of the reply.
func (c *talker) ask(line string) string {
	if line != "" {
		fmt.Fprint(c, line+"\r\n")
	}
	for {
		reply, err := c.in.ReadString('\n')
		if err != nil || len(reply) > 3 && reply[3] == ' ' && reply[0] >= '1' && reply[0] <= '5' {
			return strings.TrimSpace(reply)
		}
	}
}

// login is how long a client takes that wants nothing but to log in and list, and "" or what went wrong.
func (s *served) login() (took time.Duration, wrong string) {
	begin := time.Now()
	c, err := s.dial()
	if err != nil {
		return 0, err.Error()
	}
	defer c.Close()
	for _, step := range [][2]string{{"", "220"}, {"USER bob", "331"}, {"PASS b0b", "230"}, {"STAT /", "213"}, {"QUIT", "221"}} {
		if reply := c.ask(step[0]); !strings.HasPrefix(reply, step[1]) && !strings.HasPrefix(reply, "212") {
			return 0, step[0] + ": " + reply
		}
	}
	return time.Since(begin), ""
}

// TestServeUnderAttack: 250 connections at once, clients that type a byte in a while, lines of 100 MiB and floods of
// commands neither keep another user out for long nor take much memory.
func TestServeUnderAttack(t *testing.T) {
	s := serveProcess(t, t.TempDir())
	if took, wrong := s.login(); wrong != "" {
		t.Fatal(took, wrong)
	}
	idle := s.peak()
	var crowd []*talker
	turned := 0
	for range 250 {
		c, err := s.dial()
		if err != nil {
			t.Fatal(err)
		}
		if reply := c.ask(""); strings.HasPrefix(reply, "421") {
			turned++
			c.Close()
			continue
		}
		crowd = append(crowd, c)
	}
	if len(crowd) > 50 || turned != 250-len(crowd) {
		t.Errorf("%d of 250 connections from one address were taken, %d turned away", len(crowd), turned)
	}
	for _, c := range crowd[1:] { // slow: a byte, and no more
		fmt.Fprint(c, "U")
	}
	crowd[0].Close()
	crowd = crowd[1:]
	took, wrong := s.login()
	for begin := time.Now(); wrong != "" && time.Since(begin) < patience; { // the place of the one that has gone
		took, wrong = s.login()
	}
	if wrong != "" || took > 2*time.Second {
		t.Errorf("among %d slow clients: %v %s", len(crowd), took, wrong)
	}
	t.Logf("%d of 250 connections taken; a login among %d slow ones took %v; %d MiB, idle %d MiB", len(crowd)+1, len(crowd), took.Round(time.Millisecond), s.peak(), idle)
	for _, c := range crowd {
		c.Close()
	}
	var flood sync.WaitGroup
	line := bytes.Repeat([]byte("x"), 1<<20)
	begin := time.Now()
	for range 4 {
		flood.Go(func() {
			c, err := s.dial()
			if err != nil {
				return
			}
			defer c.Close()
			c.ask("")
			for range 100 {
				if _, err := c.Write(line); err != nil {
					return
				}
			}
			c.ask("\r\nNOOP")
		})
	}
	flood.Wait()
	t.Logf("four lines of 100 MiB at once: %v, %d MiB", time.Since(begin).Round(time.Millisecond), s.peak())
	if most := idle + 40; s.peak() > most {
		t.Errorf("it took %d MiB, more than %d", s.peak(), most)
	}
	if took, wrong := s.login(); wrong != "" {
		t.Errorf("afterwards: %v %s", took, wrong)
	}
}

// TestServeKeepsIn: no name leads out of the directory that is served, whichever command has it: neither dots nor links,
// absolute names, backslashes or escapes. PORT reaches no other host, no low port, and no line break makes a second line.
func TestServeKeepsIn(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("outside"), 0o644); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{"out": outside, "file": filepath.Join(outside, "secret"), "up": "..", "new": filepath.Join(outside, "made")} {
		if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
			t.Fatal(err)
		}
	}
	up := strings.Repeat("../", 12) + strings.TrimPrefix(outside, "/") + "/secret"
	names := []string{
		"out/secret", "file", "up/" + filepath.Base(outside) + "/secret", up, "/" + up, "//" + outside + "/secret", outside + "/secret", "./../../" + up,
		"a/../" + up, `..\..\secret`, "%2e%2e/secret", "~/secret", "~root/.bashrc", "new",
	}
	s := serveProcess(t, dir, "--writable")
	c, err := s.dial()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(3 * patience))
	c.ask("")
	c.ask("USER bob")
	c.ask("PASS b0b")
	for _, name := range names {
		for _, verb := range []string{"CWD", "SIZE", "MDTM", "MLST", "STAT", "DELE", "RMD", "RNFR", "HASH", "MFMT 20200101000000", "SITE CHMOD 777"} {
			c.ask("CWD /")
			if reply := c.ask(verb + " " + name); strings.HasPrefix(reply, "2") && verb != "STAT" && !strings.HasPrefix(name, "new") && !(verb == "DELE" || verb == "RMD") {
				if verb == "CWD" && strings.HasPrefix(c.ask("PWD"), `257 "/"`) {
					continue // .. of the root is the root
				}
				t.Errorf("%s %s: %s", verb, name, reply)
			}
		}
		for _, verb := range []string{"RETR", "LIST", "NLST", "STOR", "APPE", "MLSD"} {
			if text := c.transfer(t, verb, name); strings.Contains(text, "outside") || strings.Contains(text, "secret") && verb != "STOR" && verb != "APPE" {
				t.Errorf("%s %s brings %q", verb, name, text)
			}
		}
	}
	if text, err := os.ReadFile(filepath.Join(outside, "secret")); err != nil || string(text) != "outside" {
		t.Errorf("outside: %q, %v", text, err)
	}
	if left, _ := os.ReadDir(outside); len(left) != 1 {
		t.Errorf("outside: %v", left)
	}
	for _, line := range []string{"PORT 192,0,2,1,20,20", "PORT 127,0,0,2,20,20", "PORT 127,0,0,1,0,25", "EPRT |1|192.0.2.1|5000|", "EPRT |1|127.0.0.1|25|", "EPRT |2|2001:db8::1|5000|"} {
		if reply := c.ask(line); !strings.HasPrefix(reply, "5") {
			t.Errorf("%s: %s", line, reply)
		}
	}
}

// transfer does one over a passive connection and returns what came.
func (c *talker) transfer(t *testing.T, verb, name string) string {
	reply := c.ask("EPSV")
	port := regexp.MustCompile(`\|\|\|(\d+)\|`).FindStringSubmatch(reply)
	if port == nil {
		t.Fatalf("EPSV: %q", reply)
	}
	data, err := net.Dial("tcp", "127.0.0.1:"+port[1])
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	if reply := c.ask(verb + " " + name); !strings.HasPrefix(reply, "1") {
		return ""
	}
	var text bytes.Buffer
	if verb == "STOR" || verb == "APPE" {
		data.Write([]byte("written"))
		data.(*net.TCPConn).CloseWrite()
	} else {
		data.SetDeadline(time.Now().Add(patience))
		text.ReadFrom(data)
	}
	data.Close()
	c.ask("")
	return text.String()
}

// TestServeWarns: beyond loopback there is a line for each address, and one about what travels in the clear; nobody writes as
// anonymous without being told to.
func TestServeWarns(t *testing.T) {
	beyond := []string{"others reach it at ftp://"}
	if !slices.ContainsFunc(ownAddresses(), func(ip net.IP) bool { return !ip.IsLoopback() }) {
		beyond = nil
	}
	for _, row := range []struct {
		args   []string
		warns  []string
		status int
	}{
		{[]string{"--listen", "127.0.0.1"}, nil, 0},
		{[]string{"--listen", "0.0.0.0"}, beyond, 0},
		{[]string{"--listen", "0.0.0.0", "--user", "bob"}, append(beyond, map[bool][]string{true: {"--tls demands it"}}[beyond != nil]...), 0},
		{[]string{"--writable"}, []string{"--writable needs --user"}, 2},
		{[]string{"--anonymous-uploads", "--user", "bob"}, []string{"exclude each other"}, 2},
	} {
		path, err := exec.LookPath("ftpsh")
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(path, append([]string{"--serve", t.TempDir(), "-p", "0"}, row.args...)...)
		var said strings.Builder
		cmd.Stderr = &said
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		bufio.NewReader(out).ReadString('\n') // the welcome; what is to be warned of comes before the end
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
		for _, want := range row.warns {
			if !strings.Contains(said.String(), want) {
				t.Errorf("%v: %q lacks %q", row.args, said.String(), want)
			}
		}
		if len(row.warns) == 0 && said.String() != "" || cmd.ProcessState.ExitCode() != row.status {
			t.Errorf("%v: status %d, %q", row.args, cmd.ProcessState.ExitCode(), said.String())
		}
	}
}
