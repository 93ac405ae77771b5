package manifest

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/listing"
)

// Cache holds the checksums of files of one server, so that what has not changed is not read again.
// Its file is of no worth to anybody else, and one that is not sound is refused as a whole.
type Cache struct {
	Server facts.Server // whose files they are; a certificate may be a new one
	known  map[cacheKey]cacheRow
}

type cacheKey struct {
	path      string // from the root
	algorithm client.Algorithm
}

// cacheRow is a line of the file.
type cacheRow struct {
	Path      jsonl.Name       `json:"path"`
	Size      int64            `json:"size"`
	Time      time.Time        `json:"time"`
	Unique    string           `json:"unique,omitempty"`
	Algorithm client.Algorithm `json:"algorithm"`
	Sum       string           `json:"sum"`
	How       string           `json:"how"` // server, read
	When      time.Time        `json:"when"`
}

type cacheHead struct {
	jsonl.Head
	Host string `json:"host"`
	Port string `json:"port"`
	User string `json:"user"`
}

const cacheKind = "ftpsh-sums"

// mostCached is how many checksums a file holds; the oldest go.
const mostCached = 500_000

// NewCache is one that knows nothing.
func NewCache(of facts.Server) *Cache {
	return &Cache{Server: of, known: map[cacheKey]cacheRow{}}
}

// ReadCache reads the file of a server.
func ReadCache(r io.Reader, name string, of facts.Server) (*Cache, error) {
	c := NewCache(of)
	var head cacheHead
	err := jsonl.Read(r, name, cacheKind, &head, func(_ int, line []byte) error {
		var row cacheRow
		if err := jsonl.Decode(line, &row); err != nil {
			return err
		}
		return c.add(row)
	})
	if err != nil {
		return nil, err
	}
	was := facts.Server{Host: head.Host, Port: head.Port, User: head.User, Certificate: of.Certificate}
	if why := was.Differs(of); why != "" {
		return nil, &jsonl.Error{Name: name, Line: 1, Err: errors.New(why)}
	}
	return c, nil
}

// add takes a row that is sound.
func (c *Cache) add(row cacheRow) error {
	if _, _, err := parseSum(row.Sum, row.Algorithm); err != nil || row.Algorithm == "" {
		return cmp.Or(err, fmt.Errorf("%q: a checksum of no kind", row.Path))
	}
	if row.Size < 0 || !facts.Settled(row.Time, row.When) || row.How != "server" && row.How != "read" || !strings.HasPrefix(string(row.Path), "/") {
		return fmt.Errorf("%q: this is nothing that was kept", row.Path)
	}
	c.known[cacheKey{string(row.Path), row.Algorithm}] = row
	return nil
}

// Write writes what is known.
func (c *Cache) Write(w io.Writer) error {
	rows := make([]cacheRow, 0, len(c.known))
	for _, row := range c.known {
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b cacheRow) int { return b.When.Compare(a.When) })
	rows = rows[:min(len(rows), mostCached)]
	slices.SortFunc(rows, func(a, b cacheRow) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Algorithm, b.Algorithm))
	})
	if err := jsonl.Encode(w, cacheHead{jsonl.NewHead(cacheKind), c.Server.Host, c.Server.Port, c.Server.User}); err != nil {
		return err
	}
	for _, row := range rows {
		if err := jsonl.Encode(w, row); err != nil {
			return err
		}
	}
	return nil
}

// Add takes over what another one knows.
func (c *Cache) Add(other *Cache) {
	for key, row := range other.known {
		if row.When.After(c.known[key].When) {
			c.known[key] = row
		}
	}
}

// Find is the checksum of a file that is as it was when it was read: size, time, and what the
// server knows it by. A time that is not known to the second says too little.
func (c *Cache) Find(path string, now listing.Entry, a client.Algorithm) (sum []byte, found bool) {
	row, found := c.known[cacheKey{path, a}]
	if !found || !isExact(now) || row.Size != now.Size || !row.Time.Equal(now.Time.Truncate(time.Second)) || row.Unique != now.Unique {
		return nil, false
	}
	sum, err := hex.DecodeString(row.Sum)
	return sum, err == nil
}

// Keep takes the checksum of a file that was like this at a moment before it was read, and still is.
// One that was changed so shortly before that another change could have the same time is not kept.
func (c *Cache) Keep(path string, was listing.Entry, a client.Algorithm, sum []byte, how string, when time.Time) {
	if !isExact(was) || !facts.Settled(was.Time, when) || !strings.HasPrefix(path, "/") {
		return
	}
	c.known[cacheKey{path, a}] = cacheRow{
		jsonl.Name(path), was.Size, was.Time.UTC().Truncate(time.Second), was.Unique, a, hex.EncodeToString(sum), how, when.UTC(),
	}
}

// Same reports whether a file is as it was, as far as both readings tell.
func Same(was, now listing.Entry) bool {
	return (was.Size < 0 || now.Size < 0 || was.SizeApprox || now.SizeApprox || was.Size == now.Size) &&
		(was.Precision < listing.Second || now.Precision < listing.Second || was.Time.Truncate(time.Second).Equal(now.Time.Truncate(time.Second))) &&
		(was.Unique == "" || now.Unique == "" || was.Unique == now.Unique)
}

func isExact(e listing.Entry) bool {
	return e.Type == listing.File && e.Size >= 0 && !e.SizeApprox && e.Precision >= listing.Second
}
