package client

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Quote sends a line as it is and returns the final reply, of whatever class.
// The Session learns from it what may have changed. It is never repeated.
func (s *Session) Quote(ctx context.Context, line string) (Reply, error) {
	verb, args := splitLine(line)
	if dataVerbs[verb] {
		return Reply{}, fmt.Errorf("%s needs a data connection", verb)
	}
	var r Reply
	if err := s.tooLong(verb, args); err != nil {
		return r, err
	}
	err := s.byHandChange(ctx, line, func() error {
		return s.do(ctx, false, func(c *Conn) (err error) {
			if err = c.checkSecret(verb); err == nil {
				r, err = c.sendAll(c.upgrading(ctx, command{verb: verb, args: args}))[0].Wait(ctx)
			}
			return err
		})
	})
	if errors.As(err, new(*LostError)) && verb == "QUIT" && r.Code == 0 {
		return r, err
	}
	s.noticed(ctx, verb, args, r)
	return r, err
}

var dataVerbs = map[string]bool{
	"RETR": true, "STOR": true, "APPE": true, "STOU": true, "LIST": true, "NLST": true, "MLSD": true,
}

// noticed keeps the Session right about what the user changed by hand.
func (s *dialogue) noticed(ctx context.Context, verb string, args []string, r Reply) {
	word := strings.Join(args, " ")
	s.typed(verb, word)
	if r.Class() != 2 {
		return
	}
	in := s.in
	s.toldByHand(verb, word)
	switch verb {
	case "USER", "PASS", "ACCT":
		s.letIn(ctx, verb)
	case "HOST":
		s.opt.VirtualHost = strings.Trim(word, "[]")
	case "CWD", "CDUP", "XCWD", "XCUP", "SMNT":
		s.movedByHand(ctx, command{verb: verb, args: args})
	case "QUIT":
		s.conn.awaitEnd()
		s.conn.Close() // nothing more is sent here
	case "REIN":
		s.have, s.in, s.at, s.settings = initial(s.conn), false, Place{}, nil
	}
	if verb != "ACCT" || in { // what came before the login is part of it
		s.sentByHand(verb, args, r)
	}
}

// typed keeps who the user says to be.
func (a *account) typed(verb, word string) {
	switch verb {
	case "USER":
		a.login, a.in = Login{User: word}, false
	case "PASS":
		a.login.Password = word
	case "ACCT":
		a.login.Account = word
	}
}

// toldByHand notes what the server was told of transfers. What the user says is what the user wants.
func (s *agreement) toldByHand(verb, word string) {
	switch verb {
	case "TYPE":
		s.typ = typeOf(word)
		s.have.typ = s.typ
	case "PROT":
		s.have.prot = ""
		if l := Level(strings.ToUpper(word)); l == Private || l == Clear {
			s.have.prot, s.prot = l, l
		}
	case "PBSZ":
		s.have.pbsz = true
	case "SSCN":
		s.have.sscn = strings.EqualFold(word, "ON")
	case "MODE":
		s.have.mode = Mode(strings.ToUpper(word))
		s.mode, s.compress = "", s.have.mode == Deflate
		if s.have.mode != Stream && s.have.mode != Deflate {
			s.mode = s.have.mode
		}
	case "OPTS":
		s.have.hash = "" // perhaps another one now
	}
}

// letIn is for a server that has accepted a part of a login: scripts log in by hand.
func (s *dialogue) letIn(ctx context.Context, verb string) {
	before := s.in
	s.in = true
	if s.postpones(owesLook) || before && verb == "ACCT" {
		return
	}
	at, err := s.look(ctx, s.conn, Place{})
	s.at, s.in = at, err == nil
}

// movedByHand finds out where a change of the directory has led.
func (s *dialogue) movedByHand(ctx context.Context, change command) {
	if !s.postpones(owesDir) && s.ask(ctx, s.conn, change) == nil {
		return
	}
	s.at = s.at.after(change, "", s.syst)
}
