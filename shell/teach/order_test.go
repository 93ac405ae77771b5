package teach

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
)

// TestOrder: on the practice server a transfer is seen as on vsftpd and proftpd, each time: the preliminary reply, then
// the data, then the end of the data connection, and only then the reply that says so.
func TestOrder(t *testing.T) {
	const rounds = 5
	for _, mode := range []practice.TLSMode{practice.NoTLS, practice.Explicit} {
		for _, way := range []client.DataMode{client.EPSV, client.PASV, client.EPRT, client.PORT} {
			t.Run(fmt.Sprintf("%s, TLS %t", way, mode == practice.Explicit), func(t *testing.T) {
				t.Parallel()
				w := serve(t, practice.Options{TLS: mode})
				w.mustOpen(func(o *client.Options) { o.Ways = []client.DataMode{way} })
				for range rounds {
					for _, transfer := range w.transfers() {
						if got, want := w.order(transfer); got != want {
							t.Errorf("%s; want %s", got, want)
						}
					}
				}
			})
		}
	}
}

// TestOrderOnServers: and this is what real servers show. Vsftpd in the clear does not wait for the end of the data
// connection, so that on a busy machine the 226 may be read first now and then.
func TestOrderOnServers(t *testing.T) {
	const rounds = 20
	for _, flavour := range []string{"vsftpd", "vsftpd-tls", "proftpd", "proftpd-tls"} {
		t.Run(flavour, func(t *testing.T) {
			s := daemon.Start(t, flavour, daemon.Options{})
			for _, way := range []client.DataMode{client.EPSV, client.EPRT} {
				t.Run(way.String(), func(t *testing.T) {
					w := &wire{t: t, rec: NewRecorder("ftpsh", "test")}
					w.mustOpen(func(o *client.Options) {
						o.Addr, o.Ways, o.TLS = s.Addr(), []client.DataMode{way}, s.TLSConfig()
					})
					for _, transfer := range w.transfers() {
						got, want := w.order(transfer)
						for i := 1; got != want; i++ {
							if i == rounds {
								t.Fatalf("%s in %d of %d rounds; want %s", got, i, i, want)
							}
							got, want = w.order(transfer)
						}
					}
				})
			}
		})
	}
}

// transfers send a file, list it and get it back.
func (w *wire) transfers() []func() error {
	return []func() error{
		func() error { return w.put("order.bin", 3000) },
		func() error { return w.list("") },
		func() error { return w.get("order.bin") },
	}
}

func (w *wire) order(transfer func() error) (got, want string) {
	w.t.Helper()
	if err := transfer(); err != nil {
		w.t.Fatal(err)
	}
	op, _ := w.last()
	return order(op.Events)
}

// order is what the events of a transfer are, one after the other, and what they should be. When a connection of
// passive mode is made and when the 150 comes is a race on every server, and so is left out.
func order(events []*Event) (got, want string) {
	var names []string
	begun := false
	active, protected := "", ""
	for _, e := range events {
		switch e.Ev {
		case Replied:
			if begun = begun || !e.Final; begun {
				names = append(names, e.Code)
			}
		case TCPAccept:
			names, active = append(names, "accept"), " accept"
		case TLSOK:
			names, protected = append(names, "tls"), " tls"
		case DataEnd, Closed:
			names = append(names, string(e.Ev))
		}
	}
	return strings.Join(names, " "), "150" + active + protected + " data.end close 226"
}
