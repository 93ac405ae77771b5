package client

import (
	"context"
	"errors"
	"iter"
	"path"
	"strings"

	"github.com/ftpsh/ftpsh/client/listing"
)

// ListOptions say what a listing should hold. The zero value works.
type ListOptions struct {
	Hidden bool // dot files too, where the server hides them
	Plain  bool // LIST even where the server has MLSD
}

// List lists a directory ("" is the current one), entry by entry as they come:
// MLSD (RFC 3659 section 7) where the server has it, otherwise CWD and a bare
// LIST. LIST is never given a name: servers read options and blanks in it, and
// some say 226 for one that does not exist. When dir is a file, the file is the
// one entry. The error, if any, comes last; without one the listing is whole.
func (s *Session) List(ctx context.Context, dir string, o ListOptions) iter.Seq2[listing.Entry, error] {
	return func(yield func(listing.Entry, error) bool) {
		err := s.list(ctx, dir, o, yield)
		if err != nil && !errors.Is(err, errStopped) {
			yield(listing.Entry{}, err)
		}
	}
}

// errStopped says that the caller wants no more entries.
var errStopped = errors.New("stopped")

func (s *Session) list(ctx context.Context, dir string, o ListOptions, yield func(listing.Entry, error) bool) error {
	if !o.Plain && s.feat.Has("MLST") && !s.noMLSD {
		var args []string
		if dir != "" {
			args = []string{wirePath(dir)}
		}
		err := s.listWith(ctx, Transfer{Verb: "MLSD", Args: args}, Binary, listing.MLSx, yield)
		switch {
		case IsCode(err, 500, 502):
			s.noMLSD = true
		case refused(err) && dir != "":
			return s.listFile(ctx, dir, err, yield)
		default:
			return err
		}
	}
	t := Transfer{Verb: "LIST"}
	if o.Hidden && s.quirks.DotFlag {
		t.Args = []string{"-a"}
	}
	if dir == "" || dir == "." {
		return s.listWith(ctx, t, ASCII, listing.Detect, yield)
	}
	here := s.dir
	if err := s.Chdir(ctx, dir); err != nil {
		if refused(err) {
			return s.listFile(ctx, dir, err, yield)
		}
		return err
	}
	err := s.listWith(ctx, t, ASCII, listing.Detect, yield)
	// The way back must be taken even after an interrupt.
	if back := s.Chdir(context.WithoutCancel(ctx), here); err == nil {
		err = back
	}
	return err
}

// listFile yields the one entry of a path that is no directory. refusal is what
// the server said to the attempt to list it.
func (s *Session) listFile(ctx context.Context, name string, refusal error, yield func(listing.Entry, error) bool) error {
	e, err := s.Stat(ctx, name)
	if refused(err) || err == nil && e.Type == listing.Dir {
		return refusal
	}
	if err == nil && !yield(e, nil) {
		return errStopped
	}
	return err
}

func (s *Session) listWith(ctx context.Context, t Transfer, typ Type, format listing.Format, yield func(listing.Entry, error) bool) error {
	d, err := s.transfer(ctx, typ, t)
	if IsCode(err, 450, 550) && t.Verb == "LIST" && len(t.Args) == 0 && strings.Contains(strings.ToLower(err.Error()), "no files") {
		return nil // an empty directory, to some servers
	}
	if err != nil {
		return err
	}
	defer d.Abort() // does nothing after Close
	for e, err := range listing.Read(d, listing.Options{Format: format, Syst: s.syst, Now: timeNow()}) {
		if err != nil {
			break // Close knows why
		}
		if e.Special == listing.Member && !yield(e, nil) {
			return errStopped
		}
	}
	if err := d.Close(); err != nil {
		return err
	}
	if strings.Contains(strings.ToLower(d.Reply().Text()), "truncated") { // pure-ftpd, after 2,000 names
		return &IncompleteError{Got: d.Transferred(), Want: -1, Reason: "listing cut by the server: " + d.Reply().Text()}
	}
	return nil
}

// Names lists the bare names that match pattern, or all of the current
// directory when it is empty (NLST). Servers differ in what they do with
// directories and wildcards.
func (s *Session) Names(ctx context.Context, pattern string) ([]string, error) {
	t := Transfer{Verb: "NLST"}
	if pattern != "" {
		t.Args = []string{wirePath(pattern)}
	}
	d, err := s.transfer(ctx, ASCII, t)
	if err != nil {
		return nil, err
	}
	defer d.Abort()
	var names []string
	err = eachLine(d, func(line string) { names = append(names, line) })
	if closing := d.Close(); closing != nil {
		err = closing
	}
	return names, err
}

// base returns the last part of a remote path.
func base(name string) string { return path.Base(name) }
