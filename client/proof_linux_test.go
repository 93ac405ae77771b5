package client_test

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client"
)

// A server that connects from another of its addresses is turned away, named, and
// nothing of the transfer counts; ActiveFrom lets it in.
func TestStrangerIsNamed(t *testing.T) {
	for verb, do := range transfersOf {
		for _, answer := range []string{"S: 226 done" + fenced, "S: 150 coming\nS: 226 done", "S: 425 cannot connect", "S: 150 coming\nS: 426 reset"} {
			t.Run(verb+" "+answer, func(t *testing.T) {
				t.Parallel()
				text := activeFirst + verb + "\n" + answer
				if strings.Contains(verb, " ") {
					text = "C: TYPE I\nS: 200 binary\n" + text
				}
				opt := client.Options{Ways: []client.DataMode{client.EPRT}}
				opt.Trace = &client.Trace{Listen: fromElsewhere(t, "")}
				talk(t, text, opt, func(s *client.Session) {
					err := do(t, s)
					var stranger *client.StrangerError
					if !errors.As(err, &stranger) || stranger.Stranger != "127.0.0.2" || stranger.Server != "127.0.0.1" {
						t.Errorf("got %v", err)
					}
				})
			})
		}
	}
}

// fromElsewhere connects from another address, and sends.
func fromElsewhere(t *testing.T, data string) func(client.ListenInfo) {
	return func(i client.ListenInfo) {
		nc, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}).Dial("tcp", i.Local)
		if err != nil {
			t.Error(err)
			return
		}
		nc.Write([]byte(data))
		nc.Close()
	}
}

func TestActiveFrom(t *testing.T) {
	for _, from := range []string{"127.0.0.2", "0.0.0.0", "::"} {
		opt := client.Options{Ways: []client.DataMode{client.EPRT}}
		opt.ActiveFrom = netip.MustParseAddr(from)
		opt.Trace = &client.Trace{Listen: fromElsewhere(t, "data")}
		talk(t, "C: TYPE I\nS: 200 binary\n"+activeFirst+"RETR f\nS: 150 coming\nS: 226 done", opt, func(s *client.Session) {
			if got := get(t, s, "f"); string(got) != "data" {
				t.Errorf("from %s: got %q", from, got)
			}
		})
	}
}
