package client

import (
	"context"
	"errors"
	"maps"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Session is a user's session with a server. It knows what the user wants (the
// transfer type, protection of data, the directory) and sends what is needed
// to make it so when it is needed, not before. When the server has hung up, the
// next call connects again and restores all that.
//
// A Session is used by one goroutine at a time, but for Drop.
type Session struct {
	browser

	inFunnel bool // the funnel is at work on this session
}

// A session is made in layers. Each stands on the one before and knows nothing of
// those behind it; Session itself is the last, which changes what is on the server.

// peer is the server: the connection to it, and what was learned.
type peer struct {
	opt  Options
	conn *Conn
	line atomic.Pointer[Conn] // conn, for Drop

	learned
}

// location is where the user is, and the server.
type location struct {
	peer

	at       Place
	leaves   bool // a directory for another one, without going back to it
	cwdStale bool // the server is somewhere else: after a long path, a listing, an interrupt
}

// agreement is what the user wants of transfers, and what the server was told of that.
type agreement struct {
	location

	choices
	have settings
}

// outbox is what leaves in one burst: commands that wait for the next transfer,
// what a transfer needs in front of its own, and data connections that are asked
// for ahead.
type outbox struct {
	agreement

	pipe pipeline
}

// dialogue sees to it that a command finds a connection which is in step, logged
// in, and what the one before it was.
type dialogue struct {
	outbox

	account
	handwork
}

// transfers begins them, in the wanted type and protection and on a way that works.
type transfers struct{ dialogue }

// browser looks at what is on the server and changes none of it: directories,
// listings, facts and checksums.
type browser struct{ transfers }

// account is who the user is there.
type account struct {
	login     Login
	oneTime   bool // the server wanted a one-time password: no password leaves before its challenge
	in        bool // logged in
	accounted bool // ACCT was part of the last login
}

// learned is what was found out about the server.
type learned struct {
	feat           Features
	quirks         Quirks
	syst           string
	recalled       bool              // feat and syst are those of an earlier session
	identity       map[string]string // as the answer to CSID tells it
	slash          slash
	refusals       map[string]Reply // of questions that the server may not know
	knows          map[string]bool  // questions that it has answered
	lacks          map[string]bool  // verbs that the server does not know
	way            int              // index in ways of the one that worked
	modeKnown      bool
	timeWay        int  // index in timeWays of the one that worked
	plainUploads   bool // uploads in MODE Z have failed
	counts         bool // it said the right size of a file that was fetched
	desyncedBefore bool // it was out of step on an earlier connection
}

// clone is a copy that another session adds to.
func (l learned) clone() learned {
	l.refusals, l.knows, l.lacks = maps.Clone(l.refusals), maps.Clone(l.knows), maps.Clone(l.lacks)
	return l
}

// choices are what the user wants of transfers.
type choices struct {
	typ      Type  // for files
	prot     Level // for data, when the control connection is protected
	fresh    bool  // each data connection has a TLS session of its own
	compress bool  // MODE Z for downloads and listings
	mode     Mode  // chosen by hand, for all transfers; "": none was
}

// handwork is what the user does by hand.
type handwork struct {
	byHand         bool      // nothing is sent by itself
	pendingRefresh refresh   // what was not asked on that account
	settings       []setting // what the user sent that lasts
	renaming       string    // what a RNFR or CPFR named
}

// settings are the parameters of the control connection that transfers need.
type settings struct {
	typ  Type
	pbsz bool
	prot Level
	mode Mode
	hash Algorithm // of HASH
	sscn bool      // the server takes the client's part in TLS on data connections
}

// Type is the representation of data on the wire (RFC 959 section 3.1.1).
type Type string

// typeOf reads the argument of a TYPE that was sent by hand. The types that are common are
// recognised; any other is as it was typed: "C 1208" of IBM i.
func typeOf(word string) Type {
	words := strings.Fields(strings.ToUpper(word))
	t := Type(strings.Join(words, " "))
	switch t {
	case "A N":
		return ASCII
	case "E N":
		return EBCDIC
	case "L8":
		return Local8
	}
	return t
}

// Counts reports whether the bytes on the wire are those of the file, so that they can be counted
// and a part of them asked for. In text types each side has its own.
func (t Type) Counts() bool { return t == Binary || t == Local8 }

// The types. Binary and ASCII are what is used today.
const (
	Binary Type = "I"
	ASCII  Type = "A"
	EBCDIC Type = "E"
	Local8 Type = "L 8" // the same as Binary on machines with bytes of eight bits
)

// Level is the protection of data connections (RFC 4217 section 9).
type Level string

// The levels that servers know.
const (
	Private Level = "P"
	Clear   Level = "C"
)

// initial is what a server may be thought to assume without being told. Its type is none of that:
// proftpd begins in binary where it is told to; and neither is the protection under TLS.
func initial(c *Conn) settings {
	if c.hadTLS() {
		return settings{mode: Stream}
	}
	return settings{prot: Clear, mode: Stream}
}

// Open connects to a server and protects the connection as asked. It does not
// log in. A refusal of TLS is an *Error of the verb AUTH when TLS is required.
func Open(ctx context.Context, opt Options) (*Session, error) {
	if opt.Ways == nil {
		opt.Ways = []DataMode{EPSV, PASV, EPRT, PORT}
	}
	s := new(Session)
	s.opt, s.choices = opt, choices{typ: Binary, prot: Private}
	conn, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	s.adopt(conn)
	s.pinUnverified()
	return s, nil
}

// pinUnverified keeps the certificate that was taken without a check: later
// connections of the session get no other one.
func (s *peer) pinUnverified() {
	if s.conn.trust() == "off" {
		s.opt.unverified = s.conn.tickets.leaf
	}
}

func (s *peer) connect(ctx context.Context) (*Conn, error) {
	cfg := s.opt
	cfg.ownPort = slices.Contains(s.opt.Ways, DefaultPort)
	if s.conn != nil {
		cfg.secrets = s.conn.known()
	}
	conn, err := Dial(ctx, s.opt.Addr, s.opt.Security == Implicit, cfg)
	if err != nil {
		return nil, err
	}
	if s.opt.Security == Implicit || s.opt.Security == Off {
		return conn, nil
	}
	err = conn.StartTLS(ctx)
	var refused *Error
	if errors.As(err, &refused) && s.opt.Security == Opportunistic && refused.Reply.Code != 421 {
		s.opt.Trace.note(NoteInfo{"C", "tls.refused", "the server has no TLS: " + refused.Reply.String()})
		return conn, nil
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// adopt takes a fresh connection, about which nothing is known yet.
func (s *dialogue) adopt(conn *Conn) {
	if s.desyncedBefore = s.desynced(); s.desyncedBefore {
		conn.outOfStep.Store(true)
	}
	s.conn, s.have = conn, initial(conn)
	s.line.Store(conn)
	s.syst, s.cwdStale = "", false
	s.recognise()
}

// recognise finds out which program the server is.
func (s *peer) recognise() {
	s.quirks = quirksOf(s.conn.Greeting().Text(), s.feat)
	if s.quirks.Server == "" && s.identity["name"] != "" {
		s.quirks = quirksOf(s.identity["name"], nil)
	}
	s.conn.telnet.Store(s.quirks.ReadsTelnet)
}

// Conn returns the connection as it is now, for commands that Session has no
// method for. What is changed through it the Session does not know; see Quote.
func (s *peer) Conn() *Conn { return s.conn }

// Options returns what the session was opened with.
func (s *peer) Options() Options { return s.opt }

// Clone opens another connection with the same login, directory and settings, for
// a transfer: its data connection may be asked for already.
func (s *Session) Clone(ctx context.Context) (*Session, error) { return s.Clones().Cloner()(ctx) }

// Cloner returns a function that clones the session as it is now. Unlike Clone,
// it may be called while the session is used, and from several goroutines.
func (cl Clones) Cloner() func(context.Context) (*Session, error) {
	now := cl.s.template()
	return func(ctx context.Context) (*Session, error) {
		t := now.template()
		t.opt.Trace = now.opt.Trace.clone()
		if t.modeKnown {
			t.pipe.first = &Transfer{Verb: "RETR"}
		}
		if err := t.reconnect(ctx); err != nil {
			return nil, err
		}
		return t, nil
	}
}

// template is a session without a connection, with the same login, directory and
// settings, and what has been found out about the server.
func (s *Session) template() *Session {
	t := new(Session)
	t.opt, t.learned, t.at, t.choices, t.account = s.opt, s.learned.clone(), s.at, s.choices, s.account
	t.settings, t.accounted, t.desyncedBefore = s.settings, false, s.desynced()
	t.opt.Ways = slices.Clone(s.opt.Ways)
	t.pipe.never = s.pipe.never
	return t
}

// Close says QUIT (RFC 959 section 4.1.1) and closes the connection.
func (s *peer) Close() error {
	return s.conn.Quit(context.Background())
}

// Drop ends the connection without a word. Unlike all else it may be called while
// another goroutine uses the session, to get it out of whatever it is waiting for.
func (s *peer) Drop() {
	if c := s.line.Load(); c != nil {
		c.Close()
	}
}

// SetType chooses the type of the next transfers. Nothing is sent before them.
func (c *choices) SetType(t Type) { c.typ = t }

// Type returns the type of the next transfers.
func (c *choices) Type() Type { return c.typ }

// Protect chooses whether data connections are protected. PBSZ and PROT (RFC 4217
// sections 8 and 9) are sent with the next transfer. It has no effect in the clear.
func (c *choices) Protect(l Level) { c.prot = l }

// Protected reports whether control and data connections use TLS.
func (s *agreement) Protected() (control, data bool) {
	return s.conn.isTLS(), s.conn.hadTLS() && s.prot == Private
}

// Host returns the server's name as the user gave it.
func (v Server) Host() string {
	host, _, _ := net.SplitHostPort(v.s.opt.Addr)
	return host
}

// ready returns a connection that is in step: replies still owed after an
// interrupt are read first, and a lost connection is made again. The server is
// in the user's directory.
func (s *dialogue) ready(ctx context.Context) (*Conn, error) { return s.inStep(ctx, false) }

// inStep is ready, but the server may be astray for who is roaming, and goes back
// with what it sends; see returning.
func (s *dialogue) inStep(ctx context.Context, roaming bool) (*Conn, error) {
	if err := s.conn.Err(); s.byHand && err != nil {
		return nil, err // in manual mode connecting is manual, too
	}
	if s.conn.Err() == nil {
		settling, cancel := context.WithTimeout(ctx, settleTimeout)
		defer cancel()
		err := s.conn.Settle(settling)
		if err == nil && s.cwdStale && !s.at.anchored() {
			s.leave(ctx, "a directory without a name is reached from the login")
			return s.inStep(ctx, roaming)
		}
		if err == nil && !roaming {
			if err = s.goBack(ctx, s.conn); refused(err) {
				err = &DirGoneError{Dir: s.at.String(), Err: err}
			}
		}
		if err == nil || ctx.Err() != nil || s.conn.Err() == nil && !errors.Is(err, context.DeadlineExceeded) {
			return s.conn, err
		}
		if errors.Is(err, context.DeadlineExceeded) {
			s.conn.fail(&LostError{Err: &TimeoutError{Waiting: "replies to an interrupted transfer"}})
		}
	}
	if err := s.reconnect(ctx); s.in && refused(err) { // no answer to what is to be asked
		return nil, &DirGoneError{Err: err}
	} else if err != nil {
		return nil, err
	}
	return s.conn, nil
}

// do runs f on a connection that is in step. When the server turns out to have
// hung up and f is safe to repeat, it is run again on a new connection.
func (s *dialogue) do(ctx context.Context, repeat bool, f func(*Conn) error) error {
	return s.try(ctx, repeat, false, f)
}

// anywhere is do for an f that begins with what returning gives it.
func (s *dialogue) anywhere(ctx context.Context, repeat bool, f func(*Conn) error) error {
	return s.try(ctx, repeat, true, f)
}

func (s *dialogue) try(ctx context.Context, repeat, roaming bool, f func(*Conn) error) error {
	c, err := s.inStep(ctx, roaming)
	if err != nil {
		return err
	}
	err = f(c)
	if !repeat && !c.cut.Load() || !hungUp(err) || ctx.Err() != nil { // a cut burst ends before what must not be repeated
		return err
	}
	if c, err = s.inStep(ctx, roaming); err != nil {
		return err
	}
	return f(c)
}

// hungUp reports whether the server had closed the connection, so that the
// command was most likely not carried out.
func hungUp(err error) bool {
	var lost *LostError
	var slow *TimeoutError
	if IsCode(err, 421) || errors.As(err, new(*BurstError)) {
		return true
	}
	return errors.As(err, &lost) && !errors.As(err, &slow)
}

// cmd sends one command that is safe to repeat.
func (s *dialogue) cmd(ctx context.Context, class int, verb string, args ...string) (r Reply, err error) {
	err = s.do(ctx, true, func(c *Conn) error {
		r, err = s.tell(ctx, c, class, cmd(verb, args...))
		return err
	})
	return r, err
}

// slow is cmd for what may take the server long.
func (s *dialogue) slow(ctx context.Context, class int, verb string, args ...string) (r Reply, err error) {
	err = s.do(ctx, false, func(c *Conn) error {
		r, err = s.tell(ctx, c, class, command{verb: verb, args: args, slow: true})
		return err
	})
	return r, err
}

// tell sends one command in the words that this server knows.
func (s *dialogue) tell(ctx context.Context, c *Conn, class int, m command) (r Reply, err error) {
	if m.failed != nil && !isLong(m.failed) {
		return r, m.failed
	}
	name := m.verb
	m.failed = nil
	if m.args, err = s.fit(ctx, c, name, m.args); err != nil {
		return r, err
	}
	err = s.telnetToo(c, m.args, func() error {
		m.verb = s.verbFor(name)
		r, err = c.sendAll(m)[0].Expect(ctx, class)
		if older[m.verb] != "" && s.markUnsupported(name, err) {
			m.verb = s.verbFor(name)
			r, err = c.sendAll(m)[0].Expect(ctx, class)
		}
		return err
	})
	return r, err
}

// reconnect makes a new connection and restores user, settings and directory, or fails. The
// promises of the old one hold: TLS is not given up on the way.
func (s *dialogue) reconnect(ctx context.Context) error {
	if err := s.alone(); err != nil && s.in {
		return err
	}
	s.giveUp()
	conn, err := s.connect(ctx)
	if err != nil {
		return err
	}
	program, syst := s.quirks.Server, s.syst
	s.adopt(conn)
	if !s.in {
		return nil
	}
	enter := s.enter
	if s.canHurry(conn) && !s.oneTime && s.quirks.Server == program && s.login.Account == "" && s.opt.Through == nil && s.opt.VirtualHost == "" {
		enter, s.syst = s.enterAgain, syst
	}
	landed, err := s.admit(ctx, enter)
	if err == nil {
		err = s.restore(ctx, s.conn, landed)
	}
	if err != nil {
		s.conn.Close() // half of what the session was is not what it was
		return err
	}
	s.cwdStale = false
	return nil
}

// giveUp ends a connection that is lost. What it has shown of the server holds for the next one.
func (s *peer) giveUp() {
	if s.conn == nil {
		return
	}
	if !s.conn.isStandIn() {
		s.opt.Trace.note(NoteInfo{"C", "reconnect", s.conn.hideIn(s.conn.Err().Error())})
	}
	s.conn.Close()
	if s.conn.hadTLS() && s.opt.Security == Opportunistic {
		s.opt.Security = Require
	}
	if s.conn.cut.Load() {
		s.opt.OneByOne = true
	}
}

// Idle reports how the connection is without sending anything.
func (s *peer) Idle() error {
	if s.conn.isStandIn() {
		return nil
	}
	return s.conn.Err()
}

// RoundTrip is the shortest time in which the server has answered a command on
// this connection, or 0 before the first.
func (v Server) RoundTrip() time.Duration { return time.Duration(v.s.conn.minRTT.Load()) }

// timeNow is the clock for year-less dates.
var timeNow = time.Now
