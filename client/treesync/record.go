package treesync

import (
	"cmp"
	"context"
	"os"
	"time"

	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/listing"
)

// recorder keeps the archive up to date while things are done.
type recorder struct {
	*Options
	root  *os.Root  // of the tree here
	saved time.Time // when the archive was written
}

const saveEvery = 30 * time.Second

// record notes that both sides of a path are the same. What was changed just now may change again
// without its time telling: its content is noted too.
func (r *recorder) record(ctx context.Context, name string, here, there Side) error {
	row := &Row{Path: jsonl.Name(name), Here: here, There: there, seen: [2]bool{true, true}}
	if here.Type == file && (r.isFresh(here) || r.isFresh(there)) {
		sum, err := r.sumHere(ctx, name)
		if err != nil {
			return err
		}
		now, err := lookHere(r.root, name)
		if err != nil || now != here {
			return cmp.Or(err, errMeanwhile)
		}
		row.Sum = sum
	}
	r.Archive.Rows[name] = row
	if r.now().Sub(r.saved) > saveEvery {
		r.saved = r.now()
		return r.Save()
	}
	return nil
}

// isFresh reports whether a time is so near that another change could have the same one. The clock
// of a server may be a little wrong.
func (r *recorder) isFresh(s Side) bool {
	return s.Type == file && s.Precision == listing.NoTime || r.now().Sub(s.Time) < precision[s.Precision]+clocksApart
}

const clocksApart = 2 * time.Second

// precision is how far apart two changes can be that have one time, by listing.Precision.
var precision = [...]time.Duration{0, 24 * time.Hour, time.Minute, time.Second, time.Second}
