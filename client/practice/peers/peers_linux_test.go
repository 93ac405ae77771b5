package peers

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
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
	"github.com/ftpsh/ftpsh/client/practice/daemon"
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

	real string         // a daemon in place of the practice server; "-tls" is left out for clients without TLS
	conf daemon.Options // and how it is configured
}

var trials = []trial{
	{row: "F7", what: "download, the data connection is reset once", fault: []string{"cut-reset:RETR=" + middle + "*1"}, run: download},
	{row: "F7", what: "download, 226 after a third of it, always", fault: []string{"cut-silent:RETR=" + middle}, run: download},
	{row: "F8", what: "download, 426 in the middle, once", fault: []string{"cut:RETR=" + middle + "*1"}, run: download},
	{row: "F1", what: "download, 421 to RETR, once", fault: []string{"421:RETR*1"}, run: download},
	{row: "F18", what: "download, the 226 never comes", fault: []string{"no-end:RETR"}, run: download},
	{row: "F19", what: "download, the data connection is never closed", fault: []string{"no-fin"}, run: download},
	{row: "F21", what: "download, it stands still, once", fault: []string{"stall:RETR=" + middle + "*1"}, run: download},
	{row: "F48", what: "download, 451 after all data", fault: []string{"late:NOOP=0"}, tap: tapEnd("451 disk trouble"), run: download},
	{row: "S35", what: "download under TLS, cut without close_notify, 226, always", fault: []string{"cut-notify:RETR=" + middle}, tls: true, run: download},
	{row: "F25", what: "download, killed (SIGKILL)", fault: []string{"stall:RETR=" + middle}, run: killed},
	{row: "F26", what: "resume, the file has changed (same size)", run: changed},
	{row: "F28", what: "resume, the server ignores REST", tap: practice.Tap{Command: ignoreREST}, run: ignored},
	{row: "F24", what: "download, no room on the disk", run: full},
	{row: "F32", what: "upload, half of it is stored, 226", fault: []string{"store-less:STOR=" + middle}, run: upload},
	{row: "F32", what: "upload, reset in the middle, once", fault: []string{"cut-reset:STOR=" + middle + "*1"}, run: upload},
	{row: "F10", what: "upload, 552 in the middle", fault: []string{"quota:STOR=" + middle}, run: upload},
	{row: "F54", what: "upload under TLS 1.3, 20 times", tls: true, run: uploads},
	{row: "F54", what: "upload under TLS 1.3, 20 times", tls: true, run: uploads, real: "proftpd-tls"},
	{row: "F54", what: "upload under TLS 1.3, 20 times", tls: true, run: uploads, real: "vsftpd-tls"},
	{row: "S36", what: "download, the TLS session must be resumed", tls: true, run: download, real: "proftpd-tls"},
	{row: "S36", what: "download, the TLS session must be resumed", tls: true, run: download, real: "vsftpd-tls"},
	{row: "S31", what: "download, PROT P is refused", tls: true, run: unprotected, real: "proftpd-tls", conf: daemon.Options{Conf: []string{"TLSRequired ctrl+!data"}}},
	{row: "F24", what: "download, no room on the disk", run: full, real: "proftpd-tls"},
	{row: "F24", what: "download, no room on the disk", run: full, real: "vsftpd-tls"},
	{row: "F25", what: "download, killed (SIGKILL)", run: killed, real: "proftpd-tls", conf: slow},
	{row: "F25", what: "download, killed (SIGKILL)", run: killed, real: "vsftpd-tls", conf: slow},
	{row: "F26", what: "resume, the file has changed (same size)", run: changed, real: "proftpd-tls", conf: slow},
	{row: "F26", what: "resume, the file has changed (same size)", run: changed, real: "vsftpd-tls", conf: slow},
}

// slow gives the time to end a transfer in its middle.
var slow = daemon.Options{Rate: 1 << 20}

// table is where the results go, such as ../../../docs/testdata/peers.md.
var table = flag.String("table", "", "write the results to this `file`, for docs/reliability.md")

// BenchmarkPeers prints a table: what became of each file with each client.
// "whole" and "reported" are right; "half" is a failure that was reported and
// left a part under the final name; "LIED" is success with a wrong file; "HUNG"
// did not end; "IN CLEAR" is a file that came without the protection that was
// asked for.
func BenchmarkPeers(b *testing.B) {
	clients := installed(b)
	for range b.N {
		head, line := "| | what happens | server |", "|---|---|---|"
		for _, p := range clients {
			head += " " + p.version() + " |"
			line += "---|"
		}
		rows := []string{head, line}
		for _, tr := range trials {
			row := fmt.Sprintf("| %s | %s | %s |", tr.row, tr.what, cmp.Or(tr.real, "practice"))
			for _, p := range clients {
				row += " " + try(b, tr, p) + " |"
			}
			fmt.Println(row) // b.Log cuts it
			rows = append(rows, row)
		}
		if *table != "" {
			if err := os.WriteFile(*table, []byte(strings.Join(rows, "\n")+"\n"), 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// arena is one try of one client.
type arena struct {
	b    *testing.B
	srv  *practice.Server
	real *daemon.Server // or this one
	peer peer
	at   server
	dir  string
	data []byte
}

func try(b *testing.B, tr trial, p peer) string {
	switch {
	case tr.tls && !p.tls:
		return "-"
	case tr.real != "":
		return tryDaemon(b, tr, p)
	}
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

func tryDaemon(b *testing.B, tr trial, p peer) string {
	flavour := tr.real
	if !p.tls {
		flavour = strings.TrimSuffix(flavour, "-tls")
	}
	if daemon.Available(flavour) != nil {
		return "-"
	}
	srv := daemon.Start(b, flavour, tr.conf)
	defer srv.Stop()
	a := &arena{b: b, real: srv, peer: p, at: server{srv.Host, strconv.Itoa(srv.Port), srv.TLS}, dir: b.TempDir(), data: content(1)}
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
	if a.real != nil {
		a.real.Put("data", data)
		return
	}
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
	got, there := a.stored("up")
	if err != nil && there == nil && !bytes.Equal(got, a.data) {
		return "reported" // the server has a part of it, as it must
	}
	return verdict(err, got, a.data, there)
}

// stored is a file on the server, which is removed.
func (a *arena) stored(name string) ([]byte, error) {
	files := afero.NewOsFs()
	if a.real != nil {
		name = filepath.Join(a.real.Root, name)
	} else {
		files, name = a.srv.FS(), "/"+name
	}
	data, err := afero.ReadFile(files, name)
	files.Remove(name)
	return data, err
}

// unprotected is a download that was to be protected, from a server that does
// not protect it.
func unprotected(a *arena) string {
	if text := download(a); text != "whole" {
		return text
	}
	return "IN CLEAR"
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
	if a.real != nil {
		killed(a)
		return
	}
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
	if a.real != nil {
		os.Chtimes(filepath.Join(a.real.Root, "data"), later, later)
	} else {
		a.srv.FS().Chtimes("/data", later, later)
	}
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
