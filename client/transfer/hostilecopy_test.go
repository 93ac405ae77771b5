//go:build unix

package transfer

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// says changes a reply to a verb that passes through a tap.
func says(verb, text string) practice.Tap {
	return practice.Tap{Reply: func(_ int, v, reply string) string {
		if v == verb && strings.HasPrefix(reply, "2") {
			return text + "\r\n"
		}
		return reply
	}}
}

// A server that lies in a copy from one to another spoils nothing: the copy is the original, or an
// error says that it is not and the old file is there; the next command of both answers.
func TestRelayBetweenLiars(t *testing.T) {
	data := content(200_000)
	at226 := practice.Tap{Command: func(_ int, line string) (string, string) {
		if strings.HasPrefix(line, "STOR") {
			return "", "226 thank you"
		}
		return line, ""
	}}
	for _, row := range []struct {
		name           string
		source, target practice.Options
		faults         [2]string // of the source, of the target
		verify         bool
		fails          bool
	}{
		{name: "the source says more", source: practice.Options{Tap: says("SIZE", "213 900000")}, fails: true},
		{name: "the source says less", source: practice.Options{Tap: says("SIZE", "213 10")}},
		{name: "the source says nonsense", source: practice.Options{Tap: says("SIZE", "213 many")}},
		{name: "the source says a negative size", source: practice.Options{Tap: says("SIZE", "213 -5")}},
		{name: "the target is done before it has begun", target: practice.Options{Tap: at226}, fails: true},
		{name: "the target says less", target: practice.Options{Tap: says("SIZE", "213 10")}, fails: true},
		{name: "the target stores less and says so", faults: [2]string{1: "store-less:STOR=1000*9"}, fails: true},
		{name: "the target stores less and lies", target: practice.Options{Tap: says("SIZE", "213 200000")}, faults: [2]string{1: "store-less:STOR=1000*9"}, verify: true, fails: true},
		{name: "replies come in pieces", faults: [2]string{"split-reply*99", "split-reply*99"}},
		{name: "the address of the data is elsewhere", source: practice.Options{Tap: says("PASV", "227 Entering Passive Mode (192,0,2,1,200,200)")}, faults: [2]string{"refuse:EPSV=500 no*99"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var wrong [2][]string
			for i, fault := range row.faults {
				if fault != "" {
					wrong[i] = []string{fault}
				}
			}
			_, from := server(t, data, row.source, append(wrong[0], "refuse:MLST=500 no*99")...)
			srv, to := server(t, nil, row.target, append(wrong[1], "refuse:HASH=500 no*99")...)
			srv.FS().Remove("/data")
			afero.WriteFile(srv.FS(), "/copy", []byte("old"), 0o644)
			task := relayed()
			task.Target, task.Verify = to, row.verify
			r, err := Run(t.Context(), from, task, nil)
			got, _ := afero.ReadFile(srv.FS(), "/copy")
			if row.fails != (err != nil) || row.fails && string(got) != "old" || !row.fails && !bytes.Equal(got, data) {
				t.Errorf("%d bytes, %+v, %v", len(got), r, err)
			}
			if there := list(t, srv, "/"); len(there) != 1 {
				t.Errorf("there are %q", there)
			}
			pwd(t, from)
			pwd(t, to)
		})
	}
}

// A source that never ends fills no target: the copy stops, and is taken away.
func TestRelayWithoutEnd(t *testing.T) {
	_, from := server(t, content(70_000_000), practice.Options{Tap: says("SIZE", "213 1000")}, "refuse:MLST=500 no*99")
	srv, to := server(t, nil, practice.Options{})
	srv.FS().Remove("/data")
	afero.WriteFile(srv.FS(), "/copy", []byte("old"), 0o644)
	task := relayed()
	task.Target = to
	if _, err := Run(t.Context(), from, task, nil); !errors.As(err, new(*client.ExcessError)) {
		t.Error(err)
	}
	if got, _ := afero.ReadFile(srv.FS(), "/copy"); string(got) != "old" || len(list(t, srv, "/")) != 1 {
		t.Errorf("the target has %d bytes; there are %q", len(got), list(t, srv, "/"))
	}
	pwd(t, from)
	pwd(t, to)
}

// What a source lists leads nowhere out of the copy on another server, and has an end.
func TestMirrorBetweenLiars(t *testing.T) {
	listed := mlsd("file ../up", "file /etc/abs", "file a/../../x", "file ..", "dir ../updir", "dir /tmp/absdir", "file sub/x", "file good")
	for name, e := range map[string]*Engine{"names": hostile(t, listed), "a loop": nil} {
		t.Run(name, func(t *testing.T) {
			if e == nil {
				src, s := server(t, nil, practice.Options{Tap: practice.Tap{Command: endless}})
				src.FS().MkdirAll("/loop/d", 0o755)
				e = &Engine{Session: s, Parallel: 1}
			}
			srv, to := server(t, nil, practice.Options{})
			srv.FS().Remove("/data")
			srv.FS().MkdirAll("/in/copy", 0o755)
			afero.WriteFile(srv.FS(), "/in/copy/good", []byte("older, and longer"), 0o644)
			m := &Mirror{Remote: "/", Target: to, CopyName: "/in/copy", Route: &Route{Way: Here}, Depth: 5}
			if err := m.Run(context.WithoutCancel(t.Context()), e); err != nil {
				t.Error(err)
			}
			if there := append(list(t, srv, "/"), list(t, srv, "/in")...); strings.Join(there, " ") != "in copy" {
				t.Errorf("there are %q", there)
			}
			if there := list(t, srv, "/in/copy"); name == "names" && strings.Join(there, " ") != "good" {
				t.Errorf("the copy has %q", there)
			}
			if got, _ := afero.ReadFile(srv.FS(), "/in/copy/good"); name == "names" && string(got) != "evil!" {
				t.Errorf("the file holds %q", got)
			}
			pwd(t, to)
		})
	}
}
