package transfer

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/localname"
)

// spelling is what names have in common that some server stores as the same: one that
// does not distinguish case, composes letters otherwise, or trims blanks and dots.
func spelling(name string) string { return strings.Trim(localname.Loose(name), " .\t") }

// spellings are the names of a directory of a copy on a server, which may spell those of the
// original in its own way.
type spellings struct {
	m      *mirroring
	rel    string
	target map[string]slim
	taken  *names
	names  map[string][]string // of target, by what they have in common; made when it is needed
}

// find returns the name of a file in the copy. One that is not listed there, but is there when
// it is asked for, has the name that is spelled like it; rest are the files of the original that
// come behind it.
func (n *spellings) find(ctx context.Context, s *client.Session, name string, rest []slim) (string, error) {
	_, listed := n.target[name]
	first := n.taken.Alike(name)
	switch {
	case listed || !n.m.copyIsThere():
		return name, nil
	case first != name && n.exists(ctx, s, name):
		return name, fmt.Errorf("is the same file there as %q", first)
	case len(n.target) == 0:
		return name, nil
	}
	if n.names == nil {
		n.names = make(map[string][]string, len(n.target))
		for other := range n.target {
			n.names[spelling(other)] = append(n.names[spelling(other)], other)
		}
	}
	for _, other := range n.names[spelling(name)] {
		if _, free := n.target[other]; !free || !n.exists(ctx, s, name) {
			continue
		}
		if slices.ContainsFunc(rest, func(e slim) bool { return e.name == other }) {
			return name, fmt.Errorf("is the same file there as %q", other)
		}
		return other, nil
	}
	return name, nil
}

// exists reports whether the server has a file of that name, listed or not.
func (n *spellings) exists(ctx context.Context, s *client.Session, name string) bool {
	_, err := n.m.holder(s).Stat(ctx, n.m.copied(path.Join(n.rel, name)))
	return err == nil
}
