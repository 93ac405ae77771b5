package race

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

const (
	manyFiles = 1000
	largeFile = 256 << 20
)

// place is where a client finds the server, and where its own files are.
type place struct {
	host, user, password, ca string
	port                     int
	tls                      bool
	dir                      string // local
}

// runner is a client and how it is told to do one kind of work.
type runner struct {
	name string
	work map[string]func(p place) []string
}

// The kinds of work.
const (
	getMany  = "get many"
	putMany  = "put many"
	getLarge = "get large"
	putLarge = "put large"
)

func ftpsh(script string) func(place) []string {
	return func(p place) []string {
		args := []string{"ftpsh", "--no-config", "--tls", "off"}
		if p.tls {
			args = append(args[:2], "--tls", "require", "--ca", p.ca, "--tls-name", "ftp.example.test")
		}
		address := url.URL{Scheme: "ftp", User: url.UserPassword(p.user, p.password), Host: fmt.Sprintf("%s:%d", p.host, p.port)}
		return append(args, "-c", "lcd "+p.dir+"; "+script, address.String())
	}
}

func lftp(settings, script string) func(place) []string {
	return func(p place) []string {
		set := "set cmd:interactive no; set ssl:verify-certificate no; set ftp:prefer-epsv yes; set ftp:ssl-allow no; "
		if p.tls {
			set = strings.Replace(set, "ssl-allow no", "ssl-force yes; set ftp:ssl-protect-data yes", 1)
		}
		return []string{"lftp", "-c", fmt.Sprintf("%s%s open -u '%s,%s' -p %d %s; lcd %s; %s", set, settings, p.user, p.password, p.port, p.host, p.dir, script)}
	}
}

func curl(args func(p place, url string) []string) func(place) []string {
	return func(p place) []string {
		all := []string{"curl", "-s", "-S", "--user", p.user + ":" + p.password}
		if p.tls {
			all = append(all, "--ssl-reqd", "-k")
		}
		return append(all, args(p, fmt.Sprintf("ftp://%s:%d", p.host, p.port))...)
	}
}

// bash runs what needs a shell; the words after the script are its arguments.
func bash(script string) func(place) []string {
	return func(p place) []string {
		if p.tls {
			return nil // these are clients without TLS, or with too little of it
		}
		return []string{"sh", "-c", "cd " + p.dir + "; " + strings.NewReplacer(
			"{host}", p.host, "{port}", fmt.Sprint(p.port), "{user}", p.user, "{password}", p.password).Replace(script)}
	}
}

var runners = []runner{
	{"ftpsh", map[string]func(place) []string{
		getMany: ftpsh("mirror many ."), putMany: ftpsh("mirror -R . up"), getLarge: ftpsh("get large"), putLarge: ftpsh("put large up-large"),
	}},
	{"ftpsh-1", map[string]func(place) []string{getMany: ftpsh("mirror -P 1 many ."), putMany: ftpsh("mirror -P 1 -R . up")}},
	{"lftp", map[string]func(place) []string{
		getMany: lftp("", "mirror many ."), putMany: lftp("", "mirror -R . up"), getLarge: lftp("", "get large"), putLarge: lftp("", "put large -o up-large"),
	}},
	{"lftp-best", map[string]func(place) []string{
		getMany: lftp("set ftp:sync-mode off;", "mirror -P 8 many ."), putMany: lftp("set ftp:sync-mode off;", "mirror -P 8 -R . up"),
	}},
	{"curl-8", map[string]func(place) []string{
		getMany: curl(func(p place, url string) []string {
			return []string{"-Z", "--parallel-max", "8", url + "/many/" + fmt.Sprintf("f[00000-%05d].bin", manyFiles-1), "-o", filepath.Join(p.dir, "f#1.bin")}
		}),
		putMany: curl(func(p place, url string) []string {
			return []string{"-Z", "--parallel-max", "8", "--ftp-create-dirs", "-T", filepath.Join(p.dir, fmt.Sprintf("f[00000-%05d].bin", manyFiles-1)), url + "/up/"}
		}),
		getLarge: curl(func(p place, url string) []string {
			return []string{url + "/large", "-o", filepath.Join(p.dir, "large")}
		}),
		putLarge: curl(func(p place, url string) []string {
			return []string{"-T", filepath.Join(p.dir, "large"), url + "/up-large"}
		}),
	}},
	{"ncftp", map[string]func(place) []string{
		getMany:  bash("ncftpget -V -R -u {user} -p '{password}' -P {port} {host} . many"),
		putMany:  bash("ncftpput -V -R -m -u {user} -p '{password}' -P {port} {host} up ."),
		getLarge: bash("ncftpget -V -u {user} -p '{password}' -P {port} {host} . large"),
		putLarge: bash("ncftpput -V -u {user} -p '{password}' -P {port} {host} up large"),
	}},
	{"wget", map[string]func(place) []string{
		getMany:  bash("wget -q -r -nH --ftp-user={user} --ftp-password='{password}' ftp://{host}:{port}/many/"),
		getLarge: bash("wget -q --ftp-user={user} --ftp-password='{password}' ftp://{host}:{port}/large"),
	}},
	{"tnftp", map[string]func(place) []string{
		getMany: bash("printf 'open {host} {port}\\nuser {user} \"{password}\"\\nprompt off\\ncd many\\nmget *\\nquit\\n' | tnftp -n -i -V"),
		putMany: bash("printf 'open {host} {port}\\nuser {user} \"{password}\"\\nprompt off\\nmkdir up\\ncd up\\nmput *\\nquit\\n' | tnftp -n -i -V"),
	}},
	{"rclone", map[string]func(place) []string{
		getMany:  bash("rclone copy --config /dev/null --transfers 8 :ftp,host={host},port={port},user={user},pass=$(rclone obscure '{password}'):many ."),
		putMany:  bash("rclone copy --config /dev/null --transfers 8 . :ftp,host={host},port={port},user={user},pass=$(rclone obscure '{password}'):up"),
		getLarge: bash("rclone copy --config /dev/null --multi-thread-streams 0 :ftp,host={host},port={port},user={user},pass=$(rclone obscure '{password}'):large ."),
	}},
}

// patience is the most that one run may take: over TLS some clients need
// minutes for what takes others a second.
const patience = 60 * time.Second

// BenchmarkClients times whole processes, login and all, for the same work. The
// clients that are not installed are left out.
func BenchmarkClients(b *testing.B) {
	program := filepath.Join(b.TempDir(), "ftpsh")
	if out, err := exec.Command("go", "build", "-o", program, "github.com/ftpsh/ftpsh/cmd/ftpsh").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for _, distance := range []time.Duration{0, 20 * time.Millisecond} {
		for _, name := range []string{"vsftpd", "vsftpd-tls"} {
			for _, work := range []string{getMany, putMany, getLarge, putLarge} {
				if distance > 0 && work != getMany && work != putMany {
					continue // it is the proxy that would be measured
				}
				b.Run(fmt.Sprintf("%s/%s/%v", strings.ReplaceAll(work, " ", "-"), name, distance), func(b *testing.B) {
					for _, r := range runners {
						if r.work[work] != nil {
							b.Run(r.name, func(b *testing.B) { race(b, program, r, name, work, distance) })
						}
					}
				})
			}
		}
	}
}

func race(b *testing.B, program string, r runner, server, work string, distance time.Duration) {
	srv := daemon.Start(b, server, daemon.Options{PasvIP: map[bool]string{true: farAway}[distance > 0]})
	p := place{host: srv.Host, port: srv.Port, user: srv.User, password: srv.Password, ca: srv.CA, tls: srv.TLS}
	if distance > 0 {
		p.host = far(b, srv, distance)
	}
	argv := r.work[work](p)
	if argv == nil {
		b.Skip("no TLS")
	}
	if argv[0] == "ftpsh" {
		argv[0] = program
	}
	if _, err := exec.LookPath(argv[0]); err != nil {
		b.Skip(err)
	}
	files := 1
	switch work {
	case getMany, putMany:
		files = manyFiles
	}
	for b.Loop() {
		b.StopTimer()
		p.dir = prepare(b, srv, work)
		argv := r.work[work](p)
		if argv[0] == "ftpsh" {
			argv[0] = program
		}
		ctx, cancel := context.WithTimeout(b.Context(), patience)
		cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
		cmd.Env = append(os.Environ(), "HOME="+b.TempDir())
		b.StartTimer()
		out, err := cmd.CombinedOutput()
		b.StopTimer()
		cancel()
		if err != nil {
			b.Skipf("%v: %.300s", err, out)
		}
		check(b, srv, p.dir, work, files)
		b.StartTimer()
	}
}

// prepare makes the files for one run on both sides, and takes away those of
// the one before.
func prepare(b *testing.B, srv *daemon.Server, work string) (dir string) {
	dir = b.TempDir()
	os.RemoveAll(filepath.Join(srv.Root, "up"))
	os.Remove(filepath.Join(srv.Root, "up-large"))
	srv.Folder("up")
	_, err := os.Stat(filepath.Join(srv.Root, "ready"))
	switch {
	case work == putMany:
		for i := range manyFiles {
			os.WriteFile(filepath.Join(dir, fileName(i)), daemon.Content(small, uint64(i)), 0o644)
		}
	case work == putLarge:
		os.WriteFile(filepath.Join(dir, "large"), nil, 0o644)
		os.Truncate(filepath.Join(dir, "large"), largeFile)
	case err == nil:
	case work == getMany:
		for i := range manyFiles {
			srv.Put("many/"+fileName(i), daemon.Content(small, uint64(i)))
		}
	default:
		srv.PutLarge("large", largeFile)
	}
	srv.Put("ready", nil)
	return dir
}

// check counts what arrived.
func check(b *testing.B, srv *daemon.Server, dir, work string, want int) {
	root, size := dir, int64(small)
	if work == putMany || work == putLarge {
		root = srv.Root
	}
	if work == getLarge || work == putLarge {
		size = largeFile
	}
	got := 0
	filepath.Walk(root, func(name string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() && info.Size() == size && !strings.HasPrefix(name, filepath.Join(srv.Root, "many")) {
			got++
		}
		return nil
	})
	if got != want {
		b.Errorf("%d files arrived, not %d", got, want)
	}
}
