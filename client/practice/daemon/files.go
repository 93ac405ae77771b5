package daemon

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Modified is the time of everything that Put and the functions built on it make.
var Modified = time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)

// Content is size bytes that look random and do not compress, always the same for one seed.
func Content(size int, seed uint64) []byte {
	data := make([]byte, size)
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	_, _ = rand.NewChaCha8(key).Read(data) // never fails
	return data
}

// Put makes a file in Root, and the folders on the way, that alice owns. The name has slashes, and may otherwise
// hold any byte that a file system takes.
func (s *Server) Put(name string, data []byte) {
	s.t.Helper()
	s.Folder(filepath.Dir(name))
	path := filepath.Join(s.Root, name)
	s.check(os.WriteFile(path, data, 0o644))
	s.finish(path)
}

// PutLarge is Put for a file of size bytes that takes no room on the disk; it holds zeros.
func (s *Server) PutLarge(name string, size int64) {
	s.t.Helper()
	s.Put(name, nil)
	path := filepath.Join(s.Root, name)
	s.check(os.Truncate(path, size))
	s.finish(path)
}

// Folder makes a folder in Root, and those on the way, that alice owns.
func (s *Server) Folder(name string) {
	s.t.Helper()
	if name == "." || name == "/" {
		return
	}
	s.Folder(filepath.Dir(name))
	path := filepath.Join(s.Root, name)
	if err := os.Mkdir(path, 0o755); !os.IsExist(err) {
		s.check(err)
		s.own(path)
	}
}

// Link makes a symbolic link in Root.
func (s *Server) Link(name, target string) {
	s.t.Helper()
	path := filepath.Join(s.Root, name)
	s.check(os.Symlink(target, path))
	s.own(path)
}

// Read returns the content of a file in Root.
func (s *Server) Read(name string) []byte {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.Root, name))
	s.check(err)
	return data
}

// PutSmall makes n files of 1 KiB, small/d00/f00000.bin and so on, in 20 folders. File k holds Content(1024, k).
func (s *Server) PutSmall(n int) {
	s.t.Helper()
	for k := range n {
		s.Put(fmt.Sprintf("small/d%02d/f%05d.bin", k%20, k), Content(1024, uint64(k)))
	}
}

// PutNasty makes a file for each of NastyNames in the folder, holding its own name.
func (s *Server) PutNasty(folder string) {
	s.t.Helper()
	for _, name := range NastyNames {
		s.Put(filepath.Join(folder, name), []byte(name))
	}
}

// NastyNames are hard for clients, though every server can serve most of them.
var NastyNames = []string{
	"with space", " space first", "space last ", "two  spaces", "tab\there",
	"-dash", "--help", "-la", "~", "~root", "#hash", "!bang", ".hidden", "..dots", "...",
	"quote'single", `quote"double`, `back\slash`, "semi;colon", "am&persand", "pipe|", "|pipe", "<angle>", "dollar$HOME", "back`tick`",
	"star*", "quest?ion", "[class]", "{a,b}", "100%", "%41", "comma,equals=", "at@sign", "colon:",
	"umlaut-äöü", "decomposed-a\u0308", "日本語", "العربية", "emoji-😀", "no-break\u00a0space", "latin1-\xe4\xf6",
	"a -> b", "drwxr-xr-x", "total 4", "Jan  1  2000 date", "type=dir;size=5; x", "226 Transfer complete.",
	"case", "CASE", "CON",
	strings.Repeat("x", 255), // the most that Unix file systems take
}

// finish gives a file its time and its owner.
func (s *Server) finish(path string) {
	s.t.Helper()
	s.check(os.Chtimes(path, Modified, Modified))
	s.own(path)
}
