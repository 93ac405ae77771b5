package commands

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client/manifest"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

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
	return failure.Several(m.errs)
}
