package client

import (
	"crypto/tls"
	"slices"
	"testing"
)

// A data connection that resumes offers the curve that the server has chosen
// before: vsftpd knows P-256 only, and asks for another hello where it is not
// the first one offered.
func TestCurvesOfDataConnections(t *testing.T) {
	both := []tls.CurveID{tls.CurveP256, tls.X25519}
	for chosen, want := range map[tls.CurveID][]tls.CurveID{
		tls.CurveP256: {tls.CurveP256}, tls.X25519: {tls.X25519}, tls.X25519MLKEM768: both, 0: both,
	} {
		c := &verifier{host: "ftp.example.test"}
		c.tickets.curve, c.tickets.taken = chosen, true
		if got := c.dataConfig(dataTickets{&c.tickets}).CurvePreferences; !slices.Equal(got, want) {
			t.Errorf("after %v: %v, want %v", chosen, got, want)
		}
		c.tickets.taken = false
		if got := c.dataConfig(dataTickets{&c.tickets}).CurvePreferences; got != nil {
			t.Errorf("before anything was resumed: %v", got)
		}
	}
}
