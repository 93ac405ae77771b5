package client

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Site sends a command of the server's own (SITE, RFC 959 section 4.1.3).
func (s *Session) Site(ctx context.Context, words ...string) (Reply, error) {
	var r Reply
	err := s.byHandChange(ctx, "SITE "+strings.Join(words, " "), func() (err error) {
		r, err = s.cmd(ctx, 0, "SITE", words...)
		return err
	})
	s.sentByHand("SITE", words, r)
	return r, err
}

// Chmod sets the nine permission bits of a file: SITE CHMOD, or the fact
// UNIX.mode of MFF where only that is known. Neither is in an RFC; MFF is in
// draft-somers-ftp-mfxx.
func (s *Session) Chmod(ctx context.Context, mode fs.FileMode, name string) error {
	return s.change(ctx, Change{Do: Chmod, Path: name, Mode: mode}, func() error { return s.chmod(ctx, mode, name) })
}

func (s *Session) chmod(ctx context.Context, mode fs.FileMode, name string) error {
	octal := fmt.Sprintf("%03o", mode.Perm())
	_, err := s.Site(ctx, "CHMOD", octal, wirePath(name))
	if notKnown(err) && s.feat.Offers("MFF", "UNIX.mode") {
		return s.setFacts(ctx, name, "UNIX.mode=0"+octal)
	}
	return err
}

// errBlank is for commands that have two names and no way to quote them.
var errBlank = errors.New("a name with blanks cannot be given to this command")

// Symlink makes a symbolic link (SITE SYMLINK; proftpd, no RFC has it).
func (s *Session) Symlink(ctx context.Context, target, link string) error {
	if strings.Contains(target, " ") { // the link's name is the rest of the line
		return errBlank
	}
	return s.change(ctx, Change{Do: Link, Path: link, To: target}, func() error {
		_, err := s.Site(ctx, "SYMLINK", target, wirePath(link))
		return err
	})
}

// Copy copies a file on the server: SITE CPFR and CPTO (proftpd, no RFC has them). It is not
// repeated when the connection is lost.
func (s *Session) Copy(ctx context.Context, from, to string) error {
	return s.change(ctx, Change{Do: Copy, Path: from, To: to}, func() error { return s.copy(ctx, from, to) })
}

func (s *Session) copy(ctx context.Context, from, to string) error {
	return s.do(ctx, false, func(c *Conn) error {
		if _, err := s.tell(ctx, c, 3, cmd("SITE", "CPFR", wirePath(from))); err != nil {
			return err
		}
		_, err := s.tell(ctx, c, 2, command{verb: "SITE", args: []string{"CPTO", wirePath(to)}, slow: true})
		return err
	})
}

// MkdirAll makes a directory and those on the way to it, in one command where
// the server has SITE MKDIR, with MKD (RFC 959
// section 4.1.3) otherwise. One that stands already is no
// error.
func (s *Session) MkdirAll(ctx context.Context, dir string) error {
	if s.feat.Offers("SITE", "MKDIR") && s.opt.Funnel == nil { // which is told of each directory
		if _, err := s.Site(ctx, "MKDIR", wirePath(dir)); !refused(err) {
			return err
		} // it may be there, or another client makes one of them at this moment
	}
	var err error
	for end := 0; end < len(dir); {
		next := strings.IndexByte(dir[end+1:], '/')
		if next < 0 {
			next = len(dir) - end - 1
		}
		end += next + 1
		if _, err = s.Mkdir(ctx, dir[:end]); errors.Is(err, ErrThere) {
			err = nil
		} else if err != nil && !refused(err) {
			return err
		}
	}
	return s.unlessDir(ctx, dir, err)
}

// unlessDir forgives the refusal to make a directory that is there.
func (s *browser) unlessDir(ctx context.Context, dir string, err error) error {
	if !refused(err) {
		return err
	}
	there, failed := s.IsDir(ctx, dir)
	switch {
	case failed != nil:
		return failed
	case there:
		return nil
	}
	return err
}

// RemoveTree removes a directory and everything in it, where the server can do
// that by itself (SITE RMDIR; proftpd, no RFC has it). It is not repeated when the connection is
// lost.
func (s *Session) RemoveTree(ctx context.Context, dir string) error {
	return s.change(ctx, Change{Do: RemoveTree, Path: dir}, func() error {
		_, err := s.slow(ctx, 2, "SITE", "RMDIR", wirePath(dir))
		return err
	})
}

// lastNumber returns the last digits of a text: "Current UMASK is 022", but of
// "UMASK set to 027 (was 022)" the first.
func lastNumber(text string) string {
	text, _, _ = strings.Cut(text, "(")
	start, end := lastDigits(text)
	return text[start:end]
}
