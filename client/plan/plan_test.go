package plan_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/facts"
	"github.com/ftpsh/ftpsh/client/internal/everystep"
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/plan"
	"github.com/ftpsh/ftpsh/client/transfer"
)

type here struct{}

func (here) Lstat(name string) (int64, time.Time, bool, bool, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, time.Time{}, false, false, nil
	}
	if err != nil {
		return 0, time.Time{}, false, false, err
	}
	return info.Size(), info.ModTime(), info.IsDir(), true, nil
}

type mover struct{}

func (mover) Move(ctx context.Context, s *client.Session, m plan.Moves) error {
	for _, r := range m.Rows {
		t := transfer.Task{Op: transfer.Upload, Remote: string(r.Path), Local: string(r.Local), Atomic: true, Part: m.Part(r), Preserve: m.Preserve}
		t.Before = func(ctx context.Context, s *client.Session) error { return m.Look(ctx, s, r) }
		_, err := transfer.Run(ctx, s, t, nil)
		if m.Done(r, err); err != nil && s.Idle() != nil {
			return err
		}
	}
	return nil
}

func (mover) MkdirHere(r plan.Row) error { return os.MkdirAll(string(r.Local), 0o777) }

func (mover) Copy(context.Context, *client.Session, plan.Row) error { return errors.ErrUnsupported }

// site writes the files of a tree on the disk of a server, from nothing.
func site(t testing.TB, srv everystep.Host, dir string, files map[string]string) {
	t.Helper()
	root := filepath.Join(srv.Root, dir)
	os.RemoveAll(root)
	for name, text := range files {
		full := filepath.Join(root, name)
		os.MkdirAll(filepath.Dir(full), 0o777)
		if err := os.WriteFile(full, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = os.Chmod(name, 0o777)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

var before = map[string]string{"a.css": "aa", "b/old.html": "old", "b/c/x": "x", "move": "me"}

// sitePlan is a plan with a row of each kind that a site needs.
func sitePlan(t testing.TB, s *client.Session, local, dir string) *plan.Plan {
	t.Helper()
	for name, text := range map[string]string{"a.css": "new css", "img/logo": "logo", "n": "n"} {
		full := filepath.Join(local, name)
		os.MkdirAll(filepath.Dir(full), 0o777)
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root := path.Join(s.Dir(), dir)
	p := plan.Begin(s, "mirror", time.Now())
	name := func(n string) jsonl.Name { return jsonl.Name(path.Join(root, n)) }
	from := func(n string) jsonl.Name { return jsonl.Name(filepath.Join(local, n)) }
	p.Rows = []plan.Row{
		{Do: plan.Rmdir, Path: name("b/c")},
		{Do: plan.Rmdir, Path: name("b")},
		{Do: plan.Delete, Path: name("b/c/x")},
		{Do: plan.Delete, Path: name("b/old.html")},
		{Do: plan.New, Path: name("a.css"), Local: from("a.css")},
		{Do: plan.New, Path: name("img/logo"), Local: from("img/logo")},
		{Do: plan.New, Path: name("n"), Local: from("n")},
		{Do: plan.Move, Path: name("move"), To: name("moved")},
	}
	if err := p.Complete(t.Context(), s, here{}); err != nil {
		t.Fatal(err)
	}
	return p
}

var after = map[string]string{"./": "", "img/": "", "a.css": "new css", "img/logo": "logo", "n": "n", "moved": "me"}

// TestApplyAtEveryStep: wherever the client is killed, the connection is cut, or the server refuses,
// to apply the plan again, from its file and its journal, leads to the planned tree and no other.
func TestApplyAtEveryStep(t *testing.T) {
	everystep.EachHost(t, 17, func(t *testing.T, srv everystep.Host) {
		local := t.TempDir()
		everystep.Some(t, srv.Steps, func(t *testing.T, trap *everystep.Trap) {
			site(t, srv, "www", before)
			var text bytes.Buffer
			if err := sitePlan(t, srv.Open(t, nil), local, "www").Write(&text); err != nil {
				t.Fatal(err)
			}
			journal := filepath.Join(t.TempDir(), "p.done")
			run := func(ctx context.Context, s *client.Session) (errs []error) {
				p, err := plan.Read(bytes.NewReader(text.Bytes()), "p")
				if err != nil {
					t.Fatal(err)
				}
				j, err := plan.OpenJournal(journal, p)
				if err != nil {
					t.Fatal(err)
				}
				defer j.Close()
				if err := p.Check(ctx, s, here{}, j, nil); err != nil {
					return []error{fmt.Errorf("check: %w", err)}
				}
				err = p.Apply(ctx, s, here{}, mover{}, j, nil, func(r plan.Row, err error) error {
					if err != nil {
						errs = append(errs, fmt.Errorf("row %d, %s %s: %w", r.N, r.Do, r.Path, err))
					}
					return nil
				})
				return append(errs, err)
			}
			s := srv.Open(t, trap.Options)
			trap.Arm(s)
			first := run(trap.Context, s)
			s.Drop()
			if errs := run(t.Context(), srv.Open(t, nil)); errors.Join(errs...) != nil {
				t.Errorf("broken at %q: %v\nthen: %v", trap.Sprung(), first, errors.Join(errs...))
			}
			if got := everystep.Tree(t, filepath.Join(srv.Root, "www")); !maps.Equal(got, after) {
				t.Errorf("broken at %q: the tree is %v, want %v\nfirst: %v", trap.Sprung(), got, after, first)
			}
		})
	})
}

// TestStale: whatever has changed on one side since the plan was made, its row is named and nothing
// is changed; also a change of the same size within the same minute, where listings have no seconds.
func TestStale(t *testing.T) {
	everystep.EachHost(t, 17, func(t *testing.T, srv everystep.Host) {
		local := t.TempDir()
		s := srv.Open(t, nil)
		write := func(name, text string) {
			full := filepath.Join(srv.Root, "www", name)
			if err := os.WriteFile(full, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		for name, change := range map[string]func(){
			"a.css": func() {
				write("a.css", "zz") // as long as before
				later := time.Now().Add(time.Second)
				os.Chtimes(filepath.Join(srv.Root, "www", "a.css"), later, later)
			},
			"n":        func() { write("n", "of somebody else") },
			"old.html": func() { os.Remove(filepath.Join(srv.Root, "www/b/old.html")) },
			"moved":    func() { write("moved", "x") },
			"logo":     func() { os.WriteFile(filepath.Join(local, "img/logo"), []byte("LOGO"), 0o600) },
		} {
			site(t, srv, "www", before)
			p := sitePlan(t, s, local, "www")
			change()
			was := everystep.Tree(t, filepath.Join(srv.Root, "www"))
			j, _ := plan.OpenJournal("", p)
			err := p.Check(t.Context(), s, here{}, j, nil)
			stale := new(plan.StaleError)
			if !errors.As(err, &stale) || len(stale.Moved) != 1 || !strings.Contains(stale.Moved[0].String(), name) {
				t.Errorf("%s: %v, %v", name, err, stale.Moved)
			}
			if now := everystep.Tree(t, filepath.Join(srv.Root, "www")); !maps.Equal(now, was) {
				t.Errorf("%s: the check has changed %v to %v", name, was, now)
			}
		}
	})
}

// TestLastLook: what changes between the look at all rows and the turn of its own is left alone.
func TestLastLook(t *testing.T) {
	everystep.EachHost(t, 17, func(t *testing.T, srv everystep.Host) {
		s := srv.Open(t, nil)
		site(t, srv, "www", before)
		p := sitePlan(t, s, t.TempDir(), "www")
		j, _ := plan.OpenJournal("", p)
		if err := p.Check(t.Context(), s, here{}, j, nil); err != nil {
			t.Fatal(err)
		}
		theirs := filepath.Join(srv.Root, "www/n")
		if err := os.WriteFile(theirs, []byte("of somebody else"), 0o666); err != nil {
			t.Fatal(err)
		}
		var failed []string
		if err := p.Apply(t.Context(), s, here{}, mover{}, j, nil, func(r plan.Row, err error) error {
			if err != nil {
				failed = append(failed, path.Base(string(r.Path))+" "+err.Error())
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		text, _ := os.ReadFile(theirs)
		if string(text) != "of somebody else" || !slices.ContainsFunc(failed, func(f string) bool { return strings.HasPrefix(f, "n the plan does not fit") }) {
			t.Errorf("n has %q; failures %q", text, failed)
		}
		if got := everystep.Tree(t, filepath.Join(srv.Root, "www")); got["b/old.html"] != "old" {
			t.Error("something was deleted although something else had failed")
		}
	})
}

// TestMissingRoot: the directories above the first one of a plan are part of it, and when one cannot
// be made nothing is sent into it.
func TestMissingRoot(t *testing.T) {
	everystep.EachHost(t, 17, func(t *testing.T, srv everystep.Host) {
		s, local := srv.Open(t, nil), t.TempDir()
		site(t, srv, "up", map[string]string{"x": ""})
		if err := os.WriteFile(filepath.Join(local, "f"), []byte("f"), 0o600); err != nil {
			t.Fatal(err)
		}
		p := plan.Begin(s, "mirror", time.Now())
		root := path.Join(s.Dir(), "up/a/b")
		p.Rows = []plan.Row{{Do: plan.Mkdir, Path: jsonl.Name(root + "/c")}, {Do: plan.New, Path: jsonl.Name(root + "/c/f"), Local: jsonl.Name(filepath.Join(local, "f"))}}
		if err := p.Complete(t.Context(), s, here{}); err != nil {
			t.Fatal(err)
		}
		apply := func() (errs []error) {
			j, _ := plan.OpenJournal("", p)
			if err := p.Apply(t.Context(), s, here{}, mover{}, j, nil, func(_ plan.Row, err error) error {
				if err != nil {
					errs = append(errs, err)
				}
				return nil
			}); err != nil {
				t.Error(err)
			}
			return errs
		}
		blocked := filepath.Join(srv.Root, "up/a")
		if err := os.WriteFile(blocked, nil, 0o666); err != nil {
			t.Fatal(err)
		}
		if errs := apply(); len(errs) != 1 {
			t.Errorf("where a directory cannot be made: %v, want one failure", errs)
		}
		os.Remove(blocked)
		if errs := apply(); len(errs) > 0 || everystep.Tree(t, filepath.Join(srv.Root, "up"))["a/b/c/f"] != "f" {
			t.Errorf("%v: %v", errs, everystep.Tree(t, filepath.Join(srv.Root, "up")))
		}
	})
}

// TestRefused: a plan that is cut, changed or forged is refused with its file and line, though its checksum may be right.
func TestRefused(t *testing.T) {
	home := t.TempDir()
	local := func(name string) jsonl.Name {
		return jsonl.Name(home + string(filepath.Separator) + filepath.FromSlash(name))
	}
	seal := func(change func(*plan.Plan)) string {
		none := &facts.Facts{Type: facts.Absent, Size: -1}
		up := plan.Row{Do: plan.New, Path: "/www/a", Local: local("a"), Size: 3, Was: none, Source: &facts.Facts{Type: "file", Size: 3}}
		p := &plan.Plan{Head: plan.Head{Head: jsonl.NewHead("ftpsh-plan"), ID: "00", Remote: "/www", Local: jsonl.Name(home)}}
		p.Rows = []plan.Row{up, {Do: plan.Chmod, Path: "/www/b", Mode: "0644", Was: &facts.Facts{Type: "file", Size: 1}}}
		if change(p); p.Rows[0].N == 0 {
			for i := range p.Rows {
				p.Rows[i].N = i + 1
			}
		}
		var text bytes.Buffer
		if err := p.Write(&text); err != nil {
			t.Fatal(err)
		}
		return text.String()
	}
	sound := seal(func(*plan.Plan) {})
	if _, err := plan.Read(strings.NewReader(sound), "p"); err != nil {
		t.Fatal(err)
	}
	path := func(name jsonl.Name) string { return seal(func(p *plan.Plan) { p.Rows[0].Path = name }) }
	second := func(r plan.Row) string { return seal(func(p *plan.Plan) { p.Rows[1] = r }) }
	lines := strings.SplitAfter(sound, "\n")
	for _, row := range []struct{ text, want string }{
		{"", "p: the file is empty"},
		{sound[:len(sound)-9], "p:4: not a line of this file"},
		{lines[0] + lines[1] + lines[2], "p:4: the plan is cut"},
		{lines[0] + lines[1] + lines[3], "p:3: the plan was changed"},
		{sound + "{}\n", "p:5: there is text after the last line"},
		{strings.Replace(sound, "/www/b", "/www/c", 1), "p:4: the plan was changed"},
		{seal(func(p *plan.Plan) { p.V = 2 }), "p:1: version 2"},
		{seal(func(p *plan.Plan) { p.Kind = "ftpsh-sync" }), "p:1: this is not a ftpsh-plan"},
		{strings.Replace(sound, `"n":1`, `"n":1,"new":true`, 1), `p:2: not a line of this file: json: unknown field "new"`},
		{seal(func(p *plan.Plan) { p.Rows[0].N = 3 }), "p:2: row 1 is number 3"},
		{path("/out/a"), `p:2: "/out/a" is not in "/www"`},
		{path("/www/../out/a"), `is not in "/www"`},
		{path("www/a"), `is not in "/www"`},
		{path("/www"), `is not in "/www"`},
		{path("/www/a\r\nDELE b"), `p:2: "/www/a\r\nDELE b" has a character that no command can hold`},
		{path("/www/a\x00"), "has a character that no command can hold"},
		{seal(func(p *plan.Plan) { p.Rows[0].Local = jsonl.Name(filepath.Dir(home)) }), "p:2: "},
		{seal(func(p *plan.Plan) { p.Rows[0].Local = local("../etc/a") }), " is not in "},
		{seal(func(p *plan.Plan) { p.Rows[0].Size = -1 }), "p:2: a size below 0"},
		{seal(func(p *plan.Plan) { p.Rows[0].Source = nil }), "p:2: the row does not say what is sent"},
		{seal(func(p *plan.Plan) { p.Rows[0].Was = nil }), "p:2: the row does not say what it is about"},
		{second(plan.Row{Do: "chown", Path: "/www/b", Was: facts.None()}), `p:3: "chown" is nothing that this program does`},
		{second(plan.Row{Do: plan.Chmod, Path: "/www/b", Was: facts.None()}), `p:3: "" is not a mode`},
		{second(plan.Row{Do: plan.Chmod, Path: "/www/b", Mode: "99999", Was: facts.None()}), `p:3: "99999" is not a mode`},
		{second(plan.Row{Do: plan.Touch, Path: "/www/b", Was: facts.None()}), "p:3: touch without a time"},
		{second(plan.Row{Do: plan.Move, Path: "/www/b", To: "/x", Was: facts.None()}), `p:3: "/x" is not in "/www"`},
		{second(plan.Row{Do: plan.Delete, Path: "/www/b", To: "/www/x", Was: facts.None()}), "p:3: delete does not fit the names"},
	} {
		if _, err := plan.Read(strings.NewReader(row.text), "p"); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("got %v, want %s", err, row.want)
		}
	}
}

// TestJournalIsAFile: what stands in the place of a journal, and is none, stays as it is.
func TestJournalIsAFile(t *testing.T) {
	dir := t.TempDir()
	if _, err := plan.OpenJournal(dir, &plan.Plan{}); err == nil || !strings.Contains(err.Error(), dir+": is not a plain file") {
		t.Errorf("a directory: %v", err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(dir, "new"), link); err != nil {
		return // not every user of Windows makes links
	}
	if _, err := plan.OpenJournal(link, &plan.Plan{}); err == nil || !strings.Contains(err.Error(), link+": is not a plain file") {
		t.Errorf("a link: %v", err)
	}
	if names, _ := os.ReadDir(dir); len(names) != 1 {
		t.Errorf("made %v", names)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"v":1,"kind":"ftpsh-plan","id":"00","made":"2026-11-30T08:00:00Z","command":"x","host":"h","port":"1","user":"u","remote":"/","preserve":true}` + "\n" +
		`{"n":1,"do":"delete","path":"/a","was":{"type":"file","size":1}}` + "\n" + `{"end":true,"rows":1,"bytes":0,"sha256":"00"}`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := plan.Read(strings.NewReader(text), "p")
		if err == nil {
			for _, r := range p.Rows {
				if strings.Contains(string(r.Path)+"/", "/../") {
					t.Errorf("%q leads out", r.Path)
				}
			}
		}
	})
}
