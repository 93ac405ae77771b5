package commands

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// originalFlags are what get, put and their like have beside mirror: what a copy takes over from its
// original, what becomes of that, and whether the way to the copy is made.
func originalFlags(set *pflag.FlagSet) {
	set.Bool("chmod", false, "give copies the permissions of the originals")
	set.BoolP("remove-source", "E", false, "delete the originals of files that have arrived")
	set.Bool("create-dirs", false, "make the directories on the way to the copy that are missing")
}

// asked gives a transfer what the options of the command and the setting ascii-names say of this file.
func asked(ctx context.Context, c *command.Call, t *transfer.Task) error {
	if t.In != nil || t.Out != nil {
		if c.Given("chmod", "remove-source") {
			return c.Usage("--chmod and -E are for files here, not for a stream")
		}
		return nil
	}
	if c.Is("in-place") && (c.Is("atomic") || c.Shell.Tx != nil) {
		return c.Usage("--in-place goes neither with --atomic nor between begin and commit")
	}
	if t.RemoveSource = c.Is("remove-source"); t.RemoveSource && c.Given("marker") {
		t.Marker = path.Join(path.Dir(t.Remote), transfer.Marker(c.Value("marker")).Of(path.Base(t.Remote)))
	}
	if t.Text = isText(c, filepath.Base(filepath.FromSlash(taskName(*t)))); t.Text {
		t.Segments = 1 // text has no offsets
	}
	if !c.Is("chmod") || t.Mode != 0 && t.Op == transfer.Download {
		return nil
	}
	mode, err := modeOfOriginal(ctx, c, *t)
	if err == nil && mode == nil {
		c.Note("%s: the server does not show its permissions", t.Remote)
		return nil
	}
	if err == nil {
		t.Mode = *mode
	}
	return err
}

// isText reports whether a file is to be moved as text.
func isText(c *command.Call, name string) bool {
	return slices.ContainsFunc(strings.Fields(c.Shell.Settings.ASCIINames), func(pattern string) bool { return syntax.Match(pattern, name) })
}

// modeOfOriginal are the permissions of what is copied; nil if the server does not show them.
func modeOfOriginal(ctx context.Context, c *command.Call, t transfer.Task) (*fs.FileMode, error) {
	if t.Op != transfer.Download {
		info, err := c.Shell.Folder().Stat(t.Local)
		if err != nil {
			return nil, err
		}
		mode := info.Mode().Perm()
		return &mode, nil
	}
	e, err := c.Session().Stat(ctx, t.Remote)
	if err != nil {
		return nil, failure.About(t.Remote, err)
	}
	if !e.HasMode {
		return nil, nil
	}
	mode := e.Mode.Perm()
	return &mode, nil
}

// makeHere makes a local directory for downloads, with --create-dirs.
func makeHere(c *command.Call, dir string) error {
	if !c.Is("create-dirs") || dir == "" || c.Shell.Folder().IsDir(dir) {
		return nil
	}
	return c.Shell.Folder().MkdirAll(dir)
}

// makeThere makes a directory of the server for uploads, with --create-dirs.
func makeThere(ctx context.Context, c *command.Call, dir string) error {
	if !c.Is("create-dirs") || dir == "" {
		return nil
	}
	e, err := c.Session().Stat(ctx, dir)
	if err == nil && e.Type != listing.File || err != nil && client.Refusal(err) == nil {
		return err
	}
	return failure.About(dir, makeDirs(ctx, c, dir))
}

// backups are the values of the setting backup.
var backups = map[string]transfer.Backup{"simple": transfer.Simple, "numbered": transfer.Numbered}

// fits is what the settings max-size and check-space say of a download; nil if that is nothing.
func fits(c *command.Call, t transfer.Task) func(size, have int64) error {
	most, look := c.Shell.Settings.MaxSize, c.Shell.Settings.CheckSpace && t.Out == nil
	if t.Op != transfer.Download || most == 0 && !look {
		return nil
	}
	dir := filepath.Dir(c.Shell.Local(t.Local))
	return func(size, have int64) error {
		if most > 0 && size > most {
			return &failure.LocalError{Text: fmt.Sprintf("larger than max-size, which is %s; `set max-size off` fetches it", command.BytesText(most))}
		}
		if free, known := freeSpace(dir); look && size > have && known && size-have > free {
			return &failure.LocalError{Text: fmt.Sprintf("%s are to come, and %s are free in %s; `set check-space off` tries all the same", command.BytesText(size-have), command.BytesText(free), dir)}
		}
		return nil
	}
}

// onFile runs the command of the setting on-file for a file that has arrived.
func onFile(c *command.Call, op transfer.Op, r transfer.Result) error {
	text := c.Shell.Settings.OnFile
	if text == "" || c.Shell.Options.DryRun {
		return nil
	}
	cmd := c.Shell.LocalShell(c.Shell.Base, text)
	cmd.Env = append(cmd.Env, "FTPSH_LOCAL="+r.Local, "FTPSH_REMOTE="+r.Remote, "FTPSH_BYTES="+strconv.FormatInt(r.Size, 10), "FTPSH_DIRECTION="+transferVerbs[op][0])
	cmd.Stdout, cmd.Stderr = c.Err, c.Err
	if err := c.Shell.Console.Run(cmd); err != nil {
		return &failure.LocalError{Text: "on-file: " + failure.InWords(err)}
	}
	return nil
}
