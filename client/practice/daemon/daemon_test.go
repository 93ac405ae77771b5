package daemon

import (
	"bufio"
	"errors"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(ManyAtOnce{m}) }

func TestEveryFlavourServesAlice(t *testing.T) {
	Each(t, func(t *testing.T, s *Server) {
		s.Put("folder/hello.txt", []byte("hello\r\n"))
		d := login(t, s, s.User, s.Password)
		d.cmd(250, "CWD folder")
		if list := d.retrieve("LIST"); !strings.Contains(list, "hello.txt") {
			t.Errorf("LIST:\n%s", list)
		}
		if got := d.retrieve("RETR hello.txt"); got != "hello\r\n" {
			t.Errorf("RETR: %q", got)
		}
		want := string(Content(300_000, 1))
		d.store("new.bin", want)
		if got := string(s.Read("folder/new.bin")); got != want {
			t.Errorf("STOR left %d bytes that differ", len(got))
		}
		d.cmd(250, "DELE hello.txt")
		d.cmd(221, "QUIT")
	})
}

func TestEveryFlavourServesAnonymous(t *testing.T) {
	Each(t, func(t *testing.T, s *Server) {
		d := connect(t, s, s.Addr())
		d.secure()
		if strings.HasPrefix(s.Flavour, "pure-ftpd") { // asks for no password
			d.cmd(230, "USER anonymous")
		} else {
			d.cmd(331, "USER anonymous")
			d.cmd(230, "PASS me@example.test")
		}
		if s.TLS {
			d.cmd(200, "PBSZ 0")
			d.cmd(200, "PROT P")
		}
		if got := d.retrieve("RETR README"); !strings.Contains(got, "Anonymous users may read this.") {
			t.Errorf("RETR README: %q", got)
		}
	})
}

func TestEveryFlavourGreetsOnEveryAddress(t *testing.T) {
	Each(t, func(t *testing.T, s *Server) {
		for _, addr := range []string{s.Addr(), s.Addr6()} {
			if addr == "" {
				continue // a machine without IPv6
			}
			if d := connect(t, s, addr); d.code != 220 {
				t.Errorf("%s: %d %s", addr, d.code, d.greeting)
			}
		}
	})
}

func TestStopLeavesNothing(t *testing.T) {
	Each(t, func(t *testing.T, s *Server) {
		d := login(t, s, s.User, s.Password)
		s.processes.mu.Lock()
		leaders := maps.Clone(s.processes.leaders)
		s.processes.mu.Unlock()
		s.Stop()
		if left := members(leaders); len(leaders) == 0 || left != nil {
			t.Errorf("of %v there are left %v", leaders, left)
		}
		if _, err := d.ReadLine(); err == nil {
			t.Error("the session went on")
		}
		l, err := net.Listen("tcp", s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
	})
}

func TestFolderIsGoneAfterTheTest(t *testing.T) {
	var root string
	t.Run("server", func(t *testing.T) { root = Start(t, "pyftpdlib", Options{}).Root })
	if _, err := os.Stat(root); root != "" && !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s: %v", root, err)
	}
}

// The process that TestKilledTestProcess kills.
func TestHelperThatIsKilled(t *testing.T) {
	flavour := os.Getenv("DAEMON_TEST_KILLED")
	if flavour == "" {
		return
	}
	s := Start(t, flavour, Options{})
	for pid := range s.processes.leaders {
		os.Stdout.WriteString("leader " + strconv.Itoa(pid) + "\n")
	}
	os.Stdout.WriteString("ready\n")
	io.Copy(io.Discard, os.Stdin)
}

func TestKilledTestProcess(t *testing.T) {
	for _, f := range flavours {
		if f.program.inetd || Available(f.name) != nil || !chosen(f.name) {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestHelperThatIsKilled$")
			cmd.Env = append(os.Environ(), "DAEMON_TEST_KILLED="+f.name, "TMPDIR="+t.TempDir())
			stdin, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			defer stdin.Close()
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			leaders := readLeaders(t, out)
			cmd.Process.Kill()
			cmd.Wait()
			if !until(patience, func() bool { return members(leaders) == nil }) {
				t.Errorf("left: %v", members(leaders))
				kill(members(leaders))
			}
		})
	}
}

func readLeaders(t *testing.T, out io.Reader) map[int]bool {
	t.Helper()
	leaders := map[int]bool{}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "ready" {
		if pid, ok := strings.CutPrefix(lines.Text(), "leader "); ok {
			n, _ := strconv.Atoi(pid)
			leaders[n] = true
		}
	}
	if len(leaders) == 0 || members(leaders) == nil {
		t.Fatalf("no server was started: %v", leaders)
	}
	return leaders
}

func TestSlotsAreApart(t *testing.T) {
	seen := map[int]bool{}
	for range 10 {
		s, err := reserve()
		if err != nil {
			t.Fatal(err)
		}
		defer s.release()
		low, high := s.passive()
		if seen[s.first] || s.control() >= low || high-low < 90 {
			t.Errorf("slot %d: control %d, passive %d to %d", s.first, s.control(), low, high)
		}
		seen[s.first] = true
		if try(s.first) != nil {
			t.Errorf("slot %d was given twice", s.first)
		}
	}
}

func TestTableNamesOptions(t *testing.T) {
	options := reflect.TypeFor[Options]()
	for _, f := range flavours {
		for _, name := range strings.Fields(f.program.honours + " " + f.program.withTLS) {
			if _, ok := options.FieldByName(name); !ok {
				t.Errorf("%s: Options has no %s", f.name, name)
			}
		}
	}
}

func TestCan(t *testing.T) {
	rows := []struct {
		flavour string
		o       Options
		want    string
	}{
		{"vsftpd-tls", Options{NoReuse: true}, ""},
		{"vsftpd", Options{NoReuse: true}, "vsftpd has no option NoReuse"},
		{"inetutils-ftpd", Options{MaxClients: 1}, "inetutils-ftpd has no option MaxClients"},
		{"pure-ftpd", Options{Mode: "passive"}, "pure-ftpd cannot have Mode passive"},
		{"pure-ftpd", Options{Mode: "active"}, ""},
		{"wu-ftpd", Options{}, "no flavour"},
	}
	for _, row := range rows {
		err := Can(row.flavour, row.o)
		if (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s %v: %v, want %q", row.flavour, row.o.given(), err, row.want)
		}
	}
}

func TestEnvironmentChooses(t *testing.T) {
	rows := []struct {
		value    string
		chosen   []string
		required bool
	}{
		{"", Flavours(), false},
		{"require", Flavours(), true},
		{"vsftpd", []string{"vsftpd"}, true},
		{"require, vsftpd,proftpd-tls", []string{"proftpd-tls", "vsftpd"}, true},
	}
	for _, row := range rows {
		t.Setenv("FTPSH_REAL_SERVERS", row.value)
		var got []string
		for _, name := range Flavours() {
			if chosen(name) {
				got = append(got, name)
			}
		}
		if !slices.Equal(got, row.chosen) || required() != row.required {
			t.Errorf("%q: %v, required %v", row.value, got, required())
		}
	}
}

func TestMissingServersAreNamed(t *testing.T) {
	t.Setenv("FTPSH_SERVERS", t.TempDir())
	err := Available("vsftpd")
	if err == nil || !strings.Contains(err.Error(), "real servers: ") {
		t.Errorf("without its file: %v", err)
	}
}

func TestFiles(t *testing.T) {
	s := Start(t, "pyftpdlib", Options{})
	s.PutSmall(21)
	s.PutNasty("nasty")
	s.PutLarge("large.bin", 1<<33)
	s.Link("link", "large.bin")
	if got := s.Read("small/d00/f00020.bin"); !slices.Equal(got, Content(1024, 20)) {
		t.Error("f00020.bin differs")
	}
	for _, name := range NastyNames {
		if got := string(s.Read("nasty/" + name)); got != name {
			t.Errorf("%q holds %q", name, got)
		}
	}
	info, err := os.Stat(filepath.Join(s.Root, "link"))
	if err != nil || info.Size() != 1<<33 || !info.ModTime().Equal(Modified) {
		t.Errorf("link: %v, %v", info, err)
	}
}
