package client_test

import (
	"errors"
	"io"
	"net"
	"slices"
	"strconv"
	"testing"

	"github.com/ftpsh/ftpsh/client"
)

// A gate sees every line before it leaves, secrets masked, and may hold it back
// or send another one.
func TestGate(t *testing.T) {
	talk(t, `
		C: NOOP
		S: 200 fine
		C: SYST
		S: 215 UNIX
		C: PASS word
		S: 503 no
	`, client.Options{}, func(s *client.Session) {
		var asked []string
		answer := func(line string) (string, error) { return line, nil }
		s.Tune(func(o *client.Options) {
			o.Gate = func(line string) (string, error) {
				asked = append(asked, line)
				return answer(line)
			}
		})
		if err := s.Noop(t.Context()); err != nil {
			t.Error(err)
		}
		answer = func(string) (string, error) { return "", client.ErrSkipped }
		if err := s.Noop(t.Context()); !errors.Is(err, client.ErrSkipped) {
			t.Errorf("a command that was held back: %v", err)
		}
		answer = func(string) (string, error) { return "SYST", nil }
		if r, _ := s.Conn().Cmd(t.Context(), 2, "NOOP"); r.Code != 215 {
			t.Errorf("another line was sent, and got %v", r)
		}
		answer = func(string) (string, error) { return "PASS ********", nil }
		s.Quote(t.Context(), "PASS word")
		if want := []string{"NOOP", "NOOP", "NOOP", "PASS ********"}; !slices.Equal(asked, want) {
			t.Errorf("asked for %q", asked)
		}
		s.Tune(func(o *client.Options) { o.Gate = nil })
	})
}

// Data connections can be made by hand, before or after the command that uses
// them is sent.
func TestByHand(t *testing.T) {
	talk(t, `
		C: PASV
		S: 227 (127,0,0,1,$DATA)
		C: NLST
		S: 150 here
		D: a
		D close
		S: 226 done
		C~ PORT .*
		S: 200 fine
		C: NLST
		S: 150 here
		D: b
		D close
		S: 226 done
		C: CWD sub
		S: 250 there
		C: PWD
		S: 257 "/sub"
	`, client.Options{}, func(s *client.Session) {
		if err := s.Manual().ByHand(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		r, err := s.Quote(t.Context(), "PASV")
		if err != nil {
			t.Fatal(err)
		}
		x, err := s.Manual().Send(t.Context(), "NLST")
		if err != nil {
			t.Fatal(err)
		}
		host, port, _ := client.ParsePassive(r)
		ch, err := s.Manual().Connect(t.Context(), net.JoinHostPort(host, strconv.Itoa(port)))
		if err != nil {
			t.Fatal(err)
		}
		if got := carried(t, s, ch, x); got != "a\r\n" {
			t.Errorf("got %q", got)
		}
		if ch, err = s.Manual().Listen(0); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Quote(t.Context(), ch.Requests()[1]); err != nil {
			t.Error(err)
		}
		if x, err = s.Manual().Send(t.Context(), "NLST"); err != nil {
			t.Fatal(err)
		}
		if got := carried(t, s, ch, x); got != "b\r\n" || !ch.Active() {
			t.Errorf("got %q", got)
		}
		if _, err := s.Quote(t.Context(), "CWD sub"); err != nil {
			t.Error(err)
		}
		if err := s.Manual().ByHand(t.Context(), false); err != nil || s.Dir() != "/sub" {
			t.Errorf("in %q, %v", s.Dir(), err)
		}
	})
}

func carried(t *testing.T, s *client.Session, ch *client.Channel, x *client.Exchange) string {
	t.Helper()
	d, err := s.Manual().Carry(t.Context(), ch, x)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(d)
	if err := errors.Join(err, d.Close()); err != nil {
		t.Error(err)
	}
	return string(text)
}
