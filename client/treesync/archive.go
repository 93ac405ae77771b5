package treesync

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/listing"
)

// Side is what was known of a path on one side. The zero value stands for nothing.
type Side struct {
	Type      string            `json:"type,omitempty"` // file, dir
	Size      int64             `json:"size,omitempty"`
	Time      time.Time         `json:"time,omitzero"`
	Precision listing.Precision `json:"precision,omitempty"` // of Time
	ID        string            `json:"id,omitempty"`        // the file itself, whatever its name is
}

const (
	file = "file"
	dir  = "dir"
)

func (s Side) there() bool { return s.Type != "" }

// same reports whether a path is as it was, as far as size and time tell.
func (s Side) same(now Side) bool {
	if s.Type != now.Type || s.Type != file {
		return s.Type == now.Type
	}
	return s.Size == now.Size && s.Size >= 0 && s.sameTime(now)
}

// sameTime compares two readings of one clock. A listing tells the time of an old file less exactly
// than it did when the file was new.
func (s Side) sameTime(now Side) bool {
	switch min(s.Precision, now.Precision) {
	case listing.NoTime:
		return true
	case listing.Day:
		return s.Time.Sub(now.Time).Abs() < 24*time.Hour
	case listing.Minute:
		return s.Time.Truncate(time.Minute).Equal(now.Time.Truncate(time.Minute))
	case listing.Second:
		return s.Time.Truncate(time.Second).Equal(now.Time.Truncate(time.Second))
	}
	return s.Time.Equal(now.Time)
}

// Row is a path of which both sides were agreed.
type Row struct {
	Path  jsonl.Name `json:"path"`
	Here  Side       `json:"here"`
	There Side       `json:"there"`
	Sum   string     `json:"sum,omitempty"` // SHA-256 of a file that may change without its size and time telling

	seen [2]bool // here, there: the path is still just so
}

// side is one of the two.
func (r *Row) side(n int) Side {
	if n == 0 {
		return r.Here
	}
	return r.There
}

// Head says which two trees an archive is of.
type Head struct {
	jsonl.Head
	ID     string     `json:"id"` // of this pair of trees; names of the meantime have it
	Host   string     `json:"host"`
	Port   string     `json:"port"`
	User   string     `json:"user"`
	Local  jsonl.Name `json:"local"`
	Remote jsonl.Name `json:"remote"`
	Made   time.Time  `json:"made,omitzero"` // when it was last complete; zero: not yet
}

// Archive is the last state that both trees agreed on.
type Archive struct {
	Head
	Rows map[string]*Row
}

// row is that of a path, if it has one.
func (a *Archive) row(name string) (row Row, known bool) {
	if r := a.Rows[name]; r != nil {
		return *r, true
	}
	return Row{}, false
}

const kind = "ftpsh-sync"

// end is the last line of a file.
type end struct {
	End    bool   `json:"end"`
	Rows   int    `json:"rows"`
	SHA256 string `json:"sha256"` // of all lines before
}

// Write writes an archive with its checksum.
func (a *Archive) Write(w io.Writer) error {
	sum := sha256.New()
	both := io.MultiWriter(w, sum)
	a.Head.Head = jsonl.NewHead(kind)
	if err := jsonl.Encode(both, a.Head); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(a.Rows)) {
		if err := jsonl.Encode(both, a.Rows[name]); err != nil {
			return err
		}
	}
	return jsonl.Encode(w, end{true, len(a.Rows), hex.EncodeToString(sum.Sum(nil))})
}

const shortestRow = len(`{"path":"x","here":{"type":"dir"},"there":{"type":"dir"}}`)

// Errors of files that are no archives.
var (
	errCut    = errors.New("the archive is cut: its last line, with the checksum, is missing")
	errForged = errors.New("the archive was changed: its checksum is another one")
)

// Read reads an archive of these two trees. One that is cut, changed, or of others is refused.
func Read(text []byte, name string, of Head) (*Archive, error) {
	most := min(bytes.Count(text, []byte("\n")), len(text)/shortestRow)
	a := &Archive{Rows: make(map[string]*Row, most)}
	rows := make([]Row, 0, most) // all in one piece
	var last *end
	lines := 1
	err := jsonl.Read(bytes.NewReader(text), name, kind, &a.Head, func(n int, line []byte) error {
		lines = n
		switch {
		case last != nil:
			return errors.New("there is text after the last line")
		case bytes.HasPrefix(line, []byte(`{"end":`)):
			last = &end{}
			return jsonl.Decode(line, last)
		}
		row, quick := quickRow(line)
		if !quick {
			if err := jsonl.Decode(line, &row); err != nil {
				return err
			}
		}
		rows = append(rows, row)
		return a.add(&rows[len(rows)-1])
	})
	if err != nil {
		return nil, err
	}
	if last == nil {
		return nil, &jsonl.Error{Name: name, Line: lines + 1, Err: errCut}
	}
	sum := sha256.Sum256(text[:bytes.LastIndex(bytes.TrimRight(text, "\n"), []byte("\n"))+1])
	if last.Rows != len(a.Rows) || last.SHA256 != hex.EncodeToString(sum[:]) {
		return nil, &jsonl.Error{Name: name, Line: lines, Err: errForged}
	}
	if why := a.other(of); why != "" {
		return nil, &jsonl.Error{Name: name, Line: 1, Err: errors.New(why)}
	}
	return a, nil
}

// other says of what else an archive is.
func (a *Archive) other(of Head) string {
	for _, row := range []struct{ what, is, want string }{
		{"host", a.Host, of.Host},
		{"port", a.Port, of.Port},
		{"user", a.User, of.User},
		{"directory here", string(a.Local), string(of.Local)},
		{"directory there", string(a.Remote), string(of.Remote)},
	} {
		if row.is != row.want {
			return fmt.Sprintf("the archive is of another %s: %q, not %q", row.what, row.is, row.want)
		}
	}
	if len(a.ID) != idLength || strings.Trim(a.ID, "0123456789abcdef") != "" {
		return fmt.Sprintf("%q is not the ID of an archive", a.ID)
	}
	return ""
}

const idLength = 16

// add takes a row that is sound.
func (a *Archive) add(row *Row) error {
	name := string(row.Path)
	if name == "." || path.Clean(name) != name || !filepath.IsLocal(filepath.FromSlash(name)) || strings.ContainsRune(name, 0) {
		return fmt.Errorf("%q is not a path below the directory", name)
	}
	if _, twice := a.Rows[name]; twice {
		return fmt.Errorf("%q stands there twice", name)
	}
	for _, side := range []Side{row.Here, row.There} {
		if side.Type != file && side.Type != dir || side.Size < 0 || side.Precision > listing.Subsecond {
			return fmt.Errorf("%q: this is nothing that was agreed", name)
		}
	}
	if row.Here.Type != row.There.Type {
		return fmt.Errorf("%q: a %s here and a %s there", name, row.Here.Type, row.There.Type)
	}
	a.Rows[name] = row
	return nil
}
