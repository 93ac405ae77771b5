package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/localname"
)

// read returns the entries of a directory of the original, and those of the
// copy by their names.
func (m *mirroring) read(ctx context.Context, s *client.Session, rel string, exists bool) (source []slim, target map[string]slim, err error) {
	if m.Up {
		source, err = m.localEntries(rel)
	} else {
		source, err = m.remoteEntries(ctx, s, m.remote(rel), rel, m.RemoveSource)
	}
	if err != nil {
		return nil, nil, err
	}
	var copies []slim
	if exists {
		if copies, err = m.copies(ctx, s, rel); err != nil {
			return nil, nil, err
		}
	}
	target = make(map[string]slim, len(copies))
	for _, e := range copies {
		target[e.name] = e
	}
	return source, target, nil
}

// copies reads a directory of the copy.
func (m *mirroring) copies(ctx context.Context, s *client.Session, rel string) ([]slim, error) {
	if m.copyIsThere() {
		return m.remoteEntries(ctx, m.holder(s), m.copied(rel), rel, m.Delete)
	}
	return m.localEntries(rel)
}

// remoteEntries lists a directory of a server. Names that lead elsewhere are
// left out, and told of. Where something in it may be deleted, no link to a directory is taken for one.
func (m *mirroring) remoteEntries(ctx context.Context, s *client.Session, dir, rel string, deletes bool) ([]slim, error) {
	o := client.ListOptions{
		Hidden: true, Exact: m.Compare == BySizeAndTime, Fetch: m.action() == ActDownload && !m.DryRun,
		Long: m.Links == CopyLinks && !m.Up, Links: deletes,
	} // MLSD does not say where links lead
	var entries []slim
	err := eachEntry(ctx, s, m.Bounds, dir, o, func(e listing.Entry) { entries = append(entries, slimOf(e)) }, func(err error) {
		switch {
		case errors.Is(err, errNoEnd) && !m.Delete && !m.RemoveSource:
		case errors.As(err, new(*elsewhereError)):
			m.notSeen(dir, err)
		default:
			m.notSeen(rel, err)
		}
	})
	return entries, err
}

// errNoEnd is of a listing whose last line is not whole, and perhaps not the last.
var errNoEnd = errors.New("the last line of the listing has no end, as if it were cut")

// elsewhereError is of a listed name that leads out of its directory.
type elsewhereError struct{ name string }

func (e *elsewhereError) Error() string { return fmt.Sprintf("%q is not a name for a file", e.name) }

// eachEntry gives what is in a directory of a server to found. What can stand for no file, so that
// not all was seen, is told to unseen.
func eachEntry(ctx context.Context, s *client.Session, b Bounds, dir string, o client.ListOptions, found func(listing.Entry), unseen func(error)) error {
	nonsense, example := 0, ""
	err := b.Listing(ctx, func(ctx context.Context) error {
		for e, err := range s.List(ctx, dir, o) {
			if err != nil {
				return err
			}
			if e.NoEnd {
				unseen(errNoEnd)
			}
			switch {
			case e.Name == "." || e.Name == "..":
			case e.Type == listing.Unparsed:
				if nonsense++; nonsense == 1 {
					example = e.Raw
				}
			case localname.LeadsElsewhere(e.Name):
				unseen(&elsewhereError{e.Name})
			default:
				found(e)
			}
		}
		return nil
	})
	if err == nil && nonsense > 0 {
		unseen(fmt.Errorf("lines of the listing make no sense (%d), such as %.200q", nonsense, example))
	}
	return err
}

// localEntries reads a directory here.
func (f *folders) localEntries(rel string) ([]slim, error) {
	dir, err := f.openHere(rel)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	var entries []slim
	for {
		found, err := dir.ReadDir(readAtOnce)
		for _, one := range found {
			if info, err := one.Info(); err == nil { // otherwise it has just gone
				entries = append(entries, slimOf(listing.OfFile(info)))
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return entries, nil
		case err != nil:
			return nil, err
		}
	}
}

// readAtOnce is how many names of a directory here are read at a time: what the system tells of 100,000 takes
// 40 MB, and a slim entry a quarter of that.
const readAtOnce = 1024

// openHere opens a file or directory of the local tree.
func (f *folders) openHere(rel string) (*os.File, error) {
	if f.here == nil {
		return f.Here.Open(context.Background(), f.naming.local(rel), os.O_RDONLY, 0)
	}
	return f.here.Open(path.Join(".", f.naming.at(rel)))
}
