package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/ftpsh/ftpsh/client/localname"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// AskFolder asks a folder what its file system makes of names; tests answer in its place.
var AskFolder = localname.Ask

// rules are those of a local folder. It is asked once; a dry run asks nothing that would have to be written.
func rules(sh *command.Shell, dir string) localname.Rules {
	f := sh.Folders
	f.Mu.Lock()
	defer f.Mu.Unlock()
	path := fullDir(sh, dir)
	if rules, known := f.Rules[path]; known {
		return rules
	}
	root, err := sh.Folder().OpenRoot(dir)
	if err != nil {
		return localname.System()
	}
	defer root.Close()
	if sh.Options.DryRun {
		return localname.Look(root)
	}
	if f.Rules == nil {
		f.Rules = map[string]localname.Rules{}
	}
	f.Rules[path] = AskFolder(root)
	return f.Rules[path]
}

// namesIn begins with the names of one command in a local folder.
func namesIn(sh *command.Shell, dir string) *localname.Names {
	return &localname.Names{Number: sh.Settings.NumbersCollisions(), Ask: func() localname.Rules { return rules(sh, dir) }}
}

// once keeps two downloads of a command from becoming one file, where one would replace the other: the second is refused,
// or gets a number. Names that differ in case or normal form only are one file on some systems.
func (e *each) once(t *transfer.Task) error {
	if t.Op != transfer.Download {
		return nil
	}
	dir, name := filepath.Split(t.Local)
	names := e.taken[dir]
	if names == nil {
		if e.taken == nil {
			e.taken = map[string]*localname.Names{}
		}
		names = namesIn(e.call.Shell, dir)
		e.taken[dir] = names
	}
	local, err := names.Give(name, t.Remote)
	var twice *localname.CollisionError
	switch {
	case errors.As(err, &twice) && twice.First == t.Remote:
		return errPassedOver
	case errors.As(err, &twice):
		return collision(t.Remote, twice.First, t.Local)
	case err != nil:
		return err
	}
	t.Local = dir + local
	return claimNames(e.call, t)
}

// download is download for one of several files.
func (e *each) download(ctx context.Context, t transfer.Task) error {
	err := nameHere(e.call, &t)
	if err == nil {
		err = e.once(&t)
	}
	if err != nil {
		return err
	}
	return downloadAs(ctx, e.call, t)
}

// tree downloads one of several directories into a local one.
func (e *each) tree(ctx context.Context, remote, into string) error {
	name, err := LocalName(e.call.Shell, into, remote)
	if err != nil {
		return err
	}
	t := transfer.Task{Op: transfer.Download, Remote: remote, Local: filepath.Join(into, name), Within: filepath.Clean(into), Resume: e.call.Is("continue")}
	if err := e.once(&t); err != nil {
		return err
	}
	return getTreeAs(ctx, e.call, remote, t.Local)
}

// besideParts tells the transfers that begin together which of them may not use the usual name for its part.
func (e *each) besideParts(tasks []transfer.Task) {
	for i := range tasks {
		dir, name := filepath.Split(tasks[i].Local)
		names := e.taken[dir]
		tasks[i].PartTaken = names != nil && names.Holds(transfer.PartName(name))
	}
}

func collision(remote, first, local string) error {
	return &failure.LocalError{Text: fmt.Sprintf("%s is not fetched: %s has become %s already; `set collisions number` keeps both", remote, first, local)}
}

// claimNames keeps a download, whose local name the server has chosen, from replacing one that an earlier command has brought and
// that has another name on the server. For the same name, the rule of what already exists holds.
func claimNames(c *command.Call, t *transfer.Task) error {
	if t.Op != transfer.Download || t.Within == "" || t.Resume || c.Is("force") {
		return nil
	}
	sh, remote := c.Shell, c.Absolute(t.Remote)
	dir, name := filepath.Split(t.Local)
	key := arrivalName(sh, dir, name)
	first, taken := sh.Folders.Claim(key, command.Arrived{Name: name, Remote: remote, Coming: c})
	if taken && !isSame(sh, dir, name, first) {
		sh.Folders.Keep(key, command.Arrived{Name: name, Remote: remote, Coming: c})
		taken = false
	}
	if taken {
		var err error
		if name, err = numberedName(sh, dir, name, remote); err != nil || !sh.Settings.NumbersCollisions() {
			return collision(t.Remote, first.Remote, t.Local)
		}
		t.Local, key = dir+name, arrivalName(sh, dir, name)
		sh.Folders.Keep(key, command.Arrived{Name: name, Remote: remote, Coming: c})
	}
	c.Coming = append(c.Coming, key)
	return nil
}

// isSame reports whether what has come, or is coming, is the file that a name stands for.
func isSame(sh *command.Shell, dir, name string, came command.Arrived) bool {
	if _, err := sh.Folder().Lstat(dir + name); err != nil && came.Coming == nil {
		return false
	}
	rules := rules(sh, dir)
	return rules.Key(came.Name) == rules.Key(name)
}

// numberedName is a name that no file has, or that the same file of the server had before.
func numberedName(sh *command.Shell, dir, plain, remote string) (string, error) {
	rules := rules(sh, dir)
	for n := 2; n <= mostUnique; n++ {
		name := rules.Numbered(plain, n)
		_, err := sh.Folder().Lstat(dir + name)
		came, some := sh.Folders.Find(arrivalName(sh, dir, name))
		if errors.Is(err, fs.ErrNotExist) && came.Coming == nil || some && came.Name == name && came.Remote == remote {
			return name, nil
		}
	}
	return "", &failure.LocalError{Text: fmt.Sprintf("%s and its numbers to %d are all there already", plain, mostUnique)}
}

// arrivalName is what a local name is remembered by: what some file system makes of it.
func arrivalName(sh *command.Shell, dir, name string) string {
	return filepath.Join(fullDir(sh, dir), localname.Loose(name))
}

// fullDir is the full path of a local folder.
func fullDir(sh *command.Shell, dir string) string {
	if filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(cmp.Or(sh.LocalDir, command.WorkingDir()), dir)
}
