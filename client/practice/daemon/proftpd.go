package daemon

import (
	_ "embed"
	"path/filepath"
	"strings"
)

//go:embed proftpd.conf
var proftpdConf string

//go:embed proftpd-tls.conf
var proftpdTLS string

const (
	proftpdDeflate    = "LoadModule mod_deflate.c\nDeflateEngine on\n"
	proftpdDigest     = "LoadModule mod_digest.c\nDigestEngine on\n"
	proftpdReadOnly   = "<Limit WRITE>\nDenyAll\n</Limit>\n"
	proftpdClientCert = "TLSVerifyClient on\nTLSCACertificateFile {ca}\n"
)

func proftpd(c *setup) [][]string {
	passwd, group := c.writeUsers()
	conf := proftpdConf + "AuthUserFile " + passwd + "\nAuthGroupFile " + group + "\n" +
		when(!c.o.NoDigest, proftpdDigest) +
		when(c.o.Deflate, proftpdDeflate) +
		when(c.o.ReadOnly, proftpdReadOnly) +
		when(c.o.Mode == "active", "<Limit PASV EPSV>\nDenyAll\n</Limit>\n") +
		when(c.o.Mode == "passive", "<Limit PORT EPRT>\nDenyAll\n</Limit>\n") +
		when(c.o.Idle > 0, "TimeoutIdle {idle}\nTimeoutNoTransfer {idle}\n") +
		when(c.o.Rate > 0, "TransferRate RETR,STOR,APPE,STOU {kilobytes}\n") +
		when(c.o.PasvIP != "", "MasqueradeAddress {pasvip}\n") +
		when(c.o.MaxClients > 0, "MaxClients {clients}\n") +
		when(c.o.Banner, "DisplayConnect "+c.writeReadable("banner", banner)+"\n") +
		when(c.o.Charset == "latin1", "UseEncoding UTF-8 ISO-8859-1\n") +
		when(c.o.Charset == "", "UseEncoding UTF-8 UTF-8\n") +
		when(c.TLS, proftpdTLS+c.proftpdTLSOptions()) +
		when(c.TLS && !strings.Contains(c.conf(), "TLSRequired"), "TLSRequired on\n") + // of two the first counts
		c.conf()
	return [][]string{{c.program("/usr/sbin/proftpd"), "-n", "-q", "-c", c.write("proftpd.conf", c.expand(conf))}}
}

func (c *setup) proftpdTLSOptions() string {
	var options []string
	if c.Implicit {
		options = append(options, "UseImplicitSSL")
	}
	if c.o.NoReuse {
		options = append(options, "NoSessionReuseRequired")
	}
	return "TLSProtocol " + c.proftpdVersions() + "\n" +
		when(len(options) > 0, "TLSOptions "+strings.Join(options, " ")+"\n") +
		when(c.o.Ciphers != "", "TLSCipherSuite {ciphers}\n") +
		when(c.o.ClientCert, proftpdClientCert) +
		when(c.o.Cert == "chain", "TLSCertificateChainFile "+filepath.Join(c.dir, intermediateFile)+"\n")
}

func (c *setup) proftpdVersions() string {
	if c.o.MaxTLS != "" {
		return c.tlsName()
	}
	return "TLSv1.2 TLSv1.3"
}
