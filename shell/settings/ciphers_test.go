package settings

import (
	"crypto/tls"
	"slices"
	"strings"
	"testing"
)

// TestCipherNames: both kinds of names are understood, and shown as OpenSSL has them; what cannot be chosen is refused with the reason.
func TestCipherNames(t *testing.T) {
	row := tlsCiphers()
	for text, want := range map[string]string{
		"auto": "auto", "ECDHE-RSA-AES128-GCM-SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
		"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256:ecdhe-ecdsa-aes256-gcm-sha384": "ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384",
		"AES128-SHA, DES-CBC3-SHA":     "AES128-SHA:DES-CBC3-SHA",
		"ECDHE-RSA-RC4-SHA AES256-SHA": "ECDHE-RSA-RC4-SHA:AES256-SHA",
		"ECDHE-ECDSA-AES128-SHA256":    "ECDHE-ECDSA-AES128-SHA256",
	} {
		var s Settings
		if err := row.Parse(&s, text); err != nil || row.Show(&s) != want {
			t.Errorf("%s: %v, shown as %s, want %s", text, err, row.Show(&s), want)
		}
	}
	for text, want := range map[string]string{"TLS_AES_128_GCM_SHA256": "`set tls-max 1.2`", "HIGH": "not a known cipher", " ": "no cipher is named"} {
		if err := row.Parse(&Settings{}, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v", text, err)
		}
	}
	for _, suite := range olderSuites() {
		if ids, err := parseCiphers(openSSLName(suite.Name)); err != nil || !slices.Equal(ids, []uint16{suite.ID}) {
			t.Errorf("%s: %v, %v", suite.Name, ids, err)
		}
	}
	if slices.ContainsFunc(olderSuites(), func(s *tls.CipherSuite) bool { return !strings.Contains(s.Name, "_WITH_") }) {
		t.Error("one of TLS 1.3 is offered")
	}
}
