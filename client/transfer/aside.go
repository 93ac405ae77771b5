package transfer

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/ftpsh/ftpsh/client"
)

// aside chooses the name that an upload has until it is complete: the one that the session stages it
// under, or with Atomic NAME.part. It is chosen once, however often the upload is tried.
func (t *Task) aside(ctx context.Context, s *client.Session) (err error) {
	if t.Op != Upload || t.part != "" {
		return nil
	}
	if t.part = s.Stage(t.Remote); t.part == "" && t.InPlace {
		return nil
	}
	inPlace, err := t.goesInPlace(ctx, s)
	switch {
	case err != nil:
	case t.part != "" || !t.Atomic || inPlace:
	case t.Part != "":
		t.part = t.Part
	default:
		t.part, err = t.freePart(ctx, s)
	}
	return err
}

// mostParts is how many names are tried before somebody has to clear up.
const mostParts = 9

// freePart is a name for the part of an upload that nobody has: a file of that name may be the
// part of somebody else. One that is the beginning of the file is gone on with, if that is wanted.
func (t *Task) freePart(ctx context.Context, s *client.Session) (string, error) {
	for n := 1; n <= mostParts; n++ {
		name := t.Remote + PartSuffix
		if n > 1 {
			name = fmt.Sprintf("%s.%d%s", t.Remote, n, PartSuffix)
		}
		_, err := s.Stat(ctx, name)
		switch {
		case client.IsCode(err, 550, 450, 501, 553):
			return name, nil
		case err != nil:
			return "", err
		}
		ours, err := t.begunAs(ctx, s, name)
		if err != nil || ours {
			return name, err
		}
	}
	return "", &PartsError{t.Remote}
}

// begunAs reports whether a file of the server is the beginning of this upload, which is to go on.
func (t *Task) begunAs(ctx context.Context, s *client.Session, name string) (bool, error) {
	if !t.Resume || t.In != nil || !s.Type().Counts() {
		return false, nil
	}
	size, err := s.Size(ctx, name)
	if isRefusal(err) || client.IsMalformed(err) || err == nil && size == 0 {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	file, err := t.Here.Open(ctx, t.Local, os.O_RDONLY, 0)
	if err != nil {
		return false, calledAs(t.Local, err)
	}
	defer file.Close()
	mine := make([]byte, min(size, tailSize))
	if n, err := file.ReadAt(mine, size-int64(len(mine))); n < len(mine) {
		if err != io.EOF {
			return false, err
		}
		return false, nil // it is longer than ours
	}
	err = endsWith(ctx, s, name, size, mine)
	if err == errOther || isRefusal(err) { //nolint:errorlint // as endsWith returns it
		return false, nil
	}
	return err == nil, err
}

// PartsError says that all names which an upload may have until it is complete are taken.
type PartsError struct{ Name string }

func (e *PartsError) Error() string {
	return fmt.Sprintf("%s%s and %d more such names are taken on the server; nothing was sent", e.Name, PartSuffix, mostParts-1)
}

// asideNote says that a part has another name than usual.
func (t Task) asideNote(s *client.Session) string {
	if t.part == "" || t.Part != "" || s.Options().Stage != nil || strings.TrimSuffix(t.part, PartSuffix) == t.Remote {
		return ""
	}
	return fmt.Sprintf("%s%s is there and may be somebody else's: it was sent as %s", t.Remote, PartSuffix, t.part)
}
