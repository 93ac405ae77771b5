package teach

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"time"
)

// pages serves HTTP as far as the live view needs it: one request on each connection, without a body. net/http would make
// the program 640 kB larger, nearly all of it for what is refused here.
type pages struct {
	listener net.Listener
	answer   func(response, request)

	busy   sync.WaitGroup
	mu     sync.Mutex
	open   map[net.Conn]bool // and whether each has asked
	closed bool
}

const (
	mostRequest = 16 << 10 // bytes of a request
	requestTime = 10 * time.Second
	lingerTime  = time.Second // for what a client still sends, and to end
)

// request is what a browser asks for.
type request struct {
	method, path, host string
	header             textproto.MIMEHeader
	gone               <-chan struct{} // closed when the browser is
}

// guards go with every answer: the page runs its own script and nothing else, and loads nothing from elsewhere.
var guards = strings.Join([]string{
	"Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"X-Content-Type-Options: nosniff",
	"Referrer-Policy: no-referrer",
	"Cache-Control: no-store",
	"Cross-Origin-Resource-Policy: same-origin",
	"Connection: close",
}, "\r\n")

// response is what it gets: a head, then what is written.
type response struct{ io.Writer }

// head begins an answer; each of more is a header.
func (r response) head(status, kind string, more ...string) {
	lines := append([]string{"HTTP/1.1 " + status, "Content-Type: " + kind + "; charset=utf-8", guards}, more...)
	_, _ = io.WriteString(r, strings.Join(lines, "\r\n")+"\r\n\r\n")
}

// refuse is an answer that says why there is no other.
func (r response) refuse(status, why string, more ...string) {
	r.head(status, "text/plain", more...)
	_, _ = io.WriteString(r, why+"\n")
}

// servePages answers until it is closed.
func servePages(l net.Listener, answer func(response, request)) *pages {
	p := &pages{listener: l, answer: answer, open: map[net.Conn]bool{}}
	p.busy.Add(1)
	go p.accept()
	return p
}

func (p *pages) accept() {
	defer p.busy.Done()
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		if p.add(conn) {
			go p.serve(conn)
		}
	}
}

func (p *pages) add(conn net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		_ = conn.Close()
		return false
	}
	p.open[conn] = false
	p.busy.Add(1)
	return true
}

func (p *pages) serve(conn net.Conn) {
	defer p.busy.Done()
	defer func() {
		_ = conn.Close()
		p.mu.Lock()
		delete(p.open, conn)
		p.mu.Unlock()
	}()
	_ = conn.SetReadDeadline(time.Now().Add(requestTime))
	asked, err := readRequest(io.LimitReader(conn, mostRequest))
	p.mu.Lock()
	p.open[conn] = true
	p.mu.Unlock()
	_ = conn.SetReadDeadline(time.Time{})
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = io.Copy(io.Discard, conn)
	}()
	if asked.gone = gone; err != nil {
		response{conn}.refuse("400 Bad Request", "not a request")
	} else {
		p.answer(response{conn}, asked)
	}
	linger(conn, gone)
}

// linger lets the other side read all: a connection that is closed with something unread is reset.
func linger(conn net.Conn, gone <-chan struct{}) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
	_ = conn.SetReadDeadline(time.Now().Add(lingerTime))
	<-gone
}

// readRequest reads a request line and headers.
func readRequest(in io.Reader) (request, error) {
	r := textproto.NewReader(bufio.NewReader(in))
	line, err := r.ReadLine()
	if err != nil {
		return request{}, err
	}
	method, rest, _ := strings.Cut(line, " ")
	target, version, _ := strings.Cut(rest, " ")
	if !strings.HasPrefix(version, "HTTP/1.") || !strings.HasPrefix(target, "/") {
		return request{}, errors.New("not a request")
	}
	header, err := r.ReadMIMEHeader()
	if err != nil {
		return request{}, err
	}
	path, _, _ := strings.Cut(target, "?")
	return request{method: method, path: path, host: header.Get("Host"), header: header}, nil
}

// close lets answers end that are under way, for a second or two.
func (p *pages) close() error {
	err := p.listener.Close()
	p.drop(func(asked bool) bool { return !asked }) // browsers connect before they have something to ask
	ended := make(chan struct{})
	go func() {
		p.busy.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(2 * lingerTime):
		p.drop(func(bool) bool { return true })
		<-ended
	}
	return err
}

func (p *pages) drop(which func(asked bool) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for conn, asked := range p.open {
		if which(asked) {
			_ = conn.Close()
		}
	}
}
