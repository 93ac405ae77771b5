package treesync

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
)

// sumHere is the SHA-256 of a file here.
func (o *Options) sumHere(ctx context.Context, name string) (string, error) {
	sum, err := o.hashHere(ctx, name, client.SHA256)
	return hex.EncodeToString(sum), err
}

func (o *Options) hashHere(ctx context.Context, name string, a client.Algorithm) ([]byte, error) {
	f, err := o.Here.Open(ctx, o.here(name), os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sum := client.NewHash(a)
	_, err = io.Copy(sum, f)
	return sum.Sum(nil), err
}

// sideHere is a file or directory of this computer.
func sideHere(info fs.FileInfo) Side {
	switch {
	case info.IsDir():
		return Side{Type: dir}
	case info.Mode().IsRegular():
		return Side{Type: file, Size: info.Size(), Time: info.ModTime().UTC(), Precision: listing.Subsecond, ID: identity(info)}
	}
	return Side{}
}

// lookHere looks at one path here.
func lookHere(root *os.Root, name string) (Side, error) {
	info, err := root.Lstat(filepath.FromSlash(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Side{}, nil
	case err != nil:
		return Side{}, err
	case !info.IsDir() && !info.Mode().IsRegular():
		return Side{}, &fs.PathError{Op: "sync", Path: name, Err: errors.New("has become something that is neither file nor directory")}
	}
	return sideHere(info), nil
}
