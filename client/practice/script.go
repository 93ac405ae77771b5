package practice

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// patience is how long a scripted server waits for the client to speak, connect or read.
const patience = 10 * time.Second

// Scripted is a server that plays a written conversation. [Script] tells its language.
type Scripted struct {
	steps    []step
	listener net.Listener
	cert     certificate
	finished chan struct{}
	err      error

	mu      sync.Mutex
	closed  bool
	open    map[io.Closer]bool
	waits   string            // the address of dataPort
	reaches func(string) bool // see Reaches

	// What the player knows.
	tcp        net.Conn // of the control connection
	control    net.Conn
	in         *bufio.Reader
	transcript []string
	dataPort   net.Listener // of the last $DATA or $PORT
	dataAddr   string       // of the last PORT or EPRT, if that came later
	dataTCP    net.Conn
	data       net.Conn
	keepData   bool
}

// Script starts a server on a free port of 127.0.0.1 that plays a conversation. It has one line for each thing said or
// done; blank lines and lines that begin with # mean nothing, and neither do blanks before a line.
//
//	S: text        the server says text and CRLF; $DATA is "p1,p2" and $PORT the number of a fresh data port
//	S> text        the server says text, in which \r \n \t \\ \xNN stand for bytes, and nothing else
//	C: line        the client says this line; C: * is any; what Telnet puts before an ABOR is no part of it
//	C~ pattern     the client says a line that the regular expression matches as a whole
//	D: text        the server sends text and CRLF on the data connection
//	D> text        the server sends text with \r \n … on the data connection
//	D+ kind size   the server sends so many bytes of no meaning: kind is file, or listing or names for lines of that form
//	D< text        the server reads the data connection to its end, and this is what came; D< * is anything
//	D close        closes the data connection; so does the next S or C line unless D hold came before it
//	D reset        resets the data connection
//	D hold         keeps the data connection open over the next S and C lines
//	D tls          starts TLS on the data connection
//	tls            starts TLS on the control connection; what the client sent before the handshake is dropped
//	close          closes the control connection
//	reset          resets it
//	silence        says nothing more; ends when the client closes
//	accept         waits for the client to connect again
//
// The data connection is made by its first D line: accepted at the last $DATA or $PORT, or dialled if the client said
// PORT or EPRT since. The control connection is closed after the last line.
//
// Without a certificate one is made; see [Scripted.RootCAs].
func Script(text string, cert ...tls.Certificate) (*Scripted, error) {
	steps, err := parseScript(text)
	if err != nil {
		return nil, err
	}
	p := &Scripted{steps: steps, finished: make(chan struct{}), open: map[io.Closer]bool{}}
	switch {
	case len(cert) > 0:
		p.cert, err = given(cert[0])
	case strings.Contains(text, "tls"):
		p.cert, err = issue(Sound)
	}
	if err != nil {
		return nil, err
	}
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	p.hold(p.listener)
	go p.play()
	return p, nil
}

// Addr is the address to connect to, as host:port.
func (p *Scripted) Addr() string { return p.listener.Addr().String() }

// Host is the host of Addr.
func (p *Scripted) Host() string { return p.listener.Addr().(*net.TCPAddr).IP.String() }

// Port is the port of Addr.
func (p *Scripted) Port() int { return p.listener.Addr().(*net.TCPAddr).Port }

// Waits reports whether an address is where the server waits for the client now: that of the control connection, or of
// the data port that it named last.
func (p *Scripted) Waits(addr string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return addr == p.Addr() || p.waits != "" && addr == p.waits
}

// Reaches has the server connect to the addresses only that allow returns true for, whatever PORT and EPRT say: a client
// may be told to name the port of somebody else.
func (p *Scripted) Reaches(allow func(addr string) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reaches = allow
}

func (p *Scripted) mayReach(addr string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reaches == nil || p.reaches(addr)
}

// RootCAs is what a client must trust to accept the certificate.
func (p *Scripted) RootCAs() *x509.CertPool {
	if p.cert.anchor == nil {
		return nil
	}
	return p.cert.pool()
}

// Done is closed when the conversation is over, well or badly.
func (p *Scripted) Done() <-chan struct{} { return p.finished }

// Wait waits for the end of the conversation. If the client said something else than is written, the error shows both
// texts, with - before what should have been said and + before what was.
func (p *Scripted) Wait() error {
	<-p.finished
	return p.err
}

// Close ends the conversation where it is, and returns when nothing of it runs any more.
func (p *Scripted) Close() error {
	p.mu.Lock()
	p.closed = true
	for c := range p.open {
		c.Close()
	}
	p.mu.Unlock()
	<-p.finished
	return nil
}

// hold has c closed at the end.
func (p *Scripted) hold(c io.Closer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[c] = true
	if p.closed {
		c.Close()
	}
}

func (p *Scripted) release(c io.Closer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, c)
	c.Close()
}

func (p *Scripted) play() {
	defer close(p.finished)
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for c := range p.open {
			c.Close()
		}
	}()
	if p.err = p.accept(); p.err != nil {
		return
	}
	for i := range p.steps {
		st := &p.steps[i]
		said, err := p.do(st)
		if err != nil {
			p.err = p.explain(st, said, err)
			return
		}
		p.transcript = append(p.transcript, "  "+st.text)
	}
	p.control.Close() // with a close_notify, if it has TLS
}

// mismatch is a client that said something else.
var errMismatch = errors.New("the client said something else")

// explain shows the last lines of the conversation and how it went on.
func (p *Scripted) explain(st *step, said string, err error) error {
	var b strings.Builder
	fmt.Fprintf(&b, "line %d: %v", st.line, err)
	from := max(0, len(p.transcript)-8)
	if from > 0 {
		b.WriteString("\n  …")
	}
	for _, line := range p.transcript[from:] {
		b.WriteString("\n" + line)
	}
	b.WriteString("\n- " + st.text)
	if said != "" {
		b.WriteString("\n+ " + said)
	}
	return errors.New(b.String())
}

func (p *Scripted) accept() error {
	if l, ok := p.listener.(*net.TCPListener); ok {
		_ = l.SetDeadline(time.Now().Add(patience))
	}
	conn, err := p.listener.Accept()
	if err != nil {
		return fmt.Errorf("no client came: %w", err)
	}
	p.hold(conn)
	p.tcp, p.control, p.in = conn, conn, bufio.NewReader(conn)
	return nil
}

// do plays one step. When it fails, said is what the client did in its place.
func (p *Scripted) do(st *step) (said string, err error) {
	if st.kind != dataStep && p.data != nil && !p.keepData {
		p.closeData()
	}
	switch st.kind {
	case sayStep:
		return "", p.say(st)
	case hearStep:
		return p.hear(st)
	case dataStep:
		return p.transfer(st)
	default:
		return p.act(st.word)
	}
}

func (p *Scripted) say(st *step) error {
	text, err := p.withPorts(st.bytes)
	if err != nil {
		return err
	}
	_ = p.control.SetWriteDeadline(time.Now().Add(patience))
	_, err = io.WriteString(p.control, text)
	return err
}

// withPorts opens a data port if text names one.
func (p *Scripted) withPorts(text string) (string, error) {
	if !strings.Contains(text, "$DATA") && !strings.Contains(text, "$PORT") {
		return text, nil
	}
	if p.dataPort != nil {
		p.release(p.dataPort)
	}
	l, err := listenData(p.listener.Addr().(*net.TCPAddr), Ports{})
	if err != nil {
		return "", err
	}
	p.hold(l)
	p.dataPort, p.dataAddr = l, ""
	p.mu.Lock()
	p.waits = l.Addr().String()
	p.mu.Unlock()
	n := l.Addr().(*net.TCPAddr).Port
	return strings.NewReplacer("$DATA", fmt.Sprintf("%d,%d", n>>8, n&255), "$PORT", strconv.Itoa(n)).Replace(text), nil
}

func (p *Scripted) hear(st *step) (string, error) {
	_ = p.control.SetReadDeadline(time.Now().Add(patience))
	line, err := p.in.ReadString('\n')
	said := "C: " + strings.TrimRight(line, "\r\n")
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return said, fmt.Errorf("the client said nothing for %v", patience)
	case err == io.EOF && line == "":
		return "C closed the connection", errMismatch
	case err != nil:
		return said, err
	case !strings.HasSuffix(line, "\r\n"):
		return said + " (without CR)", errMismatch
	}
	line = strings.TrimSuffix(line, "\r\n")
	if strings.HasSuffix(line, "ABOR") {
		line = stripTelnet(line)
	}
	if !st.pattern.MatchString(line) {
		return said, errMismatch
	}
	p.note(line)
	return "", nil
}

// note remembers the address of an active data connection.
func (p *Scripted) note(line string) {
	verb, arg, _ := strings.Cut(line, " ")
	if addr, err := ActiveAddress(verb, arg); err == nil {
		p.dataAddr = addr.String()
	}
}

func (p *Scripted) transfer(st *step) (string, error) {
	if p.data == nil {
		if err := p.openData(); err != nil {
			return "", err
		}
	}
	switch st.word {
	case "":
		_, err := io.WriteString(p.data, st.bytes)
		return "", err
	case "+":
		return "", fill(p.data, st.bytes, st.size)
	case "<":
		return p.compare(st)
	case "close":
		p.closeData()
	case "end":
		p.endData()
	case "reset":
		p.resetConn(p.dataTCP)
		p.closeData()
	case "hold":
		p.keepData = true
	case "tls":
		p.data = tls.Server(p.dataTCP, p.tlsConfig())
	}
	return "", nil
}

// openData makes the data connection.
func (p *Scripted) openData() (err error) {
	var conn net.Conn
	switch {
	case p.dataAddr != "" && !p.mayReach(p.dataAddr):
		err = fmt.Errorf("nobody of ours listens at %s", p.dataAddr)
	case p.dataAddr != "":
		conn, err = net.DialTimeout("tcp", p.dataAddr, patience)
	case p.dataPort != nil:
		_ = p.dataPort.(*net.TCPListener).SetDeadline(time.Now().Add(patience))
		conn, err = p.dataPort.Accept()
	default:
		err = errors.New("neither $DATA nor $PORT nor PORT nor EPRT came before")
	}
	if err != nil {
		return fmt.Errorf("no data connection: %w", err)
	}
	_ = conn.SetDeadline(time.Now().Add(patience))
	p.hold(conn)
	p.dataTCP, p.data, p.keepData = conn, conn, false
	return nil
}

func (p *Scripted) compare(st *step) (string, error) {
	if st.bytes == anything {
		_, err := io.Copy(io.Discard, p.data)
		return "D< …", err
	}
	got, err := io.ReadAll(p.data)
	if err != nil {
		return fmt.Sprintf("D< %s", Escape(string(got))), err
	}
	if !bytes.Equal(got, []byte(st.bytes)) {
		return fmt.Sprintf("D< %s", Escape(string(got))), errMismatch
	}
	return "", nil
}

// endData closes the data connection when the client has seen its end, so that what is said next does not overtake it.
func (p *Scripted) endData() {
	if end, ok := p.data.(interface{ CloseWrite() error }); ok && end.CloseWrite() == nil {
		if tcp, ok := p.dataTCP.(*net.TCPConn); ok && p.data != p.dataTCP {
			_ = tcp.CloseWrite()
		}
		_ = p.dataTCP.SetReadDeadline(time.Now().Add(lingering))
		_, _ = io.Copy(io.Discard, p.dataTCP)
	}
	p.closeData()
}

func (p *Scripted) closeData() {
	p.data.Close()
	p.release(p.dataTCP)
	p.data, p.dataTCP, p.keepData = nil, nil, false
}

func (p *Scripted) resetConn(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
}

// act plays the words that are neither said nor heard.
func (p *Scripted) act(word string) (string, error) {
	switch word {
	case "tls":
		conn := tls.Server(p.tcp, p.tlsConfig())
		_ = conn.SetDeadline(time.Now().Add(patience))
		p.control, p.in = conn, bufio.NewReader(conn)
		return "", conn.Handshake()
	case "close":
		p.control.Close()
		p.release(p.tcp)
	case "reset":
		p.resetConn(p.tcp)
		p.release(p.tcp)
	case "silence":
		_ = p.control.SetReadDeadline(time.Time{})
		_, _ = io.Copy(io.Discard, p.in)
	case "accept":
		return "", p.accept()
	}
	return "", nil
}

func (p *Scripted) tlsConfig() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{p.cert.leaf}}
}
