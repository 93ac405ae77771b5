package transfer

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
)

// A reply too many that refuses nothing, once or behind all answers, in the middle of transfers that
// follow each other without a pause: every file is whole, none has the failure
// of another one, and then the session is in step.
func TestExtraRepliesInABurst(t *testing.T) {
	const n = 12
	for _, extra := range []string{"226 once more", "200 fine", "150 here it comes", "213 999", `257 "/x"`} {
		for _, fault := range []practice.Fault{{}, {Verb: "SIZE"}, {Verb: "SIZE", Count: 1}, {Verb: "STOR", Count: 1}} {
			fault.Name, fault.Text = "extra-reply", extra
			t.Run(fmt.Sprintf("%s behind %s %d", extra, fault.Verb, fault.Count), func(t *testing.T) {
				srv, s := server(t, nil, practice.Options{})
				up, down := t.TempDir(), t.TempDir()
				writeFiles(t, up, n)
				srv.SetFaults(fault)
				if done, failed := run(t, &Engine{Session: s, Parallel: 1}, uploads(n, up)); done != n || failed != nil {
					t.Errorf("%d went up: %v", done-len(failed), failed)
				}
				for i := range n {
					name := fmt.Sprintf("f%03d", i)
					if got, _ := afero.ReadFile(srv.FS(), "/"+name); !bytes.Equal(got, body(i)) {
						t.Errorf("%s has %d bytes on the server, not %d, or others", name, len(got), sizeOf(i))
					}
				}
				if done, failed := run(t, &Engine{Session: s, Parallel: 1}, downloads(n, down)); done != n || failed != nil {
					t.Errorf("%d came down: %v", done-len(failed), failed)
				}
				for i := range n {
					name := fmt.Sprintf("f%03d", i)
					if got, _ := os.ReadFile(filepath.Join(down, name)); !bytes.Equal(got, body(i)) {
						t.Errorf("%s has %d bytes, not %d, or others", name, len(got), sizeOf(i))
					}
				}
				srv.SetFaults()
				if dir, err := s.Getwd(t.Context()); err != nil || dir != "/" {
					t.Errorf("pwd: %q, %v", dir, err)
				}
			})
		}
	}
}

// A server that is out of step and does not store what it is sent is not
// believed: what is told as whole is whole.
func TestExtraRepliesProveNothing(t *testing.T) {
	const n = 12
	for _, extra := range []string{"226 once more", "213 700"} {
		t.Run(extra, func(t *testing.T) {
			srv, s := server(t, nil, practice.Options{})
			up := t.TempDir()
			writeFiles(t, up, n)
			srv.SetFaults(practice.Fault{Name: "extra-reply", Text: extra}, practice.Fault{Name: "store-less", At: 100})
			whole := map[string]bool{}
			e := &Engine{Session: s, Parallel: 1, Done: func(task Task, _ Result, err error) { whole[task.Remote] = err == nil }}
			if err := e.Run(t.Context(), uploads(n, up)); err != nil {
				t.Error(err)
			}
			e.Wait()
			for i := range n {
				name := fmt.Sprintf("f%03d", i)
				if got, _ := afero.ReadFile(srv.FS(), "/"+name); whole[name] != bytes.Equal(got, body(i)) {
					t.Errorf("%s, with %d of %d bytes, is told as whole: %v", name, len(got), sizeOf(i), whole[name])
				}
			}
		})
	}
}
