package practice

import (
	"cmp"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"path"
	"strconv"
	"sync"
	"time"

	ftpserver "github.com/fclairamb/ftpserverlib"
)

// startLibrary gives the session a library server for itself, which makes the library's hooks without a session of
// their own, such as WrapPassiveListener, know whose they are.
func (s *session) startLibrary() error {
	ours, theirs := net.Pipe()
	s.inner = ours
	s.helpers.Add(1)
	end := &libraryEnd{Conn: theirs, session: s, closed: sync.OnceFunc(s.helpers.Done)}
	lib := ftpserver.NewFtpServer(&driver{session: s, listener: &onceListener{conn: end}})
	if err := lib.Listen(); err != nil {
		end.Close()
		return err
	}
	s.helpers.Go(s.readReplies)
	return lib.Serve()
}

// libraryEnd is the library's end of the pipe. It has the addresses of the real connection, which the library puts
// into PASV replies and compares with those of data connections.
type libraryEnd struct {
	net.Conn
	session *session
	closed  func()
}

func (e *libraryEnd) LocalAddr() net.Addr  { return e.session.tcp.LocalAddr() }
func (e *libraryEnd) RemoteAddr() net.Addr { return e.session.tcp.RemoteAddr() }

func (e *libraryEnd) Close() error {
	defer e.closed()
	return e.Conn.Close()
}

// onceListener hands out one connection and then claims to be closed, so that the library's accept loop ends.
type onceListener struct{ conn net.Conn }

func (l *onceListener) Accept() (net.Conn, error) {
	conn := l.conn
	l.conn = nil
	if conn == nil {
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: net.ErrClosed}
	}
	return conn, nil
}

func (l *onceListener) Close() error   { return nil }
func (l *onceListener) Addr() net.Addr { return &net.TCPAddr{} }

// dataWait is how long a transfer waits for its data connection.
const dataWait = 30 * time.Second

// driver is what the library asks about one session.
type driver struct {
	session  *session
	listener net.Listener
	context  ftpserver.ClientContext
}

func (d *driver) GetSettings() (*ftpserver.Settings, error) {
	return &ftpserver.Settings{
		Listener:                 d.listener,
		PassiveTransferPortRange: unusedPorts{},
		PublicHost:               d.session.srv.opts.PublicHost,
		Banner:                   " The practice server of ftpsh",
		IdleTimeout:              -1, // the tap's business
		ConnectionTimeout:        int(dataWait / time.Second),
		EnableHASH:               true,
		// MODE Z stays off: the library sends raw deflate where the draft wants zlib.
		DeflateCompressionLevel: 0,
	}, nil
}

// unusedPorts are those on which the library listens for nobody: the clients learn that of the dataPort.
type unusedPorts struct{}

func (unusedPorts) FetchNext() (exposed, listened int, ok bool) {
	return 0, dynamicPorts.First + rand.IntN(dynamicPorts.Last-dynamicPorts.First+1), true
}

// NumberAttempts is enough where clients that ended lately hold a third of the ports.
func (unusedPorts) NumberAttempts() int { return 50 }

func (d *driver) ClientConnected(c ftpserver.ClientContext) (string, error) {
	d.context = c
	if banner := d.session.srv.opts.Banner; banner != "" {
		return banner, nil
	}
	if look := d.session.srv.look; look.greeting != "" {
		return d.session.fill(look.greeting, &command{}, reply{}), nil
	}
	return "ftpsh practice server ready", nil
}

func (d *driver) ClientDisconnected(ftpserver.ClientContext) {}

func (d *driver) GetTLSConfig() (*tls.Config, error) {
	return nil, errors.New("TLS ends at the tap")
}

// AuthUser says yes: the tap has checked the password.
func (d *driver) AuthUser(ftpserver.ClientContext, string, string) (ftpserver.ClientDriver, error) {
	s := d.session
	s.cwd = d.context.Path
	return s.tree(), nil
}

// tree is what the user may do with the files.
func (s *session) tree() *tree {
	o := s.srv.opts
	return &tree{Fs: s.srv.fs, readOnly: o.ReadOnly || s.anonymous() && !o.Uploads, incomingOnly: s.anonymous(), warn: s.warn}
}

func (d *driver) WrapPassiveListener(library net.Listener) (net.Listener, error) {
	s := d.session
	s.mu.Lock()
	client := s.activeAddr
	s.mu.Unlock()
	p, err := newDataPort(s, library, client)
	if err != nil {
		library.Close()
		return nil, err
	}
	s.setPort(p)
	return p, nil
}

// newName finds a name for STOU that is not taken.
func (s *session) newName(want string) string {
	want = cmp.Or(want, "unique")
	dir := s.cwd()
	name := want
	for i := 1; ; i++ {
		if _, err := s.srv.fs.Stat(absolute(dir, name)); err != nil {
			return name
		}
		name = want + "." + strconv.Itoa(i)
	}
}

func absolute(dir, name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join(dir, name)
}
