package teach

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"strings"

	"github.com/ftpsh/ftpsh/client"
)

// Recording is a session on its way into a file: events as they come, and of
// what was transferred its hash, or, of listings, if wanted, the text.
type Recording struct {
	r    *Recorder
	out  *json.Encoder
	stop func()
	err  error
	ops  int
}

// Record writes what happens from now on to w, after what is known of the
// session that is open. Passwords are masked, files are hashed; listings too,
// unless they are wanted. Stop ends it.
func (r *Recorder) Record(w io.Writer, listings bool) *Recording {
	rec := &Recording{r: r, out: json.NewEncoder(w)}
	rec.out.SetEscapeHTML(false)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.contents = &contents{listings: listings, of: map[transferOf]*content{}}
	for _, e := range append([]*Event{r.start}, sessionIn(r.since(0))...) {
		rec.write(e)
	}
	rec.stop = r.watch(rec.write)
	return rec
}

// sessionIn is the events from the operation on that made the last control
// connection; none when it has ended.
func sessionIn(events []*Event) []*Event {
	begin := len(events)
	for i, e := range events {
		switch {
		case e.Ev == TCPConnect && e.Conn == "C":
			begin = i
			for begin > 0 && events[begin-1].Op == e.Op && e.Op != 0 {
				begin--
			}
		case e.Ev == Closed && e.Conn == "C":
			begin = len(events)
		}
	}
	return events[begin:]
}

func (rec *Recording) write(e *Event) {
	if e.Ev == OpStart {
		rec.ops++
	}
	if err := rec.out.Encode(e); err != nil && rec.err == nil {
		rec.err = err
	}
}

// Stop ends the recording. It returns how many commands of the shell it has, and
// the first failure to write.
func (rec *Recording) Stop() (ops int, err error) {
	rec.stop()
	rec.r.mu.Lock()
	defer rec.r.mu.Unlock()
	rec.r.contents = nil
	return rec.ops, rec.err
}

// contents are the transfers that go on while somebody records.
type contents struct {
	listings bool
	of       map[transferOf]*content
}

// transferOf is a data connection of one of the sessions.
type transferOf struct {
	c       *connection
	channel string
}

// content is what a transfer carried.
type content struct {
	sum  hash.Hash
	kept *bytes.Buffer // nil: the hash will do
}

// keptListing is the longest listing whose text is kept.
const keptListing = 1 << 20

// begin returns who wants to see the bytes of a transfer; nil: nobody.
func (all *contents) begin(c *connection, i client.ContentInfo) io.Writer {
	if all == nil {
		return nil
	}
	one := &content{sum: sha256.New()}
	if all.listings && contentOf(i.Verb) != "file" {
		one.kept = &bytes.Buffer{}
	}
	all.of[transferOf{c, i.Channel}] = one
	return one
}

func (one *content) Write(p []byte) (int, error) {
	if one.kept != nil {
		one.kept.Write(p[:min(len(p), keptListing-one.kept.Len())])
	}
	return one.sum.Write(p)
}

// end adds to the end of a transfer what it carried.
func (all *contents) end(c *connection, channel string, e *Event) {
	if all == nil {
		return
	}
	key := transferOf{c, channel}
	one := all.of[key]
	if one == nil {
		return
	}
	delete(all.of, key)
	e.SHA256 = hex.EncodeToString(one.sum.Sum(nil))
	if one.kept != nil && one.kept.Len() > 0 && one.kept.Len() < keptListing {
		e.Lines = strings.Split(strings.TrimSuffix(strings.ReplaceAll(one.kept.String(), "\r\n", "\n"), "\n"), "\n")
	}
}
