package command

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/history/private"
)

var tlsVersions = map[string]uint16{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

// olderTLS returns a configuration that takes versions from the setting tls-min
// on, up to tls-max, with the ciphers of their time or those of tls-ciphers.
func olderTLS(sh *Shell, cfg *tls.Config) *tls.Config {
	cfg = cfg.Clone()
	cfg.MinVersion, cfg.MaxVersion = tlsVersions[sh.Settings.TLSMin], tlsVersions[sh.Settings.TLSMax]
	if cfg.CipherSuites = sh.Settings.CipherSuites(); cfg.CipherSuites == nil && cfg.MinVersion < tls.VersionTLS12 {
		for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
			cfg.CipherSuites = append(cfg.CipherSuites, suite.ID)
		}
	}
	return cfg
}

// errTLSVersions says that no version of TLS is left.
var errTLSVersions = errors.New("tls-min is above tls-max: no TLS version is left")

// longestCRL bounds the file of the setting tls-crl.
const longestCRL = 64 << 20

// Revoked reads the lists of revoked certificates that the setting tls-crl names. A file without one is an error: anyone who
// sets it counts on it.
func Revoked(sh *Shell) (lists []*x509.RevocationList, err error) {
	name := sh.Settings.TLSCRL
	if name == "" {
		return nil, nil
	}
	text, err := private.Read(name, longestCRL)
	if err != nil {
		return nil, fmt.Errorf("tls-crl: %w", err)
	}
	var ders [][]byte
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "X509 CRL" {
			ders = append(ders, block.Bytes)
		}
	}
	if len(ders) == 0 { // it may be DER
		ders = [][]byte{text}
	}
	for _, der := range ders {
		list, err := x509.ParseRevocationList(der)
		if err != nil {
			return nil, fmt.Errorf("tls-crl: %w", private.Damaged(name, 0, errors.New("no list of revoked certificates, neither as PEM nor as DER")))
		}
		lists = append(lists, list)
	}
	return lists, nil
}

// warnOfOldTLS says that a connection has a version which tls-min would not let
// by itself.
func (s *Screen) warnOfOldTLS(session *client.Session) {
	if state, ok := session.Conn().TLS(); ok && state.Version < tls.VersionTLS12 {
		s.Warn(tls.VersionName(state.Version) + " can be broken by anyone in between")
	}
}
