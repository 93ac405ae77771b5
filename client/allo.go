package client

import (
	"context"
	"strconv"
)

// Allocate tells the server how many bytes come next (ALLO, RFC 959 section 4.1.3). Most have no use for it; one that has not
// the room says so before they come. That it does not know the command is no failure.
func (v Server) Allocate(ctx context.Context, size int64) error {
	_, err := v.s.cmd(ctx, 2, "ALLO", strconv.FormatInt(size, 10))
	if IsCode(err, 500, 501, 502, 504) {
		return nil
	}
	return err
}

// Available returns how many bytes can still be stored in a directory, "" being
// the current one (AVBL, draft-peterson-streamlined-ftp-command-extensions).
func (v Server) Available(ctx context.Context, dir string) (int64, error) {
	return v.bytesOf(ctx, "AVBL", dir)
}

// DirSize returns how many bytes a directory holds, with all that is below it, "" being the current
// one (DSIZ, draft-peterson-streamlined-ftp-command-extensions).
func (v Server) DirSize(ctx context.Context, dir string) (int64, error) {
	return v.bytesOf(ctx, "DSIZ", dir)
}

func (v Server) bytesOf(ctx context.Context, verb, dir string) (int64, error) {
	var args []string
	if dir != "" {
		args = []string{wirePath(dir)}
	}
	r, err := v.s.cmd(ctx, 2, verb, args...)
	if err != nil {
		return -1, err
	}
	if r.Code == 202 { // superfluous, says RFC 959; pyftpdlib and ftpserverlib mean that they do not have it
		return -1, &Error{Verb: verb, Reply: r}
	}
	n, err := strconv.ParseInt(lastNumber(r.Text()), 10, 64)
	if err != nil {
		return -1, &ProtocolError{Verb: verb, Text: r.Text(), Reason: "no number of bytes in the reply", Value: true}
	}
	return n, nil
}
