package settings

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
)

// autoCiphers leaves the choice to crypto/tls.
const autoCiphers = "auto"

// tlsCiphers is the setting of the ciphers that are offered.
func tlsCiphers() *Setting {
	return setting("tls-ciphers",
		"the ciphers of TLS 1.2 and older that are offered, with colons between them, from the next open on; those of TLS 1.3 are not chosen",
		func(s *Settings) *string { return &s.TLSCiphers }, words(func(text string) (string, error) {
			ids, err := parseCiphers(text)
			names := []string{}
			for _, id := range ids {
				names = append(names, openSSLName(tls.CipherSuiteName(id)))
			}
			return cmp.Or(strings.Join(names, ":"), autoCiphers), err
		})).like("auto|ECDHE-RSA-AES128-GCM-SHA256", append([]string{autoCiphers}, cipherNames()...)...)
}

// CipherSuites are the numbers of the ciphers that the setting names; nil leaves the choice to crypto/tls.
func (s *Settings) CipherSuites() []uint16 {
	ids, _ := parseCiphers(s.TLSCiphers) // Parse has seen it
	return ids
}

// olderSuites are the ciphers below TLS 1.3 that crypto/tls has, the safe ones first.
func olderSuites() []*tls.CipherSuite {
	all := slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites())
	return slices.DeleteFunc(all, isNewest)
}

// isNewest: the ciphers of TLS 1.3 are all safe, and crypto/tls lets nobody choose among them.
func isNewest(suite *tls.CipherSuite) bool { return suite.SupportedVersions[0] == tls.VersionTLS13 }

func cipherNames() (names []string) {
	for _, suite := range olderSuites() {
		names = append(names, openSSLName(suite.Name))
	}
	return names
}

// parseCiphers reads names as RFC 5246 or OpenSSL has them.
func parseCiphers(text string) (ids []uint16, err error) {
	if text == autoCiphers {
		return nil, nil
	}
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return r == ':' || r == ',' || r == ' ' }) {
		is := func(suite *tls.CipherSuite) bool {
			return strings.EqualFold(name, suite.Name) || strings.EqualFold(name, openSSLName(suite.Name))
		}
		all := olderSuites()
		i := slices.IndexFunc(all, is)
		switch {
		case i >= 0:
			ids = append(ids, all[i].ID)
		case slices.ContainsFunc(tls.CipherSuites(), is):
			return nil, fmt.Errorf("%s is one of TLS 1.3, which are not chosen; `set tls-max 1.2` leaves them out", name)
		default:
			return nil, fmt.Errorf("%.100q is not a known cipher; Tab shows those", name)
		}
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("no cipher is named; %s leaves the choice to the program", autoCiphers)
	}
	return ids, nil
}

// openSSLName makes TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 the ECDHE-RSA-AES128-GCM-SHA256 that OpenSSL and curl call it.
func openSSLName(name string) string {
	keys, cipher, older := strings.Cut(strings.TrimPrefix(name, "TLS_"), "_WITH_")
	if !older {
		return name
	}
	cipher = strings.NewReplacer("AES_", "AES", "3DES_EDE_CBC", "DES_CBC3", "128_CBC", "128", "256_CBC", "256", "RC4_128", "RC4", "POLY1305_SHA256", "POLY1305").Replace(cipher)
	if keys != "RSA" {
		cipher = keys + "_" + cipher
	}
	return strings.ReplaceAll(cipher, "_", "-")
}
