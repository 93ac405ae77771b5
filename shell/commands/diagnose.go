package commands

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// diagnosed asks what lies behind the refusal of a remote name when the server's words do not say
// it (vsftpd says only which operation failed): a directory in place of a file, or none to write into.
func diagnosed(ctx context.Context, c *command.Call, name string, err error) error {
	if !client.IsCode(err, 550, 553, 501, 450, 451) || ctx.Err() != nil || command.SaysWhy(err) {
		return err
	}
	writes := failure.Refused(err, "STOR", "APPE", "STOU", "RNTO", "MKD")
	switch e, failed := c.Session().Stat(ctx, name); {
	case failed == nil && e.Type == listing.Dir:
		return &command.DiagnosedError{Is: command.IsDir, Err: err}
	case failed == nil || !writes:
		return err
	}
	dir := command.ParentOf(name)
	if dir == "" {
		return err
	}
	if _, failed := c.Session().Stat(ctx, dir); failure.NotThere(failed) {
		return &command.DiagnosedError{Is: command.NoDir, Of: dir, Err: err}
	}
	return err
}

// diagnosedHere says that a download could not be written since its directory is missing.
func diagnosedHere(c *command.Call, t transfer.Task, err error) error {
	var local *fs.PathError
	if t.Op != transfer.Download || !errors.As(err, &local) || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	dir := filepath.Dir(t.Local)
	if _, missing := c.Shell.Folder().Lstat(dir); errors.Is(missing, fs.ErrNotExist) {
		return &command.DiagnosedError{Is: command.NoLocalDir, Of: filepath.ToSlash(dir), Err: err}
	}
	return err
}
