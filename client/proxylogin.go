package client

import (
	"context"
	"strings"
)

// loginThrough logs in at an FTP proxy: the commands that Options.Through gives
// take the place of USER, PASS and ACCT. PASS is only sent where it is asked for
// (331), and ACCT too (332).
func (s *dialogue) loginThrough(ctx context.Context, c *Conn) error {
	lines, err := s.opt.Through(s.login)
	if err != nil {
		return err
	}
	var last Reply
	for _, line := range lines {
		verb, rest, _ := strings.Cut(line, " ")
		if verb == "PASS" && last.Code != 331 || verb == "ACCT" && last.Code != 332 {
			continue
		}
		if verb == "PASS" {
			if err := s.login.challenge(last); err != nil {
				return err
			}
		}
		if last, err = c.Cmd(ctx, 0, verb, rest); err != nil {
			return err
		}
	}
	if last.Class() != 2 {
		return &Error{Verb: "PASS", Reply: last}
	}
	return nil
}
