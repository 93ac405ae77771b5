package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
)

// claim is what a witness makes of a true size.
type claim struct {
	name string
	of   func(size int64) int64
}

var claims = []claim{
	{"right", func(size int64) int64 { return size }},
	{"silent", func(int64) int64 { return -1 }},
	{"of a link", func(int64) int64 { return 5 }},
	{"0", func(int64) int64 { return 0 }},
	{"16 bits", func(size int64) int64 { return size & 0xffff }},
	{"32 bits", func(size int64) int64 { return size & math.MaxUint32 }},
	{"-1 in 32 bits", func(int64) int64 { return math.MaxUint32 }},
	{"too small", func(size int64) int64 { return size - 3 }},
	{"too large", func(size int64) int64 { return size + 3 }},
}

// scene is a file on a server that may grow or shrink, and lie about it, and a connection
// that may be cut.
type scene struct {
	first, read, last    int64 // true sizes: when it was asked for, sent, asked for again
	facts, size, opening claim // by which before is told, too, or by size where facts is silent
	cut, resumed, rude   bool
}

func (c scene) String() string {
	return fmt.Sprintf("%d %d %d facts %s size %s opening %s cut %v resumed %v rude %v", c.first, c.read, c.last,
		c.facts.name, c.size.name, c.opening.name, c.cut, c.resumed, c.rude)
}

// witnesses is what a client hears of it.
func (c scene) witnesses() witnesses {
	w := witnesses{before: c.facts.of(c.first), opening: c.opening.of(c.read), got: c.read, resumed: c.resumed, cut: c.rude}
	facts := c.facts
	if facts.name == "silent" {
		facts, w.before = c.size, c.size.of(c.first)
	}
	if c.resumed {
		w.opening = -1
	}
	if c.cut {
		w.got = c.read / 2
	}
	if w.weigh().outcome == ask {
		w.asked, w.facts, w.size = true, facts.of(c.last), c.size.of(c.last)
	}
	return w
}

// honest counts those who say the true size of what was sent; a growing file has none.
func (c scene) honest(w witnesses) (right int) {
	for _, size := range []int64{w.before, w.opening, w.size} {
		if size == c.read {
			right++
		}
	}
	return right
}

func scenes(yield func(scene) bool) {
	sizes := [][3]int64{{1000, 1000, 1000}, {100_000, 100_000, 100_000}, {5 << 30, 5 << 30, 5 << 30}, {100_000, 100_015, 100_015}, {100_000, 100_015, 100_030}, {100_000, 70_000, 70_000}}
	for _, size := range sizes {
		for _, facts := range claims {
			for _, ask := range claims {
				for _, opening := range claims {
					for flags := range 8 {
						c := scene{
							first: size[0], read: size[1], last: size[2], facts: facts, size: ask, opening: opening,
							cut: flags&1 > 0, resumed: flags&2 > 0, rude: flags&4 > 0,
						}
						if !yield(c) {
							return
						}
					}
				}
			}
		}
	}
}

// Every row of the table is reached, and no combination of witnesses is called whole that
// is not, while one of those who tell the truth is heard; nor is a whole file refused where
// SIZE or two of three are right.
func TestVerdicts(t *testing.T) {
	reached := map[string]int{}
	n := 0
	for c := range scenes {
		n++
		w := c.witnesses()
		v := w.weigh()
		if w.asked {
			reached[witnesses{before: w.before, opening: w.opening, got: w.got, resumed: w.resumed, cut: w.cut}.weigh().when]++
		}
		reached[v.when]++
		steady := c.first == c.last
		switch {
		case v.outcome == ask:
			t.Fatalf("%v: nobody is left to ask", c)
		case c.cut && v.outcome == whole && steady && w.size == c.read && w.size != w.got:
			t.Errorf("%v: SIZE is right, half of the file is whole by %q", c, v.when)
		case c.cut && v.outcome == whole && c.honest(w) >= 2:
			t.Errorf("%v: two say the truth, half of the file is whole by %q", c, v.when)
		case c.cut && c.rude && v.outcome == whole && w.before != w.got && w.size != w.got:
			t.Errorf("%v: cut without close_notify, and whole by %q", c, v.when)
		case !c.cut && !c.rude && v.outcome != whole && steady && (w.size == c.read || c.honest(w) >= 2):
			t.Errorf("%v: %s by %q", c, v.outcome, v.when)
		case !c.cut && !c.rude && v.outcome != whole && !c.resumed && w.most() < c.read && w.opening < 0:
			t.Errorf("%v: nothing is missing, %s by %q", c, v.outcome, v.when)
		}
		if strings.ContainsAny(w.fill(v.note), "{}") {
			t.Errorf("%q", w.fill(v.note))
		}
	}
	for _, w := range []witnesses{{text: true, before: 5, got: 7}, {any: true, before: 5, got: 3}, {asked: true, counts: true, before: 5, opening: -1, facts: 5, size: 5, got: 9}} {
		reached[w.weigh().when]++
	}
	for _, v := range verdicts {
		if reached[v.when] == 0 {
			t.Errorf("nothing of %d comes to %q", n, v.when)
		}
	}
}

// lies is a server that answers so; # is the true size.
type lies struct {
	mlst, size, opening string
}

func (l lies) tap(dir string) practice.Tap {
	return practice.Tap{Reply: func(_ int, verb, reply string) string {
		info, err := os.Stat(filepath.Join(dir, "data"))
		if err != nil {
			return reply
		}
		say := func(text string) string { return strings.ReplaceAll(text, "#", fmt.Sprint(info.Size())) }
		switch {
		case verb == "MLST" && l.mlst == "":
			return "502 what\r\n"
		case verb == "MLST" && strings.HasPrefix(reply, "250-"):
			return fmt.Sprintf("250-here\r\n type=file;size=%s;modify=%s; data\r\n250 end\r\n", say(l.mlst), info.ModTime().UTC().Format("20060102150405"))
		case verb == "SIZE" && l.size == "":
			return "502 what\r\n"
		case verb == "SIZE":
			return "213 " + say(l.size) + "\r\n"
		case verb == "RETR" && strings.HasPrefix(reply, "150"):
			return "150 here it comes " + say(l.opening) + "\r\n"
		}
		return reply
	}}
}

// The verdict is the same however a file is fetched, and asks the server where it must.
func TestVerdictOfADownload(t *testing.T) {
	data := content(100_000)
	for _, test := range []struct {
		name string
		lies lies
		cut  bool
		note string // "" for one that is not whole, if cut
	}{
		{"a link by MLST", lies{"5", "#", ""}, false, "-"},
		{"a link by MLST, announced", lies{"5", "", "(# bytes)"}, false, "100000 bytes came, as announced, although the server said 5"},
		{"a link by MLST, cut", lies{"5", "#", ""}, true, ""},
		{"a link by MLST, cut and announced", lies{"5", "", "(# bytes)"}, true, ""},
		{"16 bits", lies{"34464", "34464", ""}, false, "the server says 34464 bytes, and counts in too few bits: 100000 came"},
		{"too small", lies{"99000", "99000", ""}, false, "100000 bytes came, although the server says 99000"},
		{"0", lies{"0", "0", ""}, false, "the server says 0 bytes, 100000 came"},
		{"0 and no MLST", lies{"", "0", ""}, false, "the server says 0 bytes, 100000 came"},
		{"2^32-1", lies{"", "4294967295", ""}, false, "not checked: the server says 4294967295 bytes, which is what -1 looks like"},
		{"too large", lies{"200000", "200000", ""}, true, ""},
		{"nobody knows", lies{"", "", ""}, false, "-"},
	} {
		for _, how := range []string{"file", "writer"} {
			t.Run(test.name+" "+how, func(t *testing.T) {
				t.Parallel()
				dir, faults := t.TempDir(), []string{}
				if test.cut && test.name != "too large" {
					faults = append(faults, "cut-silent=60000")
				}
				srv, s := server(t, data, practice.Options{Dir: dir, Tap: test.lies.tap(dir)}, faults...)
				local := filepath.Join(t.TempDir(), "data")
				task := Task{Remote: "data", Local: local}
				var out bytes.Buffer
				if how == "writer" {
					task.Out, task.Local = &out, ""
				}
				r, err := Run(t.Context(), s, task, nil)
				if how == "file" {
					out.Write(read(t, local))
				}
				switch {
				case test.cut && (err == nil || how == "file" && out.Len() > 0):
					t.Errorf("whole with %d bytes: %v", out.Len(), err)
				case !test.cut && (err != nil || !bytes.Equal(out.Bytes(), data)):
					t.Errorf("%d bytes: %v", out.Len(), err)
				case !test.cut && r.Note != strings.TrimPrefix(test.note, "-"):
					t.Errorf("the note is %q", r.Note)
				}
				if n := strings.Count(strings.Join(srv.Commands(), "\n"), "RETR"); n != 1 {
					t.Errorf("fetched %d times", n)
				}
			})
		}
	}
}

// A file that is too short twice in the same way is not fetched a third time; nothing is
// fetched twice that is more than it may be, nor read without end.
func TestVerdictIsFinal(t *testing.T) {
	for _, test := range []struct {
		name, size string
		tries      int
	}{{"too large", "200000", 2}, {"endless", "12", 1}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			data := content(100_000)
			if test.name == "endless" {
				data = make([]byte, 70<<20)
			}
			dir := t.TempDir()
			srv, s := server(t, data, practice.Options{Dir: dir, Tap: lies{test.size, test.size, ""}.tap(dir)})
			local := filepath.Join(t.TempDir(), "data")
			_, err := Run(t.Context(), s, Task{Remote: "data", Local: local, Retry: quick}, nil)
			if n := strings.Count(strings.Join(srv.Commands(), "\n"), "RETR"); err == nil || n != test.tries {
				t.Errorf("fetched %d times: %v", n, err)
			}
			r, err := Run(t.Context(), s, Task{Remote: "data", Local: local, AnySize: true}, nil)
			if err != nil || !bytes.Equal(read(t, local), data) {
				t.Errorf("where sizes do not count: %v, %+v", err, r)
			}
			pwd(t, s)
		})
	}
}

// A log that grows while it is fetched is whole, and said to have grown.
func TestGrowingFile(t *testing.T) {
	for _, test := range []struct {
		name       string
		mlst       string
		again      bool // it has grown once more when it is asked about again
		resumed    int
		wantedNote string
	}{
		{"MLST", "#", false, 0, "it had 100000 bytes at first; all 100004 that it has now are here"},
		{"SIZE", "", false, 0, "it had 100000 bytes at first; all 100004 that it has now are here"},
		{"it goes on", "#", true, 0, "it is growing: 100004 bytes are here, it has 100008 now"},
		{"resumed", "#", false, 50_000, "it had 100000 bytes at first; all 100004 that it has now are here"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			data := content(100_000)
			dir := t.TempDir()
			grow := func() {
				f, err := os.OpenFile(filepath.Join(dir, "data"), os.O_WRONLY|os.O_APPEND, 0)
				if err != nil {
					t.Error(err)
					return
				}
				f.WriteString("more")
				f.Close()
			}
			tap := lies{test.mlst, "#", ""}.tap(dir)
			tap.Command = func(_ int, line string) (string, string) {
				if strings.HasPrefix(line, "RETR") {
					grow()
				}
				return line, ""
			}
			reply := tap.Reply
			tap.Reply = func(n int, verb, text string) string {
				if test.again && verb == "RETR" && strings.HasPrefix(text, "226") {
					grow()
				}
				return reply(n, verb, text)
			}
			_, s := server(t, data, practice.Options{Dir: dir, Tap: tap})
			local := filepath.Join(t.TempDir(), "data")
			if test.resumed > 0 {
				os.WriteFile(local, data[:test.resumed], 0o600)
			}
			r, err := Run(t.Context(), s, Task{Remote: "data", Local: local, Resume: test.resumed > 0, Retry: quick}, nil)
			if want := append(bytes.Clone(data), "more"...); err != nil || !bytes.Equal(read(t, local), want) {
				t.Errorf("%v, %d bytes", err, len(read(t, local)))
			}
			if r.Note != test.wantedNote || r.Resumed != int64(test.resumed) {
				t.Errorf("note %q, %d resumed", r.Note, r.Resumed)
			}
		})
	}
}

// What is asked before an interruption is asked again after it: a file of the same size
// is another one when its time or its content is.
func TestChangedBetweenTries(t *testing.T) {
	old, changed := content(big), bytes.Repeat([]byte("another "), big/8)
	for _, test := range []struct {
		name  string
		known bool // by a listing, as mget and mirror have it
		timed bool // the server says when
	}{
		{"get", false, true},
		{"mget", true, true},
		{"mget, no times", true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			tap := practice.Tap{Reply: func(_ int, verb, text string) string {
				if !test.timed && (verb == "MLST" || verb == "MDTM") {
					return "502 what\r\n"
				}
				return text
			}}
			srv, s := server(t, old, practice.Options{Tap: tap}, "cut=1000000*1")
			local := filepath.Join(t.TempDir(), "data")
			task := Task{Remote: "data", Local: local, Retry: quick}
			if test.known {
				task.Known, task.Size = true, big
				if info, err := srv.FS().Stat("/data"); err == nil && test.timed {
					task.ModTime = info.ModTime().UTC().Truncate(time.Second)
				}
			}
			task.Retry.Tell = func(error, time.Duration) {
				if err := afero.WriteFile(srv.FS(), "/data", changed, 0o644); err != nil {
					t.Error(err)
				}
				later := time.Now().Add(-time.Hour) // an older copy was put back
				srv.FS().Chtimes("/data", later, later)
			}
			if _, err := Run(t.Context(), s, task, nil); err != nil || !bytes.Equal(read(t, local), changed) {
				t.Errorf("%v: a mixture", err)
			}
			nothingLeft(t, local)
		})
	}
}

// A part that holds something else is found out, whatever its note says, however small.
func TestPartOfSomethingElse(t *testing.T) {
	for _, size := range []int{1000, 100_000} {
		for _, have := range []int{100, size / 2, size} {
			data := content(size)
			_, s := server(t, data, practice.Options{})
			e, err := s.Stat(t.Context(), "data")
			if err != nil {
				t.Fatal(err)
			}
			task := Task{Remote: "data", Local: filepath.Join(t.TempDir(), "data"), Resume: true}
			task.Describe(e)
			for _, note := range []bool{true, false} {
				os.WriteFile(task.Local+PartSuffix, bytes.Repeat([]byte("x"), have), 0o600)
				if note {
					os.WriteFile(task.Local+PartSuffix+NoteSuffix, []byte(noteOf(task)), 0o600)
				}
				if _, err := Run(t.Context(), s, task, nil); err != nil || !bytes.Equal(read(t, task.Local), data) {
					t.Errorf("%d of %d bytes, note %v: %v", have, size, note, err)
				}
				os.Remove(task.Local)
			}
		}
	}
}

// A transfer that is told to begin behind the end is refused, in both directions.
func TestOffsetBehindTheEnd(t *testing.T) {
	srv, s := server(t, content(1000), practice.Options{})
	local := filepath.Join(t.TempDir(), "data")
	mine := content(3000)
	os.WriteFile(local, mine, 0o600)
	var out bytes.Buffer
	for _, task := range []Task{{Remote: "data", Local: local, Offset: 2000}, {Remote: "data", Out: &out, Offset: 2000}, {Op: Upload, Remote: "data", Local: local, Offset: 5000}} {
		if _, err := Run(t.Context(), s, task, nil); err == nil {
			t.Errorf("%+v went well", task)
		}
	}
	if sent := strings.Join(srv.Commands(), "\n"); strings.Contains(sent, "RETR") || strings.Contains(sent, "STOR") {
		t.Errorf("the server heard\n%s", sent)
	}
	if !bytes.Equal(read(t, local), mine) {
		t.Error("the local file is not what it was")
	}
}

// The check of what is there of an upload, and a comparison of contents, are data
// connections like others: one that is reset is tried again, and says what it was.
func TestCheckOfAnUploadIsReset(t *testing.T) {
	data := content(100_000)
	for _, times := range []string{"*1", ""} {
		for _, verify := range []bool{false, true} {
			noHash := practice.Tap{Command: func(_ int, line string) (string, string) {
				if verb, _, _ := strings.Cut(line, " "); verb == "HASH" || verb[0] == 'X' || verb == "MD5" {
					return "", "502 no"
				}
				return line, ""
			}}
			srv, s := server(t, data[:50_000], practice.Options{Tap: noHash}, "cut-reset:RETR=100"+times)
			local := filepath.Join(t.TempDir(), "up")
			os.WriteFile(local, data, 0o600)
			task := Task{Op: Upload, Remote: "data", Local: local, Resume: !verify, Verify: verify, Retry: quick}
			_, err := Run(t.Context(), s, task, nil)
			if times == "" && verify {
				if local := new(os.PathError); err == nil || errors.As(err, &local) || !errors.As(err, new(*client.IncompleteError)) && !errors.As(err, new(*client.Error)) {
					t.Errorf("verify %v: %v", verify, err)
				}
				continue
			}
			if got, _ := afero.ReadFile(srv.FS(), "/data"); err != nil || !bytes.Equal(got, data) {
				t.Errorf("verify %v: %v, %d bytes", verify, err, len(got))
			}
		}
	}
}
