package practice

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"time"
)

// Flaw is what is wrong with a certificate.
type Flaw int

// The flaws. A sound certificate comes from an authority made with it and is good for localhost, 127.0.0.1 and ::1.
const (
	Sound          Flaw = iota
	Expired             // since yesterday
	WrongName           // only good for wrong.example
	SelfSigned          // from no authority but itself
	NotYetValid         // before tomorrow
	OnlyCommonName      // names no host but in the common name
)

// certificate is a leaf with its key, and the certificate a client has to trust for it.
type certificate struct {
	leaf   tls.Certificate
	anchor *x509.Certificate
	signer any // the key of anchor; nil where nobody else signed
}

// Certificate makes a certificate for a [Script] or for [Options], with the pool a client has to trust for it.
// Further names may be host names or addresses.
func Certificate(flaw Flaw, names ...string) (tls.Certificate, *x509.CertPool, error) {
	c, err := issue(flaw, names...)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	return c.leaf, c.pool(), nil
}

func issue(flaw Flaw, names ...string) (certificate, error) {
	leaf, err := template("localhost", flaw, append([]string{"localhost", "127.0.0.1", "::1"}, names...))
	if err != nil {
		return certificate{}, err
	}
	if flaw == SelfSigned {
		return sign(leaf, nil, nil)
	}
	ca, err := template("ftpsh practice CA", Sound, nil)
	if err != nil {
		return certificate{}, err
	}
	ca.IsCA, ca.KeyUsage = true, x509.KeyUsageCertSign
	authority, err := sign(ca, nil, nil)
	if err != nil {
		return certificate{}, err
	}
	c, err := sign(leaf, authority.leaf.Leaf, authority.leaf.PrivateKey)
	c.anchor, c.signer = authority.leaf.Leaf, authority.leaf.PrivateKey
	return c, err
}

// sibling is another certificate of the same authority, for the same names.
func (c certificate) sibling() (certificate, error) {
	t, err := template("localhost", Sound, []string{"localhost", "127.0.0.1", "::1"})
	if err != nil {
		return certificate{}, err
	}
	return sign(t, c.anchor, c.signer)
}

func template(name string, flaw Flaw, sans []string) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	now := time.Now()
	t := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: name, Organization: []string{"ftpsh practice"}},
		NotBefore:             now.AddDate(0, 0, -30),
		NotAfter:              now.AddDate(0, 0, 30),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	switch flaw {
	case Expired:
		t.NotAfter = now.AddDate(0, 0, -1)
	case NotYetValid:
		t.NotBefore = now.AddDate(0, 0, 1)
	case OnlyCommonName:
		sans = nil
	case WrongName:
		sans = []string{"wrong.example"}
	}
	for _, san := range sans {
		if ip := net.ParseIP(san); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, san)
		}
	}
	return t, nil
}

// sign makes a key and a certificate for it; without a parent it signs itself.
func sign(t, parent *x509.Certificate, parentKey any) (certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return certificate{}, fmt.Errorf("certificate: %w", err)
	}
	if parent == nil {
		parent, parentKey = t, key
	}
	der, err := x509.CreateCertificate(rand.Reader, t, parent, &key.PublicKey, parentKey)
	if err != nil {
		return certificate{}, fmt.Errorf("certificate: %w", err)
	}
	return given(tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key})
}

// given wraps a certificate from elsewhere; a client that trusts its last link trusts it.
func given(c tls.Certificate) (certificate, error) {
	if len(c.Certificate) == 0 {
		return certificate{}, errors.New("certificate: empty")
	}
	last := c.Certificate[len(c.Certificate)-1]
	anchor, err := x509.ParseCertificate(last)
	if err != nil {
		return certificate{}, fmt.Errorf("certificate: %w", err)
	}
	if c.Leaf == nil {
		c.Leaf, err = x509.ParseCertificate(c.Certificate[0])
	}
	return certificate{leaf: c, anchor: anchor}, err
}

func (c certificate) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(c.anchor)
	return pool
}

func (c certificate) pem() []byte {
	if c.anchor == nil {
		return nil
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.anchor.Raw})
}
