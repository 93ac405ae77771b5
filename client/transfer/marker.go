package transfer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/listing"
)

// Marker is how the file is called that says of another one that it is complete: %s stands for the
// name of that one. "" is none.
type Marker string

// ReadMarker reads a marker: %s once, in the name of a file of the same directory.
func ReadMarker(text string) (Marker, error) {
	if strings.Count(text, "%s") != 1 || text == "%s" || strings.ContainsRune(text, '/') {
		return "", fmt.Errorf("%q is not a name with one %%s in it, such as %%s.done", text)
	}
	return Marker(text), nil
}

// Of is the name of the marker of a file.
func (m Marker) Of(name string) string { return strings.Replace(string(m), "%s", name, 1) }

// Marks reports whether a name is that of a marker.
func (m Marker) Marks(name string) bool {
	before, after, is := strings.Cut(string(m), "%s")
	return is && len(name) > len(before)+len(after) && strings.HasPrefix(name, before) && strings.HasSuffix(name, after)
}

// Takes reports whether a file is to be taken, given what else is in its directory: its marker is
// there, and it is none itself. Without a marker each file is.
func (m Marker) Takes(name string, beside map[string]bool) bool {
	return m == "" || !m.Marks(name) && beside[m.Of(name)]
}

// marked are the markers among what was listed.
func (m Marker) marked(entries []slim) map[string]bool {
	found := map[string]bool{}
	for _, e := range entries {
		if m != "" && e.kind == listing.File && m.Marks(e.name) {
			found[e.name] = true
		}
	}
	return found
}

// removeMarker deletes the marker of an original that is about to go. One that stayed would say of the next file of that name
// that it is complete.
func (t Task) removeMarker(ctx context.Context, s *client.Session) error {
	if t.Marker == "" {
		return nil
	}
	if t.Op == Upload {
		if err := t.Here.Remove(t.Marker); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	err := s.Remove(ctx, t.Marker)
	if !facts.Missing(err) {
		return err
	}
	if _, there, failed := facts.Stands(ctx, s, t.Marker); there || failed != nil {
		return err
	}
	return nil
}
