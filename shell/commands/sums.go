package commands

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/manifest"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/history/private"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

// summed is a file of a tree, and its checksum when that is taken.
type summed struct {
	path      string        // below the tree
	was       listing.Entry // as it was listed
	algorithm client.Algorithm
	settled   bool // no checksum is needed
	taken     bool // the checksum is there

	sum []byte
	how string // server, read, cache
	err error
}

func (f *summed) entry() manifest.Entry {
	return manifest.Entry{Path: f.path, Size: f.was.Size, Algorithm: f.algorithm, Sum: f.sum}
}

// sumTree is a tree of which checksums are taken: on the server, or here.
type sumTree interface {
	// list returns the files, sorted by path, and those that were seen also with an error; links are left out and said.
	list(ctx context.Context) ([]*summed, error)
	// sums takes the checksums of files, and gives them to ready in their order.
	sums(ctx context.Context, files []*summed, ready func(*summed) error) error
}

func sumTreeOf(c *command.Call, dir string) (sumTree, error) {
	if c.Is("local") {
		return sumsHere{c, command.OrDot(dir)}, nil
	}
	if c.Session() == nil {
		return nil, failure.ErrNotConnected
	}
	return &sumsThere{call: c, dir: command.OrDot(dir)}, nil
}

// sumCounts are how many checksums came from where.
type sumCounts map[string]int

// tell says where the checksums come from: what a server says of its own files proves less than what was read.
func (n sumCounts) tell(c *command.Call) {
	var words []string
	for _, row := range []struct{ how, words string }{
		{"read", "%d read"}, {"server", "%d computed by the server"}, {"cache", "%d known from before"},
	} {
		if n[row.how] > 0 {
			words = append(words, fmt.Sprintf(row.words, n[row.how]))
		}
	}
	if len(words) > 0 && !c.JSON() {
		c.Note("%s", strings.Join(words, ", "))
	}
}

// sumsHere is a tree on this computer.
type sumsHere struct {
	call *command.Call
	dir  string
}

func (t sumsHere) list(context.Context) (files []*summed, err error) {
	links := 0
	defer func() { leftLinks(t.call, links) }()
	root, err := t.call.Shell.Folder().OpenRoot(t.dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type()&fs.ModeSymlink != 0 {
			links++
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		e, err := t.look(name)
		files = append(files, &summed{path: name, was: e})
		return err
	})
	return files, err
}

func (t sumsHere) look(name string) (e listing.Entry, err error) {
	info, err := t.call.Shell.Folder().Stat(filepath.Join(t.dir, filepath.FromSlash(name)))
	if err == nil {
		e = listing.Entry{Name: name, Type: listing.File, Size: info.Size(), Time: info.ModTime(), Precision: listing.Subsecond}
	}
	return e, err
}

func (t sumsHere) sums(ctx context.Context, files []*summed, ready func(*summed) error) error {
	for _, f := range files {
		if !f.settled {
			f.how = "read"
			f.sum, f.err = t.sum(ctx, f)
			f.err = cmp.Or(f.err, ctx.Err())
		}
		if err := ready(f); err != nil {
			return err
		}
	}
	return nil
}

func (t sumsHere) sum(ctx context.Context, f *summed) ([]byte, error) {
	file, err := t.call.Shell.Folder().Open(ctx, filepath.Join(t.dir, filepath.FromSlash(f.path)), os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	hash := client.NewHash(f.algorithm)
	if _, err := io.Copy(hash, file); err != nil {
		return nil, err
	}
	now, err := t.look(f.path)
	return hash.Sum(nil), cmp.Or(err, unchanged(f, now))
}

// unchanged is an error for a file that is another one than was listed.
func unchanged(f *summed, now listing.Entry) error {
	switch {
	case manifest.Same(f.was, now):
		return nil
	case f.was.Size != now.Size:
		return &command.ManifestError{Text: fmt.Sprintf("it changed while it was read: %d bytes, then %d", f.was.Size, now.Size)}
	}
	return &command.ManifestError{Text: "it changed while it was read"}
}

// sumsThere is a tree on the server.
type sumsThere struct {
	call  *command.Call
	dir   string
	since time.Time // when it was listed
	cache *manifest.Cache
	stale bool // nothing known from before is believed
}

func (t *sumsThere) there(f *summed) string { return command.JoinRemote(t.dir, f.path) }

func (t *sumsThere) list(ctx context.Context) (files []*summed, err error) {
	t.since = time.Now()
	links := 0
	err = surveyTree(ctx, t.call, t.call.Session(), t.dir, true, func(path string, e listing.Entry) {
		switch e.Type {
		case listing.File:
			files = append(files, &summed{path: path, was: e})
		case listing.Link:
			links++
		}
	})
	leftLinks(t.call, links)
	slices.SortFunc(files, func(a, b *summed) int { return strings.Compare(a.path, b.path) })
	return files, err
}

// leftLinks says that links are not in a list.
func leftLinks(c *command.Call, links int) {
	if links > 0 && !c.JSON() {
		c.Note("%s left out", command.Plural(links, "link", "links"))
	}
}

// How many files are read before they are looked at once more, and told.
const (
	mostSummed      = 1000
	mostSummedBytes = 1 << 30
)

func (t *sumsThere) sums(ctx context.Context, files []*summed, ready func(*summed) error) (err error) {
	defer inBytes(t.call.Session())()
	t.stale = t.call.Is("rehash")
	if t.cache, err = t.readCache(); err != nil {
		return err
	}
	if err := t.sample(ctx, files); err != nil {
		return err
	}
	for len(files) > 0 {
		n, bytes := 0, int64(0)
		for n < len(files) && n < mostSummed && bytes < mostSummedBytes {
			bytes += max(files[n].was.Size, 0)
			n++
		}
		if err := t.some(ctx, files[:n]); err != nil {
			return err
		}
		for _, f := range files[:n] {
			if err := ready(f); err != nil {
				return err
			}
		}
		files = files[n:]
	}
	return nil
}

// sample reads a part of what is known from before, chosen at random. Where one of these is not what
// is known of it, nothing that was known is believed.
func (t *sumsThere) sample(ctx context.Context, files []*summed) error {
	percent, err := samplePercent(t.call)
	if err != nil {
		return err
	}
	var some []*summed
	for _, f := range files {
		if !f.settled && t.find(f) {
			some = append(some, f)
		}
	}
	rand.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
	some = some[:int(math.Ceil(float64(len(some))*percent/100))]
	known := make(map[*summed][]byte, len(some))
	for _, f := range some {
		known[f], f.taken = f.sum, true
	}
	for batch := range slices.Chunk(some, mostSummed) {
		if err := t.take(ctx, batch, true); err != nil {
			return err
		}
	}
	for _, f := range some {
		if f.err == nil && !bytes.Equal(f.sum, known[f]) && !t.stale {
			t.call.Shell.Warn(render.Safe(f.path) + " is not what is known of it, although its size and time are the same: nothing known from before is believed")
			t.cache, t.stale = manifest.NewCache(t.cache.Server), true
			return t.writeCache()
		}
	}
	return nil
}

// samplePercent is the value of --sample.
func samplePercent(c *command.Call) (float64, error) {
	text := c.Value("sample")
	if text == "" {
		return 0, nil
	}
	percent, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
	if err != nil || !(percent > 0 && percent <= 100) {
		return 0, c.Usage("--sample: %q is not a part such as 5%%", text)
	}
	return percent, nil
}

// some takes the checksums of some files that are not known, and keeps them.
func (t *sumsThere) some(ctx context.Context, files []*summed) error {
	var ask []*summed
	for _, f := range files {
		if !f.settled && !f.taken && !t.find(f) {
			ask = append(ask, f)
		}
	}
	return t.take(ctx, ask, t.call.Is("read"))
}

// take takes the checksums of files, and keeps them; read: whatever the server computes.
func (t *sumsThere) take(ctx context.Context, ask []*summed, read bool) error {
	if len(ask) == 0 {
		return nil
	}
	c := t.call
	var sums []*transfer.Checksum
	bytes := int64(0)
	for _, f := range ask {
		sums = append(sums, &transfer.Checksum{Remote: t.there(f), Size: f.was.Size, Algorithm: f.algorithm})
		bytes += max(f.was.Size, 0)
	}
	defer c.Shell.Gauge.All(len(ask), bytes)()
	stop := c.Shell.Draw(c.Shell.Gauge)
	e := NewEngine(c)
	err := e.Checksums(ctx, sums, read, func(task *transfer.Task) { configureTask(c, task) })
	e.Wait()
	stop()
	rememberLimit(c, e)
	if err != nil {
		return err
	}
	for i, s := range sums {
		ask[i].sum, ask[i].err, ask[i].how = s.Sum, s.Err, "server"
		if s.Read {
			ask[i].how = "read"
		}
	}
	return t.lookAgain(ctx, ask)
}

// lookAgain sees whether files are still what was listed before they were read.
func (t *sumsThere) lookAgain(ctx context.Context, files []*summed) error {
	files = slices.DeleteFunc(files, func(f *summed) bool { return f.err != nil })
	var names []string
	for _, f := range files {
		names = append(names, t.there(f))
	}
	i := 0
	for now, err := range t.call.Session().StatEach(ctx, names...) {
		f := files[i]
		i++
		switch {
		case err != nil && client.Refusal(err) == nil:
			return err
		case err != nil:
			f.err = err
		default:
			if f.err = unchanged(f, now); f.err == nil {
				t.cache.Keep(t.call.Absolute(t.there(f)), f.was, f.algorithm, f.sum, f.how, t.since)
			}
		}
	}
	return t.writeCache()
}

// find takes a checksum that is known.
func (t *sumsThere) find(f *summed) (found bool) {
	if t.call.Is("read") {
		return false
	}
	if f.sum, found = t.cache.Find(t.call.Absolute(t.there(f)), f.was, f.algorithm); found {
		f.how = "cache"
	}
	return found
}

const longestCache = 256 << 20

// cacheFile is where checksums of the server are kept; "": nowhere.
func (t *sumsThere) cacheFile() string {
	sh := t.call.Shell
	if sh.Confined != nil || sh.Options.DryRun {
		return ""
	}
	return command.StateFile(sh, "hash", command.ServerOf(t.call.Session()))
}

func (t *sumsThere) readCache() (*manifest.Cache, error) {
	name, of := t.cacheFile(), facts.ServerOf(t.call.Session())
	if name == "" || t.stale {
		return manifest.NewCache(of), nil
	}
	return readCache(name, of)
}

func readCache(name string, of facts.Server) (*manifest.Cache, error) {
	text, err := private.Read(name, longestCache)
	if errors.Is(err, fs.ErrNotExist) {
		return manifest.NewCache(of), nil
	}
	if err != nil {
		return nil, err
	}
	cache, err := manifest.ReadCache(bytes.NewReader(text), name, of)
	if damaged := new(jsonl.Error); errors.As(err, &damaged) {
		damaged.Err = fmt.Errorf("%w; --rehash begins a new one", damaged.Err)
	}
	return cache, err
}

// writeCache keeps what is known. Another shell may have written meanwhile.
func (t *sumsThere) writeCache() error {
	name := t.cacheFile()
	if name == "" {
		return nil
	}
	return private.Locked(name, func() error {
		if !t.stale {
			others, err := readCache(name, t.cache.Server)
			if err != nil {
				return err
			}
			t.cache.Add(others)
		}
		var text bytes.Buffer
		if err := t.cache.Write(&text); err != nil {
			return err
		}
		return private.Write(name, text.Bytes())
	})
}
