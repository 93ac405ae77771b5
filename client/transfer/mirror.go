package transfer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

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
	RemoveEmpty  bool   // with RemoveSource: also the directories of the original that this has emptied
	InPlace      bool   // upload under the names of the files at once, and rename nothing
	DryRun       bool   // only tell
	OnlyNewer    bool   // leave what is newer in the copy as it is, whatever its size
	OnlyMissing  bool   // leave what the copy has as it is
	OnlyBigger   bool   // leave what is not bigger than in the copy as it is
	Number       bool   // keep the second of two names that are one here as "name (2)"
	TellRoot     bool   // OnStep hears of the directory of the copy itself, too
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

	// Marker is how the file is called that says of a file of the original that it is complete. Others are
	// left alone on both sides, and so are the markers. "": each file is taken.
	Marker Marker

	// Known are listings of an earlier run: a directory of the server whose time is the same as then is not
	// listed when nothing is to be done with what it had then. The time tells of new names, and not of files
	// that were overwritten: with OnlyMissing it tells all. nil: every directory is listed. Unlisted hears
	// of each that is not, in calls that may overlap.
	Known    Known
	Unlisted func(path string)

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

	renamed map[string]bool // with DryRun: names, old and new, of what Renames would rename
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
	return newMirroring(m).run(ctx, e)
}

// begin finds out whether the copy is there, and refuses what cannot be mirrored.
func (m *Mirror) begin(ctx context.Context, e *Engine) (exists bool, err error) {
	if m.Rules == nil {
		m.Rules = localname.Ask
	}
	m.Remote, m.Local, m.CopyName = path.Clean(m.Remote), filepath.Clean(m.Local), path.Clean(m.CopyName)
	if m.Target != nil {
		e.Parallel = 1 // a session can only be one end of a copy at a time
	}
	exists, err = m.roots(ctx, e.Session)
	if err == nil && m.Target != nil {
		err = m.twoTrees(ctx, e.Session, exists)
	}
	if err == nil && m.Compare == ByHash && exists && len(m.algorithms(e.Session)) == 0 {
		err = ErrNoHashes
	}
	return exists, err
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
		return s.IsDir(ctx, dir) // the refusal may have had another reason, and what is there is not to be overlooked
	}
	if err := s.MkdirAll(ctx, dir); err != nil { // a bare server knows no other way to tell
		return false, fmt.Errorf("%s: %w", dir, err)
	}
	return true, nil
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
