package practice

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
)

func script(t *testing.T, text string) *Scripted {
	t.Helper()
	p, err := Script(text)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func done(t *testing.T, p *Scripted) {
	t.Helper()
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
}

func TestScript(t *testing.T) {
	for _, row := range []struct {
		name, text string
		client     func(*rawClient)
	}{
		{
			"words", `
			# a login of a kind
			S: 220-hello
			S: 220 there
			C: USER alice
			S: 331 password
			C: *
			S> 230-in two\r\n230 pieces\x0d\n
			C~ (NOOP|PWD)
			S: 200 fine`,
			func(c *rawClient) {
				c.want(220)
				c.cmd(331, "USER alice")
				if got := c.cmd(230, "PASS whatever"); got != "in two\npieces" {
					c.t.Errorf("got %q", got)
				}
				c.cmd(200, "PWD")
				c.gone()
			},
		},
		{
			"passive data", `
			S: 220 hello
			C: EPSV
			S: 229 go (|||$PORT|)
			C: RETR x
			S: 150 here
			D> raw\x00\r\n
			D: line
			S: 226 done
			C: EPSV
			S: 229 go (|||$PORT|)
			C: STOR y
			S: 150 send
			D< sent\n
			S: 226 done`,
			func(c *rawClient) {
				c.want(220)
				if got := c.get(226, "RETR x"); got != "raw\x00\r\nline\r\n" {
					c.t.Errorf("got %q", got)
				}
				c.put(226, "STOR y", "sent\n")
			},
		},
		{
			"PASV and an empty file", `
			S: 220 hello
			C: PASV
			S: 227 go (127,0,0,1,$DATA)
			C: RETR x
			S: 150 here
			D close
			S: 226 done`,
			func(c *rawClient) {
				c.want(220)
				addr, err := parsePort(strings.Trim(c.cmd(227, "PASV"), "go ()"))
				if err != nil {
					c.t.Fatal(err)
				}
				conn := c.connectData(int(addr.Port()))
				c.cmd(150, "RETR x")
				if got, err := io.ReadAll(conn); len(got) != 0 || err != nil {
					c.t.Errorf("got %q, %v", got, err)
				}
				c.want(226)
			},
		},
		{
			"active data", `
			S: 220 hello
			C~ EPRT .*
			S: 200 ok
			C: LIST
			S: 150 here
			D: one
			S: 226 done`,
			func(c *rawClient) {
				c.want(220)
				l, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					c.t.Fatal(err)
				}
				defer l.Close()
				_, port, _ := net.SplitHostPort(l.Addr().String())
				c.cmd(200, "EPRT |1|127.0.0.1|"+port+"|")
				c.cmd(150, "LIST")
				conn, err := l.Accept()
				if err != nil {
					c.t.Fatal(err)
				}
				if got, _ := io.ReadAll(conn); string(got) != "one\r\n" {
					c.t.Errorf("got %q", got)
				}
				conn.Close()
				c.want(226)
			},
		},
		{
			"hold and reset", `
			S: 220 hello
			C: EPSV
			S: 229 go (|||$PORT|)
			C: RETR x
			S: 150 here
			D> ab
			D hold
			S: 226 done
			C: NOOP
			D reset
			S: 200 ok`,
			func(c *rawClient) {
				c.want(220)
				conn := c.passive()
				c.cmd(150, "RETR x")
				c.want(226)
				if _, err := io.ReadFull(conn, make([]byte, 2)); err != nil {
					c.t.Error(err)
				}
				c.cmd(200, "NOOP")
				if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, io.EOF) {
					c.t.Errorf("got %v", err)
				}
			},
		},
		{
			"reset", `
			S: 220 hello
			C: NOOP
			reset`,
			func(c *rawClient) {
				c.want(220)
				c.send("NOOP")
				if _, err := c.text.R.ReadByte(); !errors.Is(err, syscall.ECONNRESET) && !strings.Contains(err.Error(), "forcibly") {
					c.t.Errorf("got %v", err)
				}
			},
		},
		{
			"silence", `
			S: 220 hello
			silence`,
			func(c *rawClient) {
				c.want(220)
				c.send("NOOP")
				c.conn.Close()
			},
		},
		{
			"coming again", `
			S: 220 hello
			close
			accept
			S: 220 hello again
			C: NOOP
			S: 200 ok`,
			func(c *rawClient) {
				c.want(220)
				c.gone()
				again := dial(c.t, c.conn.RemoteAddr().String())
				again.want(220)
				again.cmd(200, "NOOP")
			},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := script(t, row.text)
			row.client(dial(t, p.Addr()))
			done(t, p)
		})
	}
}

func TestScriptTLS(t *testing.T) {
	p := script(t, `
		S: 220 hello
		C: AUTH TLS
		S: 234 go
		tls
		C: PBSZ 0
		S: 200 ok
		C: PROT P
		S: 200 ok
		C: EPSV
		S: 229 go (|||$PORT|)
		C: RETR x
		S: 150 here
		D tls
		D> secret
		S: 226 done`)
	c := dial(t, p.Addr())
	c.want(220)
	c.startTLS(p.RootCAs())
	if got := c.get(226, "RETR x"); got != "secret" {
		t.Errorf("got %q", got)
	}
	done(t, p)
}

func TestScriptShowsBothTexts(t *testing.T) {
	const text = `S: 220 hello
C: USER alice
S: 331 password
C: PASS x`
	for _, row := range []struct {
		name   string
		client func(*rawClient)
		want   string
	}{
		{"another command", func(c *rawClient) { c.want(220); c.send("USER bob") }, `line 2: the client said something else
  S: 220 hello
- C: USER alice
+ C: USER bob`},
		{"gone", func(c *rawClient) { c.want(220); c.cmd(331, "USER alice"); c.conn.Close() }, `line 4: the client said something else
  S: 220 hello
  C: USER alice
  S: 331 password
- C: PASS x
+ C closed the connection`},
		{"no CR", func(c *rawClient) { c.want(220); _, _ = io.WriteString(c.conn, "USER alice\n") }, `line 2: the client said something else
  S: 220 hello
- C: USER alice
+ C: USER alice (without CR)`},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := script(t, text)
			row.client(dial(t, p.Addr()))
			if err := p.Wait(); err == nil || err.Error() != row.want {
				t.Errorf("got\n%v\nwant\n%s", err, row.want)
			}
		})
	}
}

func TestScriptCloses(t *testing.T) {
	waiting := script(t, "S: 220 hello")
	waiting.Close()
	if waiting.Wait() == nil {
		t.Error("nobody came and all was well")
	}
	silent := script(t, "silence")
	c := dial(t, silent.Addr())
	c.send("NOOP")
	silent.Close()
	c.gone()
}

func TestScriptErrors(t *testing.T) {
	for _, text := range []string{"X: what", `S> \q`, `S> \x1`, `D> \`, "C~ (", "D nonsense", "TLS"} {
		if _, err := Script("S: 220 hello\n" + text); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestStripTelnet(t *testing.T) {
	for in, want := range map[string]string{
		"NOOP":                 "NOOP",
		"\xff\xf4\xff\xf2ABOR": "ABOR",
		"\xff\xf4\xffABOR":     "ABOR",
		"\xff\xf4\xf2ABOR":     "ABOR",
		"\xff\xfb\x01NOOP":     "NOOP",
		"RETR a\xff\xffb":      "RETR a\xffb",
		"RETR a\xff":           "RETR a",
		"\xff\xfe":             "",
	} {
		if got := stripTelnet(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzScript(f *testing.F) {
	f.Add("S: 220 x\nC~ a.*\nD> \\x41\\r\\n\nD< *\ntls")
	f.Fuzz(func(t *testing.T, text string) {
		steps, err := parseScript(text)
		for _, st := range steps {
			if err == nil && (st.text == "" || st.kind == hearStep && st.pattern == nil) {
				t.Errorf("bad step %+v", st)
			}
		}
	})
}

func FuzzCommand(f *testing.F) {
	f.Add([]byte("\xff\xf4\xff\xf2ABOR\r\nPORT 127,0,0,1,4,5\r\nEPRT |1|127.0.0.1|1025|\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := bufio.NewReaderSize(strings.NewReader(string(data)), 64)
		for {
			line, err := readCommand(in)
			if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
				return
			}
			if strings.Contains(line, "\n") {
				t.Errorf("a line end in %q", line)
			}
			c := parseCommand(line)
			if addr, err := parsePort(c.arg); err == nil && !addr.IsValid() {
				t.Errorf("PORT %q is %v", c.arg, addr)
			}
			if addr, err := parseEprt(c.arg); err == nil && !addr.IsValid() {
				t.Errorf("EPRT %q is %v", c.arg, addr)
			}
		}
	})
}

func FuzzParseFault(f *testing.F) {
	f.Add("cut:RETR=2k*3")
	f.Add("cut=2G")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseFault(text)
		if err != nil {
			return
		}
		again, err := ParseFault(got.String())
		if err != nil || again != got {
			t.Errorf("%q is %+v, but %s is %+v, %v", text, got, got, again, err)
		}
	})
}

func FuzzEscape(f *testing.F) {
	f.Add([]byte("a\\\r\n\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, err := unescape(Escape(string(data))); err != nil || got != string(data) {
			t.Errorf("%q became %q, %v", data, got, err)
		}
	})
}
