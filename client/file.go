package client

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client/listing"
)

// Retrieve begins the download of a file from offset on (RETR, after REST when
// offset is not zero). The file is whole only when Close returns nil.
func (s *Session) Retrieve(ctx context.Context, name string, offset int64) (*Data, error) {
	return s.transfer(ctx, s.typ, Transfer{Verb: "RETR", Args: []string{wirePath(name)}, Restart: offset})
}

// Store begins an upload (STOR, after REST when offset is not zero). The file
// is stored only when Close returns nil.
func (s *Session) Store(ctx context.Context, name string, offset int64) (*Data, error) {
	return s.transfer(ctx, s.typ, Transfer{Verb: "STOR", Args: []string{wirePath(name)}, Restart: offset})
}

// Append begins an upload to the end of a file (APPE).
func (s *Session) Append(ctx context.Context, name string) (*Data, error) {
	return s.transfer(ctx, s.typ, Transfer{Verb: "APPE", Args: []string{wirePath(name)}})
}

// StoreUnique begins an upload under a name that the server chooses (STOU);
// Data.FileName tells it. Some servers want a name to start from.
func (s *Session) StoreUnique(ctx context.Context, name string) (*Data, error) {
	var args []string
	if name != "" {
		args = []string{wirePath(name)}
	}
	return s.transfer(ctx, s.typ, Transfer{Verb: "STOU", Args: args})
}

// Size returns the size of a file in bytes (SIZE, RFC 3659 section 4), asked in
// type I: in type A servers refuse, or count the line ends.
func (s *Session) Size(ctx context.Context, name string) (size int64, err error) {
	err = s.do(ctx, true, func(c *Conn) error {
		r, err := s.inBinary(ctx, c, cmd("SIZE", wirePath(name)))
		if err == nil {
			size, err = ParseSize(r)
		}
		return err
	})
	return size, err
}

// inBinary sends a command behind TYPE I, where that is not set already.
func (s *Session) inBinary(ctx context.Context, c *Conn, last command) (Reply, error) {
	want := s.have
	want.typ = Binary
	before := s.changes(want)
	xs := c.sendAll(append(before, last)...)
	if err := s.confirm(ctx, before, xs); err != nil {
		return Reply{}, err
	}
	return xs[len(xs)-1].Expect(ctx, 2)
}

// ModTime returns when a file was last changed, in UTC (MDTM, RFC 3659 section
// 3).
func (s *Session) ModTime(ctx context.Context, name string) (time.Time, error) {
	r, err := s.cmd(ctx, 2, "MDTM", wirePath(name))
	if err != nil {
		return time.Time{}, err
	}
	t, _, err := parseModTime(r)
	return t, err
}

// SetModTime sets the time of a file (MFMT, draft-somers-ftp-mfxx).
func (s *Session) SetModTime(ctx context.Context, name string, t time.Time) error {
	_, err := s.cmd(ctx, 2, "MFMT", t.UTC().Format("20060102150405"), wirePath(name))
	return err
}

// Stat describes one file or directory: MLST where the server has it, SIZE and
// MDTM otherwise.
func (s *Session) Stat(ctx context.Context, name string) (listing.Entry, error) {
	if s.feat.Has("MLST") {
		e, err := s.mlst(ctx, name)
		if !notKnown(err) {
			return e, err
		}
	}
	e := listing.Entry{Name: name, Type: listing.File}
	var err error
	if e.Size, err = s.Size(ctx, name); err == nil {
		e.Time, err = s.ModTime(ctx, name)
		if refused(err) {
			err = nil
		}
		return e, err
	}
	if !refused(err) {
		return e, err
	}
	if !s.isDir(ctx, name) {
		return e, err
	}
	return listing.Entry{Name: name, Type: listing.Dir, Size: -1}, nil
}

func (s *Session) mlst(ctx context.Context, name string) (e listing.Entry, err error) {
	r, err := s.cmd(ctx, 2, "MLST", wirePath(name))
	if err != nil {
		return e, err
	}
	body := r.Body()
	if len(body) == 0 {
		return e, &ProtocolError{Verb: "MLST", Text: r.Text(), Reason: "no facts in the reply to MLST"}
	}
	e, err = listing.ParseFacts(strings.TrimPrefix(body[0], " "))
	e.Name = name // servers put anything there: a path, a bare name
	return e, err
}

// isDir finds out by going there and back.
func (s *Session) isDir(ctx context.Context, name string) bool {
	here := s.dir
	if here == "" || s.Chdir(ctx, name) != nil {
		return false
	}
	return s.Chdir(ctx, here) == nil
}

// Remove deletes a file (DELE).
func (s *Session) Remove(ctx context.Context, name string) error {
	_, err := s.cmd(ctx, 2, "DELE", wirePath(name))
	return err
}

// Rename renames a file or directory (RNFR, RNTO). It is not repeated when the
// connection is lost: the new name may stand already.
func (s *Session) Rename(ctx context.Context, from, to string) error {
	return s.do(ctx, false, func(c *Conn) error {
		if _, err := c.Cmd(ctx, 3, "RNFR", wirePath(from)); err != nil {
			return err
		}
		_, err := c.Cmd(ctx, 2, "RNTO", wirePath(to))
		return err
	})
}

// Chmod sets the nine permission bits of a file (SITE CHMOD, not standardised).
func (s *Session) Chmod(ctx context.Context, mode fs.FileMode, name string) error {
	_, err := s.Site(ctx, "CHMOD", fmt.Sprintf("%03o", mode.Perm()), wirePath(name))
	return err
}

// Site sends a command of the server's own (SITE).
func (s *Session) Site(ctx context.Context, words ...string) (Reply, error) {
	return s.cmd(ctx, 0, "SITE", words...)
}

// System returns the answer to SYST: "UNIX Type: L8".
func (s *Session) System(ctx context.Context) (string, error) {
	r, err := s.cmd(ctx, 2, "SYST")
	return r.Text(), err
}

// Status returns the server's answer to STAT: about the session, or about name
// when it is not empty.
func (s *Session) Status(ctx context.Context, name string) (Reply, error) {
	if name == "" {
		return s.cmd(ctx, 2, "STAT")
	}
	return s.cmd(ctx, 2, "STAT", wirePath(name))
}

// Help returns the server's answer to HELP.
func (s *Session) Help(ctx context.Context, words ...string) (Reply, error) {
	return s.cmd(ctx, 2, "HELP", words...)
}

// Quote sends a line as it is and returns the final reply, of whatever class.
// The Session learns from it what may have changed. It is never repeated.
func (s *Session) Quote(ctx context.Context, line string) (Reply, error) {
	verb, rest, _ := strings.Cut(strings.TrimLeft(line, " "), " ")
	verb = strings.ToUpper(verb)
	if dataVerbs[verb] {
		return Reply{}, fmt.Errorf("%s needs a data connection", verb)
	}
	var args []string
	if rest != "" {
		args = []string{rest}
	}
	var r Reply
	err := s.do(ctx, false, func(c *Conn) (err error) {
		if err = c.mayCarry(verb); err == nil {
			r, err = c.Send(verb, args...).Wait(ctx)
		}
		return err
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
func (s *Session) noticed(ctx context.Context, verb string, args []string, r Reply) {
	if r.Class() != 2 {
		return
	}
	switch verb {
	case "TYPE":
		s.have.typ = ""
		if t := Type(strings.ToUpper(strings.Join(args, ""))); t == Binary || t == ASCII {
			s.have.typ, s.typ = t, t
		}
	case "PROT":
		if l := Level(strings.ToUpper(strings.Join(args, ""))); l == Private || l == Clear {
			s.have.prot, s.prot = l, l
		}
	case "PBSZ":
		s.have.pbsz = true
	case "CWD", "CDUP", "XCWD", "XCUP", "SMNT":
		s.heard(s.conn.Cmd(ctx, 2, "PWD"))
	case "REIN":
		s.have, s.in = initial, false
	}
}
