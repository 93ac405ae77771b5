package daemon

import (
	"fmt"
	"os"
)

// An account exists for one server only: the machine knows nothing of it.
type account struct {
	name string
	id   int // of user and group
}

var (
	alice     = account{"alice", 21021}
	anonymous = account{"ftp", 21022}
)

const (
	password     = "s3cret pass"
	passwordHash = "$6$ftpsh$SdzF8zdiJYzRTeneK96Yvbo91zMHQWl8xpzJ1mAZLwKf9EG9NqpfDjzor4hItw3T/yqugj5RtoDmEfjB.xfbQ1" // openssl passwd -6 -salt ftpsh
	nssWrapper   = "usr/lib/*/libnss_wrapper.so"
)

// writeUsers writes the files passwd and group of this server.
func (c *setup) writeUsers() (passwd, group string) {
	passwd = c.write("passwd", fmt.Sprintf(`root:*:0:0::/root:/bin/sh
nobody:*:65534:65534::/nonexistent:/usr/sbin/nologin
%[1]s:%[2]s:%[3]d:%[3]d::%[4]s:/bin/sh
%[5]s:*:%[6]d:%[6]d::%[7]s:/bin/sh
`, alice.name, passwordHash, alice.id, c.Root, anonymous.name, anonymous.id, c.AnonRoot))
	group = c.write("group", fmt.Sprintf("root:*:0:\nnogroup:*:65534:\n%s:*:%d:\n%s:*:%d:\n",
		alice.name, alice.id, anonymous.name, anonymous.id))
	return passwd, group
}

// withUsers is argv in a world where getpwnam(3) finds these users: nss_wrapper answers in the place of the C library.
// ls, which ftpd runs as alice, must be able to read them too.
func (c *setup) withUsers(argv ...string) []string {
	passwd, group := c.writeUsers()
	c.check(os.Chmod(passwd, 0o644))
	c.check(os.Chmod(group, 0o644))
	return append([]string{
		"/usr/bin/env", "LD_PRELOAD=" + c.program(nssWrapper), "NSS_WRAPPER_PASSWD=" + passwd,
		"NSS_WRAPPER_GROUP=" + group,
	}, argv...)
}

// own gives a file to alice, so that the server may change it for her.
func (s *Server) own(path string) {
	if s.owner >= 0 {
		s.check(os.Lchown(path, s.owner, s.owner))
	}
}
