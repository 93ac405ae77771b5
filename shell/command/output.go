package command

import (
	"cmp"
	"context"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
)

// LocalFile is where the result of a command goes that the user wants in a local file. All commands
// that write one have the same rule for what already exists: that of get.
type LocalFile struct {
	io.WriteCloser
	discard func()
	begun   bool // something was written
}

func (f *LocalFile) Write(p []byte) (int, error) {
	f.begun = f.begun || len(p) > 0
	return f.WriteCloser.Write(p)
}

// End gives the file its name, or leaves what stood there when the command has failed and had
// nothing to say.
func (f *LocalFile) End(err error) error {
	if err != nil && !f.begun && f.discard != nil {
		f.discard()
		return err
	}
	return cmp.Or(err, f.Close())
}

// IntoFile begins a local file. What is there is replaced as MayReplace says.
func (c *Call) IntoFile(ctx context.Context, name string, mode os.FileMode, force bool) (*LocalFile, error) {
	if err := c.MayReplace(ctx, name, force); err != nil {
		return nil, err
	}
	file, err := c.Shell.Folder().Create(ctx, name, mode)
	if err != nil {
		return nil, err
	}
	return &LocalFile{WriteCloser: file, discard: file.Discard}, nil
}

// Save makes a local file of what is written. What is there is replaced as MayReplace says.
func (c *Call) Save(ctx context.Context, name string, mode os.FileMode, force bool, write func(io.Writer) error) error {
	file, err := c.IntoFile(ctx, name, mode, force)
	if err != nil {
		return err
	}
	return file.End(write(file))
}

// MayReplace is the rule for a local file that is there: it is asked about at a terminal and replaced in a script; `set
// clobber` changes that, and so does force.
func (c *Call) MayReplace(ctx context.Context, name string, force bool) error {
	info, err := c.Shell.Folder().Stat(name)
	switch {
	case err != nil || !info.Mode().IsRegular() || force || c.Shell.Options.DryRun:
		return nil
	case c.Shell.Settings.Clobber == "off":
		return &failure.LocalError{Text: name + " already exists; `set clobber on` lets it be replaced"}
	case c.Shell.Settings.Clobber == "ask" && c.Interactive() && !c.Confirm(ctx, "replace the local file "+name+", "+Describe(info)+"?"):
		return &failure.LocalError{Text: name + " stays as it was"}
	}
	return nil
}

// atEnd adds to a local file, which nothing of is replaced.
func (c *Call) atEnd(ctx context.Context, name string) (*LocalFile, error) {
	file, err := c.Shell.Folder().Open(ctx, name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	return &LocalFile{WriteCloser: file}, err
}

// Describe is the size and age of a local file, as a question shows them.
func Describe(info fs.FileInfo) string {
	return BytesText(info.Size()) + ", " + render.Since(info.ModTime(), time.Now())
}
