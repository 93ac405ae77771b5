package trash

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/listing"
)

// Content is the folder of one group, as it is on the server now.
type Content struct {
	ID      string
	Folder  string
	Time    time.Time
	Command string // "": its list did not come
	Items   []Step // Trashed, each
	Damaged error  // of its list: the folders told where the files were
}

// mostInfo is how much of a list is read.
const mostInfo = 16 << 20

// Place is the folder of the trash, as far as one is there. It makes none.
func (t *Trash) Place(ctx context.Context, s *client.Session) (string, bool, error) {
	candidates := []string{path.Join(t.Home, Folder), path.Join(path.Dir(t.Home), Folder)}
	if t.Dir != "" {
		candidates = []string{t.Dir}
		if !path.IsAbs(t.Dir) {
			candidates = []string{path.Join(t.Home, t.Dir)}
		}
	}
	for _, dir := range candidates {
		e, err := s.Stat(ctx, dir)
		if err == nil && e.Type == listing.Dir {
			return dir, true, nil
		}
		if err != nil && !facts.Missing(err) {
			return "", false, err
		}
	}
	return candidates[0], false, nil
}

// Contents lists a trash, the newest group first.
func Contents(ctx context.Context, s *client.Session, dir string) ([]Content, error) {
	var all []Content
	names, err := names(ctx, s, dir)
	if err != nil {
		return nil, err
	}
	for _, name := range names { // also those with nothing in them any more, for `trash empty`
		at, err := time.Parse(stamp, strings.SplitN(name, "-", 2)[0])
		if err != nil {
			continue // not ours
		}
		c, err := content(ctx, s, Content{ID: name, Folder: path.Join(dir, name), Time: at})
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := &all[i], &all[j]
		return cmp.Or(b.Time.Compare(a.Time), strings.Compare(b.ID, a.ID)) < 0
	})
	return all, nil
}

func names(ctx context.Context, s *client.Session, dir string) (names []string, err error) {
	for e, err := range s.List(ctx, dir, client.ListOptions{Hidden: true}) {
		if err != nil {
			return nil, err
		}
		if e.Type == listing.Dir && e.Special == 0 && e.Name != "." && e.Name != ".." && !strings.Contains(e.Name, "/") {
			names = append(names, e.Name)
		}
	}
	return names, nil
}

// content reads the list of a group. Where that never came the folders tell where the files were.
func content(ctx context.Context, s *client.Session, c Content) (Content, error) {
	typ := s.Type()
	s.SetType(client.Binary)
	defer s.SetType(typ)
	var text bytes.Buffer
	_, err := s.Get(ctx, &limited{&text, mostInfo}, path.Join(c.Folder, infoName))
	switch {
	case errors.Is(err, errLarge):
		c.Damaged = &jsonl.Error{Name: path.Join(c.Folder, infoName), Err: errLarge}
		return c, c.walk(ctx, s)
	case facts.Missing(err):
		return c, c.walk(ctx, s)
	case err != nil:
		return c, err
	}
	var head infoHead
	err = jsonl.Read(&text, path.Join(c.Folder, infoName), infoKind, &head, func(_ int, line []byte) error {
		var step Step
		if err := jsonl.Decode(line, &step); err != nil {
			return err
		}
		if to := path.Clean(string(step.To)); step.Op != Trashed || !facts.Within(to, c.Folder) || to != string(step.To) {
			return fmt.Errorf("%q is not in this folder", step.To)
		}
		if from := string(step.From); !path.IsAbs(from) || path.Clean(from) != from {
			return fmt.Errorf("%q is not where a file can have been", from)
		}
		c.Items = append(c.Items, step)
		return nil
	})
	if err != nil { // a connection that was lost has cut it, perhaps
		c.Items, c.Damaged = nil, err
		return c, c.walk(ctx, s)
	}
	c.Command = head.Command
	return c, c.forgetGone(ctx, s)
}

// forgetGone leaves out what somebody has brought back, or deleted.
func (c *Content) forgetGone(ctx context.Context, s *client.Session) error {
	names := make([]string, len(c.Items))
	for i, item := range c.Items {
		names[i] = string(item.To)
	}
	gone, err := facts.Gone(ctx, s, names)
	c.Items = slices.DeleteFunc(c.Items, func(item Step) bool { return gone[string(item.To)] })
	return err
}

// walk finds the files that are in the folders of a group.
func (c *Content) walk(ctx context.Context, s *client.Session) error {
	layers, err := names(ctx, s, c.Folder)
	if err != nil {
		return err
	}
	for _, layer := range layers {
		if layer == "files" || strings.HasPrefix(layer, "files-") {
			if err := c.inside(ctx, s, path.Join(c.Folder, layer), "/", 0); err != nil {
				return err
			}
		}
	}
	return nil
}

const deepest = 64

func (c *Content) inside(ctx context.Context, s *client.Session, layer, dir string, depth int) error {
	if depth > deepest {
		return fmt.Errorf("%s: more than %d directories inside of each other", layer, deepest)
	}
	var dirs []string
	for e, err := range s.List(ctx, path.Join(layer, dir), client.ListOptions{Hidden: true}) {
		if err != nil {
			return err
		}
		switch {
		case e.Name == "." || e.Name == ".." || strings.Contains(e.Name, "/"):
		case e.Type == listing.Dir:
			dirs = append(dirs, path.Join(dir, e.Name))
		default:
			from := path.Join(dir, e.Name)
			c.Items = append(c.Items, Step{Op: Trashed, From: jsonl.Name(from), To: jsonl.Name(path.Join(layer, from)), Was: facts.Of(e)})
		}
	}
	for _, d := range dirs {
		if err := c.inside(ctx, s, layer, d, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// Bytes is what the files of a group come to, as far as that is known.
func (c Content) Bytes() (n int64) {
	for _, step := range c.Items {
		if step.Was != nil && step.Was.Size > 0 && step.Was.Type != listing.Dir.String() {
			n += step.Was.Size
		}
	}
	return n
}

// Restore brings one item back, to where it was or under another name.
func Restore(ctx context.Context, s *client.Session, item Step, to string) error {
	item.From = jsonl.Name(to)
	_, there, err := facts.Stands(ctx, s, to)
	switch {
	case err != nil:
		return err
	case there:
		return ErrThere
	}
	return fromTrash(ctx, s, item)
}

// ErrThere is of something that is not brought back since something stands in its place.
var ErrThere = errors.New("something stands there")

// Remove deletes a tree for good, from the inside out. Links are deleted, not followed.
func Remove(ctx context.Context, s *client.Session, dir string) error { return remove(ctx, s, dir, 0) }

func remove(ctx context.Context, s *client.Session, dir string, depth int) error {
	if depth > deepest*2 {
		return fmt.Errorf("%s: more than %d directories inside of each other", dir, deepest*2)
	}
	var entries []listing.Entry
	for e, err := range s.List(ctx, dir, client.ListOptions{Hidden: true, Links: true}) {
		if err != nil {
			return err
		}
		if e.Name != "." && e.Name != ".." && e.Special == 0 && !strings.Contains(e.Name, "/") {
			entries = append(entries, e)
		}
	}
	for _, e := range entries {
		at := path.Join(dir, e.Name)
		err := error(nil)
		if e.Type == listing.Dir {
			err = remove(ctx, s, at, depth+1)
		} else {
			err = s.Remove(ctx, at)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
	}
	return s.Rmdir(ctx, dir)
}

// limited is a writer with room for so much.
type limited struct {
	w    io.Writer
	left int
}

var errLarge = errors.New("the list of the trash is too large")

func (l *limited) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, errLarge
	}
	return l.w.Write(p)
}
