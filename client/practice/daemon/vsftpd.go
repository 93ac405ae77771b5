package daemon

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed vsftpd.conf
var vsftpdConf string

//go:embed vsftpd-tls.conf
var vsftpdTLS string

// pamService is the file that .ci/install-servers makes below /etc/pam.d.
const pamService = "ftpsh-vsftpd"

const vsftpdClientCert = `
ssl_request_cert=YES
require_cert=YES
validate_cert=YES
ca_certs_file={ca}
`

// vsftpd listens on one address only, so there is one process for each.
func vsftpd(c *setup) [][]string {
	c.makeFolder("empty")
	conf := vsftpdConf +
		when(!c.o.ReadOnly, "write_enable=YES\n") +
		when(c.o.Mode == "active", "pasv_enable=NO\n") +
		when(c.o.Mode == "passive", "port_enable=NO\n") +
		when(c.o.Idle > 0, "idle_session_timeout={idle}\n") +
		when(c.o.Rate > 0, "local_max_rate={rate}\nanon_max_rate={rate}\n") +
		when(c.o.PasvIP != "", "pasv_address={pasvip}\n") +
		when(c.o.MaxClients > 0, "max_clients={clients}\n") +
		when(c.o.Banner, "banner_file="+c.writeReadable("banner", banner)+"\n") +
		when(c.TLS, vsftpdTLS+c.vsftpdTLSOptions()) +
		c.conf()
	var commands [][]string
	for i, host := range c.hosts() {
		listen := "listen=YES\nlisten_address=" + host + "\n"
		if strings.Contains(host, ":") {
			listen = "listen=NO\nlisten_ipv6=YES\nlisten_address6=" + host + "\n"
		}
		file := c.write(fmt.Sprintf("vsftpd%d.conf", i), c.expand(conf+listen))
		commands = append(commands, c.withUsers(c.program("usr/sbin/vsftpd"), file))
	}
	return commands
}

func (c *setup) vsftpdTLSOptions() string {
	return when(c.Implicit, "implicit_ssl=YES\n") +
		when(c.o.NoReuse, "require_ssl_reuse=NO\n") +
		when(c.o.Ciphers == "", "ssl_ciphers=HIGH\n") +
		when(c.o.Ciphers != "", "ssl_ciphers={ciphers}\n") +
		when(c.o.ClientCert, vsftpdClientCert)
}
