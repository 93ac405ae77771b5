// Package plan keeps changes of a server for later: what a command would do, what stood there when
// that was found out, and a way to do exactly that and nothing else.
package plan

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/jsonl"
)

// Do is what a row does.
type Do string

// What rows do, in the order in which it is done.
const (
	Mkdir     Do = "mkdir"
	MkdirHere Do = "lmkdir"  // a directory on this computer
	New       Do = "new"     // an upload, where nothing stands
	Replace   Do = "replace" // an upload over a file
	Get       Do = "get"     // a download
	Copy      Do = "cp"
	Move      Do = "mv"
	Chmod     Do = "chmod"
	Touch     Do = "touch"
	Delete    Do = "delete"
	Rmdir     Do = "rmdir"
)

var order = []Do{Mkdir, MkdirHere, New, Replace, Get, Copy, Move, Chmod, Touch, Delete, Rmdir}

// Row is one change. Paths of the server begin at its root, those here at the root of this
// computer.
type Row struct {
	N       int          `json:"n"`
	Do      Do           `json:"do"`
	Path    jsonl.Name   `json:"path"`               // what is changed; the target of an upload; "" of lmkdir
	To      jsonl.Name   `json:"to,omitempty"`       // of mv and cp: the new name
	Local   jsonl.Name   `json:"local,omitempty"`    // of an upload, a download and lmkdir
	Size    int64        `json:"size,omitempty"`     // bytes that travel
	Mode    string       `json:"mode,omitempty"`     // of chmod, and of an upload that gets one
	Time    time.Time    `json:"time,omitzero"`      // of touch
	InPlace bool         `json:"in_place,omitempty"` // of an upload: under its own name at once
	Was     *facts.Facts `json:"was,omitempty"`      // what stood at the target
	Source  *facts.Facts `json:"source,omitempty"`   // of mv and cp, of a download; of an upload, here
}

// target is the name that a row puts something under, or takes it away from.
func (r Row) target() string {
	switch r.Do {
	case Copy, Move:
		return string(r.To)
	case MkdirHere:
		return string(r.Local)
	}
	return string(r.Path)
}

// FileMode is the mode that a row gives, 0 for none.
func (r Row) FileMode() fs.FileMode {
	mode, _ := strconv.ParseUint(r.Mode, 8, 12)
	return fs.FileMode(mode)
}

// uploads reports whether a row sends a file.
func (r Row) uploads() bool { return r.Do == New || r.Do == Replace }

// Head is what a plan is for.
type Head struct {
	jsonl.Head
	ID      string    `json:"id"`
	Made    time.Time `json:"made"`
	Command string    `json:"command"`
	facts.Server
	Remote   jsonl.Name `json:"remote"`          // that all paths of the server are in
	Local    jsonl.Name `json:"local,omitempty"` // that all paths here are in
	Preserve bool       `json:"preserve"`        // copies get the time of the original
}

// end is the last line of a file.
type end struct {
	End    bool   `json:"end"`
	Rows   int    `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // of all lines before
}

// Plan is changes that are not made yet.
type Plan struct {
	Head
	Rows []Row
}

const kind = "ftpsh-plan"

// Errors of files that are no plans.
var (
	errCut    = errors.New("the plan is cut: its last line, with the checksum, is missing")
	errForged = errors.New("the plan was changed: its checksum is another one")
)

// Begin begins a plan for the server of a session.
func Begin(s *client.Session, command string, now time.Time) *Plan {
	var id [4]byte
	rand.Read(id[:])
	p := &Plan{Head: Head{Head: jsonl.NewHead(kind), ID: hex.EncodeToString(id[:]), Made: now.UTC().Truncate(time.Second), Command: command}}
	p.Server = facts.ServerOf(s)
	return p
}

// Complete looks at both sides, says of each row what stands there, adds the directories that are
// missing on the way, and puts the rows into their order.
func (p *Plan) Complete(ctx context.Context, s *client.Session, here Here) error {
	if err := p.addParents(ctx, s); err != nil {
		return err
	}
	there, err := facts.Look(ctx, s, p.names())
	if err != nil {
		return err
	}
	for i := range p.Rows {
		r := &p.Rows[i]
		switch {
		case r.Do == MkdirHere:
			r.Was, err = look(here, string(r.Local))
		case r.Do == Get:
			r.Source = there[string(r.Path)]
			r.Was, err = look(here, string(r.Local))
			r.Size = max(r.Source.Size, 0)
		case r.uploads():
			r.Was = there[string(r.Path)]
			r.Source, err = look(here, string(r.Local))
			if r.Size, r.Do = r.Source.Size, New; r.Was.There() {
				r.Do = Replace
			}
		case r.Do == Move || r.Do == Copy:
			r.Source, r.Was = there[string(r.Path)], there[string(r.To)]
		default:
			r.Was = there[string(r.Path)]
		}
		if err != nil {
			return err
		}
	}
	if err := p.there(ctx, s); err != nil {
		return err
	}
	p.Rows = slices.DeleteFunc(p.Rows, func(r Row) bool { return (r.Do == Mkdir || r.Do == MkdirHere) && r.Was.IsDir() })
	p.sort()
	for i := range p.Rows {
		p.Rows[i].N = i + 1
	}
	p.Remote, p.Local = jsonl.Name(p.root(true)), jsonl.Name(p.root(false))
	return nil
}

// there is the error of what a row needs that is not there, unless another row makes it.
func (p *Plan) there(ctx context.Context, s *client.Session) error {
	made := map[jsonl.Name]bool{}
	for _, r := range p.Rows {
		if r.Do == Mkdir || r.uploads() || r.To != "" {
			made[jsonl.Name(r.target())] = true
		}
	}
	for _, r := range p.Rows {
		needs := r.Was
		switch r.Do {
		case New, Replace:
			if !r.Source.There() {
				return &fs.PathError{Op: "open", Path: string(r.Local), Err: fs.ErrNotExist}
			}
			continue
		case Get, Move, Copy:
			needs = r.Source
		case Delete, Rmdir, Chmod:
		default:
			continue
		}
		if !needs.There() && !made[r.Path] {
			if _, err := s.Stat(ctx, string(r.Path)); err != nil {
				return fmt.Errorf("%s: %w", r.Path, err)
			}
		}
	}
	return nil
}

// names are all names of the server that rows are about.
func (p *Plan) names() []string {
	var names []string
	for _, r := range p.Rows {
		if r.Path != "" {
			names = append(names, string(r.Path))
		}
		if r.To != "" {
			names = append(names, string(r.To))
		}
	}
	return names
}

// addParents adds the directories that are needed on the way and are not there.
func (p *Plan) addParents(ctx context.Context, s *client.Session) error {
	planned, seen := map[string]bool{}, map[string]bool{"/": true}
	for _, r := range p.Rows {
		if r.Do == Mkdir {
			planned[string(r.Path)] = true
		}
	}
	var want []string
	for _, r := range p.Rows {
		if !r.uploads() && r.Do != Mkdir {
			continue
		}
		for dir := path.Dir(string(r.Path)); !seen[dir]; dir = path.Dir(dir) {
			if seen[dir] = true; !planned[dir] {
				want = append(want, dir)
			}
		}
	}
	for _, dir := range want {
		_, there, err := facts.Stands(ctx, s, dir)
		if err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
		if !there {
			p.Rows = append(p.Rows, Row{Do: Mkdir, Path: jsonl.Name(dir)})
		}
	}
	return nil
}

// sort puts the rows into the order in which they are done: what is in a directory goes before it.
func (p *Plan) sort() {
	slices.SortStableFunc(p.Rows, func(a, b Row) int {
		if a.Do != b.Do {
			return slices.Index(order, a.Do) - slices.Index(order, b.Do)
		}
		switch a.Do {
		case Mkdir:
			return strings.Compare(string(a.Path), string(b.Path))
		case MkdirHere:
			return strings.Compare(string(a.Local), string(b.Local))
		case Delete, Rmdir:
			return strings.Compare(string(b.Path), string(a.Path))
		}
		return 0
	})
}

// root is the directory that all paths of one side are in.
func (p *Plan) root(remote bool) string {
	root, first := "", true
	dir, separator := path.Dir, "/"
	if !remote {
		dir, separator = filepath.Dir, string(filepath.Separator)
	}
	for _, r := range p.Rows {
		names := []jsonl.Name{r.Path, r.To}
		if !remote {
			names = []jsonl.Name{r.Local}
		}
		for _, name := range names {
			if name == "" {
				continue
			}
			if first {
				root, first = dir(string(name)), false
			}
			for !strings.HasPrefix(string(name), strings.TrimSuffix(root, separator)+separator) && root != dir(root) {
				root = dir(root)
			}
		}
	}
	return root
}

// Bytes is how much has to travel.
func (p *Plan) Bytes() (n int64) {
	for _, r := range p.Rows {
		n += max(r.Size, 0)
	}
	return n
}

// Write writes a plan with its checksum.
func (p *Plan) Write(w io.Writer) error {
	sum := sha256.New()
	both := io.MultiWriter(w, sum)
	if err := jsonl.Encode(both, p.Head); err != nil {
		return err
	}
	for _, r := range p.Rows {
		if err := jsonl.Encode(both, r); err != nil {
			return err
		}
	}
	return jsonl.Encode(w, end{true, len(p.Rows), p.Bytes(), hex.EncodeToString(sum.Sum(nil))})
}

// Read reads a plan. One that is cut, changed, or leads out of its directories is refused.
func Read(r io.Reader, name string) (*Plan, error) {
	p := &Plan{}
	sum := sha256.New()
	var last *end
	all := io.Reader(r)
	text, err := io.ReadAll(io.LimitReader(all, mostBytes+1))
	if err != nil {
		return nil, err
	}
	if len(text) > mostBytes {
		return nil, &jsonl.Error{Name: name, Err: fmt.Errorf("more than %d bytes", mostBytes)}
	}
	err = jsonl.Read(bytes.NewReader(text), name, kind, &p.Head, func(n int, line []byte) error {
		switch {
		case last != nil:
			return errors.New("there is text after the last line")
		case bytes.HasPrefix(line, []byte(`{"end":`)):
			last = &end{}
			return jsonl.Decode(line, last)
		}
		var row Row
		if err := jsonl.Decode(line, &row); err != nil {
			return err
		}
		p.Rows = append(p.Rows, row)
		return p.check(row)
	})
	if err != nil {
		return nil, err
	}
	if last == nil {
		return nil, &jsonl.Error{Name: name, Line: len(p.Rows) + 2, Err: errCut}
	}
	sum.Write(text[:bytes.LastIndex(bytes.TrimRight(text, "\n"), []byte("\n"))+1])
	if last.Rows != len(p.Rows) || last.Bytes != p.Bytes() || last.SHA256 != hex.EncodeToString(sum.Sum(nil)) {
		return nil, &jsonl.Error{Name: name, Line: len(p.Rows) + 2, Err: errForged}
	}
	return p, nil
}

const mostBytes = 1 << 30

// check refuses a row that this program does not know, or that leads elsewhere.
func (p *Plan) check(r Row) error {
	if !slices.Contains(order, r.Do) {
		return fmt.Errorf("%q is nothing that this program does", r.Do)
	}
	if r.N != len(p.Rows) {
		return fmt.Errorf("row %d is number %d", len(p.Rows), r.N)
	}
	for _, name := range []jsonl.Name{r.Path, r.To} {
		if name != "" && (!below(string(name), string(p.Remote), "/") || path.Clean(string(name)) != string(name)) {
			return fmt.Errorf("%q is not in %q", name, p.Remote)
		}
		if strings.ContainsAny(string(name), "\r\n\x00") {
			return fmt.Errorf("%q has a character that no command can hold", name)
		}
	}
	if r.Local != "" && (!filepath.IsAbs(string(r.Local)) || filepath.Clean(string(r.Local)) != string(r.Local) || !below(string(r.Local), string(p.Local), string(filepath.Separator))) {
		return fmt.Errorf("%q is not in %q", r.Local, p.Local)
	}
	moves := r.uploads() || r.Do == Get
	switch {
	case r.target() == "" || r.Was == nil:
		return errors.New("the row does not say what it is about")
	case (r.Path == "") != (r.Do == MkdirHere):
		return fmt.Errorf("%s does not fit the names of this row", r.Do)
	case (moves || r.Do == MkdirHere) != (r.Local != "") || (r.Do == Move || r.Do == Copy) != (r.To != ""):
		return fmt.Errorf("%s does not fit the names of this row", r.Do)
	case (moves || r.To != "") && r.Source == nil:
		return errors.New("the row does not say what is sent")
	case r.Size < 0:
		return errors.New("a size below 0")
	case r.Do == Touch && r.Time.IsZero():
		return errors.New("touch without a time")
	case r.Mode == "" && r.Do != Chmod:
		return nil
	}
	if _, err := strconv.ParseUint(r.Mode, 8, 12); err != nil {
		return fmt.Errorf("%q is not a mode", r.Mode)
	}
	return nil
}

func below(name, root, separator string) bool {
	return root != "" && strings.HasPrefix(name, strings.TrimSuffix(root, separator)+separator)
}

// Here looks at files on this computer.
type Here interface {
	Lstat(name string) (size int64, modified time.Time, dir, there bool, err error)
}

func look(here Here, name string) (*facts.Facts, error) {
	size, modified, dir, there, err := here.Lstat(name)
	switch {
	case err != nil:
		return nil, err
	case !there:
		return facts.None(), nil
	case dir:
		return &facts.Facts{Type: "dir", Size: -1}, nil
	}
	return &facts.Facts{Type: "file", Size: size, Time: modified.UTC()}, nil
}
