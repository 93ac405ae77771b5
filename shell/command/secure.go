package command

import (
	"crypto/tls"

	"github.com/ftpsh/ftpsh/client"
)

var tlsVersions = map[string]uint16{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

// olderTLS returns a configuration that takes versions from the setting tls-min
// on, up to tls-max, with the ciphers of their time.
func olderTLS(sh *Shell, cfg *tls.Config) *tls.Config {
	cfg = cfg.Clone()
	cfg.MinVersion, cfg.MaxVersion = tlsVersions[sh.Settings.TLSMin], tlsVersions[sh.Settings.TLSMax]
	if cfg.MinVersion < tls.VersionTLS12 {
		for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
			cfg.CipherSuites = append(cfg.CipherSuites, suite.ID)
		}
	}
	return cfg
}

// useEnd tells the sessions how protected data may end.
func useEnd(sh *Shell) {
	sh.Sessions(func(s *client.Session) {
		s.Tune(func(o *client.Options) { o.InsecureEnd = sh.Settings.TLSEnd == "insecure" })
	})
}

// warnOfOldTLS says that a connection has a version which tls-min would not let
// by itself.
func (s *Screen) warnOfOldTLS(session *client.Session) {
	if state, ok := session.Conn().TLS(); ok && state.Version < tls.VersionTLS12 {
		s.Warn(tls.VersionName(state.Version) + " can be broken by anyone in between")
	}
}
