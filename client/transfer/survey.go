package transfer

import (
	"cmp"
	"context"
	"path"
	"strings"
	"sync"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
)

// Survey lists a whole tree of a server over the sessions of an Engine. Links are not followed,
// and directories of ours not looked into.
type Survey struct {
	Root   string
	Bounds Bounds // of each listing
	Links  bool   // links are told as links, also where MLSD describes what they lead to

	Depth       int // directories inside of each other; 0: DefaultDepth
	Directories int // of all together; 0: DefaultDirectories

	// Found hears of everything in the tree, and says of a directory whether to look into it. Its path
	// is relative to Root. Calls never overlap.
	Found func(path string, e listing.Entry) bool

	// Unseen hears of a directory of which not all was seen. Calls never overlap, not with those of
	// Found either.
	Unseen func(dir string, err error)

	mu     sync.Mutex
	looked int
	circle circles
}

// Run lists with an engine that has not been used.
func (v *Survey) Run(ctx context.Context, e *Engine) error {
	v.circle = circles{unique: map[string]string{}}
	e.start()
	e.put(findings{visits: []*job{v.look("", 0)}})
	return e.work(ctx)
}

func (v *Survey) look(rel string, depth int) *job {
	return &job{
		visit: func(ctx context.Context, s *client.Session) (findings, error) { return v.list(ctx, s, rel, depth) },
		lost:  func(err error) { v.unseen(rel, err) },
	}
}

func (v *Survey) unseen(rel string, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.Unseen(rel, err)
}

func (v *Survey) list(ctx context.Context, s *client.Session, rel string, depth int) (found findings, err error) {
	if most := cmp.Or(v.Depth, DefaultDepth); depth > most {
		return found, &LimitError{most, "directories inside of each other"}
	}
	var entries []slim
	o := client.ListOptions{Hidden: true, Exact: true, AllLinks: v.Links}
	err = eachEntry(ctx, s, v.Bounds, path.Join(v.Root, rel), o, func(e listing.Entry) {
		one := slimOf(e)
		if one.more == nil && e.Unique != "" {
			one.more = &more{unique: strings.Clone(e.Unique)}
		}
		entries = append(entries, one)
	}, func(err error) { v.unseen(rel, err) })
	if err != nil {
		return found, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.looked++; v.looked > cmp.Or(v.Directories, DefaultDirectories) {
		return found, &LimitError{cmp.Or(v.Directories, DefaultDirectories), "directories"}
	}
	for _, one := range entries {
		e := one.entry()
		at := path.Join(rel, e.Name)
		switch {
		case e.Type == listing.Dir && v.circle.isAround(at, e.Unique):
			v.Unseen(at, errCircle)
		case v.Found(at, e) && e.Type == listing.Dir && !isOwn(at):
			found.visits = append(found.visits, v.look(at, depth+1))
		}
	}
	return found, nil
}
