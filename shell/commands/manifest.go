package commands

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/manifest"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var _ = command.Add(&command.Command{
	Name: "manifest", Theme: "look around", Args: "make [directory] | check file [directory] | diff old new", JSON: true,
	Short: "write and check lists of checksums",
	Long: "`manifest make` prints the checksum of each file of a tree on the server, `manifest check` compares a tree with such a " +
		"list, and `manifest diff` compares two lists. A list is a local file, or behind a colon one on the server. Where the server computes the checksum it is asked; " +
		"else the file is fetched and not kept. --read always fetches: a server's checksum proves only what the server says. " +
		"The checksum of a file that has not changed since, by its size and time, is known from before; --rehash computes all of them again. A " +
		"file that changed within ten minutes before it was looked at is always read again. --sample 5% reads a part of these, chosen at random, " +
		"to see whether what is known is right. " +
		"The forms are those of sha256sum (sum, bsd), hashdeep, BagIt and mtree; a list that is read may have any of them. " +
		"With BagIt, which -f or the name manifest-sha256.txt says, the directory is the one with the payload, data in a bag. " +
		"Links are left out, and their number is told. A file that cannot be read is named, and the list is made without it.",
	Examples: []command.Example{
		{Line: "manifest make pub > SHA256SUMS", Says: "for `sha256sum -c`, beside a copy of pub"},
		{Line: "manifest make --local pub > SHA256SUMS", Says: "of the tree here"},
		{Line: "manifest check SHA256SUMS pub", Says: "is the server's tree as the list says?"},
		{Line: "manifest check :pub/SHA256SUMS pub", Says: "the list is on the server"},
		{Line: "manifest diff old.sums new.sums", Says: "what was changed, added, removed or moved"},
	},
	Min: 1, Max: 3, Flags: manifestFlags, Words: []string{"make", "check", "diff"},
	Complete: []completion.Kind{completion.None, completion.EitherPath, completion.RemoteDir},
	Wire:     command.Verbs(hashVerbs, command.ListVerbs, command.Sends("RETR")), Reach: command.WholeLine, NoPaths: listsOf, Foreign: command.Confined, Run: runManifest,
})

// listsOf are the words before the tree: readManifest sees itself where a list is.
func listsOf(c *command.Call) int {
	return map[string]int{"make": 1, "check": 2, "diff": 3}[c.Arg(0)]
}

func manifestFlags(fs *pflag.FlagSet) {
	fs.StringP("algorithm", "a", "sha256", "`ALGORITHM` of the checksums: sha256, sha512, sha1 or md5")
	command.Choices(fs, "algorithm", "sha256", "sha512", "sha1", "md5")
	fs.StringP("format", "f", "", "`FORM` of the list: sum, bsd, hashdeep, bagit or mtree")
	command.Choices(fs, "format", "sum", "bsd", "hashdeep", "bagit", "mtree")
	fs.Bool("local", false, "the tree is here")
	fs.Bool("read", false, "fetch the files, whatever the server computes or is known")
	fs.Bool("rehash", false, "forget the checksums that are known from before")
	fs.IntP("parallel", "P", 0, "use `N` sessions")
	fs.String("sample", "", "read `N` percent of what is known from before, and believe nothing of it if that is wrong")
	fs.Bool("size-only", false, "compare sizes, compute nothing; for lists that have them")
	fs.Bool("quiet", false, "say nothing about files that are as expected")
	fs.Bool("ignore-missing", false, "ignore files of the list that are missing")
	fs.Bool("no-extra", false, "do not show files that are not in the list")
	fs.Bool("strict", false, "files that are not in the list are a failure, too")
}

func runManifest(ctx context.Context, c *command.Call) error {
	verb := c.Arg(0)
	a, known := client.ParseAlgorithm(c.Value("algorithm"))
	switch {
	case !known || a == client.CRC32:
		return c.Usage("%q is not a checksum that a list can hold", c.Value("algorithm"))
	case verb != "check" && c.Is("size-only"):
		return c.Usage("--size-only is for check")
	case verb == "make" && len(c.Args) <= 2:
		return makeManifest(ctx, c, a)
	case verb == "check" && len(c.Args) >= 2:
		return checkManifest(ctx, c)
	case verb == "diff" && len(c.Args) == 3:
		return diffManifests(ctx, c)
	case verb == "check" || verb == "diff":
		return c.Usage("an argument is missing")
	}
	return c.Usage("%q is not make, check or diff", verb)
}

// makeManifest prints the list when all files were tried: half a list would be taken for a whole one. A file of which
// there is no checksum does not end it: it is named, and the status says that something is missing.
func makeManifest(ctx context.Context, c *command.Call, a client.Algorithm) error {
	t, err := sumTreeOf(c, c.Arg(1))
	if err != nil {
		return err
	}
	files, err := t.list(ctx)
	if err != nil && (len(files) == 0 || endsAll(ctx, err)) {
		return err
	}
	missed := []error{err}
	for _, f := range files {
		f.algorithm = a
	}
	entries := make([]manifest.Entry, 0, len(files))
	counts := sumCounts{}
	if err := t.sums(ctx, files, func(f *summed) error {
		if f.err != nil {
			missed = append(missed, failure.About(f.path, f.err))
			return ctx.Err()
		}
		counts[f.how]++
		entries = append(entries, f.entry())
		return nil
	}); err != nil {
		return err
	}
	counts.tell(c)
	format := manifest.Format(c.Value("format"))
	if format == "" {
		format = manifest.Sum
	}
	if c.JSON() {
		for _, f := range files {
			if f.err != nil {
				continue
			}
			if err := c.Object(newSumObject("", f.entry(), manifest.Entry{}, f.how)); err != nil {
				return err
			}
		}
		return failure.Several(missed...)
	}
	var text strings.Builder
	if err := manifest.Write(&text, format, entries); err != nil {
		return failure.Several(append(missed, err)...)
	}
	_, err = io.WriteString(c.Out, c.Shown(text.String()))
	return failure.Several(append(missed, err)...)
}

// sumObject is a file of a list, as JSON shows it.
type sumObject struct {
	Status     string `json:"status,omitempty"` // ok, failed, missing, extra; or what changed
	Path       string `json:"path"`
	PathBase64 string `json:"path_base64,omitempty"`
	Size       *int64 `json:"size,omitempty"`
	Algorithm  string `json:"algorithm,omitempty"`
	Sum        string `json:"sum,omitempty"`
	Actual     string `json:"actual,omitempty"`
	How        string `json:"how,omitempty"` // server, read or cache
	To         string `json:"to,omitempty"`  // where a moved file is now
}

func newSumObject(status string, want, got manifest.Entry, how string) sumObject {
	o := sumObject{Status: status, Algorithm: string(want.Algorithm), How: how}
	o.Path, o.PathBase64 = render.Text(want.Path)
	if want.Size >= 0 {
		o.Size = &want.Size
	}
	if want.Sum != nil {
		o.Sum = fmt.Sprintf("%x", want.Sum)
	}
	if got.Sum != nil {
		o.Actual = fmt.Sprintf("%x", got.Sum)
	}
	return o
}

// readManifest reads a list that is here, or behind a colon on the server; "-" is standard input.
func readManifest(ctx context.Context, c *command.Call, word syntax.Token) ([]manifest.Entry, error) {
	in, name := c.Shell.Options.In, word.Text
	if session, there, is := c.Shell.Named(word); is {
		if session != c.Shell.Name {
			return nil, c.Usage("%s is not on the session of the tree", name)
		}
		text, err := manifestThere(ctx, c, there.Text)
		if err != nil {
			return nil, failure.About(there.Text, err)
		}
		in = text
	} else if name != "-" {
		file, err := c.Shell.Folder().Open(ctx, name, os.O_RDONLY, 0)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	} else if in == nil {
		return nil, c.Usage("standard input holds the script")
	}
	format := manifest.Format(c.Value("format"))
	if format == "" {
		format = manifest.Named(filepath.ToSlash(name))
	}
	entries, _, err := manifest.Read(in, format)
	return entries, failure.About(name, err)
}

// manifestThere fetches a list that is on the server.
func manifestThere(ctx context.Context, c *command.Call, name string) (io.Reader, error) {
	s := c.Session()
	if s == nil {
		return nil, failure.ErrNotConnected
	}
	defer inBytes(s)()
	list := &boundedList{}
	_, err := s.Get(ctx, list, name)
	return &list.text, err
}

// boundedList holds a list, unless it never ends.
type boundedList struct{ text bytes.Buffer }

func (b *boundedList) Write(p []byte) (int, error) {
	if b.text.Len()+len(p) > mostList {
		return 0, errors.New("a list of more than 256 MiB is not read from a server")
	}
	return b.text.Write(p)
}

const mostList = 256 << 20

func diffManifests(ctx context.Context, c *command.Call) error {
	old, err := readManifest(ctx, c, c.Args[1])
	if err != nil {
		return err
	}
	now, err := readManifest(ctx, c, c.Args[2])
	if err != nil {
		return err
	}
	changes, err := manifest.Compare(old, now)
	if err != nil {
		return err
	}
	for _, change := range changes {
		e := change.Old
		if change.Kind == manifest.Added {
			e = change.New
		}
		o, words := newSumObject(string(change.Kind), e, manifest.Entry{}, ""), e.Path
		if change.Kind == manifest.Moved {
			o.To, words = change.New.Path, words+" -> "+change.New.Path
		}
		if err := command.Result(c, o, "%-8s %s", change.Kind, words); err != nil {
			return err
		}
	}
	if len(changes) > 0 {
		return &command.ManifestError{Text: "the lists differ"}
	}
	return nil
}

// manifestCheck compares a tree with a list.
type manifestCheck struct {
	call   *command.Call
	tree   sumTree
	want   []manifest.Entry
	counts map[string]int // by status
	errs   []error
}

func checkManifest(ctx context.Context, c *command.Call) (err error) {
	check := &manifestCheck{call: c, counts: map[string]int{}}
	if check.want, err = readManifest(ctx, c, c.Args[1]); err != nil {
		return err
	}
	if i := slices.IndexFunc(check.want, func(e manifest.Entry) bool { return e.Size < 0 }); i >= 0 && c.Is("size-only") {
		return failure.About(c.Arg(1), &failure.UsageError{Text: "it does not say the size of " + check.want[i].Path, Hint: "`manifest make -f hashdeep` and -f mtree write sizes"})
	}
	if check.tree, err = sumTreeOf(c, c.Arg(2)); err != nil {
		return err
	}
	return check.run(ctx)
}

func (m *manifestCheck) run(ctx context.Context) error {
	there, err := m.tree.list(ctx)
	if err != nil {
		return err
	}
	listed := make(map[string]*summed, len(there))
	for _, f := range there {
		listed[f.path] = f
	}
	var files []*summed
	wanted := make(map[string]manifest.Entry, len(m.want))
	for _, e := range m.want {
		wanted[e.Path] = e
		f := listed[e.Path]
		switch {
		case f == nil && m.call.Is("ignore-missing"):
			continue
		case f == nil:
			f = &summed{path: e.Path, settled: true}
		default:
			f.algorithm, f.settled = e.Algorithm, m.call.Is("size-only") || e.Size >= 0 && f.was.Size >= 0 && e.Size != f.was.Size
		}
		files = append(files, f)
	}
	counts := sumCounts{}
	err = m.tree.sums(ctx, files, func(f *summed) error {
		counts[f.how]++
		return m.compare(wanted[f.path], f, listed[f.path] != nil)
	})
	for _, f := range there {
		if _, is := wanted[f.path]; !is && !m.isList(f) && err == nil && !m.call.Is("no-extra") {
			err = m.report("EXTRA", "", manifest.Entry{Path: f.path, Size: f.was.Size}, &summed{})
		}
	}
	if err != nil {
		return err
	}
	return m.end(counts)
}

// isList reports whether a file is the list itself, which cannot have its own checksum.
func (m *manifestCheck) isList(f *summed) bool {
	_, name, there := m.call.Shell.Named(m.call.Args[1])
	dir := command.OrDot(m.call.Arg(2))
	return there && !m.call.Is("local") && m.call.Absolute(name.Text) == m.call.Absolute(command.JoinRemote(dir, f.path))
}

// compare reports a file of the list.
func (m *manifestCheck) compare(want manifest.Entry, f *summed, there bool) error {
	switch {
	case !there:
		return m.report("MISSING", "", want, f)
	case f.settled && f.was.Size < 0:
		m.errs = append(m.errs, failure.About(f.path, errNoSize))
		return nil
	case f.settled && f.was.Size == want.Size:
		return m.report("OK", "", want, f)
	case f.settled:
		return m.report("FAILED", fmt.Sprintf("  %d bytes expected, %d are there", want.Size, f.was.Size), want, f)
	case f.err != nil:
		m.errs = append(m.errs, failure.About(f.path, f.err))
		return nil
	case !bytes.Equal(f.sum, want.Sum):
		return m.report("FAILED", fmt.Sprintf("  expected %.6x…, is %.6x… (%s)", want.Sum, f.sum, f.how), want, f)
	}
	return m.report("OK", "", want, f)
}

var errNoSize = errors.New("the server does not say its size")

func (m *manifestCheck) report(status, words string, want manifest.Entry, f *summed) error {
	m.counts[status]++
	if status == "OK" && m.call.Is("quiet") && !m.call.JSON() {
		return nil
	}
	return command.Result(m.call, newSumObject(strings.ToLower(status), want, f.entry(), f.how), "%-8s %s%s", status, want.Path, words)
}

func (m *manifestCheck) end(counts sumCounts) error {
	counts.tell(m.call)
	n := m.counts
	m.call.Note("%d as expected, %d different, %d missing, %d not in the list", n["OK"], n["FAILED"], n["MISSING"], n["EXTRA"])
	if n["FAILED"]+n["MISSING"] > 0 || m.call.Is("strict") && n["EXTRA"] > 0 {
		m.errs = append(m.errs, &command.ManifestError{Text: "the tree is not what the list says"})
	}
	return failure.Several(m.errs...)
}
