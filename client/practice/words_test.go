package practice

import (
	"regexp"
	"strings"
	"testing"
)

// insides are words of a program for those who wrote it.
var insides = regexp.MustCompile(`(?i)error: |driver|issue|calling|interrupted system|0x[0-9a-f]{6}|%!|\bnil\b|memmap|afero|invalid argument`)

// TestRefusalsAreForUsers: no reply says how the server is made inside.
func TestRefusalsAreForUsers(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{"memory": {FS: Sample()}, "folder": {Dir: t.TempDir()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := login(t, start(t, o))
			c.put(226, "STOR file", "x")
			c.cmd(257, "MKD full")
			c.put(226, "STOR full/file", "x")
			for _, line := range strings.Split(strings.TrimSpace(refused), "\n") {
				verb, _, _ := strings.Cut(line, " ")
				if strings.Contains(" RETR STOR APPE LIST NLST MLSD ", " "+verb+" ") {
					defer c.passive().Close()
				}
				c.send(line)
				code, text, err := c.text.ReadResponse(0)
				if code == 150 {
					code, text, err = c.text.ReadResponse(0)
				}
				if code == 0 {
					t.Fatal(line, err)
				}
				if code < 400 && verb != "RNFR" && verb != "REST" {
					t.Errorf("%s: %d %s", line, code, text)
				}
				if insides.MatchString(text) {
					t.Errorf("%s: %d %s", line, code, text)
				}
			}
		})
	}
}

const refused = `
CWD none
CWD file
CWD file/below
MKD file
MKD none/below
RMD none
RMD file
RMD full
DELE none
DELE full
SIZE none
SIZE full
MDTM none
MLST none
MFMT 20200101000000 none
MFMT x file
SITE CHMOD 644 none
SITE CHMOD x file
SITE SYMLINK file file
RNFR none
RNFR file
RNTO full/file/below
HASH none
HASH full
XSHA256 none
XCRC full
RETR none
RETR full
STOR full
STOR none/below
APPE full
LIST none
NLST none
MLSD none
MLSD file
STAT none
ALLO x
REST x
REST 18446744073709551616
PORT 1,2,3
PORT 999,1,1,1,1,1
EPRT |1|127.0.0.1|x|
EPSV 9
OPTS HASH none
OPTS x
TYPE x
MODE x
STRU x
COMB a b
AVBL none
MFCT 20200101000000 none
`
