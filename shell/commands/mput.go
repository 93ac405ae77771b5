package commands

import (
	"context"

	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "mput", Theme: "upload", Plans: true, Risk: command.ReplacesRemote, Between: &command.Between{Reverse: true, Many: true}, Aliases: []string{"msend"}, Args: "pattern…", Short: "upload several files", JSON: true,
	Long: "At a terminal you are asked about each file unless `prompt` is off; a script is not asked. Without -r directories are skipped.",
	Min:  1, Max: -1, Ask: []string{"local-files"}, Flags: flags(putFlags, treesFlag, intoThereFlag),
	Examples: []command.Example{{Line: "mput *.jpg", Says: "all pictures"}, {Line: "mput -O incoming *.jpg", Says: "into another directory"}},
	Complete: []completion.Kind{completion.LocalPath},
	Wire:     putTreeVerbs, Needs: command.Login, Reach: command.WholeLine, Detach: true, Foreign: command.Confined, Run: mput,
})

// passesOver reports whether a name that a pattern stands for is no file that can
// be uploaded, and tells so: a FIFO would be waited at.
func passesOver(c *command.Call, name string) bool {
	info, err := c.Shell.Folder().Stat(name)
	if err != nil || info.Mode().IsRegular() {
		return false
	}
	c.Note("%s is not a plain file: skipped", name)
	return true
}

func mput(ctx context.Context, c *command.Call) error {
	asked := &each{call: c}
	return intoEach(c, func(dir string) error { return putNames(ctx, c, asked, dir) })
}

// putNames uploads the files that the arguments stand for, and with -r directories, into a directory of the server.
func putNames(ctx context.Context, c *command.Call, asked *each, dir string) error {
	if err := makeThere(ctx, c, dir); err != nil {
		return err
	}
	var names []command.RemoteName
	var trees []string
	var errs []error
	for _, word := range c.Args {
		found, err := LocalNames(ctx, c.Shell, word)
		errs = append(errs, err)
		for _, name := range found {
			if c.Is("recursive") && isTree(c.Shell, name) {
				trees = append(trees, name)
			} else if word.Pattern == "" || !c.Shell.Folder().IsDir(name) && !passesOver(c, name) {
				names = append(names, command.RemoteName{Path: name})
			}
		}
	}
	remote := func(name command.RemoteName) string {
		return command.JoinRemote(dir, c.Shell.RemoteName(name.Path))
	}
	note := func(name command.RemoteName) string {
		if !asked.asks() || storeUnique(c, transfer.Upload) != transfer.Upload {
			return ""
		}
		return replacingThere(ctx, c, remote(name))
	}
	err := asked.move(ctx, names, note, func(name command.RemoteName) (transfer.Task, error) {
		t := transfer.Task{Op: storeUnique(c, transfer.Upload), Local: name.Path, Remote: remote(name), Resume: c.Is("continue")}
		if info, err := c.Shell.Folder().Stat(t.Local); err == nil {
			t.Size = info.Size()
		}
		return t, nil
	})
	if errs = append(errs, err); !endsAll(ctx, err) {
		errs = append(errs, eachTree(ctx, trees, func(name string) error { return putTree(ctx, c, name, remoteTree(c, dir, name)) }))
	}
	return failure.Several(errs...)
}
