package treesync_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/internal/everystep"
	"github.com/ftpsh/ftpsh/client/jsonl"
	"github.com/ftpsh/ftpsh/client/localname"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/client/treesync"
)

// pair is a tree here and a tree on a server, with the archive as it is on the disk.
type pair struct {
	t       testing.TB
	srv     everystep.Host
	local   string
	dir     string
	archive []byte
	steps   []string
	policy  treesync.Policy
	most    int
	rescan  bool
	ignored func(string, bool) bool
	rules   *localname.Rules // nil: the disk is asked
	lines   int              // sessions of an engine; 0: one
}

func newPair(t testing.TB, srv everystep.Host, dir string) *pair {
	p := &pair{t: t, srv: srv, local: filepath.Join(t.TempDir(), "here"), dir: dir, most: -1}
	os.RemoveAll(p.there())
	for _, name := range []string{p.local, p.there()} {
		if err := os.MkdirAll(name, 0o777); err != nil {
			t.Fatal(err)
		}
		os.Chmod(name, 0o777)
	}
	return p
}

func (p *pair) there() string { return filepath.Join(p.srv.Root, p.dir) }

func (p *pair) engine(s *client.Session) *transfer.Engine {
	return &transfer.Engine{Session: s, Parallel: max(p.lines, 1)}
}

func (p *pair) head(s *client.Session) treesync.Head {
	return treesync.Head{Host: "h", Port: "21", User: "u", Local: jsonl.Name(p.local), Remote: jsonl.Name(path.Join(s.Dir(), p.dir))}
}

// sync is a run with a session; the steps that were done are in p.steps.
func (p *pair) sync(ctx context.Context, s *client.Session) (*treesync.Sync, error) {
	head := p.head(s)
	archive := &treesync.Archive{Head: head, Rows: map[string]*treesync.Row{}}
	archive.ID = "0123456789abcdef"
	if p.archive != nil {
		var err error
		if archive, err = treesync.Read(p.archive, "archive", head); err != nil {
			p.t.Fatal(err)
		}
	}
	p.steps = nil
	y := &treesync.Sync{Options: treesync.Options{
		Session: s, Local: p.local, Remote: string(head.Remote), Archive: archive, MaxDelete: p.most, Policy: p.policy, Rescan: p.rescan, Ignored: p.ignored, Rules: p.rules,
		Save: func() error {
			var text bytes.Buffer
			err := archive.Write(&text)
			p.archive = text.Bytes()
			return err
		},
		Engine:    func() *transfer.Engine { return p.engine(s) },
		Configure: func(t *transfer.Task) { t.Preserve = true },
		Tell: func(step treesync.Step) {
			text := fmt.Sprintf("%s %s", step.Action, step.Path)
			if step.To != "" {
				text += " " + step.To
			}
			if step.Err != nil {
				text += ": " + step.Err.Error()
			}
			p.steps = append(p.steps, text)
		},
	}}
	if err := y.Look(ctx); err != nil || y.Idle() {
		return y, err
	}
	return y, y.Do(ctx)
}

// run is sync with a session of its own, and must succeed.
func (p *pair) run(want ...string) *treesync.Sync {
	p.t.Helper()
	s := p.srv.Open(p.t, nil)
	defer s.Close()
	y, err := p.sync(p.t.Context(), s)
	if err != nil {
		p.t.Fatal(err)
	}
	slices.Sort(p.steps)
	slices.Sort(want)
	if !slices.Equal(p.steps, want) {
		p.t.Errorf("done: %q, want %q", p.steps, want)
	}
	return y
}

// put writes a file that the server lets its user change.
func put(t testing.TB, root, name, text string) {
	t.Helper()
	for at := filepath.Dir(name); at != "."; at = filepath.Dir(at) {
		defer os.Chmod(filepath.Join(root, at), 0o777)
	}
	os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o777)
	if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	os.Chmod(filepath.Join(root, name), 0o666)
}

func (p *pair) same(want map[string]string) {
	p.t.Helper()
	here, there := everystep.Tree(p.t, p.local), everystep.Tree(p.t, p.there())
	if !maps.Equal(here, there) || want != nil && !maps.Equal(files(here), want) {
		p.t.Errorf("here %q\nthere %q\nwant %q", here, there, want)
	}
}

func files(all map[string]string) map[string]string {
	all = maps.Clone(all)
	maps.DeleteFunc(all, func(name, _ string) bool { return strings.HasSuffix(name, "/") })
	return all
}

// TestBothWays: on each server, what is new, changed, renamed and gone on either side goes to the
// other one, and a second run has nothing to do.
func TestBothWays(t *testing.T) {
	everystep.EachHost(t, 1, func(t *testing.T, srv everystep.Host) {
		p := newPair(t, srv, "both")
		put(t, p.local, "a", "aa")
		put(t, p.local, "d/b", "bb")
		put(t, p.there(), "c", "cc")
		put(t, p.there(), "e/f", "ff")
		put(t, p.local, "equal", "==")
		put(t, p.there(), "equal", "==")
		p.run("put a", "mkdir-there d", "put d/b", "get c", "mkdir-here e", "get e/f")
		p.same(map[string]string{"a": "aa", "d/b": "bb", "c": "cc", "e/f": "ff", "equal": "=="})
		p.run()

		put(t, p.local, "a", "AA") // the same size, perhaps in the same second
		put(t, p.there(), "c", "CC")
		os.Remove(filepath.Join(p.local, "equal"))
		os.RemoveAll(filepath.Join(p.there(), "e"))
		p.run("put a", "get c", "delete-there equal", "delete-here e/f", "delete-here e")
		p.same(map[string]string{"a": "AA", "d/b": "bb", "c": "CC"})
		p.run()
	})
}

// TestConflicts: what both sides have changed is left alone, or solved as the policy says, and no
// policy loses the other one with "both".
func TestConflicts(t *testing.T) {
	srv := everystep.Practice(t)
	for policy, want := range map[treesync.Policy][2]map[string]string{
		treesync.Skip:   {{"x": "here", "gone": "h"}, {"x": "there!"}},
		treesync.Local:  {{"x": "here", "gone": "h"}, {"x": "here", "gone": "h"}},
		treesync.Remote: {{"x": "there!"}, {"x": "there!"}},
		treesync.Both:   {{"x": "here", "x (conflict h DATE)": "there!", "gone": "h"}, {"x": "here", "x (conflict h DATE)": "there!", "gone": "h"}},
	} {
		t.Run(string(policy), func(t *testing.T) {
			p := newPair(t, srv, "conflict")
			put(t, p.local, "x", "old")
			put(t, p.local, "gone", "old")
			p.run("put x", "put gone")
			put(t, p.local, "x", "here")
			put(t, p.local, "gone", "h")
			put(t, p.there(), "x", "there!")
			os.Remove(filepath.Join(p.there(), "gone"))
			p.policy, p.most = policy, 10
			s := srv.Open(t, nil)
			if _, err := p.sync(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			date := time.Now().Format("2006-01-02")
			for i, root := range []string{p.local, p.there()} {
				got := files(everystep.Tree(t, root))
				for name, text := range want[i] {
					if got[strings.ReplaceAll(name, "DATE", date)] != text {
						t.Errorf("%s: %q, want %q", root, got, want[i])
					}
				}
				if len(got) != len(want[i]) {
					t.Errorf("%s: %q, want %q", root, got, want[i])
				}
			}
		})
	}
}

// TestRenames: a file that has another name is renamed on the other side, not sent again.
func TestRenames(t *testing.T) {
	p := newPair(t, everystep.Practice(t), "renames")
	put(t, p.local, "a", "aa")
	os.Chtimes(filepath.Join(p.local, "a"), time.Time{}, time.Now().Add(-time.Hour))
	p.run("put a")
	os.Mkdir(filepath.Join(p.local, "d"), 0o777)
	if err := os.Rename(filepath.Join(p.local, "a"), filepath.Join(p.local, "d", "b")); err != nil {
		t.Fatal(err)
	}
	p.run("mkdir-there d", "rename-there a d/b")
	p.same(map[string]string{"d/b": "aa"})
	p.run()
}

// TestOtherType: a file in place of a directory, and the other way round.
func TestOtherType(t *testing.T) {
	p := newPair(t, everystep.Practice(t), "types")
	put(t, p.local, "d/x", "x")
	put(t, p.local, "f", "f")
	p.run("mkdir-there d", "put d/x", "put f")
	os.RemoveAll(filepath.Join(p.local, "d"))
	put(t, p.local, "d", "file")
	os.Remove(filepath.Join(p.local, "f"))
	put(t, p.local, "f/y", "y")
	p.run("delete-there d/x", "delete-there d", "put d", "delete-there f", "mkdir-there f", "put f/y")
	p.same(map[string]string{"d": "file", "f/y": "y"})
	p.run()
}

// TestDirectoriesStay: a directory that is gone on one side stays where something in it was changed.
func TestDirectoriesStay(t *testing.T) {
	p := newPair(t, everystep.Practice(t), "stay")
	put(t, p.local, "other", "o")
	put(t, p.local, "d/x", "x")
	put(t, p.local, "d/y", "y")
	p.run("put other", "mkdir-there d", "put d/x", "put d/y")
	os.RemoveAll(filepath.Join(p.local, "d"))
	put(t, p.there(), "d/new", "n")
	p.run("mkdir-here d", "get d/new", "delete-there d/x", "delete-there d/y")
	p.same(map[string]string{"d/new": "n", "other": "o"})
}

// TestSignsOfLoss: a tree that looks as if its disk were not there changes nothing on the other
// side; neither does the first run.
func TestSignsOfLoss(t *testing.T) {
	srv := everystep.Practice(t)
	prepare := func(t *testing.T) *pair {
		p := newPair(t, srv, "loss")
		for i := range 30 {
			put(t, p.local, fmt.Sprint("f", i), "x")
		}
		s := srv.Open(t, nil)
		if _, err := p.sync(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		return p
	}
	for name, lose := range map[string]func(p *pair){
		"gone":       func(p *pair) { os.RemoveAll(p.local) },
		"empty":      func(p *pair) { os.RemoveAll(p.local); os.Mkdir(p.local, 0o777) },
		"there gone": func(p *pair) { os.RemoveAll(p.there()) },
		"many": func(p *pair) {
			for i := range 16 {
				os.Remove(filepath.Join(p.there(), fmt.Sprint("f", i)))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := prepare(t)
			lose(p)
			before := [2]map[string]string{}
			for i, root := range []string{p.local, p.there()} {
				if _, err := os.Stat(root); err == nil {
					before[i] = everystep.Tree(t, root)
				}
			}
			_, err := p.sync(t.Context(), srv.Open(t, nil))
			if !errors.As(err, new(*treesync.StopError)) {
				t.Errorf("%v", err)
			}
			for i, root := range []string{p.local, p.there()} {
				if _, err := os.Stat(root); err == nil && !maps.Equal(before[i], everystep.Tree(t, root)) {
					t.Errorf("%s was changed", root)
				}
			}
		})
	}
	p := prepare(t)
	for i := range 16 {
		os.Remove(filepath.Join(p.there(), fmt.Sprint("f", i)))
	}
	p.rescan = true
	if _, err := p.sync(t.Context(), srv.Open(t, nil)); err != nil {
		t.Error(err)
	}
	p.same(nil)
	if n := len(files(everystep.Tree(t, p.local))); n != 30 {
		t.Errorf("a run that starts over left %d files", n)
	}
}

// TestIgnoredLater: what is ignored from now on is not taken for deleted.
func TestIgnoredLater(t *testing.T) {
	p := newPair(t, everystep.Practice(t), "ignored")
	put(t, p.local, "a", "a")
	put(t, p.local, "build/o", "o")
	p.run("put a", "mkdir-there build", "put build/o")
	p.ignored = func(name string, _ bool) bool { return name == "build" }
	os.RemoveAll(filepath.Join(p.local, "build"))
	p.run()
	if _, err := os.Stat(filepath.Join(p.there(), "build/o")); err != nil {
		t.Error(err)
	}
}

// TestLinks are left alone, and what is behind them.
func TestLinks(t *testing.T) {
	p := newPair(t, everystep.Practice(t), "links")
	put(t, p.local, "a", "a")
	outside := t.TempDir()
	put(t, outside, "secret", "s")
	if err := os.Symlink(outside, filepath.Join(p.local, "link")); err != nil {
		t.Skip(err)
	}
	y := p.run("put a")
	if len(y.Passed()) != 1 || y.Passed()["link"] == nil {
		t.Errorf("%v", y.Passed())
	}
	p.run()
}

// TestMeanwhile: a file that changes while it is copied, on either side, is not lost.
func TestMeanwhile(t *testing.T) {
	srv := everystep.Practice(t)
	for _, verb := range []string{"STOR", "RETR", "MLST", "RNFR", "RNTO"} {
		for n := 1; n <= 3; n++ {
			t.Run(fmt.Sprint(verb, n), func(t *testing.T) {
				p := newPair(t, srv, "meanwhile")
				put(t, p.local, "up", "1up")
				put(t, p.there(), "down", "1down")
				seen := 0
				s := srv.Open(t, func(o client.Options) client.Options {
					o.Gate = func(line string) (string, error) {
						if strings.HasPrefix(line, verb) {
							if seen++; seen == n {
								put(t, p.local, "up", "2up")
								put(t, p.there(), "down", "2down")
							}
						}
						return line, nil
					}
					return o
				})
				if _, err := p.sync(t.Context(), s); err != nil {
					t.Fatal(err)
				}
				if seen < n && n > 1 {
					return // a sync has no more of them
				}
				if seen == 0 {
					t.Fatalf("no %s was sent", verb)
				}
				p.policy = treesync.Both
				for range 2 {
					if _, err := p.sync(t.Context(), srv.Open(t, nil)); err != nil {
						t.Fatal(err)
					}
				}
				p.same(nil)
				got := files(everystep.Tree(t, p.local))
				if got["up"] != "2up" || got["down"] != "2down" {
					t.Errorf("%q", got)
				}
			})
		}
	}
}

// TestSyncAtEveryStep: wherever a run is killed, loses its connection, or is refused something, the
// next runs come to the same end, nothing is lost or doubled, and then there is nothing to do.
func TestSyncAtEveryStep(t *testing.T) {
	everystep.EachHost(t, 31, func(t *testing.T, srv everystep.Host) {
		s := srv.Open(t, nil)
		everystep.Some(t, max(srv.Steps, 3), func(t *testing.T, trap *everystep.Trap) {
			p := newPair(t, srv, "steps")
			p.rules = &localname.Rules{}
			for _, name := range []string{"put", "get", "d/gone-here", "d/gone-there", "e/renamed"} {
				put(t, p.local, name, name)
			}
			if _, err := p.sync(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			put(t, p.local, "put", "changed here")
			put(t, p.there(), "get", "changed there")
			put(t, p.local, "n/new-here", "new here")
			put(t, p.there(), "m/new-there", "new there")
			os.Remove(filepath.Join(p.local, "d/gone-here"))
			os.Remove(filepath.Join(p.there(), "d/gone-there"))
			os.Rename(filepath.Join(p.local, "e/renamed"), filepath.Join(p.local, "e/other name"))

			broken := p.breakAt(trap)
			for range 3 {
				if _, err := p.sync(t.Context(), s); err != nil {
					t.Fatalf("after a break at %q (%v): %v", trap.Sprung(), broken, err)
				}
			}
			if len(p.steps) > 0 {
				t.Errorf("after a break at %q (%v) the last run did %q", trap.Sprung(), broken, p.steps)
			}
			p.same(map[string]string{
				"put": "changed here", "get": "changed there", "n/new-here": "new here", "m/new-there": "new there", "e/other name": "e/renamed",
			})
		})
	})
}

// breakAt is a run in a session of its own that breaks where a trap says.
func (p *pair) breakAt(trap *everystep.Trap) error {
	s := p.srv.Open(p.t, trap.Options)
	defer s.Drop()
	trap.Arm(s)
	_, err := p.sync(trap.Context, s)
	return err
}

// TestModel: whatever is changed on both sides, and wherever runs break off, no content is lost that
// nobody has given up, both sides end up the same, and a run after that does nothing.
func TestModel(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		flag.Set(f.Name, "15")
	}
	srv := everystep.Practice(t)
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		p := newPair(t, srv, fmt.Sprint("model", runs))
		p.policy, p.most = treesync.Both, 1000
		live, next := map[string]bool{}, 0
		edit := func() {
			root := rapid.SampledFrom([]string{p.local, p.there()}).Draw(rt, "side")
			name := rapid.SampledFrom([]string{"a", "b", "d/a", "d/b", "e/d/a"}).Draw(rt, "name")
			full := filepath.Join(root, name)
			old, _ := os.ReadFile(full)
			switch rapid.SampledFrom([]string{"write", "write", "delete", "rename", "rmtree"}).Draw(rt, "edit") {
			case "write":
				delete(live, string(old))
				if info, err := os.Stat(filepath.Dir(full)); err == nil && !info.IsDir() {
					return
				}
				next++
				text := fmt.Sprintf("%06d", next)
				live[text] = true
				put(t, root, name, text)
			case "delete":
				delete(live, string(old))
				os.Remove(full)
			case "rename":
				to := rapid.SampledFrom([]string{"a", "c", "d/c"}).Draw(rt, "to")
				if _, err := os.Stat(filepath.Join(root, to)); err == nil || old == nil {
					return
				}
				os.MkdirAll(filepath.Join(root, filepath.Dir(to)), 0o777)
				os.Chmod(filepath.Join(root, filepath.Dir(to)), 0o777)
				os.Rename(full, filepath.Join(root, to))
			case "rmtree":
				for _, text := range files(everystep.Tree(t, root)) {
					if old == nil {
						break
					}
					if string(old) == text {
						delete(live, text)
					}
				}
				os.Remove(full)
			}
		}
		for range rapid.IntRange(1, 3).Draw(rt, "rounds") {
			for range rapid.IntRange(1, 6).Draw(rt, "edits") {
				edit()
			}
			way := rapid.SampledFrom(append(slices.Clone(everystep.Ways), "")).Draw(rt, "way")
			trap := everystep.New(t.Context(), way, rapid.IntRange(1, 40).Draw(rt, "at"))
			s := srv.Open(t, trap.Options)
			if way != "" {
				trap.Arm(s)
			}
			_, err := p.sync(trap.Context, s)
			s.Close()
			trap.Done()
			if way == "" && err != nil {
				rt.Fatal(err)
			}
		}
		for range 3 {
			s := srv.Open(t, nil)
			if _, err := p.sync(t.Context(), s); err != nil {
				rt.Fatal(err)
			}
			s.Close()
		}
		if len(p.steps) > 0 {
			rt.Fatalf("the last run did %q", p.steps)
		}
		here, there := everystep.Tree(t, p.local), everystep.Tree(t, p.there())
		if !maps.Equal(here, there) {
			rt.Fatalf("here %q\nthere %q", here, there)
		}
		left := map[string]bool{}
		for name, text := range here {
			left[text] = true
			if strings.Contains(name, ".ftpsh-") {
				rt.Fatalf("%s was left", name)
			}
		}
		for text := range live {
			if !left[text] {
				rt.Fatalf("%s is lost; here %q", text, here)
			}
		}
	})
}

// TestRefused: an archive that is cut, forged, of another version, or leads elsewhere is refused with
// its line.
func TestRefused(t *testing.T) {
	head := treesync.Head{Host: "h", Port: "21", User: "u", Local: "/l", Remote: "/r", ID: "0123456789abcdef"}
	row := func(name string) *treesync.Row {
		return &treesync.Row{Path: jsonl.Name(name), Here: treesync.Side{Type: "file", Size: 1}, There: treesync.Side{Type: "file", Size: 1}}
	}
	write := func(head treesync.Head, rows ...string) string {
		a := &treesync.Archive{Head: head, Rows: map[string]*treesync.Row{}}
		for _, name := range rows {
			a.Rows[name] = row(name)
		}
		var text bytes.Buffer
		if err := a.Write(&text); err != nil {
			t.Fatal(err)
		}
		return text.String()
	}
	good := write(head, "a", "b/c")
	if a, err := treesync.Read([]byte(good), "f", head); err != nil || len(a.Rows) != 2 {
		t.Fatal(a, err)
	}
	lines := strings.SplitAfter(good, "\n")
	other := head
	other.Host = "evil"
	for name, c := range map[string]struct {
		text string
		line int
	}{
		"empty":      {"", 0},
		"cut":        {strings.Join(lines[:2], ""), 3},
		"half":       {good[:len(good)-20], 4},
		"forged":     {strings.Replace(good, `"size":1`, `"size":2`, 1), 4},
		"version":    {strings.Replace(good, `"v":1`, `"v":9`, 1), 1},
		"other host": {write(other, "a"), 1},
		"more":       {good + "x\n", 5},
		"up":         {write(head, "../a"), 2},
		"root":       {write(head, "/etc/passwd"), 2},
		"inside":     {write(head, "a/../../b"), 2},
		"twice":      {lines[0] + lines[1] + lines[1], 3},
	} {
		_, err := treesync.Read([]byte(c.text), "f", head)
		wrong := new(jsonl.Error)
		if !errors.As(err, &wrong) || wrong.Line != c.line {
			t.Errorf("%s: %v, want an error of line %d", name, err, c.line)
		}
	}
}

// FuzzRead: whatever an archive says, what is read stays in the tree, and is written as it was read.
func FuzzRead(f *testing.F) {
	head := treesync.Head{Host: "h", Port: "21", User: "u", Local: "/l", Remote: "/r", ID: "0123456789abcdef"}
	var text bytes.Buffer
	a := &treesync.Archive{Head: head, Rows: map[string]*treesync.Row{"a": {Path: "a", Here: treesync.Side{Type: "dir"}, There: treesync.Side{Type: "dir"}}}}
	if err := a.Write(&text); err != nil {
		f.Fatal(err)
	}
	f.Add(text.Bytes())
	f.Fuzz(func(t *testing.T, text []byte) {
		a, err := treesync.Read(text, "f", head)
		if err != nil {
			return
		}
		for name := range a.Rows {
			if !filepath.IsLocal(name) {
				t.Fatalf("%q leads out", name)
			}
		}
		var again bytes.Buffer
		if err := a.Write(&again); err != nil {
			t.Fatal(err)
		}
		if b, err := treesync.Read(again.Bytes(), "f", head); err != nil || len(b.Rows) != len(a.Rows) {
			t.Fatal(err)
		}
	})
}
