package transfer

import (
	"cmp"
	"context"
	"errors"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
)

// mirroring is one run of a mirror.
type mirroring struct {
	*Mirror
	*naming
	*tally
	folders
	circles
	arrivals
	emptied
	looked atomic.Int64 // directories
}

func newMirroring(m *Mirror) *mirroring {
	n := &naming{Mirror: m, other: map[string]string{}}
	t := &tally{Mirror: m, naming: n, held: map[string]bool{}, wrote: map[string][]string{}, missed: map[string]bool{}}
	return &mirroring{
		Mirror: m, naming: n, tally: t, emptied: emptied{dirs: map[string]bool{}},
		folders:  folders{Mirror: m, naming: n, tally: t, made: map[string]bool{}},
		circles:  circles{to: map[string]bool{}, unique: map[string]string{}},
		arrivals: arrivals{moved: map[string][]moved{}, alike: map[string]alike{}},
	}
}

// run copies, and then makes links, removes originals and deletes, each of them when all before is done.
func (m *mirroring) run(ctx context.Context, e *Engine) error {
	exists, err := m.begin(ctx, e)
	if err != nil {
		return err
	}
	if !m.copyIsThere() && exists {
		if m.here, err = m.Here.OpenRoot(m.Local); err != nil {
			return err
		}
	}
	defer m.folders.close()
	e.start()
	e.Done = m.arrived
	e.put(findings{visits: []*job{m.look("", exists, 0, listing.Entry{})}})
	if err := e.work(ctx); err != nil {
		return err
	}
	m.makeLinks(ctx, e.Session)
	again := m.relistings(m.holder(e.Session))
	if err := m.apart(ctx, again); err != nil {
		return err
	}
	if err := m.removeMoved(ctx, e.Session, again); err != nil {
		return err
	}
	if err := m.removeEmptied(ctx, e.Session); err != nil || !m.Delete {
		return err
	}
	return m.delete(ctx, e.Session)
}

// look is the job of comparing one directory. There is what the server said of it, where its directories
// may be known.
func (m *mirroring) look(rel string, exists bool, depth int, there listing.Entry) *job {
	return &job{
		visit: func(ctx context.Context, s *client.Session) (findings, error) {
			if exists && m.unchanged(ctx, s, rel, there) {
				m.isThere(rel)
				return findings{}, nil
			}
			return m.compare(ctx, s, rel, exists, depth, there)
		},
		lost: func(err error) { m.notSeen(rel, err) },
	}
}

// comparison is what is found out about one directory.
type comparison struct {
	m       *mirroring
	s       *client.Session
	rel     string
	depth   int
	target  map[string]slim
	taken   *names
	spelled *spellings
	alike   alike
	marked  map[string]bool // markers of the original
	copies  []slim
	whys    []string // of copies
	visits  []*job
	refused bool // something of the original is not wanted
}

// compare reads a directory on both sides and finds out what is to be done.
func (m *mirroring) compare(ctx context.Context, s *client.Session, rel string, exists bool, depth int, there listing.Entry) (more findings, err error) {
	switch {
	case depth > cmp.Or(m.Depth, DefaultDepth):
		return more, &LimitError{cmp.Or(m.Depth, DefaultDepth), "directories inside of each other"}
	case m.looked.Add(1) > int64(cmp.Or(m.Directories, DefaultDirectories)):
		return more, &LimitError{cmp.Or(m.Directories, DefaultDirectories), "directories"}
	}
	when := time.Now()
	source, target, err := m.read(ctx, s, rel, exists)
	if err != nil {
		return more, err
	}
	if exists {
		m.isThere(rel)
	}
	m.remember(s, rel, there, when, source, target)
	if m.Number { // so that the next time the same of them has a number
		slices.SortStableFunc(source, func(a, b slim) int { return strings.Compare(a.name, b.name) })
	}
	c := &comparison{m: m, s: s, rel: rel, depth: depth, target: target, marked: m.Marker.marked(source), copies: source[:0]}
	if m.copyIsThere() && !m.DryRun {
		c.alike = alike{}
	}
	c.taken = m.names(rel, func() bool { return !m.DryRun && m.make(ctx, s, rel) })
	c.spelled = &spellings{m: m, rel: rel, target: target, taken: c.taken}
	for i, one := range source {
		c.entry(ctx, one.entry(), source[i+1:])
	}
	c.finish(ctx)
	return findings{m.tasks(rel, c.copies, c.whys, c.taken), c.visits}, nil
}

// entry looks at one name of the original; rest are those that come behind it.
func (c *comparison) entry(ctx context.Context, e listing.Entry, rest []slim) {
	m, at := c.m, path.Join(c.rel, e.Name)
	skip := func(why string, err error) { m.tell(Step{Action: ActSkip, Path: at, Size: -1, Why: why, Err: err}) }
	local, err := c.taken.take(e.Name)
	if err == nil {
		m.called(at, local)
		local, err = c.spelled.find(ctx, c.s, local, rest)
	}
	if err != nil {
		skip("", err)
		return
	}
	copied, found := c.taken.find(c.target, local)
	if isOwn(at) || m.Filter != nil && !m.Filter(at, &e) || e.Type != listing.Dir && !m.Marker.Takes(e.Name, c.marked) {
		c.refused = true
		return
	}
	m.keep()
	if e.Type == listing.Link {
		if e, err = m.link(ctx, c.s, at, e, found); err != nil || e.Type == listing.Link {
			skip("a link", err)
			return
		}
	}
	switch {
	case e.Type == listing.Dir && !m.Flat && m.isAround(at, e.Unique):
		skip("seen", errCircle)
	case e.Type == listing.Dir && !m.Flat:
		if m.directory(at, copied.entry(), found) {
			c.visits = append(c.visits, m.look(at, found, c.depth+1, m.onServer(e, copied.entry())))
			c.alike.add(local)
		}
	case e.Type == listing.File:
		c.alike.add(local)
		c.file(ctx, at, e, copied.entry(), found)
	case e.Type != listing.Dir && e.Type != handled:
		skip("neither file nor directory", nil)
	}
}

// file finds out whether a file is to be copied.
func (c *comparison) file(ctx context.Context, at string, e, there listing.Entry, found bool) {
	if c.m.renamed[at] || c.m.Once != nil && c.m.Once.Has(at, e) {
		c.refused = true
		return
	}
	if why := c.m.file(ctx, c.s, at, e, there, found); why != "" {
		c.copies, c.whys = append(c.copies, slimOf(e)), append(c.whys, why)
	}
}

// finish makes the directory, if something goes into it, and sees to what is only in the copy.
func (c *comparison) finish(ctx context.Context) {
	m := c.m
	if len(c.copies) > 0 || m.EmptyDirs || !c.refused && len(c.visits) == 0 {
		if !m.make(ctx, c.s, c.rel) {
			c.copies = nil
		}
	}
	if len(c.copies)+len(c.visits) > 0 && len(c.alike.some()) > 0 {
		m.arrivals.mayBeOne(c.rel, c.alike)
	}
	if m.DryRun {
		for i, e := range c.copies {
			m.tell(Step{Action: m.action(), Path: path.Join(c.rel, e.name), Size: e.size, Why: c.whys[i], was: e})
		}
		c.copies = nil
	}
	for name, e := range c.target {
		m.extra(path.Join(c.rel, name), e.entry(), &c.visits)
	}
	slices.Reverse(c.visits) // the last is visited first
}

// tasks makes the tasks of a directory when they are wanted: there may be very
// many.
func (m *mirroring) tasks(rel string, copies []slim, whys []string, taken *names) func() (Task, bool) {
	return func() (Task, bool) {
		if len(copies) == 0 {
			return Task{}, false
		}
		t := m.task(path.Join(rel, copies[0].name), copies[0].entry(), whys[0])
		t.PartTaken = t.Op == Download && taken.Holds(PartName(filepath.Base(t.Local)))
		copies, whys = copies[1:], whys[1:]
		return t, true
	}
}

// directory reports whether a directory can have a copy.
func (m *mirroring) directory(at string, there listing.Entry, found bool) bool {
	if found && there.Type != listing.Dir {
		m.tell(Step{Action: ActMkdir, Path: at, Size: -1, Why: "new", Err: errors.New("already exists, and is not a directory")})
		return false
	}
	return true
}

// file says why a file is to be copied, "" if it is not, or not now.
func (m *mirroring) file(ctx context.Context, s *client.Session, at string, e, there listing.Entry, found bool) string {
	step := Step{Action: m.action(), Path: at, Size: e.Size, Why: whyNew}
	switch {
	case found && there.Type != listing.File:
		step.Err = errors.New("already exists, and not a plain file")
	case found:
		step.Why, step.Err = m.differs(ctx, s, at, e, there)
		if step.Why == "" && step.Err == nil && m.Once != nil && !m.DryRun {
			step.Err = m.Once.Add(at, e)
		}
	}
	switch {
	case step.Err != nil:
		m.tell(step)
		return ""
	case step.Why != "" && m.Found != nil && !m.DryRun:
		m.Found(max(e.Size, 0))
	}
	return step.Why
}

// task is the task of copying a file.
func (m *mirroring) task(at string, e listing.Entry, why string) Task {
	t := Task{Here: m.Here, Shared: true, Remote: m.remote(at), Local: m.local(at), Resume: m.Resume, Preserve: m.Preserve, InPlace: m.InPlace, RemoveSource: m.RemoveSource && !m.copyIsThere(), path: at, why: why}
	switch m.action() {
	case ActUpload:
		t.Op = Upload
	case ActCopy:
		t.Op, t.Target, t.Local, t.InClear, t.Route = BetweenServers, m.Target, m.copied(at), m.InClear, m.Route
	default:
		t.Within = m.Local
	}
	t.Describe(e)
	if m.Marker != "" && m.RemoveSource {
		t.Marker = path.Join(path.Dir(t.Remote), m.Marker.Of(e.Name))
		if m.Up {
			t.Marker = filepath.Join(filepath.Dir(t.Local), m.Marker.Of(e.Name))
		}
	}
	switch {
	case m.MoveSource == "":
	case m.Up:
		t.MoveSource = filepath.Join(m.MoveSource, filepath.FromSlash(at))
	default:
		t.MoveSource = path.Join(m.MoveSource, at)
	}
	if m.Chmod && e.HasMode {
		t.Mode = e.Mode.Perm()
	}
	if m.Configure != nil {
		m.Configure(&t)
	}
	return t
}

// extra takes note of what is in the copy only.
func (m *mirroring) extra(at string, e listing.Entry, visits *[]*job) {
	if isOwn(at) || m.Filter != nil && !m.Filter(at, &e) || m.Flat && e.Type == listing.Dir || m.isPart(at) || m.Marker.Marks(e.Name) {
		m.hold(at)
		return
	}
	if !m.Delete {
		m.keep()
		return
	}
	if m.renamed[at] {
		return
	}
	step := Step{Action: ActDelete, Path: at, Size: e.Size, Why: "extra", was: slimOf(e)}
	if e.Type == listing.Dir {
		step.Action, step.Size = ActRmdir, -1
		*visits = append(*visits, m.doom(at))
	}
	m.condemn(step)
}

// isOwn reports whether a name is one of ours, for a trash, a lock, a change that is not complete:
// it belongs to its place and is no part of a tree.
func isOwn(at string) bool { return strings.HasPrefix(path.Base(at), ".ftpsh-") }

// isPart reports whether a local file is the beginning of one that is coming.
func (m *Mirror) isPart(at string) bool { return !m.copyIsThere() && isPart(at) }

// doom is the job of looking into a directory that is to be deleted.
func (m *mirroring) doom(rel string) *job {
	return &job{
		visit: func(ctx context.Context, s *client.Session) (more findings, err error) {
			entries, err := m.copies(ctx, s, rel)
			if err != nil {
				return more, err
			}
			for _, e := range entries {
				m.extra(path.Join(rel, e.name), e.entry(), &more.visits)
			}
			return more, nil
		},
		lost: func(err error) { m.notSeen(rel, err) },
	}
}

// arrived hears from the engine that a file was moved, or not.
func (m *mirroring) arrived(t Task, r Result, err error) {
	if err == nil && m.RemoveSource && m.copyIsThere() {
		m.arrivals.arrived(moved{t, r})
	}
	if err == nil && m.RemoveSource && !m.copyIsThere() {
		m.emptied.taken(above(t.path))
	}
	if err == nil && m.Once != nil {
		e := listing.Entry{Type: listing.File, Size: t.Size, Time: t.ModTime, Precision: listing.Minute}
		if t.Known {
			e.Precision = listing.Second
		}
		err = m.Once.Add(t.path, e)
	}
	m.tell(Step{Action: m.action(), Path: t.path, Size: r.Size, Why: t.why, Result: r, Err: err})
}
