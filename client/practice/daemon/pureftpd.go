package daemon

import (
	"fmt"
	"os"
	"strings"
)

// pureftpd has no configuration file. It listens on one address only, so there is one process for each.
func pureftpd(c *setup) [][]string {
	clients := 100
	if c.o.MaxClients > 0 {
		clients = c.o.MaxClients
	}
	options := fmt.Sprintf("-A -H -u 1 -l unix -p {low}:{high} -O clf:{log} -f none -U 133:022 -L 100000:100 -c %d -C %[1]d",
		clients) +
		when(c.o.Rate > 0, " -T {kilobytes}:{kilobytes}") +
		when(c.o.PasvIP != "", " -P {pasvip}") +
		when(c.o.Mode == "active", " -N") +
		when(c.TLS, " -Y 3 -2 "+c.writeBoth()) +
		when(c.o.Ciphers != "", " -J {ciphers}")
	var commands [][]string
	for i, host := range c.hosts() {
		argv := append([]string{c.program("usr/sbin/pure-ftpd")}, strings.Fields(c.expand(options))...)
		argv = append(argv, "-S", fmt.Sprintf("%s,%d", host, c.Port), "-g", fmt.Sprintf("%s/pure%d.pid", c.dir, i))
		argv = append(argv, when(strings.Contains(host, ":"), "-6")+when(!strings.Contains(host, ":"), "-4"))
		commands = append(commands, c.withUsers(append(argv, c.o.Conf...)...))
	}
	return commands
}

// writeBoth puts key and certificates into one file, as pure-ftpd wants them.
func (c *setup) writeBoth() string {
	key, err := os.ReadFile(c.key)
	c.check(err)
	cert, err := os.ReadFile(c.cert)
	c.check(err)
	return c.write("both.pem", string(key)+string(cert))
}
