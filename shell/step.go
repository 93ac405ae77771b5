package shell

// teachSettings are for those who look at the protocol.
var teachSettings = []*Setting{
	toggle("tls-reuse", "data connections resume the TLS session of the control connection, which many servers demand",
		func(s *Settings) *bool { return &s.TLSReuse }).then((*Shell).useReuse),
}

// useReuse tells the sessions whether data connections resume their TLS session.
func (sh *Shell) useReuse() {
	for _, c := range []connection{sh.connection, sh.second} {
		if c.session != nil {
			c.session.SetReuse(sh.Settings.TLSReuse)
		}
	}
}
