package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/localname"
)

// Mirror makes one tree of files like another one. It looks into directories
// over the sessions that move the files, so both go on at once; what is only in
// the copy is deleted at the very end, and only when nothing of either tree
// stayed unseen.
type Mirror struct {
	Up            bool   // from Local to Remote; otherwise the other way round
	Remote, Local string // the two trees
	Here          Folder // that Local is in

	// Target is another server that has the copy, under CopyName: the files go
	// from the engine's session to it, one after the other, and not by way of
	// here. Local is not used then.
	Target   *client.Session
	Route    *Route // by which way; nil: directly
	CopyName string
	InClear  bool // may travel in the clear where the servers cannot protect it

	Delete       bool // what is in the copy only
	Compare      Compare
	Links        Links
	Flat         bool   // leave directories alone
	Resume       bool   // go on with files of which there is a part
	Preserve     bool   // give copies the times of the originals
	Chmod        bool   // and the permissions
	RemoveSource bool   // move instead of copying: delete what has arrived
	MoveSource   string // with RemoveSource: a directory on the side of the original where it goes instead; ""
	DryRun       bool   // only tell
	OnlyNewer    bool   // leave what is newer in the copy as it is, whatever its size
	OnlyMissing  bool   // leave what the copy has as it is
	OnlyBigger   bool   // leave what is not bigger than in the copy as it is
	Number       bool   // keep the second of two names that are one here as "name (2)"
	EmptyDirs    bool   // make directories also where Wants leaves nothing to go into them

	DirMode fs.FileMode // of directories that are made on the server; 0: as it makes them

	DeleteAll   bool // with Delete: also where the original is empty
	Depth       int  // directories inside of each other; 0: DefaultDepth
	Directories int  // of all together; 0: DefaultDirectories

	// Rules finds out what a directory here makes of names. nil: localname.Ask.
	Rules func(*os.Root) localname.Rules

	// Filter decides about each file and directory; its path is relative to the
	// tree. What it does not want is left alone on both sides. nil: everything.
	Filter func(path string, e *listing.Entry) bool

	// Once knows which files of the original were taken before; these are left alone. nil: none.
	Once Once

	// Found hears of each file that is going to be moved, with its size. Its calls
	// may overlap. May be nil.
	Found func(size int64)

	Bounds Bounds // of each listing; those of a file come with Equip

	// Configure may complete the task of a file. May be nil.
	Configure func(*Task)

	// OnStep hears of each step: done, failed, or with DryRun planned. Its calls
	// never overlap.
	OnStep func(Step)

	// MayDelete is asked once before files and directories are deleted, where
	// kept stay; an error stops that, ErrKeep without being one. nil: yes.
	MayDelete func(doomed []Step, kept int) error

	making sync.Mutex      // for what follows
	here   *os.Root        // Local, unless it is the original: what the server lists leads nowhere else
	made   map[string]bool // directories of the copy that are there, or could not be made

	naming sync.RWMutex      // for what follows
	named  map[string]string // what the copy calls something, where that differs; by its path in the original

	mu       sync.Mutex // for Tell, and what follows
	toDelete []Step
	held     map[string]bool     // directories of the copy with something in them that is none of our business
	wrote    map[string][]string // what was written, by directory
	moved    map[string][]moved  // whose originals go when all is there, by directory
	alike    map[string]alike    // names that a server may take for one, by directory
	links    []Step              // to be made, when all else is there
	to       map[string]bool     // directories that links led to
	toHere   []os.FileInfo       // those here
	unique   map[string]string   // what the server knows directories by
	kept     int
	failed   bool
	missed   map[string]bool // paths of which something failed
	unseen   []string        // directories that could not be read to their end
	looked   atomic.Int64
	renamed  map[string]bool // with DryRun: names, old and new, of what Renames would rename
}

// Once remembers the files of an original, by their paths in it.
type Once interface {
	Has(path string, e listing.Entry) bool // it was taken, and is as it was then
	Add(path string, e listing.Entry) error
}

// How much of a tree a Mirror looks at, if it is not told otherwise: a server
// can invent directories for ever.
const (
	DefaultDepth       = 64
	DefaultDirectories = 100_000
)

// LimitError says that a tree is larger than what is looked at.
type LimitError struct {
	Most int
	Of   string
}

func (e *LimitError) Error() string { return fmt.Sprintf("more than %d %s", e.Most, e.Of) }

// Compare says how files are found to be the same.
type Compare int

// The ways to compare. The first asks for no more than listings tell: the copy
// has the same size and is not older, to the resolution of the listing.
const (
	BySizeAndTime Compare = iota
	BySize
	ByHash // where the sizes are the same, and the server can tell one
)

// Links says what is done with symbolic links of the original.
type Links int

// What can be done with links.
const (
	SkipLinks   Links = iota
	FollowLinks       // copy what they stand for
	CopyLinks         // make such links; only below the tree, and only here
)

// Action is what a Step does.
type Action string

// whyNew is why a file is copied that the copy has not.
const whyNew = "new"

// The actions of a mirror.
const (
	ActDownload Action = "download"
	ActUpload   Action = "upload"
	ActCopy     Action = "copy" // from server to server
	ActMkdir    Action = "mkdir"
	ActLink     Action = "link"
	ActRename   Action = "rename" // of what has another name in the original
	ActDelete   Action = "delete"
	ActRmdir    Action = "rmdir"
	ActSkip     Action = "skip" // of what cannot be copied; Why says why
)

// Step is one thing that a mirror does. Path is relative to the trees.
type Step struct {
	Action Action
	Path   string
	To     string // of a rename
	Size   int64  // of a file; -1 when unknown
	Why    string // new, size, newer, hash; of what is deleted: extra; renamed
	Result Result // of a transfer
	Err    error

	target string // of a link
	was    slim   // what is to be deleted, or with DryRun copied, as it was listed
}

// Why nothing was deleted, or no more: not all was seen, something else had
// failed, or nothing would be left.
var (
	ErrUnseen  = errors.New("nothing was deleted: not every directory could be read")
	ErrFailed  = errors.New("nothing more was deleted, since something has failed")
	ErrNothing = errors.New("nothing was deleted: the original is empty")
)

// ErrKeep is what MayDelete returns when the user wants nothing deleted.
var ErrKeep = errors.New("nothing was deleted")

// Run mirrors with an engine that has not been used; its Done is taken over.
// Failures of single steps are told to Tell only; the error says why the whole
// stopped, or that deletion was not possible.
func (m *Mirror) Run(ctx context.Context, e *Engine) error {
	m.to, m.toHere, m.unique = map[string]bool{}, nil, map[string]string{}
	m.made, m.held, m.wrote = map[string]bool{}, map[string]bool{}, map[string][]string{}
	m.missed = map[string]bool{}
	m.named, m.moved, m.alike = map[string]string{}, map[string][]moved{}, map[string]alike{}
	if m.Rules == nil {
		m.Rules = localname.Ask
	}
	m.Remote, m.Local, m.CopyName = path.Clean(m.Remote), filepath.Clean(m.Local), path.Clean(m.CopyName)
	if m.Target != nil {
		e.Parallel = 1 // a session can only be one end of a copy at a time
	}
	exists, err := m.roots(ctx, e.Session)
	if err == nil && m.Target != nil {
		err = m.twoTrees(ctx, e.Session, exists)
	}
	switch {
	case err != nil:
		return err
	case m.Compare == ByHash && exists && len(m.algorithms(e.Session)) == 0:
		return ErrNoHashes
	}
	if !m.copyIsThere() && exists {
		if m.here, err = m.Here.OpenRoot(m.Local); err != nil {
			return err
		}
	}
	defer func() {
		if m.here != nil {
			m.here.Close()
		}
	}()
	e.start()
	e.Done = m.arrived
	e.put(findings{visits: []*job{m.look("", exists, 0)}})
	if err := e.work(ctx); err != nil {
		return err
	}
	m.makeLinks(ctx, e.Session)
	again := m.relistings(m.holder(e.Session))
	if err := m.apart(ctx, again); err != nil {
		return err
	}
	if err := m.removeMoved(ctx, e.Session, again); err != nil || !m.Delete {
		return err
	}
	return m.delete(ctx, e.Session)
}

// roots finds out whether the copy is there. It is made when something goes into it: a
// tree that cannot be read leaves nothing behind.
func (m *Mirror) roots(ctx context.Context, s *client.Session) (exists bool, err error) {
	if m.Up {
		if info, err := m.Here.Stat(m.Local); err != nil {
			return false, err
		} else if !info.IsDir() {
			return false, &os.PathError{Op: "mirror", Path: m.Local, Err: errNoDir}
		}
	}
	if m.copyIsThere() {
		return m.rootThere(ctx, m.holder(s), m.copied(""))
	}
	info, err := m.Here.Stat(m.Local)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case !info.IsDir():
		return false, &os.PathError{Op: "mirror", Path: m.Local, Err: errNoDir}
	}
	return true, nil
}

var errNoDir = errors.New("is not a directory")

func (m *Mirror) rootThere(ctx context.Context, s *client.Session, dir string) (exists bool, err error) {
	e, err := s.Stat(ctx, dir)
	switch {
	case dir == "." || err == nil && e.Type == listing.Dir:
		return true, nil
	case err == nil:
		return false, fmt.Errorf("%s is not a directory", dir)
	case !isRefusal(err):
		return false, err
	case m.DryRun, client.IsCode(err, 450, 550) && s.Dir() != "":
		return false, nil
	}
	if err := s.MkdirAll(ctx, dir); err != nil { // a bare server knows no other way to tell
		return false, fmt.Errorf("%s: %w", dir, err)
	}
	return true, nil
}

// make makes a directory of the copy, and those that it is in.
func (m *Mirror) make(ctx context.Context, s *client.Session, rel string) bool {
	m.making.Lock()
	defer m.making.Unlock()
	return m.makeAll(ctx, m.holder(s), rel)
}

func (m *Mirror) makeAll(ctx context.Context, s *client.Session, rel string) bool {
	if there, known := m.made[rel]; known {
		return there
	}
	if rel != "" && !m.makeAll(ctx, s, above(rel)) {
		return false
	}
	step := Step{Action: ActMkdir, Path: rel, Size: -1, Why: "new"}
	switch {
	case m.DryRun:
	case rel == "":
		step.Err = m.makeRoot(ctx, s)
	case m.copyIsThere():
		step.Err = mkdir(ctx, s, m.copied(rel))
		if m.DirMode != 0 && step.Err == nil {
			step.Err = step.Result.moded(s.Chmod(ctx, m.DirMode, m.copied(rel)))
		}
	default:
		step.Err = m.here.Mkdir(m.at(rel), 0o777)
		if info, err := m.here.Lstat(m.at(rel)); errors.Is(step.Err, fs.ErrExist) && err == nil && info.IsDir() {
			step.Err = nil // another mirror has made it meanwhile
		}
	}
	if rel != "" || step.Err != nil {
		m.tell(step)
	}
	m.made[rel] = step.Err == nil
	return m.made[rel]
}

// mkdir makes a directory of the server. Servers refuse one that somebody else has made meanwhile,
// in words that tell nothing; whether it is there CWD says.
func mkdir(ctx context.Context, s *client.Session, dir string) error {
	_, err := s.Mkdir(ctx, dir)
	switch {
	case errors.Is(err, client.ErrThere):
		return nil
	case client.Refusal(err) == nil:
		return err
	}
	if there, failed := s.IsDir(ctx, dir); failed == nil && there {
		return nil
	}
	return err
}

func (m *Mirror) makeRoot(ctx context.Context, s *client.Session) error {
	if m.copyIsThere() {
		return s.MkdirAll(ctx, m.copied(""))
	}
	err := m.Here.MkdirAll(m.Local)
	if err == nil {
		m.here, err = m.Here.OpenRoot(m.Local)
	}
	return err
}

// isThere notes that a directory of the copy need not be made.
func (m *Mirror) isThere(rel string) {
	m.making.Lock()
	defer m.making.Unlock()
	m.made[rel] = true
}

// above is the directory that a path is in, "" for the tree itself.
func above(rel string) string {
	if dir := path.Dir(rel); dir != "." {
		return dir
	}
	return ""
}

// copyIsThere reports whether the copy is on a server.
func (m *Mirror) copyIsThere() bool { return m.Up || m.Target != nil }

// holder is the session with the server that has the copy, if one has.
func (m *Mirror) holder(s *client.Session) *client.Session {
	if m.Target != nil {
		return m.Target
	}
	return s
}

// copied is the full path of the copy on its server.
func (m *Mirror) copied(rel string) string {
	if m.Target != nil {
		return path.Join(m.CopyName, rel)
	}
	return m.remote(rel)
}

// remote and local are the full paths of one in the tree.
func (m *Mirror) remote(rel string) string { return path.Join(m.Remote, rel) }
func (m *Mirror) local(rel string) string  { return filepath.Join(m.Local, m.at(rel)) }

// look is the job of comparing one directory.
func (m *Mirror) look(rel string, exists bool, depth int) *job {
	return &job{
		visit: func(ctx context.Context, s *client.Session) (findings, error) {
			return m.compare(ctx, s, rel, exists, depth)
		},
		lost: func(err error) { m.notSeen(rel, err) },
	}
}

// comparison is what is found out about one directory.
type comparison struct {
	m       *Mirror
	s       *client.Session
	rel     string
	depth   int
	target  map[string]slim
	taken   *names
	spelled *spellings
	alike   alike
	copies  []slim
	whys    []string // of copies
	visits  []*job
	refused bool // something of the original is not wanted
}

// compare reads a directory on both sides and finds out what is to be done.
func (m *Mirror) compare(ctx context.Context, s *client.Session, rel string, exists bool, depth int) (more findings, err error) {
	switch {
	case depth > cmp.Or(m.Depth, DefaultDepth):
		return more, &LimitError{cmp.Or(m.Depth, DefaultDepth), "directories inside of each other"}
	case m.looked.Add(1) > int64(cmp.Or(m.Directories, DefaultDirectories)):
		return more, &LimitError{cmp.Or(m.Directories, DefaultDirectories), "directories"}
	}
	source, target, err := m.read(ctx, s, rel, exists)
	if err != nil {
		return more, err
	}
	if exists {
		m.isThere(rel)
	}
	if m.Number { // so that the next time the same of them has a number
		slices.SortStableFunc(source, func(a, b slim) int { return strings.Compare(a.name, b.name) })
	}
	c := &comparison{m: m, s: s, rel: rel, depth: depth, target: target, alike: alike{}, copies: source[:0]}
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
	if isOwn(at) || m.Filter != nil && !m.Filter(at, &e) {
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
			c.visits = append(c.visits, m.look(at, found, c.depth+1))
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
	if m.copyIsThere() && !m.DryRun && len(c.copies)+len(c.visits) > 0 && len(c.alike.some()) > 0 {
		m.mayBeOne(c.rel, c.alike)
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
func (m *Mirror) tasks(rel string, copies []slim, whys []string, taken *names) func() (Task, bool) {
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

// read returns the entries of a directory of the original, and those of the
// copy by their names.
func (m *Mirror) read(ctx context.Context, s *client.Session, rel string, exists bool) (source []slim, target map[string]slim, err error) {
	if m.Up {
		source, err = m.localEntries(rel)
	} else {
		source, err = m.remoteEntries(ctx, s, m.remote(rel), rel, m.RemoveSource)
	}
	if err != nil {
		return nil, nil, err
	}
	var copies []slim
	if exists {
		if copies, err = m.copies(ctx, s, rel); err != nil {
			return nil, nil, err
		}
	}
	target = make(map[string]slim, len(copies))
	for _, e := range copies {
		target[e.name] = e
	}
	return source, target, nil
}

// copies reads a directory of the copy.
func (m *Mirror) copies(ctx context.Context, s *client.Session, rel string) ([]slim, error) {
	if m.copyIsThere() {
		return m.remoteEntries(ctx, m.holder(s), m.copied(rel), rel, m.Delete)
	}
	return m.localEntries(rel)
}

// remoteEntries lists a directory of a server. Names that lead elsewhere are
// left out, and told of. Where something in it may be deleted, no link to a directory is taken for one.
func (m *Mirror) remoteEntries(ctx context.Context, s *client.Session, dir, rel string, deletes bool) ([]slim, error) {
	o := client.ListOptions{
		Hidden: true, Exact: m.Compare == BySizeAndTime, Fetch: m.action() == ActDownload && !m.DryRun,
		Long: m.Links == CopyLinks && !m.Up, Links: deletes,
	} // MLSD does not say where links lead
	var entries []slim
	err := eachEntry(ctx, s, m.Bounds, dir, o, func(e listing.Entry) { entries = append(entries, slimOf(e)) }, func(err error) {
		switch {
		case errors.Is(err, errNoEnd) && !m.Delete && !m.RemoveSource:
		case errors.As(err, new(*elsewhereError)):
			m.notSeen(dir, err)
		default:
			m.notSeen(rel, err)
		}
	})
	return entries, err
}

// errNoEnd is of a listing whose last line is not whole, and perhaps not the last.
var errNoEnd = errors.New("the last line of the listing has no end, as if it were cut")

// elsewhereError is of a listed name that leads out of its directory.
type elsewhereError struct{ name string }

func (e *elsewhereError) Error() string { return fmt.Sprintf("%q is not a name for a file", e.name) }

// eachEntry gives what is in a directory of a server to found. What can stand for no file, so that
// not all was seen, is told to unseen.
func eachEntry(ctx context.Context, s *client.Session, b Bounds, dir string, o client.ListOptions, found func(listing.Entry), unseen func(error)) error {
	nonsense, example := 0, ""
	err := b.Listing(ctx, func(ctx context.Context) error {
		for e, err := range s.List(ctx, dir, o) {
			if err != nil {
				return err
			}
			if e.NoEnd {
				unseen(errNoEnd)
			}
			switch {
			case e.Name == "." || e.Name == "..":
			case e.Type == listing.Unparsed:
				if nonsense++; nonsense == 1 {
					example = e.Raw
				}
			case localname.LeadsElsewhere(e.Name):
				unseen(&elsewhereError{e.Name})
			default:
				found(e)
			}
		}
		return nil
	})
	if err == nil && nonsense > 0 {
		unseen(fmt.Errorf("lines of the listing make no sense (%d), such as %.200q", nonsense, example))
	}
	return err
}

// localEntries reads a directory here.
func (m *Mirror) localEntries(rel string) ([]slim, error) {
	dir, err := m.openHere(rel)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	found, err := dir.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	entries := make([]slim, 0, len(found))
	for _, f := range found {
		if info, err := f.Info(); err == nil { // otherwise it has just gone
			entries = append(entries, slimOf(localEntry(info)))
		}
	}
	return entries, nil
}

// openHere opens a file or directory of the local tree.
func (m *Mirror) openHere(rel string) (*os.File, error) {
	if m.here == nil {
		return m.Here.Open(context.Background(), m.local(rel), os.O_RDONLY, 0)
	}
	return m.here.Open(path.Join(".", m.at(rel)))
}

func localEntry(info os.FileInfo) listing.Entry {
	e := listing.Entry{
		Name: info.Name(), Type: listing.Other, Size: info.Size(), Time: info.ModTime(), Precision: listing.Subsecond,
		Mode: info.Mode().Perm(), HasMode: true,
	}
	switch {
	case info.Mode().IsRegular():
		e.Type = listing.File
	case info.IsDir():
		e.Type = listing.Dir
	case info.Mode()&os.ModeSymlink != 0:
		e.Type = listing.Link
	}
	return e
}

// directory reports whether a directory can have a copy.
func (m *Mirror) directory(at string, there listing.Entry, found bool) bool {
	if found && there.Type != listing.Dir {
		m.tell(Step{Action: ActMkdir, Path: at, Size: -1, Why: "new", Err: errors.New("already exists, and is not a directory")})
		return false
	}
	return true
}

// file says why a file is to be copied, "" if it is not, or not now.
func (m *Mirror) file(ctx context.Context, s *client.Session, at string, e, there listing.Entry, found bool) string {
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
func (m *Mirror) task(at string, e listing.Entry, why string) Task {
	t := Task{Here: m.Here, Shared: true, Remote: m.remote(at), Local: m.local(at), Resume: m.Resume, Preserve: m.Preserve, RemoveSource: m.RemoveSource && !m.copyIsThere(), path: at, why: why}
	switch m.action() {
	case ActUpload:
		t.Op = Upload
	case ActCopy:
		t.Op, t.Target, t.Local, t.InClear, t.Route = BetweenServers, m.Target, m.copied(at), m.InClear, m.Route
	default:
		t.Within = m.Local
	}
	t.Describe(e)
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
func (m *Mirror) extra(at string, e listing.Entry, visits *[]*job) {
	if isOwn(at) || m.Filter != nil && !m.Filter(at, &e) || m.Flat && e.Type == listing.Dir || m.isPart(at) {
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
func (m *Mirror) doom(rel string) *job {
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
func (m *Mirror) arrived(t Task, r Result, err error) {
	if err == nil && m.RemoveSource && m.copyIsThere() {
		m.mu.Lock()
		m.moved[above(t.path)] = append(m.moved[above(t.path)], moved{t, r})
		m.mu.Unlock()
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

// action is what is done with a file.
func (m *Mirror) action() Action {
	switch {
	case m.Up:
		return ActUpload
	case m.Target != nil:
		return ActCopy
	}
	return ActDownload
}

func (m *Mirror) tell(step Step) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.Delete && step.Err == nil && writes[step.Action] {
		m.wrote[above(step.Path)] = append(m.wrote[above(step.Path)], filepath.Base(m.at(step.Path)))
	}
	m.failed = m.failed || step.Err != nil && step.Action != ActSkip
	if step.Err != nil {
		m.missed[step.Path] = true
	}
	if m.OnStep != nil {
		m.OnStep(step)
	}
}

// writes are the actions that put a name into the copy.
var writes = map[Action]bool{ActDownload: true, ActUpload: true, ActCopy: true, ActMkdir: true, ActLink: true}

// hold keeps the directories that something is in which is not to be deleted.
func (m *Mirror) hold(at string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for dir := above(at); dir != "" && !m.held[dir]; dir = above(dir) {
		m.held[dir] = true
	}
}

func (m *Mirror) mayBeOne(rel string, names alike) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.alike[rel] = names
}

func (m *Mirror) keep() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept++
}

func (m *Mirror) condemn(step Step) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.toDelete = append(m.toDelete, step)
}

// notSeen tells of a directory that could not be read: nothing is deleted then.
func (m *Mirror) notSeen(rel string, err error) {
	m.mu.Lock()
	m.unseen = append(m.unseen, rel)
	m.mu.Unlock()
	m.tell(Step{Action: ActSkip, Path: rel, Size: -1, Why: "not read", Err: err})
}
