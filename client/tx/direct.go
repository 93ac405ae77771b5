package tx

import (
	"context"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
)

// Direct is how many files have been replaced of which nothing was kept.
func (t *Tx) Direct() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.replacing()
}

func (p *progress) replacing() (n int) {
	for i, done := range p.done {
		if done && p.steps[i].Over != nil {
			n++
		}
	}
	return n
}

var errNoOld = errors.New("nothing was kept of the files that were replaced")

// partly is the error of a commit that can neither go on nor back.
func (c commit) partly(why error) error {
	left := map[string]bool{}
	for i, step := range c.steps {
		name := string(step.From)
		if step.To != "" && !facts.Within(string(step.To), string(c.Folder)) {
			name = string(step.To)
		}
		left[name] = left[name] || !c.done[i]
	}
	e := &PartlyError{Err: why}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		if left[name] {
			e.Left = append(e.Left, name)
		} else {
			e.Done = append(e.Done, name)
		}
	}
	return &BrokenError{e}
}

// direct reports whether files are replaced by one rename, and says if not although it is wanted.
func (c commit) direct(ctx context.Context, wanted bool) (direct bool, note string, err error) {
	if !wanted {
		return false, "", nil
	}
	err = c.tryReplacing(ctx)
	if err == nil || client.Refusal(err) == nil && !errors.Is(err, errNotReplaced) {
		return err == nil, "", err
	}
	return false, "the server does not replace a file by a rename, so the old ones were moved away first: " + err.Error(), nil
}

var errNotReplaced = errors.New("it said yes and did not do it")

// tryReplacing renames a file onto another one in the folder, and looks at both names: some servers
// refuse that (IIS, FileZilla Server, Apache FtpServer), others say 250 and do nothing.
func (c commit) tryReplacing(ctx context.Context) error {
	typ := c.s.Type()
	c.s.SetType(client.Binary)
	defer c.s.SetType(typ)
	from, to := path.Join(string(c.Folder), "old", "from"), path.Join(string(c.Folder), "old", "to")
	for name, text := range map[string]string{from: "1", to: "22"} {
		if _, err := c.s.Put(ctx, name, strings.NewReader(text)); err != nil {
			return err
		}
	}
	if err := c.s.Rename(ctx, from, to); err != nil {
		return err
	}
	now, err := facts.Each(ctx, c.s, from, to)
	if err == nil && (now[from].There() || !(&facts.Facts{Type: "file", Size: 1}).Same(now[to])) {
		err = errNotReplaced
	}
	return err
}
