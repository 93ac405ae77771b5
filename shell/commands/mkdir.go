package commands

import (
	"context"
	"errors"
	"path"
	"slices"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "mkdir", Theme: "change files", Plans: true, Args: "directory…", Short: "make directories", JSON: true,
	Min: 1, Max: -1, Ask: []string{"directory-name"}, Complete: []completion.Kind{completion.RemoteDir},
	Examples: []command.Example{{Line: "mkdir -p 2026/11/28", Says: "with those above it, where they are missing"}},
	Flags: func(fs *pflag.FlagSet) {
		fs.BoolP("parents", "p", false, "its parents, too; one that exists is not an error")
	},
	Wire: command.Verbs(command.Sends("MKD", "SITE CHMOD", "MFF"), command.ListVerbs), Needs: command.Login, Foreign: command.Confined, Run: mkdir,
})

func mkdir(ctx context.Context, c *command.Call) error {
	make := makeDir
	if c.Is("parents") {
		make = makeDirs
	}
	for _, dir := range c.Texts() {
		if err := make(ctx, c, dir); err != nil {
			return failure.About(dir, diagnosed(ctx, c, dir, err))
		}
	}
	return nil
}

func makeDir(ctx context.Context, c *command.Call, dir string) error {
	_, err := c.Session().Mkdir(ctx, dir)
	if mode := c.Shell.Settings.UploadDirMode; err == nil && mode != 0 {
		refused := c.Session().Chmod(ctx, mode, dir)
		if client.Refusal(refused) != nil {
			c.Note("%s: its mode was not set: %v", dir, refused)
		} else {
			err = refused
		}
	}
	if err == nil {
		c.Shell.Remote.Add(c.Absolute(dir), completion.Name{Dir: true})
		err = c.Done(command.Event{Verb: "MKD", Remote: dir})
	}
	return err
}

// planDirs makes what is missing without a try: in a dry run and a transaction nothing is made yet, so it asks what is there.
func planDirs(ctx context.Context, c *command.Call, dir string) error {
	var missing []string
	for at := path.Clean(dir); at != "." && at != "/"; at = path.Dir(at) {
		if e, err := c.Session().Stat(ctx, at); err == nil && e.Type == listing.Dir {
			break
		} else if err == nil {
			return failure.About(at, errors.New("is there, and is not a directory"))
		} else if !errors.As(err, new(*client.Error)) {
			return err
		}
		missing = append(missing, at)
	}
	for _, at := range slices.Backward(missing) {
		if err := makeDir(ctx, c, at); err != nil && !errors.Is(err, client.ErrThere) {
			return err
		}
	}
	return nil
}

// makeDirs makes a directory and those above it. Servers have one code for what
// already exists and what cannot be made, so they are asked what is there.
func makeDirs(ctx context.Context, c *command.Call, dir string) error {
	if c.Shell.Options.DryRun || command.InTx(c.Shell, c.Session()) {
		return planDirs(ctx, c, dir)
	}
	err := makeDirThere(ctx, c, dir)
	above := path.Dir(path.Clean(dir))
	if !errors.As(err, new(*client.Error)) || above == "." || above == "/" {
		return err
	}
	if err := makeDirs(ctx, c, above); err != nil {
		return failure.About(above, err)
	}
	return makeDirThere(ctx, c, dir)
}

// makeDirThere makes a directory that is not there, also a moment later: another client may make the same ones.
func makeDirThere(ctx context.Context, c *command.Call, dir string) error {
	err := makeDir(ctx, c, dir)
	if !errors.As(err, new(*client.Error)) {
		return err
	}
	if e, failed := c.Session().Stat(ctx, dir); failed == nil && e.Type == listing.Dir {
		return nil
	}
	return err
}
