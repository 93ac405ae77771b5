package daemon

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"sync"
	"time"
)

const serverName = "ftp.example.test"

// An identity is a certificate with its key, and the certificates that are sent with it.
type identity struct {
	cert  *x509.Certificate
	key   *ecdsa.PrivateKey
	chain []*x509.Certificate
}

// authority is made once for a test process: making it takes longer than starting a server.
var authority = sync.OnceValues(func() (map[string]*identity, error) {
	now := time.Now()
	names := []string{serverName, "localhost"}
	rows := []struct {
		name, signer string
		template     x509.Certificate
	}{
		{"ca", "", signing("ftpsh test authority")},
		{"intermediate", "ca", signing("ftpsh intermediate test authority")},
		{"good", "ca", leaf(serverName, names, now.AddDate(0, 0, 30))},
		{"expired", "ca", leaf(serverName, names, now.Add(-time.Hour))},
		{"wrongname", "ca", leaf("wrong.example.test", []string{"wrong.example.test"}, now.AddDate(0, 0, 30))},
		{"selfsigned", "", leaf(serverName, names, now.AddDate(0, 0, 30))},
		{"chain", "intermediate", leaf(serverName, names, now.AddDate(0, 0, 30))},
		{"client", "ca", leaf(alice.name, []string{"alice.example.test"}, now.AddDate(0, 0, 30))},
	}
	all := map[string]*identity{}
	for _, row := range rows {
		id, err := issue(row.template, all[row.signer])
		if err != nil {
			return nil, err
		}
		all[row.name] = id
	}
	all["chain"].chain = []*x509.Certificate{all["intermediate"].cert}
	return all, nil
})

func signing(name string) x509.Certificate {
	c := leaf(name, nil, time.Now().AddDate(0, 0, 30))
	c.IPAddresses, c.ExtKeyUsage = nil, nil
	c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	return c
}

func leaf(name string, names []string, until time.Time) x509.Certificate {
	c := x509.Certificate{
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             until.AddDate(0, 0, -40),
		NotAfter:              until,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		DNSNames:              names,
	}
	if name == serverName {
		c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	}
	return c
}

// issue makes a key and has signer sign its certificate; without one it signs itself.
func issue(template x509.Certificate, signer *identity) (*identity, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 64)); err != nil {
		return nil, err
	}
	if signer == nil {
		signer = &identity{cert: &template, key: key}
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, signer.cert, &key.PublicKey, signer.key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &identity{cert: cert, key: key}, err
}

func (id *identity) certPEM() string {
	text := ""
	for _, c := range append([]*x509.Certificate{id.cert}, id.chain...) {
		text += string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	return text
}

func (id *identity) keyPEM() (string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(id.key)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), err
}

// writeCertificates writes the files that the fields of Server name, and those of the server itself.
func (c *setup) writeCertificates() {
	all, err := authority()
	c.check(err)
	kind := c.o.Cert
	if kind == "" {
		kind = "good"
	}
	own, ok := all[kind]
	if !ok {
		c.t.Fatalf("no certificate %q", kind)
	}
	c.CA = c.write("ca.pem", all["ca"].certPEM())
	c.CADER = c.write("ca.der", string(all["ca"].cert.Raw))
	c.ClientCert, c.ClientKey = c.writeIdentity("client", all["client"])
	c.cert, c.key = c.writeIdentity("server", own)
	c.CertName = own.cert.Subject.CommonName
	if len(own.chain) > 0 {
		c.write(intermediateFile, (&identity{cert: own.chain[0]}).certPEM())
	}
}

func (c *setup) writeIdentity(name string, id *identity) (cert, key string) {
	text, err := id.keyPEM()
	c.check(err)
	return c.write(name+".pem", id.certPEM()), c.write(name+".key", text)
}

// intermediateFile is for proftpd, which wants the chain apart.
const intermediateFile = "intermediate.pem"
