package practice

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/afero"
)

// The account every server has unless [Options] names others.
const (
	User     = "alice"
	Password = "s3cret pass"
)

// TLSMode says what a server wants with TLS.
type TLSMode int

// The modes: no TLS at all, AUTH TLS for those who ask (RFC 4217), AUTH TLS demanded before USER and PROT P before a
// transfer, and TLS from the first byte on.
const (
	NoTLS TLSMode = iota
	Explicit
	RequireExplicit
	Implicit
)

// Options describes a server. The zero value is an empty file system in memory that [User] may write to and anonymous
// may read, without TLS, on a free port of 127.0.0.1.
type Options struct {
	FS  afero.Fs // what is served; nil: memory, or Dir
	Dir string   // serve this folder; nothing outside it can be reached, not even through links

	Users       map[string]string // name and password; nil: [User] with [Password]
	NoAnonymous bool              // otherwise anonymous and ftp may read
	Uploads     bool              // anonymous may write below /incoming, too
	ReadOnly    bool              // nobody writes

	TLS          TLSMode
	Certificate  *tls.Certificate // nil: one is made
	Flaw         Flaw             // what is wrong with the one that is made
	Names        []string         // further host names and addresses for the one that is made
	MinTLS       uint16           // such as tls.VersionTLS12; 0: Go's choice
	MaxTLS       uint16           // the same
	RequireReuse bool             // a data connection must resume its control connection's TLS session (else 522)

	Listen       string        // address; "": 127.0.0.1:0
	PassivePorts Ports         // for data connections; the zero value: any
	PublicHost   string        // IPv4 address for PASV replies; "": the control connection's own
	Inside       string        // address in a network of its own, see listen; "": that of this computer
	Banner       string        // greeting, of one line or many
	Like         string        // one of [Flavours]: whose words and habits it has
	Idle         time.Duration // without a command, or with data that stands still; 0: any time

	MaxSessions int // control connections at once; 0: 100
	MaxPerHost  int // of these from one address; 0: 50

	Faults  []Fault
	Tap     Tap
	Log     func(Event) // calls never overlap
	Secrets bool        // events show passwords as they came; for a lesson about sniffing
	Forget  bool        // Commands and WaitCommand know nothing; for a server that runs for days

	otherData, clearData bool // see the faults other-cert and clear-data
}

// Ports is a range of TCP ports, both ends included.
type Ports struct{ First, Last int }

// Side is who spoke in an [Event].
type Side int

// The sides: the client, the server, a note of the tap about what happened without words, and one that the administrator
// should see.
const (
	FromClient Side = iota
	FromServer
	Note
	Warning
)

// Event is one line of the dialogue, as the tap saw it in the clear even when it travels under TLS. A reply of many lines
// is one event. Passwords are masked.
type Event struct {
	Time    time.Time
	Session int // number of the control connection: 1, 2, …
	From    Side
	Text    string // without the last line end
}

// String is the event as one line of a log, or several for a long reply.
func (e Event) String() string {
	mark := [...]string{">", "<", "-", "!"}[e.From]
	return fmt.Sprintf("%d %s %s", e.Session, mark, strings.ReplaceAll(e.Text, "\r\n", "\n    "))
}

// Tap may change the dialogue. Either function may be nil. They are called by the goroutine of the session.
type Tap struct {
	// Command gets a line of the client. It returns the line to obey, and, if it is to be answered without being obeyed, the
	// answer.
	Command func(session int, line string) (obey, answer string)
	// Reply gets a reply of the server (with its line ends) and the verb it answers, and returns what to send; "" sends
	// nothing. The greeting has the verb [Greeting].
	Reply func(session int, verb, reply string) string
}

// Server is a running FTP server. Its methods may be called from any goroutine.
type Server struct {
	opts     Options
	fs       afero.Fs
	look     *flavour
	listener net.Listener
	network  *network // nil: that of this computer
	cert     certificate
	tls      *tls.Config // nil without TLS
	dataTLS  *tls.Config // of data connections; nil: the same
	running  sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	count    int
	sessions map[*session]bool
	hosts    map[netip.Prefix]int // sessions by origin
	full     bool                 // the last connection was turned away
	faults   []*fault
	received received

	logging sync.Mutex
	brake   brake
}

// received are the commands of all clients.
type received struct {
	mu       sync.Mutex
	commands []string
	awaited  map[string]int // by verb: commands already returned by WaitCommand
	arrival  chan struct{}  // closed and replaced with each command
}

// Start starts a server and returns when it listens. The caller ends it with Close.
func Start(o Options) (*Server, error) {
	faults, err := compile(o.Faults)
	if err != nil {
		return nil, err
	}
	for _, f := range faults {
		if f.row.prepare != nil {
			f.row.prepare(&o, f.Fault)
		}
	}
	s := &Server{
		opts: o, faults: faults, sessions: map[*session]bool{}, hosts: map[netip.Prefix]int{},
		received: received{awaited: map[string]int{}, arrival: make(chan struct{})},
	}
	if s.look, err = findFlavour(o.Like); err != nil {
		return nil, err
	}
	if s.fs, err = o.files(); err != nil {
		return nil, err
	}
	if err := s.prepareTLS(); err != nil {
		return nil, errors.Join(err, s.closeFiles())
	}
	if err := s.listen(); err != nil {
		return nil, errors.Join(err, s.closeFiles())
	}
	s.running.Go(s.accept)
	return s, nil
}

// ErrNoNetwork says that the system makes no network for Options.Inside: it is not Linux, or the user may not.
var ErrNoNetwork = errors.New("no network of its own can be made here")

// listen opens the control port. With Options.Inside the server stands in a network of its own with this IPv4 address, and
// knows no other; Options.Listen is a port of the router before it, which leads to port 21, and ports for data connections
// lead inside as well.
func (s *Server) listen() (err error) {
	addr := cmp.Or(s.opts.Listen, "127.0.0.1:0")
	if s.opts.Inside == "" {
		s.listener, err = net.Listen("tcp", addr)
		return err
	}
	if s.network, err = newNetwork(s.opts.Inside); err != nil {
		return fmt.Errorf("%w: %w", ErrNoNetwork, err)
	}
	port, err := s.network.forward(addr, 21)
	if err != nil {
		s.network.end()
		return err
	}
	s.listener = port
	return nil
}

func (o *Options) files() (afero.Fs, error) {
	switch {
	case o.FS != nil:
		return o.FS, nil
	case o.Dir != "":
		return openFolder(o.Dir)
	default:
		return newMemory(), nil
	}
}

func (s *Server) prepareTLS() (err error) {
	if s.opts.TLS == NoTLS {
		return nil
	}
	if s.opts.Certificate != nil {
		s.cert, err = given(*s.opts.Certificate)
	} else {
		s.cert, err = issue(s.opts.Flaw, s.opts.Names...)
	}
	s.tls = &tls.Config{
		Certificates: []tls.Certificate{s.cert.leaf},
		MinVersion:   s.opts.MinTLS,
		MaxVersion:   s.opts.MaxTLS,
		NextProtos:   []string{"ftp"},
	}
	if s.opts.otherData && err == nil {
		var other certificate
		other, err = s.cert.sibling()
		s.dataTLS = s.tls.Clone()
		s.dataTLS.Certificates = []tls.Certificate{other.leaf}
	}
	return err
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		if why := s.admit(conn); why != "" {
			s.turnAway(conn, why)
		}
	}
}

// How many control connections there may be when nobody says otherwise.
const (
	maxSessions = 100
	maxPerHost  = 50
)

// admit begins a session, or says why not.
func (s *Server) admit(conn net.Conn) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	from := origin(conn.RemoteAddr())
	switch {
	case s.closed:
		return "the server ends"
	case len(s.sessions) >= cmp.Or(s.opts.MaxSessions, maxSessions):
		return fmt.Sprintf("there are %d connections already", len(s.sessions))
	case s.hosts[from] >= cmp.Or(s.opts.MaxPerHost, maxPerHost):
		return fmt.Sprintf("there are %d connections from your address already", s.hosts[from])
	}
	s.count++
	session := newSession(s, s.count, conn)
	s.sessions[session] = true
	s.hosts[from]++
	s.full = false
	s.running.Go(session.serve)
	return ""
}

// turnAway closes a connection with the reason. The first of a row is logged: a flood must not fill a disk.
func (s *Server) turnAway(conn net.Conn, why string) {
	s.mu.Lock()
	first := !s.full && !s.closed
	s.full = true
	s.mu.Unlock()
	if first {
		s.log(0, Warning, "turned away "+conn.RemoteAddr().String()+": "+why)
	}
	if s.opts.TLS != Implicit {
		_ = conn.SetWriteDeadline(time.Now().Add(lingering)) // a new connection takes it without a wait
		_, _ = io.WriteString(conn, "421 Try again later: "+why+".\r\n")
	}
	conn.Close()
}

// Addr is the address clients connect to, as host:port.
func (s *Server) Addr() string { return s.address().String() }

func (s *Server) address() *net.TCPAddr {
	at := s.listener
	if port, inside := at.(*forwarded); inside {
		at = port.outside
	}
	return at.Addr().(*net.TCPAddr)
}

// Host is the host of Addr.
func (s *Server) Host() string { return s.address().IP.String() }

// Port is the port of Addr.
func (s *Server) Port() int { return s.address().Port }

// URL is the address as a URL without a user: ftp://host:port/, or ftps:// for implicit TLS.
func (s *Server) URL() string {
	scheme := "ftp"
	if s.opts.TLS == Implicit {
		scheme = "ftps"
	}
	return scheme + "://" + net.JoinHostPort(s.Host(), strconv.Itoa(s.Port())) + "/"
}

// FS is what is served, for preparing and checking files. It obeys no permissions.
func (s *Server) FS() afero.Fs { return s.fs }

// RootCAs is what a client must trust to accept the certificate; nil without TLS.
func (s *Server) RootCAs() *x509.CertPool {
	if s.tls == nil {
		return nil
	}
	return s.cert.pool()
}

// CAPEM is RootCAs as PEM, for a file.
func (s *Server) CAPEM() []byte { return s.cert.pem() }

// Commands is what clients have sent so far, in order of arrival, passwords masked.
func (s *Server) Commands() []string {
	s.received.mu.Lock()
	defer s.received.mu.Unlock()
	return slices.Clone(s.received.commands)
}

// WaitCommand waits for a command with this verb and returns its line. Each call returns the next one that no earlier
// call has returned; the first may have come before the call.
func (s *Server) WaitCommand(ctx context.Context, verb string) (string, error) {
	for {
		line, arrival := s.received.next(verb)
		if arrival == nil {
			return line, nil
		}
		select {
		case <-arrival:
		case <-ctx.Done():
			return "", fmt.Errorf("waiting for %s: %w", verb, ctx.Err())
		}
	}
}

func (r *received) next(verb string) (line string, arrival <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := 0
	for _, line := range r.commands {
		if v, _, _ := strings.Cut(line, " "); !strings.EqualFold(v, verb) {
			continue
		}
		if seen++; seen > r.awaited[verb] {
			r.awaited[verb] = seen
			return line, nil
		}
	}
	return "", r.arrival
}

func (r *received) add(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.commands = append(r.commands, line)
	close(r.arrival)
	r.arrival = make(chan struct{})
}

func (s *Server) log(session int, from Side, text string) {
	if s.opts.Log == nil {
		return
	}
	s.logging.Lock()
	defer s.logging.Unlock()
	s.opts.Log(Event{Time: time.Now(), Session: session, From: from, Text: strings.TrimRight(text, "\r\n")})
}

// SetFaults replaces the faults of a running server, also for the sessions it has. Faults that shape the server as it
// starts, such as a bad certificate, are refused.
func (s *Server) SetFaults(faults ...Fault) error {
	compiled, err := compile(faults)
	if err != nil {
		return err
	}
	for _, f := range compiled {
		if f.row.prepare != nil {
			return fmt.Errorf("fault %s can only be chosen before the server starts", f.Name)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = compiled
	return nil
}

// Drop cuts all control connections, and the data connections with them, without a word.
func (s *Server) Drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for session := range s.sessions {
		session.drop()
	}
}

// Close ends all connections and the server, and returns when nothing of it runs any more. A second call does nothing.
func (s *Server) Close() error {
	s.mu.Lock()
	already := s.closed
	s.closed = true
	s.mu.Unlock()
	if already {
		return nil
	}
	err := s.listener.Close()
	s.Drop()
	s.running.Wait()
	if s.network != nil {
		s.network.end()
	}
	return errors.Join(err, s.closeFiles())
}

func (s *Server) closeFiles() error {
	if folder, ok := s.fs.(*folder); ok {
		return folder.Close()
	}
	return nil
}

// hides says whether a fault wants FEAT to be silent about a feature.
func (s *Server) hides(feature string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.faults, func(f *fault) bool {
		return slices.Contains(strings.Fields(f.row.hides), feature)
	})
}

func (s *Server) forget(session *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, session)
	from := origin(session.tcp.RemoteAddr())
	if s.hosts[from]--; s.hosts[from] == 0 {
		delete(s.hosts, from)
	}
}
