package client

import "context"

// Chdir changes the directory: CWD, or CDUP for "..", and PWD behind it.
func (s *Session) Chdir(ctx context.Context, dir string) error {
	change := cmd("CWD", wirePath(dir))
	if dir == ".." {
		change = cmd("CDUP")
	}
	return s.do(ctx, true, func(c *Conn) error {
		xs := c.sendAll(change, cmd("PWD"))
		if _, err := xs[0].Expect(ctx, 2); err != nil {
			return err
		}
		return s.heard(xs[1].Expect(ctx, 2))
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
		return "", &ProtocolError{Verb: "PWD", Text: r.Text(), Reason: "no path in the reply to PWD"}
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
		return made, nil
	}
	return dir, nil
}

// Rmdir removes an empty directory (RMD).
func (s *Session) Rmdir(ctx context.Context, dir string) error {
	_, err := s.cmd(ctx, 2, "RMD", wirePath(dir))
	return err
}
