package peers

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"
	"golang.org/x/sys/unix"

	"github.com/ftpsh/ftpsh/client/practice"
)

const (
	size   = 3 << 20
	middle = "1000000"
	limit  = 20 * time.Second // then a client hangs
)

// trial is one thing that goes wrong.
type trial struct {
	row   string // of docs/reliability.md
	what  string
	fault []string
	tls   bool
	tap   practice.Tap
	run   func(*arena) string
}

var trials = []trial{
	{"F7", "download, the data connection is reset once", []string{"cut-reset:RETR=" + middle + "*1"}, false, practice.Tap{}, download},
	{"F7", "download, 226 after a third of it, always", []string{"cut-silent:RETR=" + middle}, false, practice.Tap{}, download},
	{"F8", "download, 426 in the middle, once", []string{"cut:RETR=" + middle + "*1"}, false, practice.Tap{}, download},
	{"F1", "download, 421 to RETR, once", []string{"421:RETR*1"}, false, practice.Tap{}, download},
	{"F18", "download, the 226 never comes", []string{"no-end:RETR"}, false, practice.Tap{}, download},
	{"F19", "download, the data connection is never closed", []string{"no-fin"}, false, practice.Tap{}, download},
	{"F21", "download, it stands still, once", []string{"stall:RETR=" + middle + "*1"}, false, practice.Tap{}, download},
	{"F48", "download, 451 after all data", []string{"late:NOOP=0"}, false, tapEnd("451 disk trouble"), download},
	{"S35", "download under TLS, cut without close_notify, 226, always", []string{"cut-notify:RETR=" + middle}, true, practice.Tap{}, download},
	{"F25", "download, killed (SIGKILL)", []string{"stall:RETR=" + middle}, false, practice.Tap{}, killed},
	{"F26", "resume, the file has changed (same size)", nil, false, practice.Tap{}, changed},
	{"F28", "resume, the server ignores REST", nil, false, practice.Tap{Command: ignoreREST}, ignored},
	{"F24", "download, no room on the disk", nil, false, practice.Tap{}, full},
	{"F32", "upload, half of it is stored, 226", []string{"store-less:STOR=" + middle}, false, practice.Tap{}, upload},
	{"F32", "upload, reset in the middle, once", []string{"cut-reset:STOR=" + middle + "*1"}, false, practice.Tap{}, upload},
	{"F10", "upload, 552 in the middle", []string{"quota:STOR=" + middle}, false, practice.Tap{}, upload},
	{"F54", "upload under TLS 1.3, 20 times", nil, true, practice.Tap{}, uploads},
}

// BenchmarkPeers prints a table: what became of each file with each client.
// "whole" and "reported" are right; "half" is a failure that was reported and
// left a part under the final name; "LIED" is success with a wrong file; "HUNG"
// did not end.
func BenchmarkPeers(b *testing.B) {
	clients := installed(b)
	for range b.N {
		var table strings.Builder
		fmt.Fprintf(&table, "\n%-4s %-60s", "", "")
		for _, p := range clients {
			fmt.Fprintf(&table, " %-15s", p.name)
		}
		for _, tr := range trials {
			fmt.Fprintf(&table, "\n%-4s %-60s", tr.row, tr.what)
			for _, p := range clients {
				verdict := "-"
				if !tr.tls || p.tls {
					verdict = try(b, tr, p)
				}
				fmt.Fprintf(&table, " %-15s", verdict)
			}
		}
		fmt.Println(table.String()) // b.Log cuts it
	}
}

// arena is one try of one client.
type arena struct {
	b    *testing.B
	srv  *practice.Server
	peer peer
	at   server
	dir  string
	data []byte
}

func try(b *testing.B, tr trial, p peer) string {
	options := practice.Options{Tap: tr.tap}
	if tr.tls {
		options.TLS = practice.Explicit
	}
	for _, text := range tr.fault {
		f, err := practice.ParseFault(text)
		if err != nil {
			b.Fatal(err)
		}
		options.Faults = append(options.Faults, f)
	}
	srv, err := practice.Start(options)
	if err != nil {
		b.Fatal(err)
	}
	defer srv.Close()
	a := &arena{b: b, srv: srv, peer: p, at: server{srv.Host(), strconv.Itoa(srv.Port()), tr.tls}, dir: b.TempDir(), data: content(1)}
	a.store(a.data)
	return tr.run(a)
}

// content is a file; another number is another file of the same size.
func content(n int) []byte {
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(i*7/3 + i>>12*n)
	}
	return data
}

func (a *arena) store(data []byte) {
	if err := afero.WriteFile(a.srv.FS(), "/data", data, 0o644); err != nil {
		a.b.Fatal(err)
	}
}

// run runs the client and returns how it ended: nil, or why not.
func (a *arena) run(args []string) error { return a.await(a.peer.command(a.dir, args)) }

var errHung = errors.New("hung")

func (a *arena) await(cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	hung := time.AfterFunc(limit, func() { cmd.Process.Kill() })
	err := cmd.Wait()
	if !hung.Stop() {
		return errHung
	}
	return err
}

// verdict compares what came of it.
func verdict(err error, got, want []byte, there error) string {
	whole := there == nil && bytes.Equal(got, want)
	switch {
	case errors.Is(err, errHung):
		return "HUNG"
	case err == nil && whole:
		return "whole"
	case err == nil:
		return "LIED"
	case errors.Is(there, fs.ErrNotExist):
		return "reported"
	case whole:
		return "reported, whole"
	}
	return "half"
}

func (a *arena) local() ([]byte, error) { return os.ReadFile(filepath.Join(a.dir, "data")) }

func download(a *arena) string {
	err := a.run(a.peer.get(a.at, false))
	got, there := a.local()
	return verdict(err, got, a.data, there)
}

func upload(a *arena) string {
	if err := os.WriteFile(filepath.Join(a.dir, "up"), a.data, 0o644); err != nil {
		a.b.Fatal(err)
	}
	err := a.run(a.peer.put(a.at))
	got, there := afero.ReadFile(a.srv.FS(), "/up")
	if err != nil && there == nil && !bytes.Equal(got, a.data) {
		return "reported" // the server has a part of it, as it must
	}
	return verdict(err, got, a.data, there)
}

func uploads(a *arena) string {
	whole, told := 0, 0
	for range 20 {
		switch upload(a) {
		case "whole":
			whole++
		case "reported":
			told++
		}
		a.srv.FS().Remove("/up")
	}
	text := fmt.Sprintf("%d of 20 whole", whole)
	if whole+told < 20 {
		text += ", LIED"
	}
	return text
}

// killed ends the client in the middle.
func killed(a *arena) string {
	cmd := a.peer.command(a.dir, a.peer.get(a.at, false))
	changes := a.changes()
	defer changes.Close()
	if err := cmd.Start(); err != nil {
		return err.Error()
	}
	for a.arrived() < 900_000 {
		if _, err := changes.Read(make([]byte, 4096)); err != nil {
			a.b.Errorf("%s: %d bytes are there: %v", a.peer.name, a.arrived(), err)
			break
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	got, there := a.local()
	return verdict(errors.New("killed"), got, a.data, there)
}

// changes can be read from when something is written in the directory, until the
// time is up.
func (a *arena) changes() *os.File {
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		a.b.Fatal(err)
	}
	changes := os.NewFile(uintptr(fd), "inotify")
	if _, err := unix.InotifyAddWatch(fd, a.dir, unix.IN_CREATE|unix.IN_MODIFY); err != nil {
		a.b.Fatal(err)
	}
	changes.SetReadDeadline(time.Now().Add(limit))
	return changes
}

// arrived is how much is in the directory.
func (a *arena) arrived() (sum int64) {
	found, _ := os.ReadDir(a.dir)
	for _, f := range found {
		if info, err := f.Info(); err == nil && info.Mode().IsRegular() {
			sum += info.Size()
		}
	}
	return sum
}

// begun leaves what the client leaves of a download that was cut off.
func (a *arena) begun() {
	f, err := practice.ParseFault("stall:RETR=" + middle + "*1")
	if err == nil {
		err = a.srv.SetFaults(f)
	}
	if err != nil {
		a.b.Fatal(err)
	}
	killed(a)
	a.srv.SetFaults()
}

func changed(a *arena) string {
	a.begun()
	a.data = content(3)
	a.store(a.data)
	later := time.Now().Add(time.Hour)
	a.srv.FS().Chtimes("/data", later, later)
	err := a.run(a.peer.get(a.at, true))
	got, there := a.local()
	return verdict(err, got, a.data, there)
}

func ignored(a *arena) string {
	a.begun()
	err := a.run(a.peer.get(a.at, true))
	got, there := a.local()
	return verdict(err, got, a.data, there)
}

func ignoreREST(_ int, line string) (string, string) {
	if strings.HasPrefix(line, "REST") {
		return "REST 0", ""
	}
	return line, ""
}

// full lets files grow to 1 MB only.
func full(a *arena) string {
	cmd := a.peer.command(a.dir, a.peer.get(a.at, false))
	limited := exec.Command("sh", append([]string{"-c", `trap "" XFSZ; ulimit -f 2000; exec "$@"`, "sh"}, cmd.Args...)...)
	limited.Dir, limited.Env = cmd.Dir, cmd.Env
	err := a.await(limited)
	got, there := a.local()
	return verdict(err, got, a.data, there)
}

// tapEnd says something else at the end of a download.
func tapEnd(reply string) practice.Tap {
	return practice.Tap{Reply: func(_ int, verb, text string) string {
		if verb == "RETR" && strings.HasPrefix(text, "226") {
			return reply + "\r\n"
		}
		return text
	}}
}
