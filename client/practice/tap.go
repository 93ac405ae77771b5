package practice

import (
	"bufio"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Greeting stands for the verb that the greeting answers, in a [Fault] and a [Tap].
const Greeting = "CONNECT"

// session is the tap on one control connection. It stands between the client, whose TLS it ends, and a library server
// of its own, which speaks clear FTP through a pipe and never learns of TLS.
//
// One goroutine, run, decides and writes; one reads commands, a line whenever run asks for one; one reads replies. Since
// run asks only when the last command is answered, or while a transfer goes on (for ABOR), replies need no matching
// and what a client sent ahead of a TLS handshake is never obeyed.
type session struct {
	srv *Server
	id  int
	control
	pipes
	ports

	// What run knows.
	queue
	choices
	over  bool
	idle  *time.Timer
	entry *time.Timer   // until when there must be a login
	cwd   func() string // the directory, once logged in
}

// control is the control connection with the client.
type control struct {
	tcp     net.Conn // below TLS
	tls     *tls.Config
	client  net.Conn // tcp, or TLS over it
	in      *bufio.Reader
	secure  bool // it has TLS
	chopped bool // the next write goes out byte by byte
}

// pipes lead from the readers to run.
type pipes struct {
	reads    chan *bufio.Reader // run asks for a line
	commands chan commandLine
	inner    net.Conn // to the library
	replies  chan reply
	done     chan struct{} // closed by drop
	dropOnce sync.Once
	helpers  sync.WaitGroup
}

// queue are the commands that wait for a reply of the library.
type queue struct {
	asked    bool     // a line is being read
	held     *command // read during a transfer, to be obeyed after it
	pending  []*command
	moved    bool   // the library has begun a transfer since it was last known to be at rest
	ignored  int    // replies of the library to lines that no client sent
	previous string // the verb obeyed last
}

// choices are what the client has said about itself and its transfers.
type choices struct {
	login    account
	pbsz     bool
	protect  bool            // data connections have TLS
	extended bool            // EPSV ALL
	image    bool            // TYPE I
	again    bool            // REIN came: what needs a login needs it once more, though the library still has one
	silent   map[string]bool // facts that OPTS MLST turned off
}

// ports are where data connections come from.
type ports struct {
	mu         sync.Mutex
	activeAddr string    // the client's, if PORT or EPRT came last
	port       *dataPort // of the last PASV, EPSV, PORT or EPRT
}

// commandLine is a line of the client, or that it was too long.
type commandLine struct {
	text    string
	tooLong bool
}

func newSession(srv *Server, id int, conn net.Conn) *session {
	s := &session{
		srv: srv, id: id, control: control{tcp: conn, client: conn},
		pipes: pipes{
			reads: make(chan *bufio.Reader, 1), commands: make(chan commandLine),
			replies: make(chan reply), done: make(chan struct{}),
		},
		idle: time.NewTimer(time.Hour), entry: time.NewTimer(loginTime),
	}
	s.idle.Stop()
	if srv.tls != nil {
		s.tls = srv.tls.Clone()
		s.tls.SetSessionTicketKeys([][32]byte{ticketKey()})
	}
	return s
}

// ticketKey is the session's own, so that only a data connection of this very control connection can resume its TLS
// session, as with proftpd.
func ticketKey() (key [32]byte) {
	_, _ = rand.Read(key[:])
	return key
}

// serve runs the session to its end.
func (s *session) serve() {
	defer s.srv.forget(s)
	s.note("connected from " + s.tcp.RemoteAddr().String())
	if err := s.begin(); err != nil {
		s.note(err.Error())
	} else {
		s.run()
	}
	s.note("disconnected")
	s.end()
}

func (s *session) begin() error {
	if s.srv.opts.TLS == Implicit {
		s.pbsz, s.protect = true, true
		if err := s.startTLS(); err != nil {
			return err
		}
	}
	s.in = bufio.NewReaderSize(s.client, maxLine)
	s.pending = []*command{s.arm(&command{verb: Greeting})}
	s.helpers.Go(s.readCommands)
	return s.startLibrary()
}

func (s *session) run() {
	for !s.over {
		select {
		case line, ok := <-s.commands:
			if !ok {
				return
			}
			s.asked = false
			s.idle.Stop()
			s.take(line)
		case r, ok := <-s.replies:
			if !ok {
				return
			}
			s.answered(r)
		case <-s.entry.C:
			s.send(Greeting, "421 No login for too long, closing.\r\n")
			s.hangUp()
		case <-s.idle.C:
			s.send(Greeting, "421 Idle for too long, closing.\r\n")
			s.hangUp()
		case <-s.done:
			return
		}
	}
}

// end closes what is open and waits for the helpers.
func (s *session) end() {
	s.idle.Stop()
	s.entry.Stop()
	s.closePort()
	if s.inner != nil {
		s.inner.Close()
	}
	if s.in != nil {
		close(s.reads)
	}
	s.linger()
	s.drop()
	s.helpers.Wait()
}

// What nobody may take longer for: to log in, to shake hands, to read a reply. Otherwise a few clients that do nothing
// keep all others out.
const (
	loginTime     = time.Minute
	handshakeTime = 15 * time.Second
	readTime      = 30 * time.Second
)

// lingering is how long a client may take to close after the server did.
const lingering = time.Second

// linger closes the client'c connection politely: closed with commands unread it would be reset, and the client might
// never see the last reply.
func (c *control) linger() {
	if secure, ok := c.client.(*tls.Conn); ok {
		_ = secure.CloseWrite()
	}
	if tcp, ok := c.tcp.(*net.TCPConn); ok && tcp.CloseWrite() == nil {
		_ = tcp.SetReadDeadline(time.Now().Add(lingering))
		_, _ = io.Copy(io.Discard, tcp)
	}
}

// drop cuts the connections; run notices. It may be called by anybody.
func (s *session) drop() {
	s.dropOnce.Do(func() {
		close(s.done)
		s.tcp.Close()
	})
	s.closePort()
}

// hangUp ends the session politely once the command at hand is dealt with.
func (s *session) hangUp() { s.over = true }

// ask lets the reader fetch the next command.
func (s *session) ask() {
	if s.srv.opts.Idle > 0 && len(s.pending) == 0 {
		s.idle.Reset(s.srv.opts.Idle)
	}
	if !s.asked && s.held == nil {
		s.asked = true
		s.reads <- s.in
	}
}

func (p *pipes) readCommands() {
	defer close(p.commands)
	for in := range p.reads {
		line, err := readCommand(in)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
		select {
		case p.commands <- commandLine{line, err != nil}:
		case <-p.done:
			return
		}
	}
}

func (p *pipes) readReplies() {
	defer close(p.replies)
	in := bufio.NewReader(p.inner)
	for {
		r, err := readReply(in)
		if err != nil {
			return
		}
		select {
		case p.replies <- r:
		case <-p.done:
			_, _ = io.Copy(io.Discard, in)
			return
		}
	}
}

// take deals with a line of the client: now, or after the transfer that is going on.
func (s *session) take(line commandLine) {
	if line.tooLong {
		s.send("", "500 Line too long.\r\n")
		s.ask()
		return
	}
	c := parseCommand(line.text)
	s.hear(c)
	if len(s.pending) > 0 && (len(s.pending) > 1 || !c.interrupts()) {
		s.held = c
		return
	}
	s.obey(c)
}

func (s *session) hear(c *command) {
	masked := c.line
	if c.verb == "PASS" || c.verb == "ACCT" {
		masked = c.verb + " ****"
	}
	if s.srv.opts.Secrets {
		s.srv.log(s.id, FromClient, c.line)
	} else {
		s.srv.log(s.id, FromClient, masked)
	}
	if !s.srv.opts.Forget {
		s.srv.received.add(masked)
	}
}

func (s *session) obey(c *command) {
	if tap := s.srv.opts.Tap.Command; tap != nil {
		line, answer := tap(s.id, c.line)
		c = parseCommand(line)
		if answer != "" {
			s.answer(c, answer)
			return
		}
	}
	c.previous, s.previous = s.previous, c.verb
	s.arm(c)
	if s.refused(c) {
		return
	}
	if s.srv.look.lacks(c.verb) {
		s.answer(c, "500 Unknown command.")
		return
	}
	if s.again && !s.login.done && !withoutLogin[c.verb] {
		s.answer(c, "530 Log in with USER and PASS.")
		return
	}
	if toPath := s.srv.look.toPath; toPath != nil && c.namesFile() {
		c.arg = toPath(c.arg)
		c.obey = c.verb + " " + c.arg
	}
	if strings.ContainsAny(c.line, lineBreaks) { // a reply would repeat them
		s.answer(c, "501 No name holds a line break or NUL.")
		return
	}
	if own, ok := ownCommands[c.verb]; ok {
		if answer := own(s, c); answer != "" {
			s.answer(c, answer)
			return
		}
	}
	s.forward(c)
}

// arm finds the faults that may touch a command.
func (s *session) arm(c *command) *command {
	s.srv.mu.Lock()
	defer s.srv.mu.Unlock()
	for _, f := range s.srv.faults {
		if f.meets(c.verb) {
			c.faults = append(c.faults, f)
		}
	}
	return c
}

// refused lets the faults answer in the server's place.
func (s *session) refused(c *command) bool {
	for _, f := range c.faults {
		if f.row.command == nil || !f.take() {
			continue
		}
		if answer := f.row.command(s, f, c); answer != "" {
			s.answer(c, answer)
		} else {
			s.ask()
		}
		return true
	}
	return false
}

func (s *session) forward(c *command) {
	line := c.obey + "\r\n"
	for _, first := range c.first {
		line = first + "\r\n" + line
		s.ignored++
	}
	if s.moved && len(s.pending) == 0 { // its transfer has answered, but may not have put its pen down, and QUIT does not wait for that
		line = "NOOP\r\n" + line
		s.ignored++
		s.moved = false
	}
	s.pending = append(s.pending, c)
	if _, err := io.WriteString(s.inner, line); err != nil {
		s.drop()
	}
	if c.isTransfer() {
		s.moved = true
		s.ask()
	}
}

// answer is for commands that the library never hears of.
func (s *session) answer(c *command, text string) {
	s.deliver(c, parseReply(strings.TrimRight(text, "\r\n")+"\r\n"))
	if c.after != nil {
		c.after()
	}
	s.rest()
}

// answered passes on a reply of the library.
func (s *session) answered(r reply) {
	if s.ignored > 0 {
		s.ignored--
		return
	}
	c := s.answeredCommand(r)
	if c == nil {
		return
	}
	if r = s.judge(c, r); r.final() {
		s.pending = slices.DeleteFunc(s.pending, func(x *command) bool { return x == c })
	}
	if c.verb == Greeting && s.refused(c) {
		return
	}
	s.deliver(c, r)
	s.rest()
}

// rest continues with the next command when nothing is left to be answered.
func (s *session) rest() {
	if c := s.held; c != nil && len(s.pending) == 0 && !s.over {
		s.held = nil
		s.obey(c)
		return
	}
	s.ask()
}

// answeredCommand is the oldest one waiting, with two exceptions in a transfer: STAT is answered at once, and an ABOR
// that comes before the library has opened its transfer makes it forget to answer the transfer itself.
func (s *session) answeredCommand(r reply) *command {
	switch {
	case len(s.pending) == 0:
		return nil
	case len(s.pending) == 2 && s.pending[1].verb == "STAT" && r.code == 211:
		return s.pending[1]
	case len(s.pending) == 2 && s.pending[1].verb == "ABOR" && strings.HasPrefix(r.text, "226 ABOR"):
		transfer := s.pending[0]
		s.pending = s.pending[1:]
		s.deliver(transfer, parseReply("426 Transfer aborted before it began.\r\n"))
	}
	return s.pending[0]
}

// judge repairs what the library says.
func (s *session) judge(c *command, r reply) reply {
	if c.isTransfer() && r.final() {
		switch verdict := s.verdict(); {
		case verdict != "":
			return parseReply(verdict + "\r\n")
		case strings.HasPrefix(r.text, "425 failed"):
			return parseReply("425 No data connection was made.\r\n")
		case strings.HasSuffix(r.text, "no transfer connection\r\n"):
			return parseReply("425 PASV, EPSV, PORT or EPRT comes first.\r\n")
		case strings.Contains(r.text, syscall.ENOSPC.Error()):
			return parseReply("552 The disk is full.\r\n")
		case strings.HasPrefix(r.text, "550 Issue during transfer"):
			return parseReply("426 Data connection broken, transfer aborted.\r\n")
		}
	}
	if strings.HasPrefix(r.text, "202 This extension") {
		return parseReply("502 Not implemented here.\r\n")
	}
	if r.code >= 400 {
		r = plainRefusal(r)
	}
	if c.edit != nil {
		return parseReply(c.edit(r))
	}
	return r
}

// plainRefusal says in the words of other servers what the library wraps in the
// names of its functions.
func plainRefusal(r reply) reply {
	for _, err := range []error{
		fs.ErrNotExist, fs.ErrExist, fs.ErrPermission, syscall.ENOENT, syscall.EEXIST,
		syscall.EACCES, syscall.ENOTDIR, syscall.EISDIR, syscall.ENOTEMPTY, errNotPlain,
	} {
		if words := err.Error(); strings.Contains(r.text, ": "+words) {
			return r.because(words)
		}
	}
	if strings.Contains(r.text, " error: ") {
		return r.because(r.text[strings.LastIndex(r.text, ": ")+2:])
	}
	return r
}

// because is the refusal with another text.
func (r reply) because(words string) reply {
	words = strings.TrimRight(words, "\r\n")
	return parseReply(fmt.Sprintf("%d %s.\r\n", r.code, strings.ToUpper(words[:1])+words[1:]))
}

// deliver sends a reply through the faults and the tap.
func (s *session) deliver(c *command, r reply) {
	if c.verb == "TYPE" && r.code == 200 {
		s.image = !strings.HasPrefix(strings.ToUpper(c.arg), "A")
	}
	r = s.reword(c, r)
	text := r.text
	for _, f := range c.faults {
		if f.row.reply != nil && text != "" {
			text = f.row.reply(s, f, reply{code: r.code, text: text})
		}
	}
	s.send(c.verb, text)
}

func (s *session) send(verb, text string) {
	if tap := s.srv.opts.Tap.Reply; tap != nil && text != "" {
		text = tap(s.id, verb, text)
	}
	if text == "" {
		return
	}
	s.srv.log(s.id, FromServer, text)
	if err := s.write(text); err != nil {
		s.drop()
	}
}

func (c *control) write(text string) error {
	_ = c.tcp.SetWriteDeadline(time.Now().Add(readTime))
	if !c.chopped {
		_, err := io.WriteString(c.client, text)
		return err
	}
	c.chopped = false
	for i := range len(text) {
		if _, err := io.WriteString(c.client, text[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// startTLS makes the control connection a TLS one. What the client sent before the handshake is dropped with the old
// reader.
func (s *session) startTLS() error {
	conn := tls.Server(s.tcp, s.tls)
	_ = s.tcp.SetDeadline(time.Now().Add(handshakeTime))
	if err := conn.Handshake(); err != nil {
		return err
	}
	_ = s.tcp.SetDeadline(time.Time{})
	s.secure, s.client, s.in = true, conn, bufio.NewReaderSize(conn, maxLine)
	s.note("TLS " + tls.VersionName(conn.ConnectionState().Version) + " on the control connection")
	return nil
}

func (s *session) note(text string) { s.srv.log(s.id, Note, text) }
func (s *session) warn(text string) { s.srv.log(s.id, Warning, text) }

// wait is pause, as tests of the brake see it.
func (s *session) wait(d time.Duration) {
	if s.srv.brake.waited != nil {
		s.srv.brake.waited(d)
		return
	}
	s.pause(d)
}

// pause waits, unless the connection goes.
func (p *pipes) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.done:
	}
}
