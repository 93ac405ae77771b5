package client

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"strings"
	"testing"
	"time"
)

// authority signs certificates and lists.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// issue makes a certificate below an authority, or one that signs itself.
func issue(t *testing.T, above *authority, name string, serial int64) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: []byte(name),
	}
	if above == nil {
		above = &authority{template, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, above.cert, &key.PublicKey, above.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{cert, key}
}

// revokes is a list of an authority.
func (a authority) revokes(t *testing.T, until time.Time, serials ...int64) *x509.RevocationList {
	t.Helper()
	template := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: until.Add(-time.Hour), NextUpdate: until}
	for _, serial := range serials {
		template.RevokedCertificateEntries = append(template.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: big.NewInt(serial), RevocationTime: template.ThisUpdate})
	}
	der, err := x509.CreateRevocationList(rand.Reader, template, a.cert, a.key)
	if err != nil {
		t.Fatal(err)
	}
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestRevoked: a certificate is taken when lists of all its authorities are there and none names it, and not otherwise.
func TestRevoked(t *testing.T) {
	root := issue(t, nil, "root", 1)
	middle, other := issue(t, &root, "middle", 2), issue(t, nil, "root", 1)
	leaf := issue(t, &middle, "leaf", 3)
	chains := [][]*x509.Certificate{{leaf.cert, middle.cert, root.cert}}
	later, now := time.Now().Add(time.Hour), time.Now()
	fine := []*x509.RevocationList{root.revokes(t, later, 7), middle.revokes(t, later, 2)}
	for name, row := range map[string]struct {
		lists []*x509.RevocationList
		want  string
	}{
		"no lists":                      {nil, ""},
		"named by nobody":               {fine, ""},
		"the leaf":                      {[]*x509.RevocationList{fine[0], middle.revokes(t, later, 3)}, "revoked by its authority on "},
		"the authority in the middle":   {[]*x509.RevocationList{root.revokes(t, later, 2), fine[1]}, "revoked by its authority on "},
		"one list is missing":           {fine[:1], "none of the lists of revoked certificates is one of CN=middle"},
		"a list that is out of date":    {[]*x509.RevocationList{fine[0], middle.revokes(t, now.Add(-time.Hour))}, "is out of date since "},
		"signed by another of the name": {[]*x509.RevocationList{other.revokes(t, later), fine[1]}, "none of the lists of revoked certificates is one of CN=root"},
	} {
		err := checkRevoked(chains, row.lists, now)
		if (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v, want %q", name, err, row.want)
		}
	}
	if err := checkRevoked(append([][]*x509.Certificate{{leaf.cert, other.cert}}, chains...), fine, now); err != nil {
		t.Errorf("the second chain is good: %v", err)
	}
}
