package completion

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tree answers listings from a table and remembers what it was asked.
type tree struct {
	dirs  map[string]string // names separated by blanks, directories with a slash
	asked []string
}

func (tr *tree) list(_ context.Context, dir string) ([]Name, error) {
	tr.asked = append(tr.asked, dir)
	text, ok := tr.dirs[dir]
	if !ok {
		return nil, errors.New("550 no such directory")
	}
	var out []Name
	for _, f := range strings.Fields(text) {
		name, dir := strings.CutSuffix(f, "/")
		out = append(out, Name{Name: name, Dir: dir})
	}
	return out, nil
}

func complete(t *testing.T, r *Remote, cwd, typed string) string {
	t.Helper()
	got, err := r.Complete(context.Background(), cwd, typed, false)
	if err != nil {
		t.Fatal(err)
	}
	return texts(got)
}

func TestRemote(t *testing.T) {
	tr := &tree{dirs: map[string]string{"/": "pub/ etc/ readme README.md .rc", "/pub": "a/ b c1 c2", "/pub/a": "x ../../etc/passwd . .."}}
	r := &Remote{List: tr.list}
	for _, row := range []struct{ name, cwd, typed, want string }{
		{"here", "/", "r", "readme"},
		{"upper case", "/", "R", "README.md"},
		{"hidden", "/", ".", ".rc"},
		{"below", "/", "pub/c", "pub/c1 pub/c2"},
		{"absolute", "/etc", "/pub/", "/pub/a/ /pub/b /pub/c1 /pub/c2"},
		{"up", "/pub/a", "../b", "../b"},
		{"names that are paths are none", "/pub/a", "", "x"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := complete(t, r, row.cwd, row.typed); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
	if got := strings.Join(tr.asked, " "); got != "/ /pub /pub/a" {
		t.Errorf("listed %s, want each directory once", got)
	}
	if dirs, _ := r.Complete(context.Background(), "/", "", true); texts(dirs) != "etc/ pub/" {
		t.Errorf("directories: got %q", texts(dirs))
	}
	if _, err := r.Complete(context.Background(), "/", "nope/", false); err == nil {
		t.Error("a directory that cannot be listed is not an error")
	}
}

// TestPartialPaths: parts of a path may be shortened, and a name may be meant that only holds what was typed.
func TestPartialPaths(t *testing.T) {
	for _, row := range []struct{ name, typed, want, common, asks string }{
		{"shortened", "siz/5", "sizes/5-MiB.bin", "sizes/5-MiB.bin", "/ /sizes"},
		{"each part", "/s/d/x", "/sizes/deep/x1 /sizes/deep/x2 /src/doc/xyz", "/s/d/x", "/ /sizes /src /sizes/deep /src/doc"},
		{"whole parts are not looked for", "sizes/5", "sizes/5-MiB.bin", "sizes/5-MiB.bin", "/ /sizes"},
		{"within the name", "sizes/mib", "sizes/5-MiB.bin sizes/64-MiB.bin", "sizes/mib", "/ /sizes"},
		{"letters in this order", "sizes/5bn", "sizes/5-MiB.bin", "sizes/5bn", "/ /sizes"},
		{"nothing", "zz/5", "", "zz/5", "/"},
	} {
		t.Run(row.name, func(t *testing.T) {
			tr := &tree{dirs: map[string]string{"/": "sizes/ src/ s.txt", "/sizes": "5-MiB.bin 64-MiB.bin deep/", "/sizes/deep": "x1 x2", "/src": "doc/", "/src/doc": "xyz"}}
			r := &Remote{List: tr.list}
			complete(t, r, "/", "") // the directory is known, so that nothing is asked for that is not there
			got, err := r.Complete(context.Background(), "/", row.typed, false)
			if texts(got) != row.want || got.Common != row.common {
				t.Errorf("got %q, %q, %v; want %q, %q", texts(got), got.Common, err, row.want, row.common)
			}
			if asked := strings.Join(tr.asked, " "); row.want != "" && asked != row.asks {
				t.Errorf("listed %s, want %s", asked, row.asks)
			}
		})
	}
	tr := &tree{dirs: map[string]string{"/": "sizes/", "/sizes": "5-MiB.bin"}}
	if got := complete(t, &Remote{List: tr.list}, "/", "siz/5"); got != "sizes/5-MiB.bin" {
		t.Errorf("a directory that nobody knows: %q", got)
	}
}

func TestRemoteFollowsChanges(t *testing.T) {
	tr := &tree{dirs: map[string]string{"/": "a b d/", "/d": "x"}}
	now := time.Unix(0, 0)
	r := &Remote{List: tr.list, Now: func() time.Time { return now }}
	complete(t, r, "/d", "")
	for _, row := range []struct {
		name string
		do   func()
		want string
		asks int
	}{
		{"first", func() {}, "a b d/", 1},
		{"added", func() { r.Add("/c", Name{}); r.Add("/e", Name{Dir: true}) }, "a b c d/ e/", 0},
		{"added twice", func() { r.Add("/c", Name{}) }, "a b c d/ e/", 0},
		{"removed", func() { r.Remove("/a"); r.Remove("/e"); r.Remove("/never") }, "b c d/", 0},
		{"filled", func() { r.Fill("/", []Name{{Name: "z"}}) }, "z", 0},
		{"fresh", func() { now = now.Add(59 * time.Second) }, "z", 0},
		{"old", func() { now = now.Add(time.Second) }, "a b d/", 1},
		{"forgotten", func() { tr.dirs["/"] = "new"; r.Forget("/") }, "new", 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := len(tr.asked)
			row.do()
			if got := complete(t, r, "/", ""); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
			if n := len(tr.asked) - before; n != row.asks {
				t.Errorf("%d listings, want %d", n, row.asks)
			}
		})
	}
	before := len(tr.asked)
	complete(t, r, "/d", "")
	if len(tr.asked) == before {
		t.Error("Forget(/) left /d")
	}
}

func TestRemoteFailedListingIsNotKept(t *testing.T) {
	fail := true
	r := &Remote{List: func(context.Context, string) ([]Name, error) {
		if fail {
			return []Name{{Name: "half"}}, errors.New("426 aborted")
		}
		return []Name{{Name: "half"}, {Name: "whole"}}, nil
	}}
	if _, err := r.Complete(context.Background(), "/", "", false); err == nil {
		t.Fatal("no error")
	}
	fail = false
	if got := complete(t, r, "/", ""); got != "half whole" {
		t.Errorf("got %q", got)
	}
}

// A second caller waits for the listing of the first one, or gives up.
func TestRemoteOneListingAtATime(t *testing.T) {
	asked, answer := make(chan string), make(chan struct{})
	r := &Remote{List: func(_ context.Context, dir string) ([]Name, error) {
		asked <- dir
		<-answer
		return []Name{{Name: "x"}}, nil
	}}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if got, err := r.Complete(context.Background(), "/", "", false); err != nil || texts(got) != "x" {
				t.Errorf("got %q, %v", texts(got), err)
			}
		})
	}
	<-asked
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Complete(ctx, "/other", "", false); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(answer)
	wg.Wait()
}

func TestHugeDirectory(t *testing.T) {
	var list []Name
	for i := range 100_000 {
		list = append(list, Name{Name: fmt.Sprintf("File-%06d.dat", i)})
	}
	r := &Remote{}
	r.Fill("/", list)
	for i := range 1000 {
		r.Add(fmt.Sprintf("/new-%d", i), Name{})
	}
	got, err := r.Complete(context.Background(), "/", "file-0999", false)
	if err != nil || len(got.Candidates) != 100 || got.Common != "File-0999" || got.More != 0 {
		t.Fatalf("got %d, common %q, %v", len(got.Candidates), got.Common, err)
	}
	if all, _ := r.Complete(context.Background(), "/", "", false); len(all.Candidates) != 1000 || all.More != 100_000 {
		t.Fatalf("got %d and %d more", len(all.Candidates), all.More)
	}
}

func BenchmarkHugeDirectory(b *testing.B) {
	var list []Name
	for i := range 100_000 {
		list = append(list, Name{Name: fmt.Sprintf("File-%06d.dat", i)})
	}
	r := &Remote{}
	b.Run("fill", func(b *testing.B) {
		for b.Loop() {
			r.Fill("/", list)
		}
	})
	for _, typed := range []string{"", "File-0999"} {
		b.Run("complete "+typed, func(b *testing.B) {
			for b.Loop() {
				r.Complete(context.Background(), "/", typed, false)
			}
		})
	}
}

// BenchmarkHundredThousand completes in a directory that is remembered, and
// looks at it as is done after each key.
func BenchmarkHundredThousand(b *testing.B) {
	list := make([]Name, 100_000)
	for i := range list {
		list[i] = Name{Name: fmt.Sprintf("report-%06d.csv", i), Note: " 1.2K  2026-01-31"}
	}
	for _, row := range []struct {
		name string
		do   func(*Remote)
	}{
		{"all", func(r *Remote) { r.Complete(context.Background(), "/", "", false) }},
		{"some", func(r *Remote) { r.Complete(context.Background(), "/", "report-0123", false) }},
		{"after an upload", func(r *Remote) {
			r.Add("/report-000000a.csv", Name{})
			r.Complete(context.Background(), "/", "report-0123", false)
		}},
		{"count a pattern", func(r *Remote) {
			r.Count("/", "", "report-", func(name string) bool { return strings.HasSuffix(name, "9.csv") }, 10_000)
		}},
		{"did you mean", func(r *Remote) { r.Nearest("/", "reprot-000001.csv") }},
	} {
		b.Run(row.name, func(b *testing.B) {
			r := &Remote{}
			r.Fill("/", list)
			for b.Loop() {
				row.do(r)
			}
		})
	}
}

func TestWhatIsRemembered(t *testing.T) {
	r := &Remote{}
	r.Fill("/pub", []Name{{Name: "a.csv"}, {Name: "B.csv"}, {Name: "c.txt"}, {Name: "d.csv", Dir: true}, {Name: "notes.txt"}})
	for _, row := range []struct {
		name, typed  string
		found, known bool
	}{
		{"a file", "a.csv", true, true},
		{"a capital", "B.csv", true, true},
		{"another case", "b.csv", false, true},
		{"a directory with its slash", "d.csv/", true, true},
		{"from above", "../pub/c.txt", true, true},
		{"not there", "e", false, true},
		{"elsewhere", "/etc/a.csv", false, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, found, known := r.Lookup("/pub", row.typed); found != row.found || known != row.known {
				t.Errorf("found %v, known %v", found, known)
			}
		})
	}
	r.Fill("/twice", []Name{{Name: "a.txt"}, {Name: "b.txt"}, {Name: "a.txt"}})
	if got, _ := r.Complete(t.Context(), "/twice", "", false); len(got.Candidates) != 2 {
		t.Errorf("a name that is listed twice is offered as %v", got)
	}
	csv := func(name string) bool { return strings.HasSuffix(name, ".csv") }
	if n, more, known := r.Count("/", "pub/", "", csv, 100); n != 2 || more || !known {
		t.Errorf("%d files, %v, %v; want the two that are no directory", n, more, known)
	}
	if n, more, _ := r.Count("/pub", "", "", csv, 1); n != 1 || !more {
		t.Errorf("%d files, more %v; want one and more", n, more)
	}
	if got := r.Nearest("/pub", "../pub/ntoes.txt"); len(got) != 1 || got[0] != "../pub/notes.txt" {
		t.Errorf("nearest %q", got)
	}
	if got := r.Nearest("/", "etc/ntoes.txt"); got != nil {
		t.Errorf("nearest %q in a directory that nobody has listed", got)
	}
}
