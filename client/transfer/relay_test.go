package transfer

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
)

// relayed is a task that copies through here.
func relayed() Task {
	return Task{Op: BetweenServers, Remote: "data", Local: "copy", Route: &Route{Way: Here}}
}

// What goes wrong once, on either side and at each step, is mended by the next try, which goes on
// where the copy ends.
func TestRelayGoesOn(t *testing.T) {
	data := content(600_000)
	var faults []string
	for _, step := range []string{"SIZE", "MLST", "EPSV", "TYPE", "RETR", "STOR"} {
		for _, how := range []string{"drop", "421"} {
			faults = append(faults, how+":"+step+"*1")
		}
	}
	for _, verb := range []string{"RETR", "STOR"} {
		for _, at := range []string{"0", "1", "300000"} {
			faults = append(faults, "cut:"+verb+"="+at+"*1", "cut-reset:"+verb+"="+at+"*1")
		}
		faults = append(faults, "hang-up:"+verb+"*1")
	}
	faults = append(faults, "cut-silent:RETR=300000*1", "store-less:STOR=300000*1")
	for _, fault := range faults {
		for side := range 2 {
			t.Run(fmt.Sprint(fault, side), func(t *testing.T) {
				t.Parallel()
				wrong := [2][]string{}
				wrong[side] = []string{fault}
				_, from := server(t, data, practice.Options{}, wrong[0]...)
				srv, to := server(t, nil, practice.Options{}, wrong[1]...)
				task := relayed()
				task.Target, task.Retry = to, Retry{Most: 2, Wait: time.Millisecond}
				if _, err := Run(t.Context(), from, task, nil); err != nil {
					t.Fatal(err)
				}
				if got, _ := afero.ReadFile(srv.FS(), "/copy"); !bytes.Equal(got, data) {
					t.Errorf("the copy has %d bytes, or others", len(got))
				}
				pwd(t, from)
				pwd(t, to)
			})
		}
	}
}

// Without another try a copy that broke is an error, and never a whole file; an old file stays, and
// nothing is left beside it.
func TestRelayNeverLies(t *testing.T) {
	data := content(600_000)
	for _, faults := range [][2]string{
		{"cut:RETR=300000"},
		{"cut-reset:RETR=300000"},
		{"cut-silent:RETR=300000"},
		{"drop:RETR"},
		{1: "cut:STOR=300000"},
		{1: "store-less:STOR=300000"},
		{1: "quota:STOR=300000"},
		{1: "refuse:STOR"},
		{1: "drop:STOR"},
	} {
		t.Run(strings.Join(faults[:], ""), func(t *testing.T) {
			t.Parallel()
			wrong := [2][]string{}
			for i, fault := range faults {
				if fault != "" {
					wrong[i] = []string{fault}
				}
			}
			_, from := server(t, data, practice.Options{}, wrong[0]...)
			srv, to := server(t, nil, practice.Options{}, wrong[1]...)
			srv.FS().Remove("/data")
			afero.WriteFile(srv.FS(), "/copy", []byte("old"), 0o644)
			task := relayed()
			task.Target = to
			if r, err := Run(t.Context(), from, task, nil); err == nil {
				t.Errorf("it says that %d bytes are there", r.Size)
			}
			got, _ := afero.ReadFile(srv.FS(), "/copy")
			if there := list(t, srv, "/"); string(got) != "old" || len(there) != 1 {
				t.Errorf("the target has %d bytes; there are %q", len(got), there)
			}
			pwd(t, from)
			pwd(t, to)
		})
	}
}

// A source that refuses has done no harm to what the target has.
func TestRelaySparesTheTarget(t *testing.T) {
	_, from := server(t, nil, practice.Options{}, "refuse:RETR=550 no")
	srv, to := server(t, nil, practice.Options{})
	if err := afero.WriteFile(srv.FS(), "/copy", []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	task := relayed()
	task.Target = to
	if _, err := Run(t.Context(), from, task, nil); err == nil {
		t.Error("it was copied")
	}
	if got, _ := afero.ReadFile(srv.FS(), "/copy"); string(got) != "old" {
		t.Errorf("the target has %q", got)
	}
}

// An empty file is copied, too, and verified where the servers compute no checksum.
func TestRelayEmptyAndVerified(t *testing.T) {
	for _, data := range [][]byte{nil, content(100_000)} {
		_, from := server(t, data, practice.Options{TLS: practice.Explicit}, "refuse:HASH", "refuse:FEAT")
		srv, to := server(t, nil, practice.Options{}, "refuse:HASH", "refuse:FEAT")
		task := relayed()
		task.Target, task.Verify, task.Preserve = to, true, true
		r, err := Run(t.Context(), from, task, nil)
		if err != nil || r.Bytes != int64(len(data)) {
			t.Errorf("%d bytes, %v", r.Bytes, err)
		}
		if got, err := afero.ReadFile(srv.FS(), "/copy"); !bytes.Equal(got, data) || err != nil {
			t.Errorf("the copy has %d bytes, %v", len(got), err)
		}
	}
}

// Where the servers do not connect to each other, the bytes pass through here, and a word says so
// once.
func TestRelayInPlaceOfFXP(t *testing.T) {
	data := content(20_000)
	_, from := server(t, data, practice.Options{}, "refuse:PORT=500 no", "refuse:EPRT=500 no")
	srv, to := server(t, nil, practice.Options{}, "refuse:PORT=500 no", "refuse:EPRT=500 no")
	task := relayed()
	task.Target, task.Route = to, &Route{Way: AnyWay}
	r, err := Run(t.Context(), from, task, nil)
	if err != nil || !strings.HasPrefix(r.Note, "copied through this computer: ") {
		t.Errorf("note %q, %v", r.Note, err)
	}
	before := len(srv.Commands())
	if r, err = Run(t.Context(), from, task, nil); err != nil || r.Note != "" {
		t.Errorf("again: note %q, %v", r.Note, err)
	}
	for _, line := range srv.Commands()[before:] {
		if strings.HasPrefix(line, "PORT") {
			t.Error("what is known was tried again")
		}
	}
	if got, _ := afero.ReadFile(srv.FS(), "/copy"); !bytes.Equal(got, data) {
		t.Errorf("the copy has %d bytes, or others", len(got))
	}
}

// A large file needs no more memory than a small one, alone and in a tree.
func TestRelayIsBounded(t *testing.T) {
	const size = 64 << 20
	here := afero.NewBasePathFs(afero.NewOsFs(), t.TempDir())
	err := here.Mkdir("/tree", 0o700)
	if err == nil {
		var big afero.File
		if big, err = here.Create("/tree/big"); err == nil {
			_, err = io.CopyN(big, nothingElse{}, size)
			big.Close()
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	_, from := server(t, nil, practice.Options{FS: here})
	_, to := server(t, nil, practice.Options{FS: here})
	task := relayed()
	task.Remote, task.Target = "tree/big", to
	m := &Mirror{Remote: "/tree", Target: to, CopyName: "/mirrored", Route: &Route{Way: Here}}
	for name, copied := range map[string]func() error{
		"copy":         func() error { _, err := Run(t.Context(), from, task, nil); return err },
		"mirrored/big": func() error { return m.Run(t.Context(), &Engine{Session: from, Parallel: 1}) },
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := copied()
		runtime.ReadMemStats(&after)
		if info, missing := here.Stat("/" + name); err != nil || missing != nil || info.Size() != size {
			t.Fatalf("%s: %v, %v", name, err, missing)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20 { // both servers' buffers, too
			t.Errorf("%s: %d bytes were allocated for %d", name, grown, int64(size))
		}
	}
}

// nothingElse is a file without an end.
type nothingElse struct{}

func (nothingElse) Read(p []byte) (int, error) { return len(p), nil }
