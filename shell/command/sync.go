package command

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client/plan"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/client/treesync"
	"github.com/ftpsh/ftpsh/history/private"
)

// SyncWord is an action of sync as people read it.
func SyncWord(a treesync.Action) string { return strings.ReplaceAll(string(a), "-", " ") }

// Sync takes a step of a sync into a plan.
func (p *Planning) Sync(y *treesync.Sync, s treesync.Step) error {
	remote, local := JoinRemote(y.Remote, s.Path), filepath.Join(y.Local, filepath.FromSlash(s.Path))
	switch s.Action {
	case treesync.Conflict, treesync.MkdirHere: // a directory here is made with the first file in it
		return nil
	case treesync.Put:
		return p.move(transfer.Task{Op: transfer.Upload, Remote: remote, Local: local})
	case treesync.Get:
		return p.move(transfer.Task{Op: transfer.Download, Remote: remote, Local: local})
	case treesync.MkdirThere:
		return p.add(plan.Row{Do: plan.Mkdir, Path: p.there(remote)})
	case treesync.RenameThere:
		return p.add(plan.Row{Do: plan.Move, Path: p.there(remote), To: p.there(JoinRemote(y.Remote, s.To))})
	case treesync.DeleteThere:
		do := plan.Delete
		if s.Dir {
			do = plan.Rmdir
		}
		return p.add(plan.Row{Do: do, Path: p.there(remote)})
	}
	return p.unfit(SyncWord(s.Action) + " " + s.Path)
}

// SyncFolder is where the archives of sync are; where nothing is kept they last as long as the shell.
type SyncFolder struct {
	Dir  string
	here map[string][]byte
}

const longestArchive = 1 << 30

// file is the archive of a pair of trees.
func (f *SyncFolder) file(h treesync.Head) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{h.Host, h.Port, h.User, string(h.Local), string(h.Remote)}, "\x00")))
	return filepath.Join(f.Dir, hex.EncodeToString(sum[:8])+".jsonl")
}

// Locked runs do while no other ftpsh syncs this pair. A dry run writes nothing, not even a lock.
func (f *SyncFolder) Locked(h treesync.Head, dry bool, do func() error) error {
	if f.Dir == "" || dry {
		return do()
	}
	return private.Locked(f.file(h), do)
}

// Read reads an archive; a pair that was never agreed on has an empty one.
func (f *SyncFolder) Read(h treesync.Head) (*treesync.Archive, error) {
	text, some := f.here[f.file(h)]
	if f.Dir != "" {
		var err error
		text, err = private.Read(f.file(h), longestArchive)
		if some = !errors.Is(err, fs.ErrNotExist); some && err != nil {
			return nil, err
		}
	}
	if some {
		return treesync.Read(text, f.file(h), h)
	}
	var id [8]byte
	rand.Read(id[:])
	h.ID = hex.EncodeToString(id[:])
	return &treesync.Archive{Head: h, Rows: map[string]*treesync.Row{}}, nil
}

func (f *SyncFolder) Write(a *treesync.Archive) error {
	var text bytes.Buffer
	if err := a.Write(&text); err != nil {
		return err
	}
	if f.Dir != "" {
		return private.Write(f.file(a.Head), text.Bytes())
	}
	if f.here == nil {
		f.here = map[string][]byte{}
	}
	f.here[f.file(a.Head)] = text.Bytes()
	return nil
}

// Remove forgets a state of sync.
func (f *SyncFolder) Remove(h treesync.Head) error {
	if f.Dir != "" {
		return os.Remove(f.file(h))
	}
	delete(f.here, f.file(h))
	return nil
}

// Heads are the pairs with a server, and what is wrong with some of the archives.
func (f *SyncFolder) Heads(of treesync.Head) (heads []treesync.Head, err error) {
	var texts [][]byte
	for _, text := range f.here {
		texts = append(texts, text)
	}
	names, _ := filepath.Glob(filepath.Join(f.Dir, "*.jsonl"))
	if f.Dir == "" {
		names = nil
	}
	for _, name := range names {
		file, failed := private.Open(name)
		if failed != nil {
			err = errors.Join(err, failed)
			continue
		}
		line, _ := bufio.NewReaderSize(file, 64<<10).ReadSlice('\n')
		texts = append(texts, bytes.Clone(line))
		file.Close()
	}
	for _, text := range texts {
		first, _, _ := bytes.Cut(text, []byte("\n"))
		var h treesync.Head
		if json.Unmarshal(first, &h) == nil && h.Host == of.Host && h.Port == of.Port && h.User == of.User {
			heads = append(heads, h)
		}
	}
	slices.SortFunc(heads, func(a, b treesync.Head) int {
		return strings.Compare(string(a.Local+"\x00"+a.Remote), string(b.Local+"\x00"+b.Remote))
	})
	return heads, err
}
