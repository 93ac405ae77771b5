package peers

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// peer is a client of the command line.
type peer struct {
	name    string
	program string
	tls     bool
	get     func(at server, resume bool) []string // fetches the file data
	put     func(at server) []string              // stores the file up
}

// server is where a peer connects to.
type server struct {
	host, port string
	tls        bool
}

func (s server) url() string {
	return fmt.Sprintf("ftp://%s:%s@%s/", practice.User, strings.ReplaceAll(practice.Password, " ", "%20"), net.JoinHostPort(s.host, s.port))
}

// peers have three tries a second apart, and two seconds of patience, where they
// know such options.
var peers = []peer{
	{
		"ftpsh", "ftpsh", true,
		func(at server, resume bool) []string {
			return ftpsh(at, map[bool]string{false: "get data", true: "get -c data"}[resume])
		},
		func(at server) []string { return ftpsh(at, "put up") },
	},
	{
		"lftp", "lftp", true,
		func(at server, resume bool) []string {
			return lftp(at, map[bool]string{false: "get data", true: "get -c data"}[resume])
		},
		func(at server) []string { return lftp(at, "put up") },
	},
	{
		"curl", "curl", true,
		func(at server, resume bool) []string {
			args := append(curl(at), at.url()+"data", "-o", "data")
			if resume {
				args = append(args, "-C", "-")
			}
			return args
		},
		func(at server) []string { return append(curl(at), "-T", "up", at.url()) },
	},
	{
		"tnftp", "tnftp", false,
		func(at server, resume bool) []string {
			args := []string{"-q", "2", "-V"}
			if resume {
				args = append(args, "-R")
			}
			return append(args, at.url()+"data")
		},
		func(at server) []string { return []string{"-q", "2", "-V", "-u", at.url(), "up"} },
	},
	{
		"ncftp", "ncftpget", false,
		func(at server, resume bool) []string {
			args := append([]string{"get"}, ncftp(at)...)
			if !resume {
				args = append(args, "-Z")
			}
			return append(args, at.host, ".", "data")
		},
		func(at server) []string { return append(append([]string{"put"}, ncftp(at)...), at.host, ".", "up") },
	},
}

func ftpsh(at server, command string) []string {
	args := []string{"--no-config", "-q", "2", "--tls=off"}
	if at.tls {
		args = []string{"--no-config", "-q", "2", "--insecure", "--tls=require"}
	}
	return append(args, "-c", fmt.Sprintf("set timeout 2; open %s; %s", at.url(), command))
}

func lftp(at server, command string) []string {
	set := "set cmd:fail-exit yes; set net:timeout 2; set net:max-retries 4; set net:reconnect-interval-base 1; set xfer:clobber yes; set ssl:verify-certificate no; "
	if at.tls {
		set += "set ftp:ssl-force yes; set ftp:ssl-protect-data yes; "
	} else {
		set += "set ftp:ssl-allow no; "
	}
	return []string{"--norc", "-c", fmt.Sprintf("%sopen -u %s,%q -p %s %s; %s", set, practice.User, practice.Password, at.port, at.host, command)}
}

func curl(at server) []string {
	args := []string{"-sS", "--retry", "3", "--retry-all-errors", "--retry-delay", "1", "-y", "2", "-Y", "1", "--connect-timeout", "2"}
	if at.tls {
		args = append(args, "--ssl-reqd", "-k")
	}
	return args
}

func ncftp(at server) []string {
	return []string{"-V", "-r", "3", "-t", "2", "-u", practice.User, "-p", practice.Password, "-P", at.port}
}

// installed are the peers that can be run, ftpsh built from this tree.
func installed(b *testing.B) (found []peer) {
	b.Helper()
	for _, p := range peers {
		switch {
		case p.name == "ftpsh":
			p.program = filepath.Join(b.TempDir(), "ftpsh")
			if out, err := exec.Command("go", "build", "-o", p.program, "../../../cmd/ftpsh").CombinedOutput(); err != nil {
				b.Fatalf("%v\n%s", err, out)
			}
		default:
			if _, err := exec.LookPath(p.program); err != nil {
				b.Logf("%s is not installed", p.program)
				continue
			}
		}
		found = append(found, p)
	}
	return found
}

// command prepares a run in a directory.
func (p peer) command(dir string, args []string) *exec.Cmd {
	program := p.program
	if p.name == "ncftp" {
		program = "ncftp" + args[0]
		args = args[1:]
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_STATE_HOME="+dir, "XDG_CONFIG_HOME="+dir, "ftp_proxy=")
	return cmd
}

// version is the name with the first number that the program, or its package,
// tells of itself.
func (p peer) version() string {
	for _, args := range [][]string{{p.program, "--version"}, {"dpkg-query", "-W", "-f", "${Version}", p.name}} {
		if p.name == "ftpsh" {
			break
		}
		out, _ := exec.Command(args[0], args[1:]...).CombinedOutput()
		if number := regexp.MustCompile(`\d+(\.\d+)+|\d{8}`).Find(out); number != nil {
			return p.name + " " + string(number)
		}
	}
	return p.name
}
