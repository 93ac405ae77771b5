package commands

import (
	"context"
	"errors"
	"io/fs"

	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "newer", Theme: "download", Args: "remote [local]", Short: "download a file if it is newer than the local one", JSON: true,
	Long: "It is also downloaded when there is no local file yet. With `preserve` on, which is the default, a file that has not " +
		"changed is not fetched again.",
	Min: 1, Max: 2, Ask: []string{"remote-file"}, Flags: getFlags,
	Complete: []completion.Kind{completion.RemotePath, completion.LocalPath},
	Wire:     downloadVerbs, Needs: command.Login, Reach: command.WholeLine, Detach: true, Foreign: command.Confined, Run: newer, ByURL: newerByURL,
})

func newer(ctx context.Context, c *command.Call) error {
	t, err := newerTask(c)
	if err != nil {
		return err
	}
	info, err := c.Shell.Folder().Stat(t.Local)
	if errors.Is(err, fs.ErrNotExist) {
		return moveFile(ctx, c, t)
	}
	if err != nil {
		return err
	}
	e, err := c.Session().Stat(ctx, t.Remote)
	if err != nil {
		return failure.About(t.Remote, err)
	}
	if e.Time.IsZero() {
		return failure.About(t.Remote, errors.New("the server does not say when it was changed"))
	}
	if !e.Time.After(info.ModTime()) {
		c.Note("%s is not newer than the local %s", t.Remote, t.Local)
		return nil
	}
	t.Size, t.ModTime = e.Size, e.Time
	return moveFile(ctx, c, t)
}

// newerTask is the download that newer makes if the file is.
func newerTask(c *command.Call) (transfer.Task, error) {
	t := transfer.Task{Op: transfer.Download, Remote: c.Arg(0), Resume: c.Is("continue")}
	if len(c.Args) == 2 {
		t.Local = LocalPath(c.Args[1])
		if err := makeHere(c, intoOf(c.Args[1])); err != nil {
			return t, err
		}
	}
	return t, nameHere(c, &t)
}
