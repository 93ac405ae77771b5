package commands

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"path"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var _ = command.Add(&command.Command{
	Name: "tar", Theme: "whole trees", Args: "remote…", Short: "write trees of the server as one tar stream",
	Long: "It goes to the file of -f, or with > or | elsewhere; the files pass by and are not kept. Links are stored as links, where the server says what they " +
		"point to. A file that changes while it is read ends it. `untar` is the other way.",
	Examples: []command.Example{{Line: "tar -zf site.tgz www", Says: "into a file"}, {Line: "tar www | ssh host tar x", Says: "into a local command"}},
	Min:      1, Max: -1, Ask: []string{"remote-directory"}, Complete: []completion.Kind{completion.RemotePath},
	Flags: func(fs *pflag.FlagSet) {
		fs.StringP("file", "f", "", "into the local `FILE`")
		command.NamesPath(fs, "file", completion.LocalPath)
		fs.BoolP("gzip", "z", false, "packed")
	},
	Wire: getVerbs, Needs: command.Login, Foreign: command.Confined, Run: makeTar,
})

func makeTar(ctx context.Context, c *command.Call) error {
	name := c.Value("file")
	switch {
	case c.Shell.Options.DryRun:
		return c.Shell.Would(command.DryAction{Action: "write", What: command.OrDot(name)})
	case name == "" && c.Screen:
		return c.Usage("a tar stream does not belong on the screen: use -f FILE, > or |")
	}
	end := func(err error) error { return err }
	if name != "" {
		file, err := c.IntoFile(ctx, LocalPath(syntax.Token{Text: name}), 0o666, false)
		if err != nil {
			return err
		}
		c.Into(file)
		end = file.End
	}
	out := io.WriteCloser(command.Unclosed{Writer: c.Out})
	if c.Is("gzip") {
		out = gzip.NewWriter(c.Out)
	}
	members, err := tarMembers(ctx, c)
	if err == nil {
		err = writeTar(ctx, c, out, members)
	}
	return end(errors.Join(err, out.Close()))
}

// tarMember is what goes into a stream.
type tarMember struct {
	path  string
	entry listing.Entry
}

// tarMembers are all that is in the trees.
func tarMembers(ctx context.Context, c *command.Call) (all []tarMember, err error) {
	names, err := c.Expand(ctx, c.Args)
	for _, name := range names {
		t := &tree{call: c, most: c.Shell.Settings.MaxDepth, before: func(path string, e listing.Entry, _ int) error {
			all = append(all, tarMember{path, e})
			return nil
		}}
		err = errors.Join(err, t.walk(ctx, name.Path))
	}
	return all, err
}

func writeTar(ctx context.Context, c *command.Call, out io.Writer, members []tarMember) error {
	defer inBytes(c.Session())()
	w := tar.NewWriter(out)
	for _, m := range members {
		if err := addMember(ctx, c, w, m); err != nil {
			return failure.About(m.path, err)
		}
	}
	return w.Close()
}

func addMember(ctx context.Context, c *command.Call, w *tar.Writer, m tarMember) error {
	e := m.entry
	h := &tar.Header{Format: tar.FormatPAX, Name: strings.TrimPrefix(path.Clean("/"+m.path), "/"), ModTime: e.Time, Mode: 0o644, Uname: e.Owner, Gname: e.Group}
	if e.Time.IsZero() {
		h.ModTime = time.Unix(0, 0)
	}
	if e.HasMode {
		h.Mode = int64(e.Mode.Perm())
	}
	switch {
	case e.Type == listing.Dir && h.Name == "":
		return nil
	case e.Type == listing.Dir:
		h.Typeflag, h.Name = tar.TypeDir, h.Name+"/"
		if !e.HasMode {
			h.Mode = 0o755
		}
		return w.WriteHeader(h)
	case e.Type == listing.Link && e.Target != "":
		h.Typeflag, h.Linkname = tar.TypeSymlink, e.Target
		return w.WriteHeader(h)
	case e.Type != listing.File:
		c.Note("%s is left out: no file, directory or link with a target", m.path)
		return nil
	}
	var err error
	if h.Size = e.Size; e.Size < 0 || e.SizeApprox {
		if h.Size, err = c.Session().Size(ctx, m.path); err != nil {
			return err
		}
	}
	if err := w.WriteHeader(h); err != nil {
		return err
	}
	n, err := c.Session().Get(ctx, w, m.path)
	if errors.Is(err, tar.ErrWriteTooLong) || err == nil && n != h.Size {
		return errors.New("changed while it was read")
	}
	return err
}
