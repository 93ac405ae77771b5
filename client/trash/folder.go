package trash

import (
	"bytes"
	"context"
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/listing"
)

// discard moves something into the trash: that of the user, or one beside it where the server does
// not move it that far, as between two file systems.
func (g *Group) discard(ctx context.Context, s *client.Session, from string) error {
	return g.Adopt(ctx, s, from, from)
}

// Adopt moves something into the trash that stood under a name, and is at another one by now.
func (g *Group) Adopt(ctx context.Context, s *client.Session, at, from string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	main, err := g.trash.find(ctx, s)
	if err != nil {
		return err
	}
	beside := path.Join(path.Dir(from), Folder)
	for _, dir := range slices.Compact([]string{main, beside}) {
		layer, to := g.free(path.Join(dir, g.ID), from)
		if err = g.trash.makeAll(ctx, s, path.Dir(to)); err == nil {
			err = s.Rename(ctx, at, to)
		}
		if err == nil {
			g.taken = append(g.taken, taken{layer, from})
			g.Steps = append(g.Steps, Step{Op: Trashed, From: jsonl.Name(from), To: jsonl.Name(to)})
			return nil
		}
		no := client.Refusal(err)
		if no == nil || no.Verb == "RNFR" {
			if no != nil && facts.Missing(err) {
				if _, there, failed := facts.Stands(ctx, s, at); failed == nil && !there {
					return err // which says what a deletion would have said
				}
				return &RefusedError{from, err}
			}
			return err
		}
	}
	return &RefusedError{from, err}
}

// free is where a path goes in the folder of the group. A second file of the same path, or one
// whose directory is there as a whole, goes into another layer.
func (g *Group) free(dir, from string) (layer, to string) {
	for n := 1; ; n++ {
		layer = path.Join(dir, "files")
		if n > 1 {
			layer += "-" + strconv.Itoa(n)
		}
		if !slices.ContainsFunc(g.taken, func(t taken) bool {
			return t.layer == layer && (facts.Within(t.path, from) || facts.Within(from, t.path))
		}) {
			return layer, path.Join(layer, from)
		}
	}
}

// find finds the folder of the trash, and makes it where there is none.
func (t *Trash) find(ctx context.Context, s *client.Session) (string, error) {
	t.mu.Lock()
	place := t.place
	t.mu.Unlock()
	if place != "" {
		return place, nil
	}
	if place = t.Dir; place == "" {
		place = path.Join(t.Home, Folder)
		if home, err := t.fit(ctx, s, t.Home); err != nil {
			return "", err
		} else if home != t.Home {
			place = path.Join(home, Folder)
		}
	} else if !path.IsAbs(place) {
		place = path.Join(t.Home, place)
	}
	if err := t.makeAll(ctx, s, place); err != nil {
		return "", &RefusedError{place, err}
	}
	t.mu.Lock()
	t.place = place
	t.mu.Unlock()
	return place, nil
}

// fit looks whether a folder in a directory would be shown to the world, and looks for a better one
// above. A folder that already exists stays where it is.
func (t *Trash) fit(ctx context.Context, s *client.Session, dir string) (string, error) {
	web, there := WebRoot(dir), false
	for e, err := range s.List(ctx, dir, client.ListOptions{Hidden: true}) {
		if err != nil {
			return "", err
		}
		there = there || e.Name == Folder
		web = web || WebFile(e.Name)
	}
	if there || !web {
		return dir, nil
	}
	if above := path.Dir(dir); above != dir && t.makeAll(ctx, s, path.Join(above, Folder)) == nil {
		return above, nil
	}
	if t.Unfit == nil {
		return dir, nil
	}
	return dir, t.Unfit(path.Join(dir, Folder))
}

// WebRoot reports whether a directory has a name that web servers publish.
func WebRoot(dir string) bool {
	return slices.Contains([]string{"public_html", "www", "htdocs", "wwwroot", "httpdocs"}, strings.ToLower(path.Base(dir)))
}

// WebFile reports whether a file shows that its directory is published.
func WebFile(name string) bool {
	return name == ".htaccess" || strings.HasPrefix(strings.ToLower(name), "index.")
}

// makeAll makes a directory and those above it. All of a trash is for its owner alone, where the
// server knows SITE CHMOD.
func (t *Trash) makeAll(ctx context.Context, s *client.Session, dir string) error {
	t.mu.Lock()
	known := t.dirs[dir]
	t.mu.Unlock()
	if known || dir == "/" {
		return nil
	}
	_, err := s.Mkdir(ctx, dir)
	made := err == nil
	if client.Refusal(err) != nil {
		if e, failed := s.Stat(ctx, dir); failed == nil && e.Type == listing.Dir {
			err = nil
		} else if failed == nil {
			return &RefusedError{dir, errors.New("is there, and is not a directory")}
		} else if !facts.Missing(failed) {
			return failed
		} else if err2 := t.makeAll(ctx, s, path.Dir(dir)); err2 == nil {
			_, err = s.Mkdir(ctx, dir)
		}
	}
	if err != nil {
		return err
	}
	if made && path.Base(dir) == Folder {
		if err := s.Chmod(ctx, 0o700, dir); err != nil && client.Refusal(err) == nil {
			return err
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.dirs == nil {
		t.dirs = map[string]bool{}
	}
	t.dirs[dir] = true
	return nil
}

// Kind of the file beside what is in the trash.
const infoKind = "ftpsh-trash"

const infoName = "info.jsonl"

type infoHead struct {
	jsonl.Head
	Command string `json:"command"`
}

// End looks at what the group has left, and writes down beside what is in the trash where it was.
func (g *Group) End(ctx context.Context, s *client.Session) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return s.Aside(func() error {
		if err := g.look(ctx, s); err != nil {
			return err
		}
		return g.writeInfo(ctx, s)
	})
}

// look asks for the facts of all that was moved or made: of each path as it is at the end.
func (g *Group) look(ctx context.Context, s *client.Session) error {
	var names []string
	var into []**facts.Facts
	seen := map[string]bool{}
	for i := len(g.Steps) - 1; i >= 0; i-- {
		step := &g.Steps[i]
		switch step.Op {
		case Trashed:
			names, into = append(names, string(step.To)), append(into, &step.Was)
		case Made, Moved:
			at := string(step.From)
			if step.Op == Moved {
				at = string(step.To)
			}
			if !seen[at] {
				names, into = append(names, at), append(into, &step.Is)
			}
			seen[at] = true
		}
	}
	i := 0
	for e, err := range s.StatEach(ctx, names...) {
		if err == nil {
			*into[i] = facts.Of(e)
		} else if client.Refusal(err) == nil {
			return err
		}
		i++
	}
	return nil
}

// writeInfo writes a file into each folder of the group.
func (g *Group) writeInfo(ctx context.Context, s *client.Session) error {
	byFolder := map[string][]Step{}
	for _, step := range g.Steps {
		if step.Op == Trashed {
			folder := string(step.To)[:strings.Index(string(step.To), "/"+g.ID+"/")+len(g.ID)+1]
			byFolder[folder] = append(byFolder[folder], step)
		}
	}
	typ := s.Type()
	s.SetType(client.Binary)
	defer s.SetType(typ)
	for folder, steps := range byFolder {
		var text bytes.Buffer
		if err := jsonl.Encode(&text, infoHead{jsonl.NewHead(infoKind), g.Command}); err != nil {
			return err
		}
		for _, step := range steps {
			if err := jsonl.Encode(&text, step); err != nil {
				return err
			}
		}
		if _, err := s.Put(ctx, path.Join(folder, infoName), &text); err != nil {
			return err
		}
	}
	return nil
}
