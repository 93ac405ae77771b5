package proxy

import (
	"bufio"
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// GatewayScheme is the kind of proxy that is no way to a server: it speaks FTP itself, and is asked for files by URL.
const GatewayScheme = "http+get"

// A Gateway reads and writes files of one FTP server through an HTTP proxy that speaks FTP for us: GET, HEAD and PUT with
// the whole URL of the file (RFC 9112 section 3.2.2). Each request has a connection of its own. What the proxy answers is
// bounded, but for the bytes of files. Errors are *Error.
type Gateway struct {
	Proxy *url.URL // its user and password are told to the proxy alone
	Dial  DialFunc
	Host  string // host:port of the server
	Dir   string // that names without a slash at their beginning are in; "": where the login leads

	// User and Password are told in Authorization, never in a URL: proxies write those down.
	User, Password string

	// Encode makes the bytes of a name; nil: UTF-8.
	Encode func(string) ([]byte, error)

	Timeout time.Duration // for each step; 0: none
}

// The types of a file (RFC 1738 section 3.2.2).
const (
	TypeText  = "a"
	TypeBytes = "i"
)

// A Content is a file, or a part of one, as it comes through a Gateway.
type Content struct {
	Offset  int64     // of the first byte in the file
	Size    int64     // of the whole file; -1: not told
	ModTime time.Time // zero: not told
	Listing bool      // it is a page about a directory
	Proved  bool      // an end that comes too early is noticed

	body io.ReadCloser
	read int64
	tag  string
}

// Read reads the bytes. A body that ends too early gives io.ErrUnexpectedEOF.
func (c *Content) Read(p []byte) (int, error) {
	n, err := c.body.Read(p)
	if c.read += int64(n); errors.Is(err, io.EOF) && c.Size >= 0 && c.Offset+c.read < c.Size {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// Close gives up what has not been read.
func (c *Content) Close() error { return c.body.Close() }

// Head asks for size and time. With fresh no answer that was kept is good enough (RFC 9111 section 5.2.1.4).
func (g *Gateway) Head(ctx context.Context, name string, fresh bool) (*Content, error) {
	var more []string
	if fresh {
		more = []string{"Cache-Control: no-cache", "Pragma: no-cache"}
	}
	target, err := g.target(name, TypeBytes)
	if err != nil {
		return nil, err
	}
	c, err := g.fetch(ctx, "HEAD", target, 0, more)
	if err == nil {
		c.Close()
	}
	return c, err
}

// Get asks for a file from a byte on. A proxy may send all of it instead: see Offset. With known, an answer of Head,
// a file that has changed since then is sent whole (RFC 9110 section 13.1.5).
func (g *Gateway) Get(ctx context.Context, name, typ string, offset int64, known *Content) (*Content, error) {
	var more []string
	if offset > 0 {
		more = append(more, fmt.Sprintf("Range: bytes=%d-", offset))
		if known != nil && known.tag != "" {
			more = append(more, "If-Range: "+known.tag)
		}
	}
	target, err := g.target(name, typ)
	if err != nil {
		return nil, err
	}
	return g.fetch(ctx, "GET", target, offset, more)
}

// maxRedirects is curl's limit for those who follow any.
const maxRedirects = 5

// fetch carries out GET and HEAD, and follows redirects that stay on the server.
func (g *Gateway) fetch(ctx context.Context, method string, target *url.URL, offset int64, more []string) (*Content, error) {
	for range maxRedirects + 1 {
		x, err := g.begin(ctx, method, target, more)
		if err != nil {
			return nil, g.failed(err)
		}
		a, err := x.answer()
		if err == nil && a.status/100 == 3 && a.status != 304 {
			x.Close()
			if target, err = redirected(target, a); err == nil {
				continue
			}
		}
		var c *Content
		if err == nil {
			c, err = a.content(x, method, offset)
		}
		if err != nil {
			x.Close()
			return nil, g.failed(cmp.Or(ctx.Err(), err))
		}
		return c, nil
	}
	return nil, g.failed(fmt.Errorf("more than %d redirects", maxRedirects))
}

// redirected is where a redirect leads: to the same host, or nowhere.
func redirected(from *url.URL, a *answer) (*url.URL, error) {
	to, err := from.Parse(a.header["location"])
	if err != nil || a.header["location"] == "" || to.Hostname() != from.Hostname() || to.User != nil || to.Scheme != "ftp" && to.Scheme != "http" || strings.ContainsFunc(to.Host, unfit) {
		return nil, fmt.Errorf("the proxy answers with a redirect to another place, which is not followed: %s", a.said())
	}
	return to, nil
}

// Put stores size bytes of r under a name, and returns when the proxy says that they are. Whether the server has them
// all is for Head to say.
func (g *Gateway) Put(ctx context.Context, name, typ string, size int64, r io.Reader) error {
	target, err := g.target(name, typ)
	if err != nil {
		return err
	}
	more := []string{"Content-Length: " + strconv.FormatInt(size, 10)}
	if size > 0 {
		more = append(more, "Expect: 100-continue")
	}
	x, err := g.begin(ctx, "PUT", target, more)
	if err != nil {
		return g.failed(err)
	}
	defer x.Close()
	err = x.send(size, r)
	var local *SourceError
	if errors.As(err, &local) {
		return local.Err
	}
	if err != nil {
		return g.failed(cmp.Or(ctx.Err(), err))
	}
	return nil
}

// SourceError is of the file here, that an upload reads.
type SourceError struct{ Err error }

func (e *SourceError) Error() string { return e.Err.Error() }
func (e *SourceError) Unwrap() error { return e.Err }

// failed says which proxy and which server an error is about.
func (g *Gateway) failed(err error) error {
	e := &Error{Proxy: Describe(g.Proxy), Target: g.Host, Err: err}
	if dial := (*dialError)(nil); errors.As(err, &dial) {
		e.Unreachable, e.Err = true, dial.error
	}
	return e
}

// dialError is of the connection to the proxy.
type dialError struct{ error }

// target is the URL of a file (RFC 1738 section 3.2.2: the slash of a path from the root is %2F).
func (g *Gateway) target(name, typ string) (*url.URL, error) {
	if err := checkTarget(g.Host); err != nil {
		return nil, g.failed(err)
	}
	if !strings.HasPrefix(name, "/") && g.Dir != "" {
		name = strings.TrimSuffix(g.Dir, "/") + "/" + name
	}
	if g.Encode != nil {
		b, err := g.Encode(name)
		if err != nil {
			return nil, err
		}
		name = string(b)
	}
	escaped := ""
	if rest, root := strings.CutPrefix(name, "/"); root {
		escaped, name = "%2F", rest
	}
	parts := strings.Split(name, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	escaped += strings.Join(parts, "/")
	if !strings.HasSuffix(name, "/") && name != "" {
		escaped += ";type=" + typ
	}
	host := strings.TrimSuffix(g.Host, ":21")
	return ParseURL("ftp://" + host + "/" + escaped)
}

// An exchange is one request, and what is read of the answer to it.
type exchange struct {
	nc   *patientConn
	in   *bufio.Reader
	stop func() bool
	auth bool // the proxy was told a user
}

// Close ends it.
func (x *exchange) Close() error {
	x.stop()
	return x.nc.Close()
}

// begin connects and sends the header of a request.
func (g *Gateway) begin(ctx context.Context, method string, target *url.URL, more []string) (*exchange, error) {
	header, err := g.header(method, target, more)
	if err != nil {
		return nil, err
	}
	nc, err := g.Dial(ctx, "tcp", g.Proxy.Host)
	if err != nil {
		return nil, &dialError{err}
	}
	p := &patientConn{nc, ctx, g.Timeout}
	x := &exchange{nc: p, in: bufio.NewReader(p), auth: g.Proxy.User != nil}
	x.stop = context.AfterFunc(ctx, func() { nc.SetDeadline(time.Unix(1, 0)) })
	if _, err := io.WriteString(p, header); err != nil {
		x.Close()
		return nil, cmp.Or(ctx.Err(), err)
	}
	return x, nil
}

// header is the request up to its empty line.
func (g *Gateway) header(method string, target *url.URL, more []string) (string, error) {
	lines := []string{method + " " + target.String() + " HTTP/1.1", "Host: " + target.Host}
	if g.User != "" && target.Scheme == "ftp" {
		login, err := basic(g.User, g.Password, "the server")
		if err != nil {
			return "", err
		}
		lines = append(lines, "Authorization: "+login)
	}
	if user := g.Proxy.User; user != nil {
		login, err := proxyLogin(user)
		if err != nil {
			return "", err
		}
		lines = append(lines, login)
	}
	lines = append(append(lines, more...), "Accept: */*", "Connection: close")
	return strings.Join(lines, "\r\n") + "\r\n\r\n", nil
}

// proxyLogin is the line that tells a proxy its user.
func proxyLogin(user *url.Userinfo) (string, error) {
	password, _ := user.Password()
	login, err := basic(user.Username(), password, "the proxy")
	return "Proxy-Authorization: " + login, err
}

// basic is a login as RFC 7617 section 2 has it, which knows no user with a colon.
func basic(user, password, whose string) (string, error) {
	if strings.Contains(user, ":") {
		return "", fmt.Errorf("the user name for %s has a colon", whose)
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password)), nil
}

// continuePatience is how long a proxy has that may want the header of an upload first (RFC 9110 section 10.1.1).
const continuePatience = time.Second

// send sends the body of an upload, and hears what became of it. What the proxy says goes before what the system says
// about a connection that it has closed.
func (x *exchange) send(size int64, r io.Reader) error {
	if size > 0 {
		if err := x.leave(); err != nil {
			return err
		}
	}
	from := &source{r: r}
	n, failed := io.Copy(x.nc, io.LimitReader(from, size))
	switch {
	case from.err != nil:
		return &SourceError{from.err}
	case failed == nil && n < size:
		return &SourceError{fmt.Errorf("the file has become shorter: %d bytes instead of %d", n, size)}
	}
	a, err := x.answer()
	if err != nil {
		return cmp.Or(failed, err)
	}
	if a.status/100 != 2 {
		return a.refusal(x.auth)
	}
	return failed
}

// leave waits for leave to send a body, which some proxies never give. An answer that is not that is final.
func (x *exchange) leave() error {
	given := x.nc.timeout
	x.nc.timeout = continuePatience
	_, err := x.in.Peek(1)
	x.nc.timeout = given
	if late := net.Error(nil); errors.As(err, &late) && late.Timeout() && x.nc.ctx.Err() == nil {
		return nil
	}
	if err != nil {
		return err
	}
	a, err := readAnswer(x.in)
	switch {
	case err != nil:
		return err
	case a.status/100 == 1:
		return nil
	case a.status/100 == 2:
		return fmt.Errorf("the proxy answers before it has the file: %s", a.said())
	}
	return a.refusal(x.auth)
}

// source remembers why reading failed.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// patientConn gives each step its time, and none when the context is done.
type patientConn struct {
	net.Conn
	ctx     context.Context //nolint:containedctx // it is the one of the exchange that the connection is for
	timeout time.Duration
}

func (c *patientConn) Read(p []byte) (int, error) {
	if err := c.wait(); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c *patientConn) Write(p []byte) (int, error) {
	if err := c.wait(); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

// wait sets the deadline of the next step; what ends with the context sets its own behind it.
func (c *patientConn) wait() error {
	if c.timeout > 0 {
		if err := c.SetDeadline(time.Now().Add(c.timeout)); err != nil {
			return err
		}
	}
	return c.ctx.Err()
}
