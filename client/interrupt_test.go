package client_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// An interrupt ends each wait on the way to a session at once, and nothing of it
// stays behind.
func TestInterruptedOpening(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 10)
	mute := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		asked <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	for _, test := range []struct {
		name     string
		says     []string
		security client.Security
		dial     func(ctx context.Context, network, addr string) (net.Conn, error)
	}{
		{"name", nil, client.Off, (&net.Dialer{Resolver: mute}).DialContext},
		{"connect", nil, client.Off, func(ctx context.Context, _, _ string) (net.Conn, error) {
			asked <- struct{}{}
			<-ctx.Done()
			return nil, ctx.Err()
		}},
		{"greeting", nil, client.Off, nil},
		{"implicit handshake", []string{""}, client.Implicit, nil},
		{"AUTH", []string{"220 ready\r\n"}, client.Require, nil},
		{"handshake", []string{"220 ready\r\n", "234 go on\r\n"}, client.Require, nil},
		{"USER", []string{"220 ready\r\n"}, client.Off, nil},
		{"PASS", []string{"220 ready\r\n", "331 password\r\n"}, client.Off, nil},
		{"FEAT", []string{"220 ready\r\n", "331 password\r\n", "230 in\r\n"}, client.Off, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			reached, addr := asked, "name.invalid:21"
			if test.dial == nil {
				addr, reached = silent(t, test.says...)
			}
			var pressed time.Time
			go func() {
				<-reached
				pressed = time.Now()
				cancel()
			}()
			opt := client.Options{Addr: addr, Security: test.security}
			opt.Dial = test.dial
			s, err := client.Open(ctx, opt)
			if err == nil {
				defer s.Close()
				err = s.Login(ctx, client.Login{User: "alice", Password: "secret"})
			}
			if err == nil || ctx.Err() == nil {
				t.Fatalf("it went on: %v", err)
			}
			if took := time.Since(pressed); took > time.Second { // a few milliseconds, where nobody else uses the machine
				t.Errorf("it ended %v after the interrupt", took)
			}
		})
	}
}

// silent is a server that says some texts, each before it hears something, and
// then no more: reached tells that.
func silent(t *testing.T, says ...string) (addr string, reached chan struct{}) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	reached, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		in := bufio.NewReader(c)
		for _, text := range says {
			io.WriteString(c, text)
			if _, err := in.ReadByte(); err != nil {
				break
			}
			in.Discard(in.Buffered())
		}
		close(reached)
		io.Copy(io.Discard, in)
	}()
	t.Cleanup(func() {
		l.Close()
		<-over
	})
	return l.Addr().String(), reached
}

// An interrupt in a transfer gives the prompt back at once, however the server
// answers it, and the next command has its own answer.
func TestAnswersToAnAbort(t *testing.T) {
	const again = `C: PWD
		S: 257 "/"
	`
	for _, test := range []struct{ name, answers string }{
		{"426 226 200", "S: 426 broken\nS: 226 aborted\nS: 200 fine\n" + again},
		{"226 200", "S: 226 done\nS: 200 fine\n" + again},
		{"426 200", "S: 426 broken\nS: 200 fine\n" + again},
		{"426 225 200", "S: 426 broken\nS: 225 no transfer\nS: 200 fine\n" + again},
		{"226 226 200", "S: 226 done\nS: 226 and done\nS: 200 fine\n" + again},
		{"426 502 200", "S: 426 broken\nS: 502 what\nS: 200 fine\n" + again},
		{"a 150 alone, and the NOOP is swallowed", "S: 150 opening\nC: PWD\nS: 257 \"/\"\n" + again},
		{"all of it late, in one segment", "S> 426 broken\\r\\n226 aborted\\r\\n200 fine\\r\\n\n" + again},
		{"it hangs up", "close\n" + welcomeAgain + again},
		{"421", "S: 421 go away\nclose\n" + welcomeAgain + again},
		{"never", "silence\n" + welcomeAgain + again},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text := passive + "S: 150 coming\nD> some\nD hold\nC: ABOR\nC: NOOP\n" + test.answers
			if test.name == "never" {
				text = passive + "S: 150 coming\nD> some\nD hold\nC: ABOR\nC: NOOP\nC: PWD\n" + test.answers
			}
			talk(t, text, client.Options{}, func(s *client.Session) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				d, err := s.Retrieve(ctx, "f", 0)
				if err != nil {
					t.Fatal(err)
				}
				io.ReadFull(d, make([]byte, 4))
				cancel()
				start := time.Now()
				if err := d.Close(); !errors.Is(err, context.Canceled) {
					t.Errorf("close: %v", err)
				}
				if took := time.Since(start); took > 200*time.Millisecond {
					t.Errorf("the prompt is back after %v", took)
				}
				pwdIs("/")(t, s)
				if took := time.Since(start); took > 4*time.Second {
					t.Errorf("the next answer came after %v", took)
				}
			})
		})
	}
}

const welcomeAgain = `
	accept
	S: 220 again
	C: USER alice
	S: 331 password
	C: PASS secret
	S: 230 in
	C: FEAT
	S: 211 none
	C: PWD
	S: 257 "/"
	C: SYST
	S: 215 UNIX
`

// An interrupted upload tells how much of it the server holds.
func TestInterruptedUploadOnServer(t *testing.T) {
	s := logInTo(t, serve(t, practice.Options{}), inClear)
	for i := range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		d, err := s.Store(ctx, fmt.Sprint("f", i), 0)
		if err != nil {
			t.Fatal(err)
		}
		d.Write(make([]byte, 10_000*i))
		cancel()
		d.Close()
		if n, err := s.Size(t.Context(), fmt.Sprint("f", i)); err != nil || n > int64(10_000*i) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}
