package client

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"time"
)

// RevokedError says that a certificate is revoked, or that no list says it is not.
type RevokedError struct{ says string }

func (e *RevokedError) Error() string { return e.says }

func revokedf(format string, args ...any) error { return &RevokedError{fmt.Sprintf(format, args...)} }

// checkRevoked reports whether one of the chains of a certificate is free of revoked ones. Without lists every chain is. With
// them each certificate below the authority needs one of its issuer, which is signed by it and not out of date (RFC 5280
// section 6.3): a server must not be taken because the list that names it is missing.
func checkRevoked(chains [][]*x509.Certificate, lists []*x509.RevocationList, now time.Time) error {
	if len(lists) == 0 {
		return nil
	}
	err := error(&RevokedError{"no chain of certificates"})
	for _, chain := range chains {
		if err = revokedIn(chain, lists, now); err == nil {
			return nil
		}
	}
	return err
}

func revokedIn(chain []*x509.Certificate, lists []*x509.RevocationList, now time.Time) error {
	for i := range len(chain) - 1 {
		cert, issuer := chain[i], chain[i+1]
		found := false
		for _, list := range lists {
			if !bytes.Equal(list.RawIssuer, cert.RawIssuer) || list.CheckSignatureFrom(issuer) != nil {
				continue
			}
			if !list.NextUpdate.IsZero() && now.After(list.NextUpdate) {
				return revokedf("the list of revoked certificates of %.200s is out of date since %s", issuer.Subject, list.NextUpdate.UTC().Format(time.DateOnly))
			}
			found = true
			for _, gone := range list.RevokedCertificateEntries {
				if gone.SerialNumber.Cmp(cert.SerialNumber) == 0 {
					return revokedf("revoked by its authority on %s: %.200s", gone.RevocationTime.UTC().Format(time.DateOnly), cert.Subject)
				}
			}
		}
		if !found {
			return revokedf("none of the lists of revoked certificates is one of %.200s", issuer.Subject)
		}
	}
	return nil
}
