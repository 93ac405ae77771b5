package commands

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"

	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "untar", Theme: "whole trees", Risk: command.ReplacesRemote, Args: "local [directory]", Short: "unpack a local tar file on the server", JSON: true,
	Long: "Its files go to the server one after the other, in the directory that is named or in the current one; none of them is written here. - is standard " +
		"input. A packed one (gzip) is known by its first bytes. Links are left out. A name that leads out of the directory ends it.",
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
	in := bufio.NewReader(list)
	var stream io.Reader = in
	if head, _ := in.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		if stream, err = gzip.NewReader(in); err != nil {
			return failure.About(c.Arg(0), err)
		}
	}
	r, made := tar.NewReader(stream), map[string]bool{"": true, ".": true}
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return failure.About(c.Arg(0), &failure.LocalError{Text: "is no tar file, or a damaged one: " + failure.InWords(err)})
		}
		if err := putMember(ctx, c, h, &member{r, c.Arg(0)}, made); err != nil {
			return err
		}
	}
}

// putMember uploads one member. made are the directories that are there by now.
func putMember(ctx context.Context, c *command.Call, h *tar.Header, body io.Reader, made map[string]bool) error {
	if !filepath.IsLocal(filepath.FromSlash(h.Name)) {
		return failure.About(h.Name, &failure.LocalError{Text: "leads out of the directory: nothing more is unpacked"})
	}
	name := command.JoinRemote(c.Arg(1), path.Clean(h.Name))
	dir := path.Dir(name)
	switch h.Typeflag {
	case tar.TypeDir:
		dir = name
	case tar.TypeReg:
	default:
		c.Note("%s is left out: it is no file", h.Name)
		return nil
	}
	if !made[dir] {
		if err := makeDirs(ctx, c, dir); err != nil {
			return failure.About(dir, err)
		}
		made[dir] = true
	}
	if h.Typeflag == tar.TypeDir {
		return nil
	}
	return moveFile(ctx, c, transfer.Task{Op: transfer.Upload, Remote: name, In: body})
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
