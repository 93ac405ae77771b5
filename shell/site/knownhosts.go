package site

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
)

// KnownHosts remembers the servers that had TLS, so that none of them can be used in the clear by surprise, and the
// certificates that the user has accepted. The file has a line for each: "host:port tls", or "host:port sha256:HEX CERT"
// with the certificate in base64, to be shown beside another one. A line that is none of these, or a file that others
// could have written, makes every connection fail: what is missing from it would let a password go in the clear. Where there
// is no file the memory lasts as long as the program.
type KnownHosts struct {
	stateFile[string, KnownHost] // by host:port
}

// KnownHost is what is remembered of a server: that it had TLS, and its certificate when the user vouched for that.
type KnownHost struct {
	Pin  string            // SHA-256, in hex
	Cert *x509.Certificate // nil: only the pin is known
}

const (
	// KnownFile is the file of the servers that are known.
	KnownFile = "known_hosts"
	seenTLS   = "tls"
	pinPrefix = "sha256:"
)

// OpenKnownHosts is for the file in dir, which is read when it is asked for; "" means none.
func OpenKnownHosts(dir string) *KnownHosts {
	k := &KnownHosts{stateFile[string, KnownHost]{
		parse: parseKnownHost, unless: "without it nobody knows which servers had TLS",
	}}
	k.at(dir, KnownFile)
	return k
}

// parseKnownHost reads a line.
func parseKnownHost(text string) (addr string, host KnownHost, err error) {
	words := strings.Fields(text)
	if len(words) < 2 || len(words) > 3 {
		return "", host, errors.New("a line is HOST:PORT tls, or HOST:PORT sha256:HEX CERTIFICATE")
	}
	if name, port, err := net.SplitHostPort(words[0]); err != nil || name == "" || port == "" {
		return "", host, fmt.Errorf("%.100q is not HOST:PORT", words[0])
	}
	pin, pinned := strings.CutPrefix(words[1], pinPrefix)
	sum, err := hex.DecodeString(pin)
	switch {
	case words[1] == seenTLS && len(words) == 2:
		return words[0], host, nil
	case !pinned || err != nil || len(sum) != 32:
		return "", host, fmt.Errorf("%.100q is neither tls nor sha256:HEX", words[1])
	}
	host.Pin = strings.ToLower(pin)
	if len(words) < 3 {
		return words[0], host, nil
	}
	der, err := base64.StdEncoding.DecodeString(words[2])
	if err == nil {
		host.Cert, err = x509.ParseCertificate(der)
	}
	if err == nil && client.Fingerprint(host.Cert) != host.Pin {
		err = errors.New("the certificate is not that of the fingerprint")
	}
	return words[0], host, err
}

// Line is a server as the file has it.
func (h KnownHost) Line(addr string) string {
	switch {
	case h.Pin == "":
		return addr + " " + seenTLS
	case h.Cert == nil:
		return addr + " " + pinPrefix + h.Pin
	}
	return addr + " " + pinPrefix + h.Pin + " " + base64.StdEncoding.EncodeToString(h.Cert.Raw)
}

func (KnownHost) until() time.Time { return time.Time{} }

// HadTLS reports whether the server has ever answered with TLS.
func (k *KnownHosts) HadTLS(addr string) bool {
	_, had := k.get(addr)
	return had
}

// Hosts returns the names of all servers, for completion.
func (k *KnownHosts) Hosts() []string {
	var names []string
	for _, addr := range k.Addresses() {
		switch host, port, err := net.SplitHostPort(addr); {
		case err != nil:
		case port == "21" || port == "990":
			names = append(names, host)
		default:
			names = append(names, addr)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Addresses are those of all servers.
func (k *KnownHosts) Addresses() []string {
	k.lock()
	defer k.mu.Unlock()
	return slices.Sorted(maps.Keys(k.facts))
}

// Accepted returns what the user has vouched for, if anything.
func (k *KnownHosts) Accepted(addr string) KnownHost {
	host, _ := k.get(addr)
	return host
}

// Pin returns the fingerprint that the user has accepted, or "".
func (k *KnownHosts) Pin(addr string) string { return k.Accepted(addr).Pin }

// Remember keeps that a server has TLS. What the user has accepted of it stays.
func (k *KnownHosts) Remember(addr string) error {
	if k.HadTLS(addr) {
		return nil
	}
	return k.change(func(seen map[string]KnownHost) {
		if _, had := seen[addr]; !had {
			seen[addr] = KnownHost{}
		}
	})
}

// Accept keeps a certificate that the user vouches for.
func (k *KnownHosts) Accept(addr string, cert *x509.Certificate) error {
	return k.change(func(seen map[string]KnownHost) { seen[addr] = KnownHost{client.Fingerprint(cert), cert} })
}

// Forget takes a server out, and reports whether it was there.
func (k *KnownHosts) Forget(addr string) (had bool, err error) {
	err = k.change(func(seen map[string]KnownHost) {
		_, had = seen[addr]
		delete(seen, addr)
	})
	return had, err
}
