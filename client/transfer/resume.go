package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/ftpsh/ftpsh/client"
)

// stored returns how much of a file the server has already. What it has must be
// the beginning of the file: the end of that is fetched and compared, for a
// server may still have the file that was to be replaced.
func stored(ctx context.Context, s *client.Session, t Task, file io.ReaderAt, whole int64) (size int64, note string, err error) {
	size, err = s.Size(ctx, t.Remote)
	switch {
	case client.IsCode(err, 550), size == 0 && err == nil:
		return 0, "", nil
	case t.again && (isRefusal(err) || client.IsMalformed(err)):
		return 0, "the server does not say how much of it is there: sent again", nil
	case isRefusal(err), client.IsMalformed(err):
		return 0, "", fmt.Errorf("the server does not say how much of it is there: %w", err)
	case err != nil:
		return 0, "", err
	case size > whole && !t.again:
		return 0, "", fmt.Errorf("%s is longer on the server (%d bytes) than here (%d bytes)", t.Remote, size, whole)
	case size <= tailSize: // sending it is cheaper than looking what it is
		return 0, "", nil
	}
	mine := make([]byte, min(size, tailSize))
	if size <= whole {
		if _, err := file.ReadAt(mine, size-int64(len(mine))); err != nil && err != io.EOF {
			return 0, "", err
		}
		err = endsWith(ctx, s, t.Remote, size, mine)
	} else {
		err = errOther
	}
	switch {
	case err == nil, isRefusal(err) && !t.again:
		return size, "", nil // uploads only, perhaps: the user knows
	case errors.Is(err, errOther), isRefusal(err):
		return 0, "what the server has is not a part of it: sent again", nil
	}
	return 0, "", err
}

// endsWith looks whether the last bytes of a file on the server are those.
func endsWith(ctx context.Context, s *client.Session, name string, size int64, want []byte) error {
	d, err := s.Retrieve(ctx, name, size-int64(len(want)))
	if err != nil {
		return err
	}
	if err := follows(d, want); err != nil {
		return err
	}
	_, err = d.Read(make([]byte, 1)) // the end
	return d.CloseAfter(err)
}
