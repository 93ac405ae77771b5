package transfer

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/listing"
)

// This file is about copies whose original and target are one file, or one directory, of one server:
// a server empties the target before it sends the original.

// SameFileError says of an original that a copy with that name would be the original itself.
type SameFileError struct {
	Copy string
	Tree Nesting // how two directories are one
}

// Nesting is where one of two directories is in the other.
type Nesting string

// The nestings.
const (
	NoTree  Nesting = ""
	OneTree Nesting = "is the same directory as"
	Inside  Nesting = "is in"
	Around  Nesting = "contains"
)

func (e *SameFileError) Error() string {
	if e.Tree == NoTree {
		return "is the same file on the server as " + e.Copy
	}
	return fmt.Sprintf("%s %s, on the same server", e.Tree, e.Copy)
}

// Distinct returns a *SameFileError where the session and the target are with one server and both
// names are known to be one file: one user and one path, or one fact "unique" (RFC 3659 section
// 7.5.2). It may not know.
func Distinct(ctx context.Context, s *client.Session, name string, to *client.Session, copied string) error {
	if !s.Server().Is(to) {
		return nil
	}
	same := &SameFileError{Copy: copied}
	if one, other := placeOf(s, name), placeOf(to, copied); one == other && one.path != "" {
		return same
	}
	e, err := s.Stat(ctx, name)
	if err != nil || e.Unique == "" {
		return unlessRefused(err)
	}
	there, err := to.Stat(ctx, copied)
	if err == nil && there.Unique == e.Unique && there.Type == e.Type {
		return same
	}
	return unlessRefused(err)
}

// place is a path of a user.
type place struct{ user, path string }

// placeOf has no path where the session does not know where it is.
func placeOf(s *client.Session, name string) place {
	user, _ := s.LoggedIn()
	if at := facts.Absolute(s, name); strings.HasPrefix(at, "/") {
		return place{user, at}
	}
	return place{}
}

func unlessRefused(err error) error {
	if isRefusal(err) || client.IsMalformed(err) {
		return nil
	}
	return err
}

// twoFiles makes sure that a copy between servers is not its own original. One that replaces it does
// no harm to it (see client.Landing); but it would be deleted as the original, or read as it is added to.
func (t Task) twoFiles(ctx context.Context, s *client.Session) error {
	if err := Distinct(ctx, s, t.Remote, t.Target, t.Local); err != nil {
		return err
	}
	if !t.RemoveSource && !t.Append {
		return nil
	}
	e, err := t.Target.Stat(ctx, t.Local)
	if err != nil {
		return unlessRefused(err)
	}
	if e.Type == listing.Dir || !strings.EqualFold(path.Base(t.Remote), path.Base(t.Local)) {
		return nil
	}
	return oneDir(ctx, s, t.Remote, t.Target, t.Local)
}

// oneDir returns a *SameFileError where both names are in one directory, by whatever path: what one
// session makes there the other one sees.
func oneDir(ctx context.Context, s *client.Session, name string, to *client.Session, copied string) error {
	some := make([]byte, 6)
	rand.Read(some)
	mark := ".ftpsh-" + hex.EncodeToString(some)
	here, there := path.Join(path.Dir(name), mark), path.Join(path.Dir(copied), mark)
	seen := false
	err := to.Aside(func() error {
		if _, err := to.Mkdir(ctx, there); err != nil {
			return err
		}
		var err error
		seen, err = s.IsDir(ctx, here)
		return errors.Join(err, to.Rmdir(context.WithoutCancel(ctx), there))
	})
	switch {
	case seen, isRefusal(err) && s.Server().Is(to):
		return &SameFileError{Copy: copied}
	case isRefusal(err):
		return nil
	}
	return err
}

// twoTrees makes sure that the trees of a mirror between servers are not one, that the copy is not in
// the original, which would have no end, and that --delete does not find the original in the copy.
func (m *Mirror) twoTrees(ctx context.Context, s *client.Session, exists bool) error {
	err := Distinct(ctx, s, m.Remote, m.Target, m.CopyName)
	if err == nil && m.RemoveSource && exists && !m.DryRun {
		err = oneDir(ctx, s, path.Join(m.Remote, "x"), m.Target, path.Join(m.CopyName, "x"))
	}
	one, other := placeOf(s, m.Remote), placeOf(m.Target, m.CopyName)
	same := new(SameFileError)
	switch {
	case errors.As(err, &same):
		same.Copy, same.Tree = m.CopyName, OneTree
	case err != nil || !s.Server().Is(m.Target) || one.user != other.user || one.path == "" || other.path == "":
		return err
	case facts.Within(other.path, one.path):
		same.Copy, same.Tree = m.CopyName, Around
	case facts.Within(one.path, other.path) && m.Delete:
		same.Copy, same.Tree = m.CopyName, Inside
	default:
		return nil
	}
	return fmt.Errorf("%s %w", m.Remote, same)
}
