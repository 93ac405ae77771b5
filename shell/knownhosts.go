package shell

import (
	"bufio"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/gofrs/flock"
)

// knownHosts remembers the servers that had TLS, so that none of them can be
// used in clear by surprise, and the certificates that the user has accepted.
// The file has a line for each: "host:port tls" or "host:port sha256:HEX". Where
// there is no file the memory lasts as long as the program.
type knownHosts struct {
	path string
	mu   sync.Mutex
	seen map[string]string // by host:port; the second word of the line
	err  error             // why the file cannot be trusted
}

const (
	knownFile = "known_hosts"
	seenTLS   = "tls"
	pinPrefix = "sha256:"
)

// openKnownHosts reads the file in dir; "" means none.
func openKnownHosts(dir string) *knownHosts {
	k := &knownHosts{seen: map[string]string{}}
	if dir != "" {
		k.path = filepath.Join(dir, knownFile)
		k.seen, k.err = readKnownHosts(k.path)
	}
	return k
}

func readKnownHosts(path string) (map[string]string, error) {
	seen := map[string]string{}
	file, err := openPrivate(path)
	if errors.Is(err, fs.ErrNotExist) {
		return seen, nil
	}
	if err != nil {
		return seen, err
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if addr, what, ok := strings.Cut(lines.Text(), " "); ok && !strings.HasPrefix(addr, "#") {
			seen[addr] = what
		}
	}
	return seen, nil
}

// hadTLS reports whether the server has ever answered with TLS.
func (k *knownHosts) hadTLS(addr string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.seen[addr] != ""
}

// hosts returns the names of all servers, for completion.
func (k *knownHosts) hosts() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var names []string
	for addr := range k.seen {
		if host, _, err := net.SplitHostPort(addr); err == nil {
			names = append(names, host)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// pin returns the fingerprint that the user has accepted, or "".
func (k *knownHosts) pin(addr string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	pin, _ := strings.CutPrefix(k.seen[addr], pinPrefix)
	if pin == seenTLS {
		return ""
	}
	return pin
}

// remember keeps that a server has TLS, and the fingerprint of its certificate
// when the user vouches for it. Other shells may write at the same time: the
// file is read again and replaced under a lock.
func (k *knownHosts) remember(addr, pin string) error {
	what := seenTLS
	if pin != "" {
		what = pinPrefix + pin
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.seen[addr] == what {
		return nil
	}
	k.seen[addr] = what
	if k.path == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(k.path), 0o700); err != nil {
		return err
	}
	lock := flock.New(k.path + ".lock")
	if err := lock.Lock(); err != nil {
		return err
	}
	defer lock.Unlock()
	seen, err := readKnownHosts(k.path)
	if err != nil {
		return err
	}
	k.seen = seen
	k.seen[addr] = what
	return k.write()
}

func (k *knownHosts) write() error {
	file, err := os.CreateTemp(filepath.Dir(k.path), knownFile+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	out := bufio.NewWriter(file)
	for addr, what := range k.seen {
		out.WriteString(addr + " " + what + "\n")
	}
	if err := out.Flush(); err != nil {
		file.Close()
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), k.path)
}

// KnownHosts lists what can be connected to by name: the bookmarks of a file, and
// the servers that are remembered in a directory.
func KnownHosts(stateDir, bookmarks string) []string {
	sh := &Shell{opt: Options{Bookmarks: bookmarks}}
	return append(sh.bookmarkNames(), openKnownHosts(stateDir).hosts()...)
}
