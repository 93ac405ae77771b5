package client

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
)

// Chdir changes the directory: CWD, or CDUP for "..", and PWD behind it (RFC 959 section 4.1). A
// path from the root also leads out of a directory that the session cannot return to, see
// DirGoneError.
func (s *browser) Chdir(ctx context.Context, dir string) error {
	err := s.chdir(ctx, dir, nil)
	if gone := new(DirGoneError); !errors.As(err, &gone) || gone.Dir == "" || !strings.HasPrefix(dir, "/") {
		return err
	}
	s.leaves = true
	defer func() { s.leaves = false }()
	if err = s.chdir(ctx, dir, nil); err != nil {
		s.conn.Close() // it is not where the user was
	}
	return err
}

// chdir is Chdir, for a listing with what that needs next.
func (s *browser) chdir(ctx context.Context, dir string, list *Transfer) error {
	change := cmd("CWD", s.slashed(wirePath(dir)))
	if dir == ".." && !s.lacks["XCUP"] {
		change = cmd("CDUP")
	}
	return s.anywhere(ctx, true, func(c *Conn) error {
		if s.tooLong("CWD", change.args) != nil {
			return s.chdirFar(ctx, c, dir)
		}
		_, err := s.changeDir(ctx, c, change, list)
		if change.verb == "CDUP" && s.lacks["CDUP"] && s.markUnsupported("XCUP", err) {
			_, err = s.changeDir(ctx, c, cmd("CWD", ".."), list)
		}
		if change.verb != "CDUP" {
			err = s.withSlash(ctx, c, dir, err, list)
		}
		return err
	})
}

// slash says whether CWD wants a slash behind the name, as some controllers of machines do.
type slash int

const (
	slashUnknown slash = iota
	slashNeedless
	slashWanted
)

// slashed is a path as this server's CWD wants it.
func (l *learned) slashed(dir string) string {
	if l.slash == slashWanted && !strings.HasSuffix(dir, "/") && dir != ".." {
		return dir + "/"
	}
	return dir
}

// withSlash goes on after the outcome of a CWD: until one without a slash has succeeded on a server
// of which nothing is known, a refused one is tried again with it.
func (s *browser) withSlash(ctx context.Context, c *Conn, dir string, err error, list *Transfer) error {
	switch {
	case s.slash != slashUnknown, strings.HasSuffix(dir, "/"):
	case err == nil && dir != "..":
		s.slash = slashNeedless
	case s.quirks.Server == "" && IsCode(err, 501, 550):
		if _, again := s.changeDir(ctx, c, cmd("CWD", wirePath(dir)+"/"), list); again == nil || !refused(again) {
			s.slash = slashWanted
			return again
		}
	}
	return err
}

// changeDir sends a command that changes the directory, and PWD with it, and what
// is needed to list it, if that is next.
func (s *browser) changeDir(ctx context.Context, c *Conn, change command, list *Transfer) (r Reply, err error) {
	name := change.verb
	err = s.telnetToo(c, change.args, func() error {
		for {
			back, err := s.returning(ctx, c)
			if err != nil {
				return err
			}
			change.verb = s.verbFor(name)
			next, answered := s.prefetchEPSV(ctx, c, ASCII, list)
			xs := c.sendMany(ctx, slices.Concat(back, []command{change, cmd(s.verbFor("PWD"))}, next)...)
			failed := s.confirm(ctx, back, xs)
			xs = xs[len(back):]
			r, err = xs[0].Expect(ctx, 2)
			now, unheard := xs[1].Expect(ctx, 2)
			answered(xs[2:])
			if err = cmp.Or(err, failed); err != nil {
				s.pipe.ahead = nil // a listing would have followed at once
			}
			switch {
			case ctx.Err() != nil:
				s.cwdStale = true // perhaps: the next command goes back to where the user is
				return ctx.Err()
			case older[change.verb] != "" && s.markUnsupported(name, err):
			case err == nil && !s.lacks["PWD"] && s.markUnsupported("PWD", unheard):
				return s.ask(ctx, c, change)
			case err == nil:
				return s.heard(change, now, unheard)
			default:
				return err
			}
		}
	})
	return r, err
}

// chdirFar changes to a directory whose path is too long for one command.
func (s *location) chdirFar(ctx context.Context, c *Conn, dir string) error {
	if err := s.walk(ctx, c, cmd("CWD", dir)); err != nil {
		return err
	}
	s.cwdStale = false
	return s.ask(ctx, c, cmd("CWD", wirePath(dir)))
}

// ask asks where a command has led.
func (s *location) ask(ctx context.Context, c *Conn, change command) error {
	r, err := c.Cmd(ctx, 2, s.verbFor("PWD"))
	return s.heard(change, r, err)
}

// Getwd asks the server for the current directory (PWD, RFC 959 section 4.1.3); "" is a reply
// without a path.
func (s *browser) Getwd(ctx context.Context) (string, error) {
	r, err := s.cmd(ctx, 2, "PWD")
	if err != nil {
		return "", err
	}
	_ = s.heard(command{}, r, nil)
	return s.at.said, nil
}

// Mkdir makes a directory (MKD, RFC 959 section 4.1.3) and returns its path as the server names it.
func (s *Session) Mkdir(ctx context.Context, dir string) (string, error) {
	var r Reply
	err := s.change(ctx, Change{Do: Mkdir, Path: dir}, func() (err error) {
		r, err = s.cmd(ctx, 2, "MKD", wirePath(dir))
		if err == nil || strings.Contains(dir, "/") || strings.Contains(strings.ToLower(err.Error()), "exists") {
			return err
		}
		switch back, gone := s.strayed(ctx, dir, err); {
		case gone != nil:
			return gone
		case back:
			r, err = s.cmd(ctx, 2, "MKD", wirePath(dir))
		}
		return err
	})
	if err != nil {
		return "", err
	}
	if made, ok := ParsePath(r); ok {
		if wirePath(dir) != dir {
			made = strings.Replace(made, "./", "", 1) // our own; vsftpd leaves it in
		}
		return join(s.at.dir, made), nil // pure-ftpd tells a relative one
	}
	return join(s.at.dir, dir), nil
}

// Rmdir removes an empty directory (RMD, RFC 959 section 4.1.3).
func (s *Session) Rmdir(ctx context.Context, dir string) error {
	return s.change(ctx, Change{Do: Rmdir, Path: dir}, func() error {
		_, err := s.cmd(ctx, 2, "RMD", wirePath(dir))
		return err
	})
}
