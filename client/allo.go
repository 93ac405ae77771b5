package client

import (
	"context"
	"errors"
	"strconv"
	"strings"
)

// Available returns how many bytes can still be stored in a directory, "" being
// the current one (AVBL, draft-peterson-streamlined-ftp-command-extensions).
func (s *Session) Available(ctx context.Context, dir string) (int64, error) {
	var args []string
	if dir != "" {
		args = []string{wirePath(dir)}
	}
	r, err := s.cmd(ctx, 2, "AVBL", args...)
	if err != nil {
		return -1, err
	}
	if r.Code == 202 { // superfluous, says RFC 959; pyftpdlib and ftpserverlib mean that they do not have it
		return -1, &Error{Verb: "AVBL", Reply: r}
	}
	n, err := strconv.ParseInt(lastNumber(r.Text()), 10, 64)
	if err != nil {
		return -1, &ProtocolError{Verb: "AVBL", Text: r.Text(), Reason: "no number of bytes in the reply", Value: true}
	}
	return n, nil
}

// Allocate reserves room for the next upload (ALLO, RFC 959 section 4.1.3). Most
// servers say 202: they need no reservation. A refusal means that there is no
// room.
func (s *Session) Allocate(ctx context.Context, size int64) error {
	_, err := s.cmd(ctx, 2, "ALLO", strconv.FormatInt(size, 10))
	return err
}

// Combine joins parts that were uploaded separately into target, in this order,
// and deletes them (COMB). It is not repeated when the connection is lost.
func (s *Session) Combine(ctx context.Context, target string, parts ...string) error {
	words := make([]string, 0, len(parts)+1)
	for _, name := range append([]string{target}, parts...) {
		if strings.Contains(name, `"`) {
			return errors.New("a name with quotation marks cannot be given to COMB")
		}
		words = append(words, `"`+wirePath(name)+`"`)
	}
	_, err := s.slow(ctx, 2, "COMB", words...)
	return err
}
