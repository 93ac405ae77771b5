package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/manifest"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

// ManifestCommands are the rows of this file in the catalog.
var ManifestCommands = []*command.Command{{
	Name: "manifest", Args: "make [directory] | check file [directory] | diff old new", JSON: true,
	Short: "write and check lists of checksums",
	Long: "`manifest make` prints the checksum of each file of a tree on the server, `manifest check` compares a tree with such a " +
		"list, and `manifest diff` compares two lists, which are local files. Where the server computes the checksum it is asked; " +
		"else the file is fetched and not kept. --read always fetches: a server's checksum proves only what the server says. " +
		"The forms are those of sha256sum (sum, bsd), hashdeep, BagIt and mtree; a list that is read may have any of them. " +
		"Links are not followed.",
	Examples: []command.Example{
		{Line: "manifest make pub > SHA256SUMS", Says: "for `sha256sum -c`, beside a copy of pub"},
		{Line: "manifest make --local pub > SHA256SUMS", Says: "of the tree here"},
		{Line: "manifest check SHA256SUMS pub", Says: "is the server's tree as the list says?"},
		{Line: "manifest diff old.sums new.sums", Says: "what was changed, added, removed or moved"},
	},
	Min: 1, Max: 3, Flags: manifestFlags, Words: []string{"make", "check", "diff"},
	Complete: []completion.Kind{completion.None, completion.LocalPath, completion.RemoteDir},
	Wire:     command.Verbs(hashVerbs, command.ListVerbs, command.Sends("RETR")), Reach: command.WholeLine, Foreign: command.Confined, Run: runManifest,
}}

func manifestFlags(fs *pflag.FlagSet) {
	fs.StringP("algorithm", "a", "sha256", "`ALGORITHM` of the checksums: sha256, sha512, sha1 or md5")
	command.Choices(fs, "algorithm", "sha256", "sha512", "sha1", "md5")
	fs.StringP("format", "f", "", "`FORM` of the list: sum, bsd, hashdeep, bagit or mtree")
	command.Choices(fs, "format", "sum", "bsd", "hashdeep", "bagit", "mtree")
	fs.Bool("local", false, "the tree is here")
	fs.Bool("read", false, "fetch the files, whatever the server computes")
	fs.Bool("quiet", false, "say nothing about files that are as expected")
	fs.Bool("ignore-missing", false, "files of the list that are not there do not count")
	fs.Bool("no-extra", false, "do not show files that are not in the list")
	fs.Bool("strict", false, "files that are not in the list are a failure, too")
}

func runManifest(ctx context.Context, c *command.Call) error {
	verb := c.Arg(0)
	a, known := client.ParseAlgorithm(c.Value("algorithm"))
	switch {
	case !known || a == client.CRC32:
		return c.Usage("%q is not a checksum that a list can hold", c.Value("algorithm"))
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

// sumTree is a tree of which checksums are taken: on the server, or here.
type sumTree struct {
	each func(ctx context.Context, f func(path string, size int64) error) error
	size func(ctx context.Context, path string) (int64, error)
	sum  func(ctx context.Context, path string, a client.Algorithm) (sum []byte, how string, err error)
}

func sumTreeOf(c *command.Call, dir string) (sumTree, error) {
	if c.Is("local") {
		return sumsHere(c, command.OrDot(dir)), nil
	}
	if c.Session() == nil {
		return sumTree{}, failure.ErrNotConnected
	}
	return sumsThere(c, dir), nil
}

func sumsThere(c *command.Call, dir string) sumTree {
	below := func(path string) string { return command.JoinRemote(dir, path) }
	return sumTree{
		each: func(ctx context.Context, f func(string, int64) error) error {
			t := &tree{call: c, most: math.MaxInt, before: func(path string, e listing.Entry, _ int) error {
				if e.Type != listing.File {
					return nil
				}
				return f(strings.TrimPrefix(strings.TrimPrefix(path, command.OrDot(dir)), "/"), e.Size)
			}}
			return t.walk(ctx, command.OrDot(dir))
		},
		size: func(ctx context.Context, path string) (int64, error) {
			e, err := c.Session().Stat(ctx, below(path))
			return e.Size, err
		},
		sum: func(ctx context.Context, path string, a client.Algorithm) ([]byte, string, error) {
			return remoteSum(ctx, c, below(path), a)
		},
	}
}

// remoteSum asks the server for a checksum, or fetches the file into one.
func remoteSum(ctx context.Context, c *command.Call, path string, a client.Algorithm) (sum []byte, how string, err error) {
	if !c.Is("read") {
		h, err := c.Session().Hash(ctx, path, a)
		if err == nil {
			return h.Sum, "server", nil
		}
		if !errors.Is(err, client.ErrNoHash) && !client.IsCode(err, 500, 501, 502, 504) && !client.IsMalformed(err) {
			return nil, "", err
		}
	}
	typ := c.Session().Type()
	c.Session().SetType(client.Binary)
	defer c.Session().SetType(typ)
	hash := client.NewHash(a)
	if _, err := c.Session().Get(ctx, hash, path); err != nil {
		return nil, "", err
	}
	return hash.Sum(nil), "read", nil
}

func sumsHere(c *command.Call, dir string) sumTree {
	here := c.Shell.Folder()
	return sumTree{
		each: func(ctx context.Context, f func(string, int64) error) error {
			root, err := here.OpenRoot(dir)
			if err != nil {
				return err
			}
			defer root.Close()
			return fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
				if err != nil || !d.Type().IsRegular() {
					return err
				}
				info, err := d.Info()
				if err != nil {
					return err
				}
				return f(path, info.Size())
			})
		},
		size: func(_ context.Context, path string) (int64, error) {
			info, err := here.Stat(filepath.Join(dir, filepath.FromSlash(path)))
			if err != nil {
				return -1, err
			}
			return info.Size(), nil
		},
		sum: func(ctx context.Context, path string, a client.Algorithm) ([]byte, string, error) {
			file, err := here.Open(ctx, filepath.Join(dir, filepath.FromSlash(path)), os.O_RDONLY, 0)
			if err != nil {
				return nil, "", err
			}
			defer file.Close()
			hash := client.NewHash(a)
			if _, err := io.Copy(hash, file); err != nil {
				return nil, "", err
			}
			return hash.Sum(nil), "read", nil
		},
	}
}

// makeManifest prints the list when it is complete: half a list would be taken for a whole one.
func makeManifest(ctx context.Context, c *command.Call, a client.Algorithm) error {
	t, err := sumTreeOf(c, c.Arg(1))
	if err != nil {
		return err
	}
	var entries []manifest.Entry
	if err := t.each(ctx, func(path string, size int64) error {
		entries = append(entries, manifest.Entry{Path: path, Size: size, Algorithm: a})
		return nil
	}); err != nil {
		return err
	}
	for i := range entries {
		e := &entries[i]
		if e.Sum, _, err = t.sum(ctx, e.Path, a); err != nil {
			return failure.About(e.Path, err)
		}
		now, err := t.size(ctx, e.Path)
		if err != nil {
			return failure.About(e.Path, err)
		}
		if now != e.Size && e.Size >= 0 && now >= 0 {
			return &command.ManifestError{Text: fmt.Sprintf("%s changed while it was read: %d bytes, then %d", e.Path, e.Size, now)}
		}
	}
	format := manifest.Format(c.Value("format"))
	if format == "" {
		format = manifest.Sum
	}
	if c.JSON() {
		for _, e := range entries {
			if err := c.Object(newSumObject("", e, manifest.Entry{}, "")); err != nil {
				return err
			}
		}
		return nil
	}
	var text strings.Builder
	if err := manifest.Write(&text, format, entries); err != nil {
		return err
	}
	_, err = io.WriteString(c.Out, c.Shown(text.String()))
	return err
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
	How        string `json:"how,omitempty"` // server or read
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

// readManifest reads a list that is here; "-" is standard input.
func readManifest(ctx context.Context, c *command.Call, name string) ([]manifest.Entry, error) {
	in := c.Shell.Options.In
	if name != "-" {
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

func checkManifest(ctx context.Context, c *command.Call) error {
	want, err := readManifest(ctx, c, c.Arg(1))
	if err != nil {
		return err
	}
	t, err := sumTreeOf(c, c.Arg(2))
	if err != nil {
		return err
	}
	sizes := map[string]int64{}
	if err := t.each(ctx, func(path string, size int64) error {
		sizes[path] = size
		return nil
	}); err != nil {
		return err
	}
	counts := map[string]int{}
	report := func(status, words string, want, got manifest.Entry, how string) error {
		counts[status]++
		switch {
		case c.JSON():
			return c.Object(newSumObject(strings.ToLower(status), want, got, how))
		case status == "OK" && c.Is("quiet"):
			return nil
		}
		return c.Print("%-8s %s%s", status, want.Path, words)
	}
	for _, e := range want {
		size, there := sizes[e.Path]
		delete(sizes, e.Path)
		switch {
		case !there && c.Is("ignore-missing"):
			continue
		case !there:
			err = report("MISSING", "", e, manifest.Entry{}, "")
		case e.Size >= 0 && size >= 0 && e.Size != size:
			err = report("FAILED", fmt.Sprintf("  %d bytes expected, %d are there", e.Size, size), e, manifest.Entry{}, "")
		default:
			sum, how, summed := t.sum(ctx, e.Path, e.Algorithm)
			if summed != nil {
				return failure.About(e.Path, summed)
			}
			got := manifest.Entry{Path: e.Path, Algorithm: e.Algorithm, Sum: sum}
			if string(sum) == string(e.Sum) {
				err = report("OK", "", e, got, how)
			} else {
				err = report("FAILED", fmt.Sprintf("  expected %.6x…, is %.6x… (%s)", e.Sum, sum, how), e, got, how)
			}
		}
		if err != nil {
			return err
		}
	}
	if !c.Is("no-extra") {
		for _, path := range slices.Sorted(maps.Keys(sizes)) {
			extra := manifest.Entry{Path: path, Size: sizes[path]}
			if err := report("EXTRA", "", extra, manifest.Entry{}, ""); err != nil {
				return err
			}
		}
	}
	c.Note("%d as expected, %d different, %d missing, %d not in the list", counts["OK"], counts["FAILED"], counts["MISSING"], counts["EXTRA"])
	if counts["FAILED"]+counts["MISSING"] > 0 || c.Is("strict") && counts["EXTRA"] > 0 {
		return &command.ManifestError{Text: "the tree is not what the list says"}
	}
	return nil
}

func diffManifests(ctx context.Context, c *command.Call) error {
	old, err := readManifest(ctx, c, c.Arg(1))
	if err != nil {
		return err
	}
	now, err := readManifest(ctx, c, c.Arg(2))
	if err != nil {
		return err
	}
	changes, err := manifest.Compare(old, now)
	if err != nil {
		return err
	}
	for _, change := range changes {
		e, words := change.Old, change.Old.Path
		switch change.Kind {
		case manifest.Added:
			e, words = change.New, change.New.Path
		case manifest.Moved:
			words += " -> " + change.New.Path
		}
		if c.JSON() {
			o := newSumObject(string(change.Kind), e, manifest.Entry{}, "")
			if change.Kind == manifest.Moved {
				o.To, _ = render.Text(change.New.Path)
			}
			err = c.Object(o)
		} else {
			err = c.Print("%-8s %s", change.Kind, words)
		}
		if err != nil {
			return err
		}
	}
	if len(changes) > 0 {
		return &command.ManifestError{Text: "the lists differ"}
	}
	return nil
}
