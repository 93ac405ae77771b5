package site

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/history/private"
)

// Visits remembers which directories of which servers somebody goes to. There is a file for each server and user, with a
// line for each directory; several shells share it. Where nothing is kept it lasts as long as the program.
type Visits struct {
	dir  string
	mu   sync.Mutex
	here map[string][]Visit
}

// Visit is a directory and how often somebody was there.
type Visit struct {
	Dir   jsonl.Name `json:"dir"`
	Score float64    `json:"score"`
	Last  time.Time  `json:"last"`
}

// Bounds of a file.
const (
	longestVisits = 4 << 20
	mostScore     = 10_000 // of all directories together: beyond it all of them age
	longestDir    = 4096
)

const visitsKind = "ftpsh-dirs"

type visitsHead struct {
	jsonl.Head
	Server string `json:"server"`
}

// OpenVisits keeps the files in the folder dirs of dir; "" means nowhere.
func OpenVisits(dir string) *Visits {
	v := &Visits{here: map[string][]Visit{}}
	if dir != "" {
		v.dir = filepath.Join(dir, "dirs")
	}
	return v
}

// All are the directories of a server.
func (v *Visits) All(server string) ([]Visit, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.read(server)
}

// Add counts a visit.
func (v *Visits) Add(server, dir string, now time.Time) error {
	if dir == "" || len(dir) > longestDir {
		return nil
	}
	return v.change(server, func(all []Visit) []Visit {
		i := slices.IndexFunc(all, func(one Visit) bool { return string(one.Dir) == dir })
		if i < 0 {
			all, i = append(all, Visit{Dir: jsonl.Name(dir)}), len(all)
		}
		all[i].Score, all[i].Last = all[i].Score+1, now.UTC().Truncate(time.Second)
		return aged(all)
	})
}

// Forget takes a directory out, and reports whether it was there.
func (v *Visits) Forget(server, dir string) (had bool, err error) {
	err = v.change(server, func(all []Visit) []Visit {
		n := len(all)
		all = slices.DeleteFunc(all, func(one Visit) bool { return string(one.Dir) == dir })
		had = len(all) < n
		return all
	})
	return had, err
}

// aged keeps the sum of all scores in bounds: what nobody goes to any more is forgotten.
func aged(all []Visit) []Visit {
	sum := 0.0
	for _, one := range all {
		sum += one.Score
	}
	if sum <= mostScore {
		return all
	}
	for i := range all {
		all[i].Score *= 0.9
	}
	return slices.DeleteFunc(all, func(one Visit) bool { return one.Score < 1 })
}

func (v *Visits) file(server string) string {
	sum := sha256.Sum256([]byte(server))
	return filepath.Join(v.dir, hex.EncodeToString(sum[:8])+".jsonl")
}

func (v *Visits) read(server string) (all []Visit, err error) {
	if v.dir == "" {
		return slices.Clone(v.here[server]), nil
	}
	name := v.file(server)
	text, err := private.Read(name, longestVisits)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseVisits(name, text)
}

func parseVisits(name string, text []byte) (all []Visit, err error) {
	err = jsonl.Read(bytes.NewReader(text), name, visitsKind, &visitsHead{}, func(_ int, line []byte) error {
		var one Visit
		err := jsonl.Decode(line, &one)
		if err == nil && (one.Dir == "" || strings.ContainsAny(string(one.Dir), "\r\n\x00") || one.Score < 0 || one.Score > mostScore) {
			err = errors.New("not a directory with a score")
		}
		all = append(all, one)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// change changes what is known of a server. Other shells may write at the same time.
func (v *Visits) change(server string, f func([]Visit) []Visit) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.dir == "" {
		v.here[server] = f(v.here[server])
		return nil
	}
	return private.Locked(v.file(server), func() error {
		all, err := v.read(server)
		if err != nil {
			return err
		}
		var text bytes.Buffer
		lines := []any{visitsHead{jsonl.NewHead(visitsKind), server}}
		for _, one := range f(all) {
			lines = append(lines, one)
		}
		for _, line := range lines {
			if err := jsonl.Encode(&text, line); err != nil {
				return err
			}
		}
		return private.Write(v.file(server), text.Bytes())
	})
}

// Now is the score with its age in it: a directory of the last hour counts most.
func (one Visit) Now(now time.Time) float64 {
	switch age := now.Sub(one.Last); {
	case age < time.Hour:
		return one.Score * 4
	case age < 24*time.Hour:
		return one.Score * 2
	case age < 7*24*time.Hour:
		return one.Score / 2
	}
	return one.Score / 4
}

// The ranks of a directory for words.
const (
	isPath     = iota // the words are all of it
	isName            // its last name is the last word
	beginsName        // begins with it
	holdsName         // has it in it
	noMatch
)

// rank says how well words fit a directory: they are parts of it in their order, in any case, the last of them in its last name.
func rank(dir string, words []string) int {
	dir = strings.ToLower(dir)
	rest, joined := dir, strings.ToLower(strings.Join(words, " "))
	if dir == joined {
		return isPath
	}
	for _, word := range words {
		i := strings.Index(rest, strings.ToLower(word))
		if i < 0 {
			return noMatch
		}
		rest = rest[i+len(word):]
	}
	if len(words) == 0 {
		return holdsName
	}
	name, last := path.Base(dir), path.Base(strings.ToLower(words[len(words)-1]))
	switch {
	case name == last:
		return isName
	case strings.HasPrefix(name, last):
		return beginsName
	case strings.Contains(name, last):
		return holdsName
	}
	return noMatch
}

// Ranked are the directories that words fit, the best first. Without words they are all.
func Ranked(all []Visit, words []string, now time.Time) []Visit {
	fitting := slices.DeleteFunc(slices.Clone(all), func(one Visit) bool { return rank(string(one.Dir), words) == noMatch })
	slices.SortStableFunc(fitting, func(a, b Visit) int {
		return cmp.Or(rank(string(a.Dir), words)-rank(string(b.Dir), words), cmp.Compare(b.Now(now), a.Now(now)), cmp.Compare(a.Dir, b.Dir))
	})
	return fitting
}

// Close reports whether nobody can tell which of two directories was meant: they fit words as well, and their scores differ
// by less than a tenth.
func Close(a, b Visit, words []string, now time.Time) bool {
	return rank(string(a.Dir), words) == rank(string(b.Dir), words) && b.Now(now) > 0.9*a.Now(now)
}
