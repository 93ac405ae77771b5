package client

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client/listing"
)

// Servers open, and empty, the file that they are to store before they wait for its data. This
// file is about what that does to the target of a copy which fails.

// Landing is where a copy between servers arrives: under its own name where nothing has that; else
// beside the old file, which it replaces when it is whole. A copy whose original is that old file,
// under this name or another one, does no harm to it.
type Landing struct {
	s      *Session
	name   string
	beside string // the name that it arrives under; "": its own
	old    listing.Entry
}

// Land finds out whether there is an old file. Where that cannot be told there may be one.
func Land(ctx context.Context, s *Session, name string) (*Landing, error) {
	l := &Landing{s: s, name: name, beside: s.Stage(name)}
	if l.beside != "" {
		return l, nil
	}
	var err error
	if s.feat.Has("MLST") {
		l.old, err = s.Stat(ctx, name)
	} else {
		_, err = s.Size(ctx, name)
	}
	switch {
	case err != nil && !refused(err) && !IsMalformed(err):
		return nil, err
	case IsCode(err, 550), l.old.Type == listing.Dir, !namesFreely(s.syst):
		return l, nil
	}
	some := make([]byte, 3)
	rand.Read(some)
	dir, base := path.Split(name)
	if len(base) > longestBase {
		base = strings.ToValidUTF8(base[:longestBase], "")
	}
	l.beside = dir + base + ".part-" + hex.EncodeToString(some)
	return l, nil
}

// longestBase is the length of a name that leaves room for what is put behind it.
const longestBase = 255 - len(".part-012345")

// namesFreely reports whether any name can be had on a system that calls itself so in SYST: on
// mainframes and VMS a dataset or version replaces the other one by itself, and a name has rules.
func namesFreely(syst string) bool {
	syst = strings.ToUpper(syst)
	return syst == "" || strings.Contains(syst, "UNIX") || strings.Contains(syst, "WIN")
}

// Name is the one under which the copy is stored.
func (l *Landing) Name() string {
	if l.beside != "" {
		return l.beside
	}
	return l.name
}

// Settle puts a copy that is whole in the place of the old file, with its permissions.
func (l *Landing) Settle(ctx context.Context) error {
	if l.beside == "" {
		return nil
	}
	if l.old.HasMode {
		_ = l.s.Chmod(ctx, l.old.Mode, l.beside) // a wish, not a condition
	}
	err := l.s.Rename(ctx, l.beside, l.name)
	if no := new(Error); errors.As(err, &no) && no.Verb == "RNTO" {
		return l.swap(ctx, err)
	}
	return l.unchanged(err)
}

func (l *Landing) unchanged(err error) error {
	if !refused(err) {
		return err
	}
	return fmt.Errorf("%s stays as it was, since the copy cannot replace it: %w", l.name, err)
}

// swap moves the old file out of the way, for servers that do not rename over another one (IIS).
func (l *Landing) swap(ctx context.Context, refusal error) error {
	aside := l.beside + "-old"
	switch err := l.s.Rename(ctx, l.name, aside); {
	case refused(err):
		return l.unchanged(refusal)
	case err != nil:
		return fmt.Errorf("%w; the old file may be %s now", err, aside)
	}
	if err := l.s.Rename(ctx, l.beside, l.name); err != nil {
		if back := l.s.Rename(ctx, aside, l.name); back != nil {
			return fmt.Errorf("%w; the old file is %s: %w", err, aside, back)
		}
		return l.unchanged(err)
	}
	if err := l.s.Remove(ctx, aside); err != nil {
		return fmt.Errorf("the copy is there; the old file is %s: %w", aside, err)
	}
	return nil
}

// fxpTidy is how long an interrupted copy may take to be cleared away.
const fxpTidy = time.Second

// Clear removes what a copy that failed has left, and returns why it failed. What an interrupted
// one has brought of a new file stays: it can be resumed. So does one of the right size, of
// which only the last word is missing.
func (l *Landing) Clear(ctx context.Context, size int64, failed error) error {
	if ctx.Err() != nil {
		if l.beside == "" {
			return failed
		}
		short, cancel := context.WithTimeout(context.WithoutCancel(ctx), fxpTidy)
		defer cancel()
		ctx = short
	}
	now, err := l.s.Size(ctx, l.Name())
	if IsCode(err, 550) || l.beside == "" && err == nil && now == size {
		return failed
	}
	if err := l.s.Remove(ctx, l.Name()); err != nil {
		return fmt.Errorf("%w; a part is left on %s, as %s: %w", failed, l.s.Server().Host(), l.Name(), err)
	}
	return failed
}
