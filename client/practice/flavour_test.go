package practice

import (
	"io"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/afero"
)

// TestFlavours: each has the greeting, the listing and the habits of what it is like.
func TestFlavours(t *testing.T) {
	for name, want := range map[string]struct {
		greeting, system, list string
		missing                int    // LIST of what does not exist
		codes                  [2]int // of a transfer
		mlsd                   int
	}{
		"vsftpd":    {"(vsFTPd", "UNIX", `(?m)^-rw-r--r-- .* HAIKU.TEXT\r$`, 226, [2]int{150, 226}, 500},
		"proftpd":   {"ProFTPD", "UNIX", `(?m)^-rw-r--r-- .* HAIKU.TEXT\r$`, 450, [2]int{150, 226}, 226},
		"pure-ftpd": {"Pure-FTPd", "UNIX", `(?m)^-rw-r--r-- .* HAIKU.TEXT\r$`, 226, [2]int{150, 226}, 226},
		"iis":       {"Microsoft FTP Service", "Windows_NT", `(?m)^05-17-24  12:00PM +52 HAIKU.TEXT\r$`, 550, [2]int{125, 226}, 500},
		"zos":       {"IBM FTP CS", "MVS", `(?m)^WRK001 3390   2024/05/17 .* PS  HAIKU.TEXT\r$`, 550, [2]int{125, 250}, 500},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, Options{Like: name, FS: sampleDatasets()})
			c := dial(t, s.Addr())
			if got := c.want(220); !strings.Contains(got, want.greeting) {
				t.Errorf("greeting: %q", got)
			}
			c.cmd(331, "USER "+User)
			c.cmd(230, "PASS "+Password)
			if got := c.cmd(215, "SYST"); !strings.Contains(got, want.system) {
				t.Errorf("SYST: %q", got)
			}
			if got := c.transfer(want.codes, "LIST"); !regexp.MustCompile(want.list).MatchString(got) {
				t.Errorf("LIST: %q", got)
			}
			if got := c.transfer(want.codes, "RETR HAIKU.TEXT"); !strings.Contains(got, "226") {
				t.Errorf("RETR: %q", got)
			}
			c.passive()
			c.send("LIST no-such")
			if code, _, _ := c.text.ReadResponse(0); code/100 == 1 {
				c.want(want.missing)
			} else if code != want.missing {
				t.Errorf("LIST of what is missing: %d, want %d", code, want.missing)
			}
			if want.mlsd == 500 {
				c.cmd(500, "MLSD")
				if feat := c.cmd(211, "FEAT"); strings.Contains(feat, "MLS") {
					t.Errorf("FEAT offers MLSD:\n%s", feat)
				}
			} else if got := c.get(want.mlsd, "MLSD"); !strings.Contains(got, "type=cdir;") {
				t.Errorf("MLSD: %q", got)
			}
		})
	}
}

// transfer is get for servers that begin and end a transfer with other codes.
func (c *rawClient) transfer(codes [2]int, line string) string {
	c.t.Helper()
	conn := c.passive()
	c.cmd(codes[0], line)
	data, _ := io.ReadAll(conn)
	conn.Close()
	c.want(codes[1])
	return string(data)
}

// TestDatasetNames: names in quotes are whole, and a library has members.
func TestDatasetNames(t *testing.T) {
	c := login(t, start(t, Options{Like: "zos", FS: sampleDatasets()}))
	if got := c.cmd(257, "PWD"); got != "'LEARNER.' is working directory." {
		t.Errorf("PWD: %q", got)
	}
	if got := c.transfer([2]int{125, 250}, "RETR 'LEARNER.CNTL(COMPILE)'"); !strings.HasPrefix(got, "//COMPILE") {
		t.Errorf("RETR of a member: %q", got)
	}
	c.cmd(250, "CWD cntl")
	if got := c.cmd(257, "PWD"); got != "'LEARNER.CNTL' is working directory." {
		t.Errorf("PWD: %q", got)
	}
	if got := c.transfer([2]int{125, 250}, "LIST"); !strings.Contains(got, "\r\nCOMPILE   01.00 2024/05/17 ") {
		t.Errorf("LIST of a library: %q", got)
	}
}

func TestUnknownFlavour(t *testing.T) {
	if _, err := Start(Options{Like: "wu-ftpd"}); err == nil || !strings.Contains(err.Error(), "vsftpd, proftpd, pure-ftpd, iis, zos") {
		t.Errorf("%v", err)
	}
}

// TestLinks: a link is listed as one, leads where it points, and is removed by itself.
func TestLinks(t *testing.T) {
	for name, o := range map[string]Options{"memory": {}, "folder": {Dir: t.TempDir()}} {
		t.Run(name, func(t *testing.T) {
			s := start(t, o)
			c := login(t, s)
			c.cmd(257, "MKD dir")
			c.put(226, "STOR dir/file", "hello")
			c.cmd(200, "SITE SYMLINK dir short")
			c.cmd(550, "SITE SYMLINK dir short")
			if got := c.get(226, "RETR short/file"); got != "hello" {
				t.Errorf("through the link: %q", got)
			}
			if got := c.get(226, "LIST"); !regexp.MustCompile(`(?m)^lrwxrwxrwx .* short -> /?dir\r$`).MatchString(got) {
				t.Errorf("LIST: %q", got)
			}
			if got := c.get(226, "MLSD"); !regexp.MustCompile(`(?m)^type=OS.unix=slink:/?dir;.* short\r$`).MatchString(got) {
				t.Errorf("MLSD: %q", got)
			}
			c.cmd(350, "RNFR short")
			c.cmd(250, "RNTO other")
			c.cmd(250, "DELE other/file")
			if got := c.get(226, "LIST dir"); got != "" {
				t.Errorf("after DELE through the link: %q", got)
			}
		})
	}
}

func TestLinksInACircle(t *testing.T) {
	mem := newMemory()
	for link, target := range map[string]string{"/a": "b", "/b": "a", "/up": "../x"} {
		if err := mem.SymlinkIfPossible(target, link); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := mem.Stat("/a"); err == nil {
		t.Error("a circle has an end")
	}
	if err := afero.WriteFile(mem, "/x", []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if info, err := mem.Stat("/up"); err != nil || info.Name() != "up" {
		t.Errorf("%v, %v", info, err)
	}
	if err := mem.Remove("/a"); err != nil {
		t.Error(err)
	}
	if _, _, err := mem.LstatIfPossible("/a"); err == nil {
		t.Error("the link is still there")
	}
	if info, _, err := mem.LstatIfPossible("/b"); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("%v, %v", info, err)
	}
}

// TestFactsAreChosen: OPTS MLST, and the star in FEAT (RFC 3659, 7.8 and 7.9).
func TestFactsAreChosen(t *testing.T) {
	s := start(t, Options{})
	write(t, s, "/x", "hello")
	c := login(t, s)
	if got := c.cmd(200, "OPTS MLST size;Type;nonsense;"); got != "MLST OPTS type;size;" {
		t.Errorf("%q", got)
	}
	if got := c.get(226, "MLSD"); got != "type=file;size=5; x\r\n" {
		t.Errorf("%q", got)
	}
	if got := c.cmd(250, "MLST x"); !strings.Contains(got, "\n type=file;size=5; x\n") {
		t.Errorf("%q", got)
	}
	if got := c.cmd(211, "FEAT"); !strings.Contains(got, "MLST type*;size*;modify;perm;") {
		t.Errorf("%q", got)
	}
}

// TestRareCommands: what the documents say about commands that hardly anybody sends.
func TestRareCommands(t *testing.T) {
	s := start(t, Options{Names: []string{"ftp.example.com"}})
	c := dial(t, s.Addr())
	c.want(220)
	for _, step := range []struct {
		line string
		code int
	}{
		{"HOST", 501},
		{"HOST nowhere.example", 504},
		{"HOST FTP.example.com", 220},
		{"ACCT x", 530},
		{"ALLO 5", 530},
		{"REIN", 220},
		{"LANG", 200},
		{"LANG en-GB", 200},
		{"LANG fr", 504},
		{"HELP", 214},
		{"HELP retr", 214},
		{"HELP nonsense", 502},
		{"STAT", 211},
		{"USER " + User, 331},
		{"HOST localhost", 503},
		{"PASS " + Password, 230},
		{"ACCT", 501},
		{"ACCT x", 202},
		{"ALLO x", 501},
		{"ALLO 5", 202},
		{"MKD d", 257},
		{"CWD d", 250},
		{"TYPE I", 200},
		{"STAT", 211},
		{"STAT /", 212},
		{"STAT /none", 450},
		{"SITE", 501},
		{"SITE CHMOD", 501},
		{"SITE HELP", 214},
		{"REIN", 220},
		{"PWD", 530},
		{"RETR x", 530},
		{"USER " + User, 331},
		{"PASS " + Password, 230},
		{"PWD", 257},
		{"QUIT", 221},
	} {
		got := c.cmd(step.code, step.line)
		if step.line == "PWD" && step.code == 257 && !strings.HasPrefix(got, `"/"`) {
			t.Errorf("after REIN: %s", got)
		}
	}
}
