package race

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// kind is what a client is to do.
type kind int

// The kinds of work.
const (
	getMany kind = iota
	putMany
	getLarge
	getSegments // one large file over four sessions
	putLarge
	list
	start
)

// work is one row of the comparison: all clients do the same.
type work struct {
	name     string
	kind     kind
	server   string
	distance time.Duration // of the server, there and back
	files    int
	size     int64
	sessions int // each client uses so many; 0: what it uses by itself
	goals    []goal
}

// goal is what we want to reach against the best of some peers.
type goal struct {
	most    float64 // our time, as a part of theirs
	against []string
}

const (
	small = 1 << 10
	large = 1 << 30
	far20 = 20 * time.Millisecond
	far30 = 30 * time.Millisecond
	far40 = 40 * time.Millisecond
)

// best is a goal against the fastest; "lftp best" has settings that
// nobody types, where the others have theirs.
func best(most float64) []goal { return []goal{{most: most}} }

// typed is the goal for what a user would type, with the settings that the
// clients come with.
var typed = []goal{{0.35, []string{"lftp"}}, {0.7, []string{"lftp best"}}}

// overTLS is the goal for many small files over TLS.
var overTLS = []goal{{0.5, []string{"curl", "lftp best"}}, {0.1, []string{"lftp best"}}}

var works = []work{
	{"get 1 GiB, clear", getLarge, "vsftpd", 0, 1, large, 0, best(0.75)},
	{"get 1 GiB, TLS", getLarge, "vsftpd-tls", 0, 1, large, 0, best(0.95)},
	{"put 1 GiB, clear", putLarge, "vsftpd", 0, 1, large, 0, best(1)},
	{"put 1 GiB, TLS", putLarge, "vsftpd-tls", 0, 1, large, 0, best(0.95)},

	{"2,000 files down, 1 session", getMany, "vsftpd", 0, 2000, small, 1, best(0.9)},
	{"2,000 files down, 4 sessions", getMany, "vsftpd", 0, 2000, small, 4, best(0.9)},
	{"2,000 files down, 8 sessions", getMany, "vsftpd", 0, 2000, small, 8, best(0.9)},
	{"2,000 files up, 1 session", putMany, "vsftpd", 0, 2000, small, 1, best(0.9)},
	{"2,000 files up, 4 sessions", putMany, "vsftpd", 0, 2000, small, 4, best(0.9)},
	{"2,000 files up, 8 sessions", putMany, "vsftpd", 0, 2000, small, 8, best(0.9)},
	{"500 files down, TLS, 1 session", getMany, "vsftpd-tls", 0, 500, small, 1, overTLS},
	{"500 files down, TLS, 4 sessions", getMany, "vsftpd-tls", 0, 500, small, 4, overTLS},
	{"500 files down, TLS, 8 sessions", getMany, "vsftpd-tls", 0, 500, small, 8, overTLS},
	{"500 files up, TLS, 1 session", putMany, "vsftpd-tls", 0, 500, small, 1, overTLS},
	{"500 files up, TLS, 4 sessions", putMany, "vsftpd-tls", 0, 500, small, 4, overTLS},
	{"500 files up, TLS, 8 sessions", putMany, "vsftpd-tls", 0, 500, small, 8, overTLS},

	{"40 files down, 40 ms away, 1 session", getMany, "vsftpd", far40, 40, small, 1, best(0.75)},
	{"40 files up, 40 ms away, 1 session", putMany, "vsftpd", far40, 40, small, 1, best(0.55)},
	{"40 files down, 40 ms away, TLS, 1 session", getMany, "vsftpd-tls", far40, 40, small, 1, best(0.7)},
	{"40 files up, 40 ms away, TLS, 1 session", putMany, "vsftpd-tls", far40, 40, small, 1, best(0.65)},

	{"2,000 files down, as typed", getMany, "vsftpd", 0, 2000, small, 0, typed},
	{"2,000 files up, as typed", putMany, "vsftpd", 0, 2000, small, 0, typed},
	{"200 files down, TLS, as typed", getMany, "vsftpd-tls", 0, 200, small, 0, typed},
	{"200 files up, TLS, as typed", putMany, "vsftpd-tls", 0, 200, small, 0, typed},
	{"200 files down, 20 ms away, as typed", getMany, "vsftpd", far20, 200, small, 0, typed},
	{"200 files up, 20 ms away, as typed", putMany, "vsftpd", far20, 200, small, 0, typed},
	{"200 files down, 20 ms away, TLS, as typed", getMany, "vsftpd-tls", far20, 200, small, 0, typed},
	{"200 files up, 20 ms away, TLS, as typed", putMany, "vsftpd-tls", far20, 200, small, 0, typed},

	{"100 MiB down, 30 ms away", getLarge, "vsftpd", far30, 1, 100 << 20, 0, best(1)},
	{"100 MiB down in four segments, 30 ms away", getSegments, "vsftpd", far30, 1, 100 << 20, 0, best(1)},
	{"500 files down, 30 ms away, as typed", getMany, "vsftpd", far30, 500, small, 0, typed},
	{"500 files up, 30 ms away, as typed", putMany, "vsftpd", far30, 500, small, 0, typed},

	{"list 100,000 names, sorted", list, "vsftpd", 0, 100_000, 0, 0, []goal{{0.5, []string{"lftp"}}}},
	{"start and quit", start, "vsftpd", 0, 0, 0, 0, []goal{{1, []string{"lftp"}}}},
	{"50,000 files down, as typed", getMany, "vsftpd", 0, 50_000, small, 0, typed},
}

// times is how often the work is done in a round: what takes milliseconds only
// tells something when it is done often.
func (w work) times() int {
	if w.kind == start {
		return 30
	}
	return 1
}

// fileName is the name of a small file on both sides.
func fileName(i int) string { return fmt.Sprintf("f%05d.bin", i) }

// serve makes what is asked of the server.
func (w work) serve(b *testing.B, srv *daemon.Server) {
	switch w.kind {
	case getMany, list:
		for i := range w.files {
			srv.Put("many/"+fileName(i), daemon.Content(int(w.size), uint64(i)))
		}
	case getLarge, getSegments:
		srv.Put("large", nil)
		writeLarge(b, filepath.Join(srv.Root, "large"), w.size)
	}
}

// writeLarge makes a file of bytes that do not compress. It has no holes, which
// would be read from the same page again and again.
func writeLarge(b *testing.B, name string, size int64) {
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	const block = 1 << 20
	for at := int64(0); at < size; at += block {
		if _, err := f.Write(daemon.Content(block, uint64(at))); err != nil {
			b.Fatal(err)
		}
	}
}

// prepare makes the local side for one run, and takes away what the last one
// sent to the server.
func (w work) prepare(b *testing.B, srv *daemon.Server) (dir string) {
	dir = b.TempDir()
	os.RemoveAll(filepath.Join(srv.Root, "up"))
	srv.Folder("up")
	switch w.kind {
	case putMany:
		for i := range w.files {
			os.WriteFile(filepath.Join(dir, fileName(i)), daemon.Content(small, uint64(i)), 0o644)
		}
	case putLarge:
		writeLarge(b, filepath.Join(dir, "large"), w.size)
	}
	return dir
}

// check compares what has arrived with what was sent.
func (w work) check(dir string, srv *daemon.Server, out []byte) error {
	here, there := dir, filepath.Join(srv.Root, "up")
	switch w.kind {
	case getMany:
		return sameSmall(here, w.files)
	case putMany:
		return sameSmall(there, w.files)
	case getLarge, getSegments:
		return sameLarge(filepath.Join(here, "large"), filepath.Join(srv.Root, "large"))
	case putLarge:
		return sameLarge(filepath.Join(here, "large"), filepath.Join(there, "large"))
	case list:
		if n := bytes.Count(out, []byte(".bin")); n != w.files {
			return fmt.Errorf("%d names were listed", n)
		}
	}
	return nil
}

func sameSmall(dir string, files int) error {
	for i := range files {
		got, err := os.ReadFile(filepath.Join(dir, fileName(i)))
		if err != nil || !bytes.Equal(got, daemon.Content(small, uint64(i))) {
			return fmt.Errorf("%s came with %d bytes, or others: %w", fileName(i), len(got), err)
		}
	}
	return nil
}

func sameLarge(a, b string) error {
	one, err := sum(a)
	if err != nil {
		return err
	}
	two, err := sum(b)
	if err == nil && one != two {
		err = fmt.Errorf("%s and %s differ", a, b)
	}
	return err
}

func sum(name string) (sum [sha256.Size]byte, err error) {
	f, err := os.Open(name)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return [sha256.Size]byte(h.Sum(nil)), err
}
