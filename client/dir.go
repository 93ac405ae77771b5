package client

import (
	"context"
	"slices"
	"strings"
)

// Chdir changes the directory: CWD, or CDUP for "..", and PWD behind it.
func (s *Session) Chdir(ctx context.Context, dir string) error { return s.chdir(ctx, dir, nil) }

// chdir is Chdir, for a listing with what that needs next.
func (s *Session) chdir(ctx context.Context, dir string, list *Transfer) error {
	change := cmd("CWD", wirePath(dir))
	if dir == ".." && !s.lacks["XCUP"] {
		change = cmd("CDUP")
	}
	return s.roam(ctx, true, func(c *Conn) error {
		if s.tooLong("CWD", change.args) != nil {
			return s.chdirFar(ctx, c, dir)
		}
		_, err := s.changeDir(ctx, c, change, list)
		if change.verb == "CDUP" && s.lacks["CDUP"] && s.lack("XCUP", err) {
			_, err = s.changeDir(ctx, c, cmd("CWD", ".."), list)
		}
		return err
	})
}

// changeDir sends a command that changes the directory, and PWD with it, and what
// is needed to list it, if that is next.
func (s *Session) changeDir(ctx context.Context, c *Conn, change command, list *Transfer) (r Reply, err error) {
	name := change.verb
	err = s.telnetToo(c, change.args, func() error {
		for {
			back, err := s.returning(ctx, c)
			if err != nil {
				return err
			}
			change.verb = s.spoken(name)
			next, answered := s.foresee(ctx, c, ASCII, list)
			xs := c.sendMany(ctx, slices.Concat(back, []command{change, cmd(s.spoken("PWD"))}, next)...)
			failed := s.confirm(ctx, back, xs)
			xs = xs[len(back):]
			r, err = xs[0].Expect(ctx, 2)
			now, unheard := xs[1].Expect(ctx, 2)
			answered(xs[2:])
			if err == nil {
				err = failed
			}
			if err != nil {
				s.pipe.ahead = nil // a listing would have followed at once
			}
			switch {
			case ctx.Err() != nil:
				s.astray = true // perhaps: the next command goes back to where the user is
				return ctx.Err()
			case older[change.verb] != "" && s.lack(name, err):
			case err == nil && !s.lacks["PWD"] && s.lack("PWD", unheard):
				return s.heard(c.Cmd(ctx, 2, s.spoken("PWD")))
			case err == nil:
				return s.heard(now, unheard)
			default:
				return err
			}
		}
	})
	return r, err
}

// returnTo goes back to a directory, with the next command: it costs no round trip
// of its own where that one can wait for both answers, see returning.
func (s *Session) returnTo(ctx context.Context, dir string) error {
	if s.byHand {
		return s.Chdir(ctx, dir)
	}
	s.dir, s.astray = dir, true
	return ctx.Err()
}

// goBack returns to the directory that the user is in.
func (s *Session) goBack(ctx context.Context, c *Conn) error {
	if !s.astray {
		return nil
	}
	if err := s.walk(ctx, c, s.dir); err != nil {
		return err
	}
	s.astray = false
	return nil
}

// returning is goBack with the next burst: the commands that must be its first.
// Riders would leave before them.
func (s *Session) returning(ctx context.Context, c *Conn) ([]command, error) {
	if !s.astray {
		return nil, nil
	}
	back := s.short(s.spoken("CWD"), wirePath(s.dir))
	if back.failed != nil || len(s.pipe.riders) > 0 {
		return nil, s.goBack(ctx, c)
	}
	return []command{back}, nil
}

// chdirFar changes to a directory whose path is too long for one command.
func (s *Session) chdirFar(ctx context.Context, c *Conn, dir string) error {
	if err := s.walk(ctx, c, dir); err != nil {
		return err
	}
	s.astray = false
	return s.heard(c.Cmd(ctx, 2, s.spoken("PWD")))
}

// Mount asks for another file system (SMNT, RFC 959). Few servers know it.
func (s *Session) Mount(ctx context.Context, path string) error {
	return s.do(ctx, true, func(c *Conn) error {
		_, err := s.changeDir(ctx, c, cmd("SMNT", wirePath(path)), nil)
		return err
	})
}

// heard takes the answer to PWD. Servers without PWD leave the directory
// unknown.
func (s *Session) heard(r Reply, err error) error {
	s.dir = ""
	if err == nil {
		s.dir, _ = ParsePath(r)
	}
	if refused(err) {
		return nil
	}
	return err
}

// Getwd asks the server for the current directory (PWD).
func (s *Session) Getwd(ctx context.Context) (string, error) {
	r, err := s.cmd(ctx, 2, "PWD")
	if err != nil {
		return "", err
	}
	dir, ok := ParsePath(r)
	if !ok {
		return "", &ProtocolError{Verb: "PWD", Text: r.Text(), Reason: "no path in the reply to PWD", Value: true}
	}
	s.dir = dir
	return dir, nil
}

// Dir returns the current directory as the server last named it, without
// asking; "" when it is unknown.
func (s *Session) Dir() string { return s.dir }

// Mkdir makes a directory (MKD) and returns its path as the server names it.
func (s *Session) Mkdir(ctx context.Context, dir string) (string, error) {
	r, err := s.cmd(ctx, 2, "MKD", wirePath(dir))
	if err != nil {
		return "", err
	}
	if made, ok := ParsePath(r); ok {
		if wirePath(dir) != dir {
			made = strings.Replace(made, "./", "", 1) // our own; vsftpd leaves it in
		}
		return join(s.dir, made), nil // pure-ftpd tells a relative one
	}
	return join(s.dir, dir), nil
}

// Rmdir removes an empty directory (RMD).
func (s *Session) Rmdir(ctx context.Context, dir string) error {
	_, err := s.cmd(ctx, 2, "RMD", wirePath(dir))
	return err
}
