package shell

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/jobs"
	"github.com/ftpsh/ftpsh/shell/learn"
	"github.com/ftpsh/ftpsh/shell/site"
)

// These targets take whole files that somebody else may have written. Their oracle is the one of TestForeignLines: nothing of
// the user's has changed, no program was started, no connection left this computer.

// FuzzForeignRecording plays and shows a file as it is.
func FuzzForeignRecording(f *testing.F) {
	f.Add([]byte(`{"seq":1,"t":0,"op":1,"ev":"op.start","cmd":"open h"}` + "\n" + `{"seq":2,"t":0,"op":1,"ev":"tcp.connect","conn":"C","remote":"192.0.2.1:21"}`))
	f.Add([]byte(`{"seq":1,"t":0,"op":1,"ev":"op.start","cmd":"!touch x"}`))
	f.Add([]byte(`{"seq":1,"t":0,"op":0,"ev":"note","key":"setting","text":"password-command touch x"}`))
	f.Add([]byte("\x0a\x0d\x0d\x0a pcapng"))
	f.Fuzz(func(t *testing.T, text []byte) {
		sh, o, _ := watched(t)
		file := filepath.Join(t.TempDir(), "evil.jsonl")
		writeOwn(t, file, string(text))
		for _, line := range []string{"replay ", "trace show ", "trace show --ladder ", "lesson lint "} {
			sh.Do(command.Line{Text: line + file})
		}
		o.check(t)
	})
}

// FuzzForeignLesson lists a lesson of somebody's, begins it, and does all that a learner can.
func FuzzForeignLesson(f *testing.F) {
	step := `{"id":"s","text":["x"],"check":{"file":{"where":"local","name":"../home/secret","size":1}},"hints":["h"]}`
	f.Add([]byte(`{"id":"a","title":"t","steps":[` + step + `]}`))
	f.Add([]byte(`{"id":"a","draw":-1,"steps":[` + step + `]}`))
	f.Add([]byte(`{"id":"../../x","server":{"faults":["nat-pasv"],"files":{"../../x":"y"},"random":{"z":1048577},"begin":"nothing"},"steps":[` + step + `]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		sh, o, _ := watched(t)
		dir := t.TempDir()
		file := filepath.Join(dir, "a.json")
		writeOwn(t, file, string(text))
		for _, line := range []string{"lesson lint " + file, "lesson --dir " + dir, "lesson --dir " + dir + " notes", "lesson --dir " + dir + " report", "lesson --dir " + dir + " 1"} {
			sh.Do(command.Line{Text: line})
		}
		for _, line := range []string{"lesson hint", "lesson answer x", "lesson answer 1", "pwd", "lesson skip", "lesson quit"} {
			sh.Do(command.Line{Text: line})
		}
		learn.StopPractice(sh)
		os.Remove(filepath.Join(o.roots[0], "home", "lessons.json")) // how far the learner is
		o.check(t)
	})
}

// FuzzKnownHostsFile: whatever is in the file, it is read as a whole, or nobody is connected to and it stays as it is.
func FuzzKnownHostsFile(f *testing.F) {
	f.Add([]byte("h:21 tls\n"))
	f.Add([]byte("# x\nh:21 sha256:00\n"))
	f.Add([]byte("127.0.0.1:1 tls\x00\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		sh, o, _ := watched(t)
		home := filepath.Join(o.roots[0], "home")
		writeOwn(t, filepath.Join(home, site.KnownFile), string(text))
		o.before = o.files(t)
		k := site.OpenKnownHosts(home)
		sh.Known = k
		if err := sh.Do(command.Line{Text: "open ftp://127.0.0.1:1/"}); err == nil || k.Err() != nil && len(o.dialled) > 0 {
			t.Errorf("%v, and %q was dialled although %v", err, o.dialled, k.Err())
		}
		o.check(t)
		if k.Err() != nil {
			return
		}
		if err := k.Remember("new.example:21"); err != nil {
			t.Error(err)
		}
		again := site.OpenKnownHosts(home)
		if again.Err() != nil || len(again.Addresses()) != len(k.Addresses()) {
			t.Errorf("%d hosts became %d: %v", len(k.Addresses()), len(again.Addresses()), again.Err())
		}
	})
}

// FuzzQueueFile: each line of a file is taken, is somebody else's, or is named; none is lost.
func FuzzQueueFile(f *testing.F) {
	f.Add([]byte(`{"server":"a@h:21","dir":"/","local":"/","line":"pwd"}` + "\n"))
	f.Add([]byte(`{"server":"a@h:21","told":["DELE x"],"local":"/","line":"pwd"}` + "\n{\n"))
	f.Add([]byte(`{"server":"b@h:21","way":["CWD x\r\nDELE y"],"local":"/","line":"!x"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		all := jobs.ReadKept("q", text, "a@h:21")
		if n := bytes.Count(text, []byte("\n")); len(all.Mine)+bytes.Count(all.Others, []byte("\n")) != n {
			t.Errorf("%d lines became %d and %q", n, len(all.Mine), all.Others)
		}
		for _, k := range all.Mine {
			if err := k.Check(); err != nil || k.Line == "" || !filepath.IsAbs(k.Local) {
				t.Errorf("%+v was taken: %v", k, err)
			}
		}
		if again := jobs.ReadKept("q", all.Others, "a@h:21"); len(again.Mine) > 0 || len(again.Damaged) != len(all.Damaged) {
			t.Errorf("what stays is read otherwise: %+v", again)
		}
	})
}

// FuzzBookmarks: a file of bookmarks is read as a whole or named; none of them is another command on the wire, and a change keeps
// all others.
func FuzzBookmarks(f *testing.F) {
	f.Add([]byte("w = \"ftp://h/\"\n"))
	f.Add([]byte("w = \"ftp://h/%0d%0aDELE%20x\"\nx = \"!touch y\"\n"))
	f.Add([]byte("w = 1\n[x]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := site.ParseBookmarks("b", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "b:") {
				t.Errorf("not named: %v", err)
			}
			return
		}
		for name, where := range all {
			if a, err := site.ParseAddress(where); err == nil && strings.ContainsAny(a.Host+a.User+a.Path+a.Port, "\r\n\x00") {
				t.Errorf("%q: %+v", name, a)
			}
		}
		if back, err := site.ParseBookmarks("b", site.BookmarkText(all)); err != nil || !maps.Equal(back, all) {
			t.Errorf("%q became %q: %v", all, back, err)
		}
	})
}
