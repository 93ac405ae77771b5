package daemon

import "strings"

// inetutils is a program for inetd. It has no chroot: alice sees the whole machine, from her home.
func inetutils(c *setup) [][]string {
	c.Home = c.Root
	options := "-l -u 022" + when(c.o.Idle > 0, " -t {idle} -T {idle}")
	argv := append([]string{c.program("usr/sbin/ftpd")}, strings.Fields(c.expand(options))...)
	return [][]string{c.withUsers(append(argv, c.o.Conf...)...)}
}
