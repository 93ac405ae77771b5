package client

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Login is who the user is. An empty User means anonymous.
type Login struct {
	User, Password, Account string

	OneTime bool // Password is the answer to the server's challenge; it is good once
}

// anonymousPassword is a constant: nobody's address is given away.
const anonymousPassword = "anonymous@"

// ErrAccount is returned when the server asks for an account (332) and none is
// known.
var ErrAccount = errors.New("the server asks for an account")

// ChallengeError says that the server wants a one-time password (RFC 2289). The password was not sent: to such a server
// it is the pass phrase that all of them are made from, and must never travel.
type ChallengeError struct{ Reply Reply }

func (e *ChallengeError) Error() string {
	return "a one-time password is wanted, and the password was not sent: " + e.Reply.String()
}

// isChallenge finds the challenges of RFC 2289 ("otp-md5 98 wi1234"), of S/KEY before it (RFC 1760) and of OPIE.
var isChallenge = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\botp-[a-z0-9]+ +\d+ |\bs/?key\b|\bopie`)
})

// challenge returns a *ChallengeError when the answer to USER is a challenge that the password does not answer.
func (who Login) challenge(r Reply) error {
	if who.OneTime || !isChallenge().MatchString(r.Text()) {
		return nil
	}
	return &ChallengeError{r}
}

// Login logs in: USER, then PASS and ACCT as the server asks for them (RFC 959
// section 5.4), then what is worth knowing of the server (FEAT, PWD, SYST). A
// wrong password is an *Error. The login is kept, to connect again. Who is logged
// in already is logged out first; see Reset.
func (s *dialogue) Login(ctx context.Context, who Login) error {
	if who.User == "" {
		who.User = "anonymous"
	}
	if who.User == "anonymous" && who.Password == "" {
		who.Password = anonymousPassword
	}
	if err := s.conn.checkSecret("PASS"); err != nil && s.conn.Err() == nil {
		return err
	}
	if s.in { // to a second USER servers say no, or 230 to any password
		if err := s.Reset(ctx); err != nil {
			return err
		}
	}
	s.login, s.in, s.at, s.settings, s.oneTime = who, false, Place{}, nil, who.OneTime
	if err := s.conn.Err(); errors.As(err, new(*TLSError)) {
		return err // another connection would end in the same way
	}
	if _, err := s.ready(ctx); err != nil {
		return err
	}
	landed, err := s.admit(ctx, s.enter)
	if err != nil {
		return err
	}
	s.at, s.in = landed, true
	if who.OneTime { // another connection needs another one
		s.login.Password, s.login.OneTime = "", false
	}
	return nil
}

// admit logs in on the connection. A server that loses its place over the questions behind that
// is asked one at a time over another connection, or not asked what it could not answer: all of
// them can be done without.
func (s *dialogue) admit(ctx context.Context, enter func(context.Context, *Conn) (Place, error)) (Place, error) {
	landed, err := enter(ctx, s.conn)
	first, before, lacks := err, s.opt.OneByOne, s.lacks
	for range 2 {
		var silent *questionError
		if !errors.As(err, &silent) || ctx.Err() != nil || s.oneTime { // whose password is used up
			break
		}
		if silent.behind < 2 && !s.opt.OneByOne {
			s.opt.OneByOne = true
		} else {
			s.lacks = maps.Clone(s.lacks)
			s.without(silent.verb)
		}
		s.opt.Trace.note(NoteInfo{"C", "reconnect", s.conn.hideIn(err.Error())})
		s.conn.Close()
		var conn *Conn
		if conn, err = s.connect(ctx); err != nil {
			break
		}
		s.adopt(conn)
		landed, err = s.enter(ctx, conn)
	}
	if err != nil && first != nil {
		s.opt.OneByOne, s.lacks, err = before, lacks, first
	}
	if silent := new(questionError); errors.As(err, &silent) {
		err = silent.err
	}
	return landed, err
}

// questionError says that one of the questions behind the login was not answered.
type questionError struct {
	verb   string
	behind int // how many were answered before, that had left with it
	err    error
}

func (e *questionError) Error() string { return e.err.Error() }
func (e *questionError) Unwrap() error { return e.err }

// Reset forgets the user, and all settings of the server (REIN, RFC 959 section
// 4.1.1): Login is needed next. Where REIN is unknown, and under TLS, which REIN
// would end (RFC 4217 section 11), a new connection is made instead.
func (s *dialogue) Reset(ctx context.Context) error {
	s.in, s.at, s.cwdStale, s.settings = false, Place{}, false, nil
	if !s.conn.hadTLS() {
		_, err := s.cmd(ctx, 2, "REIN")
		if err == nil {
			s.have = initial(s.conn)
			return nil
		}
		if !refused(err) {
			return err
		}
	}
	s.leave(ctx, "this server wants a new connection for another login")
	return s.reconnect(ctx)
}

// LoggedIn reports whether a login succeeded, and as whom.
func (a *account) LoggedIn() (user string, ok bool) { return a.login.User, a.in }

// enter logs in on c and asks what the server can do, and where one is.
func (s *dialogue) enter(ctx context.Context, c *Conn) (Place, error) {
	if err := s.sayHost(ctx, c); err != nil {
		return Place{}, err
	}
	if s.opt.Through != nil {
		if err := s.loginThrough(ctx, c); err != nil {
			return Place{}, err
		}
		return s.look(ctx, c, Place{})
	}
	var behind []command
	if s.canHurry(c) {
		behind = s.questions()
	}
	answers, err := s.logIn(ctx, c, behind)
	switch {
	case err != nil:
		return Place{}, err
	case len(answers) == 0:
		return s.look(ctx, c, Place{})
	}
	return s.learn(ctx, c, behind, answers, Place{})
}

// canHurry reports whether more may be sent before the login is answered: where
// the program stands it, but not when somebody is asked about each command.
func (l *learned) canHurry(c *Conn) bool {
	return l.quirks.LoginBurst && !c.oneByOne() && c.gate.Load() == nil
}

// enterAgain is enter in one round trip, for a server about which all is known
// from an earlier connection.
func (s *dialogue) enterAgain(ctx context.Context, c *Conn) (Place, error) {
	hello := append(s.introductions(), cmd(s.verbFor("PWD")))
	next, answered := s.prefetchEPSV(ctx, c, s.typ, s.pipe.first)
	s.pipe.first = nil
	xs := c.sendMany(ctx, slices.Concat([]command{cmd("USER", s.login.User), cmd("PASS", s.login.Password)}, hello, next)...)
	r, err := xs[0].Expect(ctx, 0)
	if err == nil && r.Code == 331 {
		r, err = xs[1].Expect(ctx, 0)
	}
	if err = welcomed(r, err); err != nil {
		return Place{}, err
	}
	for _, x := range xs[2 : 2+len(hello)] {
		if _, err := x.Wait(ctx); err != nil {
			return Place{}, err
		}
	}
	answered(xs[2+len(hello):])
	said, _ := ParsePath(xs[1+len(hello)].final)
	return Place{}.after(command{}, said, s.syst), nil
}

// questions are what is worth knowing of a server that has let us in: what it can do, where we
// are, and how it names itself.
func (s *dialogue) questions() (all []command) {
	if s.recall() {
		return append(s.introductions(), cmd(s.verbFor("PWD")))
	}
	for _, verb := range []string{"FEAT", "PWD", "SYST"} {
		if !s.lacks[verb] {
			all = append(all, command{verb: verb, quick: !s.opt.OneByOne})
		}
	}
	return all
}

// recall takes what the server has said before in place of asking it, where that was kept.
func (s *peer) recall() bool {
	s.recalled = false
	if s.opt.Recall == nil || s.opt.Through != nil {
		return false
	}
	feat, syst := s.opt.Recall(s.conn.Greeting().Text())
	if feat == nil {
		return false
	}
	s.feat, s.syst = s.corrected(maps.Clone(feat)), syst
	s.recognise()
	s.recalled = true
	return true
}

// look asks the questions.
func (s *dialogue) look(ctx context.Context, c *Conn, from Place) (Place, error) {
	asked := s.questions()
	return s.learn(ctx, c, asked, c.sendMany(ctx, asked...), from)
}

// learn takes the answers to the questions. What PWD says is where from has led.
func (s *dialogue) learn(ctx context.Context, c *Conn, asked []command, xs []*Exchange, from Place) (Place, error) {
	replies := map[string]Reply{}
	for i, x := range xs {
		r, err := x.Wait(ctx)
		if err != nil {
			if ctx.Err() == nil && !IsCode(err, 421) {
				err = &questionError{asked[i].verb, i, err}
			}
			return from, err
		}
		if replies[asked[i].verb] = r; r.Code == 421 {
			return from, &Error{Verb: asked[i].verb, Reply: r}
		}
	}
	said, _ := ParsePath(replies[s.verbFor("PWD")])
	if s.recalled {
		s.identified(replies["CSID"])
		return from.after(command{}, said, s.syst), nil
	}
	feat := parseFeatures(replies["FEAT"])
	if r := replies["SYST"]; r.Class() == 2 {
		s.syst = r.Text()
	}
	if s.opt.Retain != nil && replies["FEAT"].Class() == 2 {
		s.opt.Retain(c.Greeting().Text(), maps.Clone(feat), s.syst)
	}
	s.feat = s.corrected(feat)
	s.recognise()
	return from.after(command{}, said, s.syst), s.introduce(ctx, c)
}

// introduce tells the server what we understand. Refusals do not matter.
func (s *dialogue) introduce(ctx context.Context, c *Conn) error {
	hello := s.introductions()
	for i, x := range c.sendMany(ctx, hello...) {
		r, err := x.Wait(ctx)
		if err != nil {
			return err
		}
		if hello[i].verb == "CSID" {
			s.identified(r)
		}
	}
	return nil
}

// identified takes the answer to CSID: a server whose greeting says nothing may be known by it.
func (s *peer) identified(r Reply) {
	if r.Class() != 2 {
		return
	}
	s.identity = map[string]string{}
	for _, fact := range strings.Split(r.Text(), ";") {
		if name, value, found := strings.Cut(fact, "="); found {
			s.identity[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
		}
	}
	s.recognise()
}

// Identity is what the server has told of itself in answer to our name: name, version, casesensitive and others;
// empty where it knows no such exchange.
func (v Server) Identity() map[string]string { return v.s.identity }

func (s *peer) introductions() (all []command) {
	if s.feat.Has("UTF8") {
		all = append(all, cmd("OPTS", "UTF8", "ON")) // proftpd may speak Latin-1 until then
	}
	switch {
	case s.opt.Program == "":
	case s.feat.Has("CSID"):
		name, version, _ := strings.Cut(s.opt.Program, "/")
		all = append(all, cmd("CSID", "Name="+name+";Version="+version+";"))
	case s.feat.Has("CLNT"):
		all = append(all, cmd("CLNT", s.opt.Program))
	}
	if facts := s.feat.wantedFacts(); facts != "" {
		all = append(all, cmd("OPTS", "MLST", facts))
	}
	return all
}

// logIn sends who the user is. The password is sent once, and never as account.
// What is to be sent behind it is only sent where a password is asked for, and is
// answered in vain where an account is, too: there are no answers then.
func (s *dialogue) logIn(ctx context.Context, c *Conn, behind []command) (answers []*Exchange, err error) {
	who := s.login
	s.accounted = false
	r, err := c.Cmd(ctx, 0, "USER", who.User)
	if err == nil && r.Code == 331 {
		if err := who.challenge(r); err != nil {
			return nil, err
		}
		xs := c.sendMany(ctx, slices.Concat([]command{cmd("PASS", who.Password)}, behind)...)
		answers = xs[1:]
		r, err = xs[0].Expect(ctx, 0)
	}
	if err == nil && r.Code == 332 && who.Account != "" {
		answers, s.accounted = nil, true
		r, err = c.Cmd(ctx, 0, "ACCT", who.Account)
	}
	return answers, welcomed(r, err)
}

// welcomed turns the last reply to a login into an error, unless it is 2yz.
func welcomed(r Reply, err error) error {
	switch {
	case err != nil:
		return err
	case r.Code == 332:
		return ErrAccount
	case r.Class() != 2:
		return &Error{Verb: "PASS", Reply: r}
	}
	return nil
}

// unlessRefused is err, but nil for the server's no.
func unlessRefused(err error) error {
	if refused(err) {
		return nil
	}
	return err
}

// refused reports whether err is the server's no, not a failure to ask.
func refused(err error) bool {
	var no *Error
	return errors.As(err, &no) && no.Reply.Code != 421
}
