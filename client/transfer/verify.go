package transfer

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"github.com/ftpsh/ftpsh/client"
)

// MismatchError says that two copies of a file are not the same, and how that
// was found out.
type MismatchError struct {
	Name  string // on the server
	Local string // here, where that is another one
	How   string
}

func (e *MismatchError) Error() string {
	names := e.Name + " here and on the server"
	if e.Local != "" {
		names = e.Local + " here and " + e.Name + " on the server"
	}
	return names + " are not the same (" + e.How + ")"
}

// Verify compares a local file with one on the server: by the best checksum that
// the server computes, or by fetching it once more. It returns how.
func Verify(ctx context.Context, s *client.Session, remote string, here Folder, local string) (how string, err error) {
	how, _, err = verifyFile(ctx, s, remote, here, local)
	var differ *MismatchError
	if errors.As(err, &differ) && remote != local {
		differ.Local = local
	}
	return how, err
}

func verifyFile(ctx context.Context, s *client.Session, remote string, here Folder, local string) (how, hash string, err error) {
	file, err := here.Open(ctx, local, os.O_RDONLY, 0)
	if err != nil {
		return "", "", err
	}
	defer file.Close()
	return compare(ctx, s, remote, file)
}

// compare says how it found out, and the checksum of both where there is one.
func compare(ctx context.Context, s *client.Session, remote string, file io.Reader) (how, hash string, err error) {
	there, err := s.Hash(ctx, remote, "")
	if errors.Is(err, client.ErrNoHash) || client.IsCode(err, 500, 502, 504) || client.IsMalformed(err) {
		how = "the bytes"
		return how, "", mismatch(remote, how, sameBytes(ctx, s, remote, file))
	}
	if err != nil {
		return "", "", err
	}
	how = string(there.Algorithm)
	sum := client.NewHash(there.Algorithm)
	if _, err := io.Copy(sum, file); err != nil {
		return how, "", err
	}
	if !bytes.Equal(sum.Sum(nil), there.Sum) {
		return how, "", mismatch(remote, how, errOther)
	}
	return how, how + ":" + there.String(), nil
}

func mismatch(name, how string, err error) error {
	if errors.Is(err, errOther) {
		return &MismatchError{Name: name, How: how}
	}
	return err
}

// sameBytes fetches a file and compares it with the local one.
func sameBytes(ctx context.Context, s *client.Session, remote string, file io.Reader) error {
	typ := s.Type()
	s.SetType(client.Binary)
	defer s.SetType(typ)
	d, err := s.Retrieve(ctx, remote, 0)
	if err != nil {
		return err
	}
	w := &comparing{want: bufio.NewReaderSize(file, 64<<10)}
	_, err = d.WriteTo(w)
	err = d.CloseAfter(err)
	if _, more := w.want.ReadByte(); err == nil && more == nil {
		err = errOther
	}
	return err
}

// comparing takes the bytes that it wants, and no others.
type comparing struct{ want *bufio.Reader }

func (w *comparing) Write(p []byte) (int, error) {
	for n := 0; n < len(p); {
		some, err := w.want.Peek(min(len(p)-n, 32<<10))
		if len(some) == 0 && err != nil && err != io.EOF {
			return n, err
		}
		if len(some) == 0 || !bytes.Equal(some, p[n:n+len(some)]) {
			return n, errOther
		}
		_, _ = w.want.Discard(len(some))
		n += len(some)
	}
	return len(p), nil
}
