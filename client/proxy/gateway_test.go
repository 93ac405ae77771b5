package proxy

import (
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// gatewayAt is a gateway to a server through the proxy at an address.
func gatewayAt(t *testing.T, proxy, addr, server string) *Gateway {
	return &Gateway{Proxy: mustParse(t, proxy+addr), Dial: direct, Host: server, Timeout: patience}
}

// played is a proxy that gives the same answer to each request. It returns its address and the requests, with the bodies of
// those that have one.
func played(t *testing.T, answers ...string) (addr string, requests func() []string) {
	got := make(chan string, 20)
	left := make(chan string, len(answers))
	for _, a := range answers {
		left <- a
	}
	addr = serve(t, func(nc net.Conn) {
		text := readHeader(nc)
		_, after, has := strings.Cut(text, "Content-Length: ")
		answer := <-left
		if rest, early := strings.CutPrefix(answer, "EARLY "); early {
			got <- text
			io.WriteString(nc, rest)
			return
		}
		if n, _, _ := strings.Cut(after, "\r\n"); has {
			if strings.Contains(text, "Expect:") {
				io.WriteString(nc, "HTTP/1.1 100 Continue\r\n\r\n")
			}
			size, _ := strconv.Atoi(n)
			body := make([]byte, size)
			io.ReadFull(nc, body)
			text += string(body)
		}
		got <- text
		io.WriteString(nc, answer)
	})
	return addr, func() (all []string) {
		for {
			select {
			case text := <-got:
				all = append(all, text)
			default:
				return all
			}
		}
	}
}

// readHeader reads a header, and no byte of what follows.
func readHeader(r io.Reader) string {
	var text strings.Builder
	for {
		line, err := readLine(r)
		text.Write(line)
		if err != nil || string(line) == "\r\n" {
			return text.String()
		}
	}
}

// TestGatewayBytes: the requests, byte for byte. The numbers are those of curl's tests that show the same; there the
// password stands in the URL as well, and the port 21 behind the host.
func TestGatewayBytes(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n"
	const end = "Accept: */*\r\nConnection: close\r\n\r\n"
	get := func(name, typ string) func(*Gateway) error {
		return func(g *Gateway) error {
			c, err := g.Get(context.Background(), name, typ, 0, nil)
			if err != nil {
				return err
			}
			defer c.Close()
			text, err := io.ReadAll(c)
			if string(text) != "hello\n" {
				t.Errorf("got %q", text)
			}
			return err
		}
	}
	for _, row := range []struct {
		name, proxy, server, answer string
		set                         func(*Gateway)
		do                          func(*Gateway) error
		want                        string
	}{
		{
			"79: a file, answered by HTTP/1.0 without a length", "http+get://", "127.0.0.1:8990", "HTTP/1.0 200 OK\r\nFunny-head: yesyes\r\n\r\nhello\n", nil, get("we/want/that/page/79", "i"),
			"GET ftp://127.0.0.1:8990/we/want/that/page/79;type=i HTTP/1.1\r\nHost: 127.0.0.1:8990\r\n" + end,
		},
		{
			"208: an upload with a login", "http+get://", "host.com:21", "HTTP/1.0 200 OK\r\n\r\nblablabla\r\n", func(g *Gateway) { g.User, g.Password = "daniel", "mysecret" },
			func(g *Gateway) error {
				return g.Put(context.Background(), "we/want/208", "i", 5, strings.NewReader("Weird"))
			},
			"PUT ftp://host.com/we/want/208;type=i HTTP/1.1\r\nHost: host.com\r\nAuthorization: Basic ZGFuaWVsOm15c2VjcmV0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n" + end + "Weird",
		},
		{
			"299: a login that is not in the URL", "http+get://", "host.com:21", ok, func(g *Gateway) { g.User, g.Password = "michal", "aybabtu" }, get("we/want/299", "i"),
			"GET ftp://host.com/we/want/299;type=i HTTP/1.1\r\nHost: host.com\r\nAuthorization: Basic bWljaGFsOmF5YmFidHU=\r\n" + end,
		},
		{
			"549, 561, 1092: bytes", "http+get://", "www.example.com:21", ok, nil, get("moo/549", "i"),
			"GET ftp://www.example.com/moo/549;type=i HTTP/1.1\r\nHost: www.example.com\r\n" + end,
		},
		{
			"550, 563: text", "http+get://", "www.example.com:21", ok, nil, get("moo/550", "a"),
			"GET ftp://www.example.com/moo/550;type=a HTTP/1.1\r\nHost: www.example.com\r\n" + end,
		},
		{
			"1106: another port", "http+get://", "127.0.0.1:23456", ok, nil, get("1106", "i"),
			"GET ftp://127.0.0.1:23456/1106;type=i HTTP/1.1\r\nHost: 127.0.0.1:23456\r\n" + end,
		},
		{
			"a user for the proxy", "http+get://bob:sesame@", "h:21", ok, nil, get("x", "i"),
			"GET ftp://h/x;type=i HTTP/1.1\r\nHost: h\r\nProxy-Authorization: Basic Ym9iOnNlc2FtZQ==\r\n" + end,
		},
		{
			"from the root, and odd names", "http+get://", "h:21", ok, nil, get("/a b/ä;#?%\r\n", "i"),
			"GET ftp://h/%2Fa%20b/%C3%A4%3B%23%3F%25%0D%0A;type=i HTTP/1.1\r\nHost: h\r\n" + end,
		},
		{
			"below a directory", "http+get://", "[::1]:21", ok, func(g *Gateway) { g.Dir = "pub/x" }, get("f", "i"),
			"GET ftp://[::1]/pub/x/f;type=i HTTP/1.1\r\nHost: [::1]\r\n" + end,
		},
		{
			"a directory", "http+get://", "h:21", ok, nil, get("pub/", "i"),
			"GET ftp://h/pub/ HTTP/1.1\r\nHost: h\r\n" + end,
		},
		{
			"an empty upload", "http+get://", "h:21", "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", nil,
			func(g *Gateway) error { return g.Put(context.Background(), "x", "i", 0, strings.NewReader("")) },
			"PUT ftp://h/x;type=i HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n" + end,
		},
		{
			"size and time, and nothing that was kept", "http+get://", "h:21", "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nLast-Modified: Tue, 13 Jun 2000 12:10:00 GMT\r\n\r\n", nil,
			func(g *Gateway) error {
				c, err := g.Head(context.Background(), "x", true)
				if err == nil && (c.Size != 12 || !c.ModTime.Equal(time.Date(2000, 6, 13, 12, 10, 0, 0, time.UTC))) {
					t.Errorf("got %+v", c)
				}
				return err
			},
			"HEAD ftp://h/x;type=i HTTP/1.1\r\nHost: h\r\nCache-Control: no-cache\r\nPragma: no-cache\r\n" + end,
		},
		{
			"the rest of a file", "http+get://", "h:21", "HTTP/1.1 206 Partial\r\nContent-Range: bytes 4-9/10\r\nContent-Length: 6\r\n\r\nhello\n", nil,
			func(g *Gateway) error {
				c, err := g.Get(context.Background(), "x", "i", 4, &Content{tag: `"1-2"`})
				if err == nil {
					defer c.Close()
					if text, _ := io.ReadAll(c); c.Offset != 4 || c.Size != 10 || string(text) != "hello\n" {
						t.Errorf("got %+v with %q", c, text)
					}
				}
				return err
			},
			"GET ftp://h/x;type=i HTTP/1.1\r\nHost: h\r\nRange: bytes=4-\r\nIf-Range: \"1-2\"\r\n" + end,
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			addr, requests := played(t, row.answer)
			g := gatewayAt(t, row.proxy, addr, row.server)
			if row.set != nil {
				row.set(g)
			}
			if err := row.do(g); err != nil {
				t.Error(err)
			}
			if got := requests(); len(got) != 1 || got[0] != row.want {
				t.Errorf("the proxy was sent\n%q\nwant\n%q", got, row.want)
			}
		})
	}
}

// TestGatewayTwice: each file has a connection of its own, so that a proxy which falls back to HTTP/1.0 (curl's test 1077)
// and one that keeps connections (1098) look the same.
func TestGatewayTwice(t *testing.T) {
	addr, requests := played(t, "HTTP/1.0 200 OK\r\nContent-Length: 9\r\nProxy-Connection: Keep-Alive\r\n\r\ncontents\nand more", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncontents\n")
	g := gatewayAt(t, "http+get://", addr, "ftp-site:21")
	for range 2 {
		c, err := g.Get(within(t), "moo/1098", "i", 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(c); string(text) != "contents\n" || err != nil || !c.Proved {
			t.Errorf("got %q, %v", text, err)
		}
		c.Close()
	}
	if got := requests(); len(got) != 2 || got[0] != got[1] {
		t.Errorf("the proxy was sent %q", got)
	}
}

// TestGatewayAnswers: what a proxy may answer to GET, and what it means.
func TestGatewayAnswers(t *testing.T) {
	for _, row := range []struct{ name, proxy, answer, text, err string }{
		{"chunks", "", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nTrailer: x\r\n\r\n", "hello", ""},
		{"chunks, and a length that does not count", "", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello", ""},
		{"an empty file", "", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", ""},
		{"other answers before", "", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "hi", ""},
		{"a short body", "", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", "hello", "unexpected EOF"},
		{"chunks without the last", "", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "hello", "unexpected EOF"},
		{"chunks that are less than the part", "", "HTTP/1.1 206 x\r\nContent-Range: bytes 3-7/8\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "", "another part than"},
		{"half a chunk", "", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello", "hello", "unexpected EOF"},
		{"half a trailer", "", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX: ", "hi", "unexpected EOF"},
		{"a chunk of no length", "", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n", "", `without a length: "-5"`},
		{"a chunk that does not end", "", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n", "he", "do not end where they should"},
		{"two lengths", "", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "", "two lengths"},
		{"no length", "", "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello", "", `no length: "five"`},
		{"in another form", "", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nhello", "", "in another form (gzip)"},
		{"in another form, too", "", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\nhello", "", "in another form (gzip, chunked)"},
		{"a part that nobody wanted", "", "HTTP/1.1 206 Partial\r\nContent-Range: bytes 4-8/9\r\n\r\nhello", "", "another part than"},
		{"no content", "", "HTTP/1.1 204 No Content\r\n\r\n", "", "sends no file: 204 No Content"},
		{"not there", "", "HTTP/1.1 404 Not Found\r\nX-Squid-Error: ERR_FTP_NOT_FOUND 0\r\n\r\n<html>", "", "h:21 through http+get PROXY: the proxy refuses: 404 Not Found (ERR_FTP_NOT_FOUND)"},
		{"no login", "", "HTTP/1.1 401 Unauthorized\r\n\r\n", "", "the server wants another login: 401 Unauthorized"},
		{"no server", "", "HTTP/1.1 504 Gateway Timeout\r\n\r\n", "", "does not reach the server: 504 Gateway Timeout"},
		{"no user", "", "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "", "asks for a user and a password: 407"},
		{"a wrong user", "bob:x@", "HTTP/1.1 407 No\r\n\r\n", "", "does not accept its user and password: 407 No"},
		{"hostile words", "", "HTTP/1.1 403 \x1b[31mno\r\n\r\n", "", "403 ?[31mno"},
		{"a server that speaks FTP", "", "220 ready\r\n", "", `this is not an HTTP proxy, it says "220 ready"`},
		{"nothing", "", "", "", "the proxy closed the connection"},
		{"no end", "", "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: "+strings.Repeat("b", 60<<10)+"\r\n", 20), "", "too long"},
		{"interim for ever", "", strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 11), "", "does not come to the point"},
		{"a redirect to another host", "", "HTTP/1.1 302 Found\r\nLocation: ftp://evil/x\r\n\r\n", "", "redirect to another place"},
		{"a redirect to another kind", "", "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n", "", "redirect to another place"},
		{"a redirect to nowhere", "", "HTTP/1.1 302 Found\r\n\r\n", "", "redirect to another place"},
	} {
		t.Run(row.name, func(t *testing.T) {
			addr, _ := played(t, row.answer)
			g := gatewayAt(t, "http+get://"+row.proxy, addr, "h:21")
			c, err := g.Get(within(t), "x", "i", 0, nil)
			var text []byte
			if err == nil {
				text, err = io.ReadAll(c)
				c.Close()
			} else if !errors.As(err, new(*Error)) {
				t.Errorf("%v is no *Error", err)
			}
			want := strings.ReplaceAll(row.err, "PROXY", addr)
			if string(text) != row.text || (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("got %q, %v\nwant %q, %s", text, err, row.text, want)
			}
		})
	}
}

// TestGatewayRedirects: they are followed on the same server, without the login where FTP is left, and not for ever.
func TestGatewayRedirects(t *testing.T) {
	addr, requests := played(t, "HTTP/1.1 301 Moved\r\nLocation: /other;type=i\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: http://h/third\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
	g := gatewayAt(t, "http+get://", addr, "h:21")
	g.User, g.Password = "alice", "secret"
	c, err := g.Get(within(t), "x", "i", 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	got := strings.Join(requests(), "")
	if strings.Count(got, "Authorization") != 2 || !strings.Contains(got, "GET ftp://h/other;type=i HTTP/1.1\r\n") || !strings.Contains(got, "GET http://h/third HTTP/1.1\r\nHost: h\r\nAccept") {
		t.Errorf("the proxy was sent\n%s", got)
	}
	loop := strings.Split(strings.Repeat("HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\n|", 6), "|")
	addr, _ = played(t, loop[:6]...)
	_, err = gatewayAt(t, "http+get://", addr, "h:21").Get(within(t), "x", "i", 0, nil)
	wantError(t, err, "more than 5 redirects")
}

// TestGatewayUploads: an upload is done when the proxy says so, and not before.
func TestGatewayUploads(t *testing.T) {
	for _, row := range []struct{ name, answer, err string }{
		{"accepted", "HTTP/1.1 201 Created\r\n\r\n", ""},
		{"refused at once", "EARLY HTTP/1.1 407 Who?\r\n\r\n", "asks for a user and a password: 407 Who?"},
		{"refused at the end", "HTTP/1.1 550 Full\r\n\r\n", "the proxy refuses: 550 Full"},
		{"accepted too soon", "EARLY HTTP/1.1 200 OK\r\n\r\n", "before it has the file: 200 OK"},
		{"sent elsewhere", "HTTP/1.1 307 There\r\nLocation: /y\r\n\r\n", "the proxy refuses: 307 There"},
		{"no answer", "", "the proxy closed the connection"},
	} {
		t.Run(row.name, func(t *testing.T) {
			addr, _ := played(t, row.answer)
			err := gatewayAt(t, "http+get://", addr, "h:21").Put(within(t), "x", "i", 5, strings.NewReader("hello"))
			if (err == nil) != (row.err == "") || err != nil && !strings.Contains(err.Error(), row.err) {
				t.Errorf("got %v, want %s", err, row.err)
			}
		})
	}
	addr, _ := played(t, "HTTP/1.1 201 Created\r\n\r\n")
	err := gatewayAt(t, "http+get://", addr, "h:21").Put(within(t), "x", "i", 5, strings.NewReader("hell"))
	if err == nil || !strings.Contains(err.Error(), "4 bytes instead of 5") {
		t.Errorf("a file that became shorter: %v", err)
	}
}

// TestGatewayEnds: a proxy that says nothing ends with the context, or when its time is over.
func TestGatewayEnds(t *testing.T) {
	quiet := make(chan struct{})
	addr := serve(t, func(nc net.Conn) {
		readHeader(nc)
		<-quiet
	})
	defer close(quiet)
	g := gatewayAt(t, "http+get://", addr, "h:21")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := g.Get(ctx, "x", "i", 0, nil)
	wantError(t, err, "timed out")
	g.Timeout = 50 * time.Millisecond
	_, err = g.Get(within(t), "x", "i", 0, nil)
	wantError(t, err, "timed out")
	_, err = gatewayAt(t, "http+get://a:b:c@", "127.0.0.1:1", "h h:21").Get(within(t), "x", "i", 0, nil)
	wantError(t, err, "blank or a control character")
}

// FuzzGatewayAnswer: whatever a proxy answers is bounded, and a file that is not proved whole by its length or its chunks
// is never said to be.
func FuzzGatewayAnswer(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
		"HTTP/1.1 206 x\r\nContent-Range: bytes 3-7/8\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
		"HTTP/1.0 302 x\r\nLocation: ftp://h/y\r\n\r\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		near, far := net.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			readHeader(far)
			io.WriteString(far, text)
			far.Close()
		}()
		g := &Gateway{Proxy: mustParse(t, "http+get://h"), Host: "h:21", Dial: func(context.Context, string, string) (net.Conn, error) { return near, nil }}
		c, err := g.Get(t.Context(), "x", "i", 3, nil)
		if err == nil {
			n, err := io.Copy(io.Discard, c)
			if n > int64(len(text)) || err == nil && c.Size >= 0 && c.Offset+n < c.Size {
				t.Errorf("%d bytes from %d of %d, proved", n, c.Offset, c.Size)
			}
			c.Close()
		}
		near.Close()
		<-done
	})
}
