package transfer

import (
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/internal/everystep"
)

// atEnd does something before the end of a text is told.
type atEnd struct {
	io.Reader
	do func()
}

func (r *atEnd) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	if err == io.EOF && r.do != nil {
		r.do()
		r.do = nil
	}
	return n, err
}

// TestMovedAway: an upload into a directory that gets another name meanwhile is not told as one that
// is where it was sent.
func TestMovedAway(t *testing.T) {
	was := movedAfter
	movedAfter = 0
	defer func() { movedAfter = was }()
	t.Run("on servers", func(t *testing.T) {
		everystep.EachHost(t, 1, func(t *testing.T, srv everystep.Host) {
			s := srv.Open(t, nil)
			dir := filepath.Join(srv.Root, "site")
			if err := os.Mkdir(dir, 0o777); err != nil {
				t.Fatal(err)
			}
			os.Chmod(dir, 0o777)
			if err := s.Chdir(t.Context(), path.Join(s.Dir(), "site")); err != nil {
				t.Fatal(err)
			}
			if r, err := Run(t.Context(), s, Task{Op: Upload, Remote: "a", In: strings.NewReader("a")}, nil); err != nil || r.Note != "" {
				t.Errorf("%v, %q", err, r.Note)
			}
			in := &atEnd{strings.NewReader("b"), func() {
				if err := os.Rename(dir, dir+".old"); err != nil {
					t.Error(err)
				}
			}}
			r, err := Run(t.Context(), s, Task{Op: Upload, Remote: "b", In: in}, nil)
			if !errors.As(err, new(*MovedAwayError)) && r.Note == "" {
				t.Errorf("%v, and nothing is said", err)
			}
		})
	})
}
