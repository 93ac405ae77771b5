package client

import (
	"context"
	"strings"
)

// strayed reports whether an upload to a name, or the making of it, may be refused because somebody has deleted the directory that
// the session is in, or has put another one in its place: vsftpd refuses each upload with 553 from
// then on, and says 257 "" to PWD; pure-ftpd still says the old name. The session is back then, where
// there is a directory of that name; where there is none the error says that.
func (s *transfers) strayed(ctx context.Context, name string, refusal error) (back bool, gone error) {
	if !IsCode(refusal, 550, 553) || !s.at.Known() || name == "" || strings.HasPrefix(name, "/") {
		return false, nil
	}
	missing := !strings.Contains(name, "/") && Refusal(refusal).Missing()
	err := s.do(ctx, true, func(c *Conn) error {
		if !missing {
			r, err := c.Cmd(ctx, 2, s.verbFor("PWD"))
			if said, _ := ParsePath(r); err == nil && said == s.at.said || err != nil && !refused(err) {
				return err
			}
		}
		_, err := c.Cmd(ctx, 2, s.verbFor("CWD"), wirePath(s.at.dir))
		back = err == nil
		if IsCode(err, 550) {
			gone = &DirGoneError{Dir: s.at.String(), Err: err}
		}
		return err
	})
	return back && err == nil, gone
}
