package commands

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/client/unpack"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "untar", Theme: "whole trees", Risk: command.ReplacesRemote, Args: "local [directory]", Short: "unpack a local tar file on the server", JSON: true,
	Long: "Its files go to the server one after the other, in the directory that is named or in the current one; none of them is written here. - is standard " +
		"input. One that gzip or bzip2 has packed is known by its first bytes. Modes and times are set where the server can. Links are left " +
		"out. A name that leads out of the directory ends it.",
	Examples: []command.Example{{Line: "untar site.tgz www", Says: "into www"}},
	Min:      1, Max: 2, Ask: []string{"local-file"}, Complete: []completion.Kind{completion.LocalPath, completion.RemoteDir},
	Wire: putTreeVerbs, Needs: command.Login, Foreign: command.Confined, Run: untar,
})

func untar(ctx context.Context, c *command.Call) error {
	list, err := openList(ctx, c, c.Args[0])
	if err != nil {
		return err
	}
	defer list.Close()
	in, err := unpack.New(list, unpack.Bounds{Most: math.MaxInt64, Ratio: unpack.Usual.Ratio}, true)
	if err != nil {
		return failure.About(c.Arg(0), err)
	}
	u := &untarring{Call: c, made: map[string]bool{"": true, ".": true}}
	if err := u.members(ctx, tar.NewReader(in)); err != nil {
		return err
	}
	for _, dir := range slices.Backward(u.dirs) { // what is put into one changes its time
		u.dress(ctx, dir.name, dir.header)
	}
	return nil
}

// An untarring is a tar file on its way to the server.
type untarring struct {
	*command.Call
	made             map[string]bool // the directories that are there by now
	dirs             []tarDir        // those that have a mode and a time of their own
	noModes, noTimes bool            // the server was found not to set them
}

type tarDir struct {
	name   string
	header *tar.Header
}

func (u *untarring) members(ctx context.Context, r *tar.Reader) error {
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return failure.About(u.Arg(0), &failure.LocalError{Text: "is not a tar file, or is damaged: " + failure.InWords(err)})
		}
		if err := u.put(ctx, h, &member{r, u.Arg(0)}); err != nil {
			return err
		}
	}
}

// memberName is where a member goes, below a directory.
func memberName(dir, name string) (string, error) {
	switch {
	case !filepath.IsLocal(filepath.FromSlash(name)), path.IsAbs(name):
		return "", &failure.LocalError{Text: "leads out of the directory: nothing more is unpacked"}
	case strings.ContainsAny(name, "\r\n\x00"):
		return "", &failure.LocalError{Text: "has a line end in its name, which FTP cannot say: nothing more is unpacked"}
	}
	return command.JoinRemote(dir, path.Clean(name)), nil
}

// put uploads one member.
func (u *untarring) put(ctx context.Context, h *tar.Header, body io.Reader) error {
	name, err := memberName(u.Arg(1), h.Name)
	if err != nil {
		return failure.About(h.Name, err)
	}
	dir := path.Dir(name)
	switch h.Typeflag {
	case tar.TypeDir:
		dir = name
	case tar.TypeReg:
	default:
		u.Note("%s is left out: it is not a file", h.Name)
		return nil
	}
	if !u.made[dir] {
		if err := makeDirs(ctx, u.Call, dir); err != nil {
			return failure.About(dir, err)
		}
		u.made[dir] = true
	}
	if h.Typeflag == tar.TypeDir {
		u.dirs = append(u.dirs, tarDir{name, h})
		return nil
	}
	if err := moveFile(ctx, u.Call, transfer.Task{Op: transfer.Upload, Remote: name, In: body}); err != nil {
		return err
	}
	u.dress(ctx, name, h)
	return nil
}

// dress gives a member its mode and time, as tar does. A server that sets none is told of once; it is no failure.
func (u *untarring) dress(ctx context.Context, name string, h *tar.Header) {
	set := &u.Shell.Settings
	if u.Shell.Options.DryRun || ctx.Err() != nil {
		return
	}
	if !u.noModes && set.UploadMode == 0 {
		if err := u.Session().Chmod(ctx, h.FileInfo().Mode().Perm(), name); err != nil {
			u.noModes = true
			u.Note("modes stay as the server sets them: %s", failure.InWords(err))
		}
	}
	if u.noTimes || !set.Preserve || h.ModTime.Unix() <= 0 {
		return
	}
	if err := u.Session().SetModTime(ctx, name, h.ModTime); err != nil {
		u.noTimes = true
		u.Note("times stay as the server sets them: %s", failure.InWords(err))
	}
}

// member is the body of a member. That it ends too early is a failure of the local file: half of it must not look whole.
type member struct {
	body io.Reader
	file string
}

func (m *member) Read(p []byte) (int, error) {
	n, err := m.body.Read(p)
	if err != nil && !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = &os.PathError{Op: "read", Path: m.file, Err: err}
	}
	return n, err
}
