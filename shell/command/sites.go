package command

// sites are what is remembered about servers. All shells of a program share it.
type sites struct {
	Known   *knownHosts
	hosts   []*hostSection // of the configuration
	Servers *ServerLimits
	Reached Address // where the last URL led
}

func (s *sites) fork() sites { return sites{Known: s.Known, hosts: s.hosts, Servers: s.Servers} }
