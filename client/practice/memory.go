package practice

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/afero"
)

// memory is a file system in memory that has symbolic links, which afero's has not.
type memory struct {
	afero.Fs

	mu    sync.Mutex
	links map[string]string // by name, where they lead
}

// newMemory is an empty file system in memory. Its root exists and has a mode, which directories that are only implied
// by what they hold do not get.
func newMemory() *memory {
	mem := &memory{Fs: afero.NewMemMapFs(), links: map[string]string{}}
	_ = mem.MkdirAll("/", 0o755)
	return mem
}

// mostLinks is how many links a name may lead through; Linux has the same number.
const mostLinks = 40

// place follows the links in a name; last says whether to follow it when it is a link itself.
func (m *memory) place(name string, last bool) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	name = path.Join("/", filepath.ToSlash(name)) // afero.Walk joins as Windows does
	for range mostLinks {
		next, moved := m.step(name, last)
		if !moved {
			return name, nil
		}
		name = next
	}
	return "", &fs.PathError{Op: "open", Path: name, Err: syscall.ELOOP}
}

// step follows the first link in a name.
func (m *memory) step(name string, last bool) (next string, moved bool) {
	for end := 1; end <= len(name); end++ {
		if end < len(name) && name[end] != '/' {
			continue
		}
		if target, ok := m.links[name[:end]]; ok && (last || end < len(name)) {
			return absolute(path.Dir(name[:end]), target+name[end:]), true
		}
	}
	return name, false
}

// at runs a function of the file system with the name that the links lead to.
func at[T any](m *memory, name string, run func(string) (T, error)) (result T, err error) {
	where, err := m.place(name, true)
	if err != nil {
		return result, err
	}
	return run(filepath.FromSlash(where)) // Chmod of afero finds nothing by another spelling
}

func (m *memory) do(name string, run func(string) error) error {
	_, err := at(m, name, func(where string) (struct{}, error) { return struct{}{}, run(where) })
	return err
}

func (m *memory) Create(name string) (afero.File, error) { return at(m, name, m.Fs.Create) }

func (m *memory) Mkdir(name string, mode fs.FileMode) error {
	return m.do(name, func(where string) error { return m.Fs.Mkdir(where, mode) })
}

func (m *memory) MkdirAll(name string, mode fs.FileMode) error {
	return m.do(name, func(where string) error { return m.Fs.MkdirAll(where, mode) })
}

func (m *memory) Open(name string) (afero.File, error) {
	where, err := m.place(name, true)
	if err != nil {
		return nil, err
	}
	file, err := m.Fs.Open(where)
	if err != nil {
		return nil, err
	}
	return &memoryFile{file, m.linksIn(where)}, nil
}

func (m *memory) OpenFile(name string, flag int, mode fs.FileMode) (afero.File, error) {
	if flag == os.O_RDONLY {
		return m.Open(name)
	}
	return at(m, name, func(where string) (afero.File, error) { return m.Fs.OpenFile(where, flag, mode) })
}

func (m *memory) Stat(name string) (fs.FileInfo, error) {
	info, err := at(m, name, m.Fs.Stat)
	if err != nil {
		return nil, err
	}
	return renamed{info, path.Base(path.Join("/", name))}, nil
}

func (m *memory) Chmod(name string, mode fs.FileMode) error {
	return m.do(name, func(where string) error { return m.Fs.Chmod(where, mode) })
}

func (m *memory) Chown(name string, uid, gid int) error {
	return m.do(name, func(where string) error { return m.Fs.Chown(where, uid, gid) })
}

func (m *memory) Chtimes(name string, atime, mtime time.Time) error {
	return m.do(name, func(where string) error { return m.Fs.Chtimes(where, atime, mtime) })
}

// Remove, RemoveAll and Rename are about the link itself.

func (m *memory) Remove(name string) error {
	where, err := m.place(name, false)
	if err != nil || m.unlink(where) {
		return err
	}
	return m.Fs.Remove(where)
}

func (m *memory) RemoveAll(name string) error {
	where, err := m.place(name, false)
	if err != nil || m.unlink(where) {
		return err
	}
	m.mu.Lock()
	for link := range m.links {
		if strings.HasPrefix(link, where+"/") {
			delete(m.links, link)
		}
	}
	m.mu.Unlock()
	return m.Fs.RemoveAll(where)
}

func (m *memory) unlink(where string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, found := m.links[where]
	delete(m.links, where)
	return found
}

func (m *memory) Rename(from, to string) error {
	from, err := m.place(from, false)
	if err != nil {
		return err
	}
	if to, err = m.place(to, false); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.links, to)
	if target, ok := m.links[from]; ok {
		delete(m.links, from)
		m.links[to] = target
		return nil
	}
	for link, target := range m.links {
		if rest, below := strings.CutPrefix(link, from+"/"); below {
			delete(m.links, link)
			m.links[to+"/"+rest] = target
		}
	}
	return m.Fs.Rename(from, to)
}

// SymlinkIfPossible makes a link.
func (m *memory) SymlinkIfPossible(target, name string) error {
	where, err := m.place(name, false)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, taken := m.links[where]; taken {
		return fs.ErrExist
	}
	if _, err := m.Fs.Stat(where); err == nil {
		return fs.ErrExist
	}
	m.links[where] = target
	return nil
}

// ReadlinkIfPossible says where a link leads.
func (m *memory) ReadlinkIfPossible(name string) (string, error) {
	where, err := m.place(name, false)
	if err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	target, ok := m.links[where]
	if !ok {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: syscall.EINVAL}
	}
	return target, nil
}

// LstatIfPossible is Stat for the link itself.
func (m *memory) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	target, err := m.ReadlinkIfPossible(name)
	if err == nil {
		return link{path.Base(name), target}, true, nil
	}
	where, err := m.place(name, false)
	if err != nil {
		return nil, true, err
	}
	info, err := m.Fs.Stat(where)
	return info, true, err
}

// linksIn are the links of a directory.
func (m *memory) linksIn(dir string) (links []fs.FileInfo) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for name, target := range m.links {
		if path.Dir(name) == dir {
			links = append(links, link{path.Base(name), target})
		}
	}
	return links
}

// memoryFile is an open file or directory; of a directory it also knows the links.
type memoryFile struct {
	afero.File
	links []fs.FileInfo
}

func (f *memoryFile) Readdir(count int) ([]fs.FileInfo, error) {
	entries, err := f.File.Readdir(count)
	if count <= 0 {
		entries = append(entries, f.links...)
	}
	return entries, err
}

// link is the FileInfo of a symbolic link.
type link struct{ name, target string }

func (l link) Name() string       { return l.name }
func (l link) Size() int64        { return int64(len(l.target)) }
func (l link) Mode() fs.FileMode  { return fs.ModeSymlink | 0o777 }
func (l link) ModTime() time.Time { return time.Time{} }
func (l link) IsDir() bool        { return false }
func (l link) Sys() any           { return nil }

// renamed is what a link leads to, under the name of the link.
type renamed struct {
	fs.FileInfo
	name string
}

func (r renamed) Name() string { return r.name }
