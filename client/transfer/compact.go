package transfer

import (
	"io/fs"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client/listing"
)

// A slim is what a mirror needs to know of an entry, in a third of the space:
// all of a directory are kept, and there may be very many.
type slim struct {
	name       string
	size       int64
	time       time.Time
	more       *more // nil: nothing
	mode       fs.FileMode
	kind       listing.Type
	precision  listing.Precision
	hasMode    bool
	sizeApprox bool
}

// more is what few entries have.
type more struct{ target, unique string }

// slimOf copies what it keeps: the line that the entry was read from is let go.
func slimOf(e listing.Entry) slim {
	s := slim{
		name: strings.Clone(e.Name), size: e.Size, time: e.Time, mode: e.Mode, kind: e.Type, precision: e.Precision,
		hasMode: e.HasMode, sizeApprox: e.SizeApprox,
	}
	if e.Type != listing.File && e.Target+e.Unique != "" {
		s.more = &more{strings.Clone(e.Target), strings.Clone(e.Unique)}
	}
	return s
}

func (s slim) entry() listing.Entry {
	e := listing.Entry{
		Name: s.name, Size: s.size, Time: s.time, Mode: s.mode, Type: s.kind, Precision: s.precision,
		HasMode: s.hasMode, SizeApprox: s.sizeApprox,
	}
	if s.more != nil {
		e.Target, e.Unique = s.more.target, s.more.unique
	}
	return e
}
