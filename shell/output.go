package shell

import (
	"cmp"
	"context"
	"io"
	"os"

	"github.com/ftpsh/ftpsh/shell/failure"
)

// localFile is where the result of a command goes that the user wants in a local file. All commands
// that write one have the same rule for what is there already: that of get.
type localFile struct {
	io.WriteCloser
	discard func()
	begun   bool // something was written
}

func (f *localFile) Write(p []byte) (int, error) {
	f.begun = f.begun || len(p) > 0
	return f.WriteCloser.Write(p)
}

// end gives the file its name, or leaves what stood there when the command has failed and had
// nothing to say.
func (f *localFile) end(err error) error {
	if err != nil && !f.begun && f.discard != nil {
		f.discard()
		return err
	}
	return cmp.Or(err, f.Close())
}

// intoFile begins a local file. What is there is replaced as mayReplace says.
func (c *Call) intoFile(ctx context.Context, name string, mode os.FileMode, force bool) (*localFile, error) {
	if err := c.mayReplace(ctx, name, force); err != nil {
		return nil, err
	}
	file, err := c.Shell.folder().Create(ctx, name, mode)
	if err != nil {
		return nil, err
	}
	return &localFile{WriteCloser: file, discard: file.Discard}, nil
}

// mayReplace is the rule for a local file that is there: it is asked about at a terminal and replaced in a script; `set
// clobber` changes that, and so does force.
func (c *Call) mayReplace(ctx context.Context, name string, force bool) error {
	info, err := c.Shell.folder().Stat(name)
	switch {
	case err != nil || !info.Mode().IsRegular() || force || c.Shell.opt.DryRun:
		return nil
	case c.Shell.Settings.Clobber == "off":
		return &failure.LocalError{Text: name + " is there already; `set clobber on` lets it be replaced"}
	case c.Shell.Settings.Clobber == "ask" && c.Interactive() && !c.Confirm(ctx, "replace the local file "+name+", "+describe(info)+"?"):
		return &failure.LocalError{Text: name + " stays as it was"}
	}
	return nil
}

// atEnd adds to a local file, which nothing of is replaced.
func (c *Call) atEnd(ctx context.Context, name string) (*localFile, error) {
	file, err := c.Shell.folder().Open(ctx, name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	return &localFile{WriteCloser: file}, err
}
