package client

import (
	"context"
	"errors"
)

// Retrieve begins the download of a file from offset on (RETR, RFC 959 section 4.1.3, after REST,
// RFC 3659 section 5, when offset is not zero). The file is whole only when Close returns nil.
func (s *transfers) Retrieve(ctx context.Context, name string, offset int64) (*Data, error) {
	return s.transfer(ctx, s.typ, Transfer{Verb: "RETR", Args: []string{wirePath(name)}, Restart: offset})
}

// RetrieveRange begins the download of the bytes from start to before end, where
// the server can send just those (RANG, draft-bryan-ftp-range); it needs type I.
// Elsewhere the error is ErrNoRange: Retrieve from start and stop at end.
func (s *transfers) RetrieveRange(ctx context.Context, name string, start, end int64) (*Data, error) {
	if !s.feat.Has("RANG") || s.lacks["RANG"] || start < 0 || end <= start {
		return nil, ErrNoRange
	}
	t := Transfer{Verb: "RETR", Args: []string{wirePath(name)}, Restart: start, Until: end}
	d, err := s.transfer(ctx, Binary, t)
	if err == nil {
		d.Expect(end - start)
	}
	return d, err
}

// ErrNoRange is returned by RetrieveRange when the server has no RANG, or there
// is no such range.
var ErrNoRange = errors.New("the server cannot send a part of a file")

// Store begins an upload (STOR, RFC 959 section 4.1.3, after REST when
// offset is not zero). The file
// is stored only when Close returns nil.
func (s *Session) Store(ctx context.Context, name string, offset int64) (*Data, error) {
	return s.upload(ctx, Change{Do: Store, Path: name, Offset: offset}, Transfer{Verb: "STOR", Args: []string{wirePath(name)}, Restart: offset})
}

// Append begins an upload to the end of a file (APPE, RFC 959 section 4.1.3).
func (s *Session) Append(ctx context.Context, name string) (*Data, error) {
	return s.upload(ctx, Change{Do: Append, Path: name}, Transfer{Verb: "APPE", Args: []string{wirePath(name)}})
}

// StoreUnique begins an upload under a name that the server chooses (STOU, RFC 959
// section 4.1.3);
// Data.FileName tells it. Some servers want a name to start from.
func (s *Session) StoreUnique(ctx context.Context, name string) (*Data, error) {
	var args []string
	if name == "" && s.quirks.NamesSTOU {
		name = "file"
	}
	if name != "" {
		args = []string{wirePath(name)}
	}
	return s.upload(ctx, Change{Do: StoreUnique, Path: name}, Transfer{Verb: "STOU", Args: args})
}

// Size returns the size of a file in bytes (SIZE, RFC 3659 section 4), asked in
// type I: in type A servers refuse, or count the line ends.
func (s *browser) Size(ctx context.Context, name string) (size int64, err error) {
	err = s.do(ctx, true, func(c *Conn) error {
		r, err := s.inBinary(ctx, c, s.short("SIZE", wirePath(name)))
		if s.answered("SIZE", err); err == nil {
			size, err = ParseSize(r)
		}
		return err
	})
	return size, err
}

// inBinary sends a command behind TYPE I, where that is not set already.
func (s *agreement) inBinary(ctx context.Context, c *Conn, last command) (Reply, error) {
	if last.failed != nil {
		return Reply{}, last.failed
	}
	want := s.have
	want.typ = Binary
	before := s.changes(want)
	xs := c.sendMany(ctx, append(before, last)...)
	if err := s.confirm(ctx, before, xs); err != nil {
		return Reply{}, err
	}
	return xs[len(xs)-1].Expect(ctx, 2)
}

// Remove deletes a file (DELE, RFC 959 section 4.1.3).
func (s *Session) Remove(ctx context.Context, name string) error {
	return s.change(ctx, Change{Do: Delete, Path: name}, func() error {
		_, err := s.cmd(ctx, 2, "DELE", wirePath(name))
		return err
	})
}

// Rename renames a file or directory (RNFR, RNTO, RFC 959 section 4.1.3). It is not repeated when
// the connection is lost: the new name may stand already.
func (s *Session) Rename(ctx context.Context, from, to string) error {
	return s.change(ctx, Change{Do: Rename, Path: from, To: to}, func() error { return s.rename(ctx, from, to) })
}

func (s *Session) rename(ctx context.Context, from, to string) error {
	return s.do(ctx, false, func(c *Conn) error {
		if s.tooLong("RNFR", []string{from}) != nil {
			to = join(s.at.dir, to) // since RNFR goes to the directory of from
		}
		if err := s.tooLong("RNTO", []string{wirePath(to)}); err != nil {
			return err
		}
		if _, err := s.tell(ctx, c, 3, cmd("RNFR", wirePath(from))); err != nil {
			return err
		}
		_, err := s.tell(ctx, c, 2, cmd("RNTO", wirePath(to)))
		return err
	})
}
