package client_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// pair is two servers that play a conversation each, and what was sent to them
// in the order in which it was sent.
type pair struct {
	from, to *client.Session
	mu       sync.Mutex
	order    []string
}

// between plays what two servers say after a login and checks both.
func between(t *testing.T, source, target string, change func(*client.Options), test func(*pair)) {
	t.Helper()
	p := &pair{}
	p.from = p.open(t, "source", source, change)
	p.to = p.open(t, "target", target, change)
	p.order = nil
	test(p)
}

const (
	played      = "S: 220 ready\nC: USER alice\nS: 331 password\nC: PASS secret\nS: 230 in\n"
	playedTLS   = "S: 220 ready\nC: AUTH TLS\nS: 234 go\ntls\nC: USER alice\nS: 331 password\nC: PASS secret\nS: 230 in\n"
	playedLater = "C: PWD\nS: 257 \"/\"\nC: SYST\nS: 215 UNIX Type: L8\n"
)

func (p *pair) open(t *testing.T, name, text string, change func(*client.Options)) *client.Session {
	t.Helper()
	features, text, found := strings.Cut(text, "---")
	if !found {
		features, text = "", features
	}
	opt := client.Options{Security: client.Off}
	opt.Trace = &client.Trace{Sent: func(i client.SentInfo) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.order = append(p.order, name+" "+i.Verb)
	}}
	if change != nil {
		change(&opt)
	}
	hello := played
	if opt.Security == client.Require {
		hello = playedTLS
	}
	feat := "C: FEAT\nS: 211-has\nS>  " + strings.TrimSpace(features) + "\\r\\n\nS: 211 end\n"
	srv, err := practice.Script(hello + feat + playedLater + text + "\nC: QUIT\nS: 221 bye\n")
	if err != nil {
		t.Fatal(err)
	}
	opt.Addr = srv.Addr()
	if opt.Security == client.Require {
		opt.TLS = trust(srv.RootCAs())
	}
	s, err := client.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Login(t.Context(), client.Login{User: "alice", Password: "secret"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		if err := srv.Wait(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		srv.Close()
	})
	return s
}

// Who listens, who connects, and who is told first.
func TestServerToServerOrder(t *testing.T) {
	const clear = `
		C: PBSZ 0
		S: 200 yes
		C: PROT C
		S: 200 in the clear
	`
	const asked = "C: TYPE I\nS: 200 binary\nC: SIZE f\nS: 213 5\n"
	const stored = "C: SIZE g\nS: 213 5\n"
	tls := func(o *client.Options) { o.Security = client.Require }
	for _, test := range []struct {
		name, source, target string
		change               func(*client.Options)
		options              client.FXPOptions
		order                string // what both are sent after the first SIZE
	}{
		{
			name: "the target listens and the source begins",
			source: asked + `
				C: PORT 127,0,0,1,200,10
				S: 200 yes
				C: RETR f
				S: 150 now
				S: 226 sent`,
			target: `
				C: TYPE I
				S: 200 binary
				C: SIZE g
				S: 550 none
				C: PASV
				S: 227 at (127,0,0,1,200,10)
				C: STOR g
				S: 150 now
				S: 226 stored
				` + stored,
			order: "target TYPE, target SIZE, target PASV, source PORT, source RETR, target STOR, target SIZE",
		},
		{
			name: "the source listens where it does not connect, and the target begins",
			source: asked + `
				C: PORT 127,0,0,1,200,10
				S: 501 not to others
				C: PASV
				S: 227 at (127,0,0,1,200,11)
				C: RETR f
				S: 150 now
				S: 226 sent`,
			target: `
				C: TYPE I
				S: 200 binary
				C: SIZE g
				S: 550 none
				C: PASV
				S: 227 at (127,0,0,1,200,10)
				C: PORT 127,0,0,1,200,11
				S: 200 yes
				C: STOR g
				S: 150 now
				S: 226 stored
				` + stored,
			order: "target TYPE, target SIZE, target PASV, source PORT, source PASV, target PORT, target STOR, source RETR, target SIZE",
		},
		{
			name: "EPSV and EPRT where PASV and PORT are unknown",
			source: asked + `
				C: PORT 127,0,0,1,200,10
				S: 502 what
				C: EPRT |1|127.0.0.1|51210|
				S: 200 yes
				C: RETR f
				S: 150 now
				S: 226 sent`,
			target: `
				C: TYPE I
				S: 200 binary
				C: SIZE g
				S: 550 none
				C: PASV
				S: 500 what
				C: EPSV
				S: 229 at (|||51210|)
				C: STOR g
				S: 150 now
				S: 226 stored
				` + stored,
			order: "target TYPE, target SIZE, target PASV, target EPSV, source PORT, source EPRT, source RETR, target STOR, target SIZE",
		},
		{
			name: "the source listens where the target does not say on which port",
			source: asked + `
				C: PASV
				S: 227 at (127,0,0,1,200,11)
				C: RETR f
				S: 150 now
				S: 226 sent`,
			target: `
				C: TYPE I
				S: 200 binary
				C: SIZE g
				S: 550 none
				C: PASV
				S: 227 at (127,0,0,1,0,0)
				C: PORT 127,0,0,1,200,11
				S: 200 yes
				C: STOR g
				S: 150 now
				S: 226 stored
				` + stored,
			order: "target TYPE, target SIZE, target PASV, source PASV, target PORT, target STOR, source RETR, target SIZE",
		},
		{
			name: "whatever the code with which the source does not connect",
			source: asked + `
				C: PORT 127,0,0,1,200,10
				S: 550 never
				C: PASV
				S: 227 at (127,0,0,1,200,11)
				C: RETR f
				S: 150 now
				S: 226 sent`,
			target: `
				C: TYPE I
				S: 200 binary
				C: SIZE g
				S: 550 none
				C: PASV
				S: 227 at (127,0,0,1,200,10)
				C: PORT 127,0,0,1,200,11
				S: 200 yes
				C: STOR g
				S: 150 now
				S: 226 stored
				` + stored,
			order: "target TYPE, target SIZE, target PASV, source PORT, source PASV, target PORT, target STOR, source RETR, target SIZE",
		},
		{
			name: "sizes that are none are asked for in another way, and else unknown",
			source: `
				C: TYPE I
				S: 200 binary
				C: SIZE f
				S: 213 -5
				C: SIZE f
				S: 213 -5
				C: MDTM f
				S: 550 no
				C: PORT 127,0,0,1,200,10
				S: 200 yes
				C: RETR f
				S: 150 now
				S: 226 sent`,
			target: `MLST size*;---
				C: MLST g
				S: 550 none
				C: TYPE I
				S: 200 binary
				C: PASV
				S: 227 at (127,0,0,1,200,10)
				C: STOR g
				S: 150 now
				S: 226 stored
				C: SIZE g
				S: 550 no
				C: MLST g
				S: 250-g
				S>  type=file;size=5; g\r\n
				S: 250 end`,
			order: "source SIZE, source MDTM, target MLST, target TYPE, target PASV, source PORT, source RETR, target STOR, target SIZE, target MLST",
		},
		{
			name: "REST comes just before each command",
			source: asked + `
				C: PORT 127,0,0,1,200,10
				S: 200 yes
				C: REST 3
				S: 350 from there
				C: RETR f
				S: 150 now
				S: 226 sent`,
			target: `
				C: TYPE I
				S: 200 binary
				C: PASV
				S: 227 at (127,0,0,1,200,10)
				C: REST 3
				S: 350 from there
				C: STOR g
				S: 150 now
				S: 226 stored
				` + stored,
			options: client.FXPOptions{Restart: 3},
			order:   "target TYPE, target PASV, source PORT, source REST, source RETR, target REST, target STOR, target SIZE",
		},
		{
			name: "SSCN makes one of them the client in TLS, for this copy only",
			source: "SSCN---" + asked + `
				C: PBSZ 0
				S: 200 yes
				C: PROT P
				S: 200 yes
				C: SSCN ON
				S: 200 client
				C: PORT 127,0,0,1,200,10
				S: 200 yes
				C: RETR f
				S: 150 now
				S: 226 sent
				C: SSCN OFF
				S: 200 server`,
			target: `
				C: TYPE I
				S: 200 binary
				C: SIZE g
				S: 550 none
				C: PBSZ 0
				S: 200 yes
				C: PROT P
				S: 200 yes
				C: PASV
				S: 227 at (127,0,0,1,200,10)
				C: STOR g
				S: 150 now
				S: 226 stored
				` + stored,
			change: tls,
			order: "target TYPE, target SIZE, target PBSZ, target PROT, source PBSZ, source PROT, source SSCN, target PASV, source PORT, " +
				"source RETR, target STOR, source SSCN, target SIZE",
		},
		{
			name: "CPSV makes the one that listens the client in TLS",
			source: "CPSV---" + asked + `
				C: PBSZ 0
				S: 200 yes
				C: PROT P
				S: 200 yes
				C: CPSV
				S: 227 at (127,0,0,1,200,10)
				C: RETR f
				S: 150 now
				S: 226 sent`,
			target: `
				C: TYPE I
				S: 200 binary
				C: SIZE g
				S: 550 none
				C: PBSZ 0
				S: 200 yes
				C: PROT P
				S: 200 yes
				C: PORT 127,0,0,1,200,10
				S: 200 yes
				C: STOR g
				S: 150 now
				S: 226 stored
				` + stored,
			change: tls,
			order: "target TYPE, target SIZE, source PBSZ, source PROT, target PBSZ, target PROT, source CPSV, target PORT, " +
				"target STOR, source RETR, target SIZE",
		},
		{
			name: "in the clear between two servers with TLS, if that was said",
			source: asked + clear + `
				C: PORT 127,0,0,1,200,10
				S: 200 yes
				C: RETR f
				S: 150 now
				S: 226 sent`,
			target: `
				C: TYPE I
				S: 200 binary
				C: SIZE g
				S: 550 none` + clear + `
				C: PASV
				S: 227 at (127,0,0,1,200,10)
				C: STOR g
				S: 150 now
				S: 226 stored
				` + stored,
			change:  tls,
			options: client.FXPOptions{InClear: true},
			order:   "target TYPE, target SIZE, target PBSZ, target PROT, source PBSZ, source PROT, target PASV, source PORT, source RETR, target STOR, target SIZE",
		},
		{
			name: "another host in a 227, if that is trusted",
			source: asked + `
				C: PORT 192,0,2,7,200,10
				S: 200 yes
				C: RETR f
				S: 150 now
				S: 226 sent`,
			target: `
				C: TYPE I
				S: 200 binary
				C: SIZE g
				S: 550 none
				C: PASV
				S: 227 at (192,0,2,7,200,10)
				C: STOR g
				S: 150 now
				S: 226 stored
				` + stored,
			change: func(o *client.Options) { o.TrustPassiveAddress = true },
			order:  "target TYPE, target SIZE, target PASV, source PORT, source RETR, target STOR, target SIZE",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			between(t, test.source, test.target, test.change, func(p *pair) {
				size, err := client.FXP(t.Context(), p.from, "f", p.to, "g", test.options)
				if err != nil || size != 5 {
					t.Errorf("%d bytes, %v", size, err)
				}
				if got := strings.Join(p.order[2:], ", "); got != test.order {
					t.Errorf("the order is\n%s, want\n%s", got, test.order)
				}
			})
		})
	}
}

// What is refused, with its reason, and what was not sent for it.
func TestServerToServerNo(t *testing.T) {
	const asked = "C: TYPE I\nS: 200 binary\nC: SIZE f\nS: 213 5\n"
	for _, test := range []struct {
		name, source, target string
		change               func(*client.Options)
		says                 string
		never                string
	}{
		{
			name: "a 227 that names another host",
			source: asked + `
				C: PASV
				S: 227 at (10,0,0,1,200,11)`,
			target: `
				C: TYPE I
				S: 200 binary
				C: SIZE g
				S: 550 none
				C: PASV
				S: 227 at (10,0,0,1,200,10)`,
			says:  "names another host than itself to connect to: 10.0.0.1",
			never: "source PORT",
		},
		{
			name: "a port below 1024",
			source: asked + `
				C: PASV
				S: 227 at (127,0,0,1,0,25)`,
			target: `
				C: TYPE I
				S: 200 binary
				C: SIZE g
				S: 550 none
				C: PASV
				S: 227 at (127,0,0,1,0,25)`,
			says:  "names a port to connect to that is another service's: 25",
			never: "source PORT",
		},
		{
			name: "a file that the source refuses leaves the target's alone",
			source: asked + `
				C: PORT 127,0,0,1,200,10
				S: 200 yes
				C: RETR f
				S: 550 secret`,
			target: `
				C: TYPE I
				S: 200 binary
				C: SIZE g
				S: 550 none
				C: PASV
				S: 227 at (127,0,0,1,200,10)`,
			says:  "RETR f: 550 secret",
			never: "target STOR",
		},
		{
			name: "a target that refuses, and the source is stopped",
			source: asked + `
				C: PORT 127,0,0,1,200,10
				S: 200 yes
				C: RETR f
				S: 150 now
				C: ABOR
				S: 426 stopped
				S: 226 aborted
				C: NOOP
				S: 200 yes`,
			target: `
				C: TYPE I
				S: 200 binary
				C: SIZE g
				S: 550 none
				C: PASV
				S: 227 at (127,0,0,1,200,10)
				C: STOR g
				S: 553 not here`,
			says: "STOR g: 553 not here",
		},
		{
			name: "less than the source has",
			source: asked + `
				C: PORT 127,0,0,1,200,10
				S: 200 yes
				C: RETR f
				S: 150 now
				S: 226 sent`,
			target: `
				C: TYPE I
				S: 200 binary
				C: SIZE g
				S: 550 none
				C: PASV
				S: 227 at (127,0,0,1,200,10)
				C: STOR g
				S: 150 now
				S: 226 stored
				C: SIZE g
				S: 213 4
				C: SIZE g
				S: 213 4
				C: DELE g
				S: 250 gone`,
			says: "cut short between the servers after 4 of 5 bytes",
		},
		{
			name:   "a server that refuses what both ways need is not asked twice",
			source: asked,
			target: `
				C: TYPE I
				S: 504 what type
				C: SIZE g
				S: 550 none
				C: TYPE I
				S: 504 what type`,
			says:  "refuses TYPE: 504 what type",
			never: "source PASV",
		},
		{
			name:   "two servers of which neither can be the client in TLS",
			source: asked,
			target: "",
			change: func(o *client.Options) { o.Security = client.Require },
			says:   "neither server can be the client in TLS (SSCN, CPSV)",
			never:  "target PASV",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			between(t, test.source, test.target, test.change, func(p *pair) {
				_, err := client.FXP(t.Context(), p.from, "f", p.to, "g", client.FXPOptions{})
				if err == nil || !strings.Contains(err.Error(), test.says) {
					t.Errorf("the error is %v; it should say %q", err, test.says)
				}
				if slices.Contains(p.order, test.never) {
					t.Errorf("%s was sent: %v", test.never, p.order)
				}
				for _, s := range []*client.Session{p.from, p.to} {
					if err := s.Conn().Settle(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		})
	}
}

func TestServerToItself(t *testing.T) {
	between(t, "", "", nil, func(p *pair) {
		var no *client.FXPError
		if _, err := client.FXP(t.Context(), p.from, "f", p.from, "g", client.FXPOptions{}); !errors.As(err, &no) {
			t.Errorf("one session as both servers: %v", err)
		}
	})
}

// Two servers that say that they have begun, and no more, are not waited for for
// ever.
func TestServerToServerNeverDone(t *testing.T) {
	t.Parallel()
	between(t, `
		C: TYPE I
		S: 200 binary
		C: SIZE f
		S: 213 5
		C: PORT 127,0,0,1,200,10
		S: 200 yes
		C: RETR f
		S: 150 now
		C: ABOR
		S: 426 stopped
		S: 226 aborted
		C: NOOP
		S: 200 yes`, `
		C: TYPE I
		S: 200 binary
		C: SIZE g
		S: 550 none
		C: PASV
		S: 227 at (127,0,0,1,200,10)
		C: STOR g
		S: 150 now
		C: ABOR
		S: 426 stopped
		S: 226 aborted
		C: NOOP
		S: 200 yes
		C: SIZE g
		S: 213 0
		C: DELE g
		S: 250 gone`, nil, func(p *pair) {
		for _, s := range []*client.Session{p.from, p.to} {
			s.Tune(func(o *client.Options) { o.Timeout = 250 * time.Millisecond }) // it waits for twenty of these
		}
		_, err := client.FXP(t.Context(), p.from, "f", p.to, "g", client.FXPOptions{})
		if !errors.As(err, new(*client.TimeoutError)) {
			t.Error(err)
		}
		for _, s := range []*client.Session{p.from, p.to} {
			if err := s.Conn().Settle(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
}

// A target that is done has all that it will ever have: when it is short, the source is not waited
// for, which may not have noticed that the connection is gone (pure-ftpd with TLS). When it has all,
// the source has its time to say so.
func TestServerToServerSourceNeverDone(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		size, then string
		timeout    time.Duration
		is         func(error) bool
	}{
		{"213 3", "C: SIZE g\nS: 213 3\nC: DELE g\nS: 250 gone", 0, func(err error) bool { return errors.As(err, new(*client.IncompleteError)) }},
		{"213 5", "C: SIZE g\nS: 213 5", 250 * time.Millisecond, func(err error) bool { return errors.As(err, new(*client.TimeoutError)) }},
	} {
		t.Run(row.size, func(t *testing.T) {
			t.Parallel()
			between(t, `
				C: TYPE I
				S: 200 binary
				C: SIZE f
				S: 213 5
				C: PORT 127,0,0,1,200,10
				S: 200 yes
				C: RETR f
				S: 150 now
				C: ABOR
				S: 426 stopped
				S: 226 aborted
				C: NOOP
				S: 200 yes`, `
				C: TYPE I
				S: 200 binary
				C: SIZE g
				S: 550 none
				C: PASV
				S: 227 at (127,0,0,1,200,10)
				C: STOR g
				S: 150 now
				S: 226 stored
				C: SIZE g
				S: `+row.size+"\n"+row.then, nil, func(p *pair) {
				p.from.Tune(func(o *client.Options) { o.Timeout = row.timeout })
				p.to.Tune(func(o *client.Options) { o.Timeout = row.timeout })
				_, err := client.FXP(t.Context(), p.from, "f", p.to, "g", client.FXPOptions{})
				if !row.is(err) {
					t.Error(err)
				}
				if err := p.from.Conn().Settle(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// A server that does not give up the client's part in TLS is of no use for
// anything else: the copy is there, and the next command has a new connection.
func TestServerToServerPartNotGivenUp(t *testing.T) {
	tls := func(o *client.Options) { o.Security = client.Require }
	between(t, `SSCN---
		C: TYPE I
		S: 200 binary
		C: SIZE f
		S: 213 5
		C: PBSZ 0
		S: 200 yes
		C: PROT P
		S: 200 yes
		C: SSCN ON
		S: 200 client
		C: PORT 127,0,0,1,200,10
		S: 200 yes
		C: RETR f
		S: 150 now
		S: 226 sent
		C: SSCN OFF
		S: 500 never
		close
		accept
		`+playedTLS+`
		C: FEAT
		S: 502 what
		`+playedLater+`
		C: NOOP
		S: 200 fine`, `
		C: TYPE I
		S: 200 binary
		C: SIZE g
		S: 550 none
		C: PBSZ 0
		S: 200 yes
		C: PROT P
		S: 200 yes
		C: PASV
		S: 227 at (127,0,0,1,200,10)
		C: STOR g
		S: 150 now
		S: 226 stored
		C: SIZE g
		S: 213 5`, tls, func(p *pair) {
		if size, err := client.FXP(t.Context(), p.from, "f", p.to, "g", client.FXPOptions{}); err != nil || size != 5 {
			t.Errorf("%d bytes, %v", size, err)
		}
		if err := p.from.Noop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
