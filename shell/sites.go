package shell

// sites are what is remembered about servers. All shells of a program share it.
type sites struct {
	known   *knownHosts
	hosts   []*hostSection // of the configuration
	servers *serverLimits
	reached Address // where the last URL led
}

func (s *sites) fork() sites { return sites{known: s.known, hosts: s.hosts, servers: s.servers} }
