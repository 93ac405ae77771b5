package shell

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/console"
)

// ownFile is a file that the program keeps, or that decides what it does.
type ownFile struct {
	name  string // below the home directory
	sound string // what it holds; $SERVER is user@host:port of the server
	wrong string // a line that nobody wrote
	use   string // lines that read it, and those of its commands that write it
}

var ownFiles = []ownFile{
	{"state/known_hosts", "h.example:21 tls\n", "h.example:22 t\n", "open $URL; tls forget h.example:21"},
	{"state/server_limits", "h.example:21 parallel 2 2999-01-31T12:00:00Z\n", "h.example:22 parallel\n", "open $URL; limits; limits forget h.example"},
	{"state/lessons.json", "{\n\"lessons\": {\"x\": {\n\"next\": 1,\n\"steps\": {}}}}\n", "{\n\"lessons\": {\"x\": {\n\"next\": 9e18,\n\"steps\": {}}}}\n", "lesson; lesson 1; lesson hint; lesson quit; lesson reset"},
	{"state/queue/20260101-1", `{"server":"$SERVER","dir":"/","local":"/","line":"pwd"}` + "\n", `{"server":"$SERVER","dir":"/","local":"/","li` + "\n", "open $URL; queue start; wait"},
	{"state/history", "1\th\t/\tpwd\n", "1\th\t/\n", ""},
	{"state/undo/127.0.0.1-$PORT-alice.jsonl", `{"v":1,"kind":"ftpsh-undo"}` + "\n", `{"id":"1","tim` + "\n", "open $URL; undo list; undo -y"},
	{"state/hash/127.0.0.1-$PORT-alice.jsonl", `{"v":1,"kind":"ftpsh-sums","host":"127.0.0.1","port":"$PORT","user":"alice"}` + "\n", `{"path":"/a","siz` + "\n", "open $URL; echo x > $HOME/x; put $HOME/x x; touch -t 202001010000 x; manifest make"},
	{"state/taken/127.0.0.1-$PORT-alice.jsonl", `{"v":1,"kind":"ftpsh-taken","host":"127.0.0.1","port":"$PORT","user":"alice"}` + "\n", `{"path":"/a","siz` + "\n", "open $URL; mirror --once --dry-run / nowhere"},
	{"config.toml", "verbose = true\n", "verbose = tru\n", ""},
	{"bookmarks.toml", "w = \"ftp://h.example/\"\n", "w = \"ftp://h.exam\n", "bookmark; bookmark add x ftp://h.example/; bookmark delete w; open w"},
	{"login/netrc", "machine h.example login a password b\n", "machne 127.0.0.1 login a password b\n", "open $HOST"},
}

// damage is something that may be wrong with a file.
type damage struct {
	name string
	make func(t *testing.T, f ownFile, path string)
	read bool // other lines of it may count
	line bool // the error names one
}

var damages = []damage{
	{"a wrong line", func(t *testing.T, f ownFile, path string) { writeOwn(t, path, f.sound+f.wrong) }, true, true},
	{"cut", func(t *testing.T, f ownFile, path string) { writeOwn(t, path, f.wrong[:len(f.wrong)-3]) }, true, true},
	{"zeros", func(t *testing.T, f ownFile, path string) {
		writeOwn(t, path, f.sound+strings.Repeat("\x00", 4096)+"\n")
	}, true, true},
	{"a line of 3 MB", func(t *testing.T, f ownFile, path string) {
		writeOwn(t, path, strings.TrimSuffix(f.wrong, "\n")+strings.Repeat("x", 3<<20)+"\n"+f.sound)
	}, true, false},
	{"1 TiB", func(t *testing.T, f ownFile, path string) {
		writeOwn(t, path, f.sound)
		if err := os.Truncate(path, 1<<40); err != nil {
			t.Fatal(err)
		}
	}, false, false},
	{"a directory", func(t *testing.T, f ownFile, path string) {
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}, false, false},
}

func writeOwn(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// owner is somebody whose files are in a folder, at a server in this process.
type owner struct {
	home   string
	server *practice.Server
	out    bytes.Buffer
}

func newOwner(t testing.TB) *owner {
	t.Helper()
	server, err := practice.Start(practice.Options{TLS: practice.NoTLS})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	o := &owner{home: t.TempDir(), server: server}
	for _, dir := range []string{"state/queue", "state/undo", "state/hash", "state/taken", "login"} {
		if err := os.MkdirAll(filepath.Join(o.home, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// fill puts the server into a text.
func (o *owner) fill(text string) string {
	addr := o.server.Addr()
	return strings.NewReplacer("$PORT", strconv.Itoa(o.server.Port()), "$SERVER", practice.User+"@"+addr, "$URL", "ftp://"+practice.User+":s3cret%20pass@"+addr+"/",
		"$HOST", "ftp://"+addr+"/").Replace(text)
}

// uses does with the files what a day with the program does, and returns the first error.
func (o *owner) uses(t testing.TB, lines string) (first error) {
	t.Helper()
	at := func(name string) string { return filepath.Join(o.home, name) }
	h, err := history.Open(at("state/history"), history.Options{Limit: 1})
	note := func(err error) {
		if first == nil {
			first = err
		}
	}
	if err != nil {
		fmt.Fprintln(&o.out, err)
	}
	note(err)
	sh, err := New(command.Options{
		StateDir: at("state"), Bookmarks: at("bookmarks.toml"), Netrc: at("login/netrc"), History: h,
		Console: console.Options{In: strings.NewReader(""), Out: &o.out, Err: &o.out},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer Close(sh)
	if err := ReadConfig(sh, at("config.toml")); err != nil {
		fmt.Fprintln(&o.out, err)
		note(err)
	}
	for _, line := range strings.Split(o.fill(lines), "; ") {
		rememberLine(sh, "pwd")
		note(sh.Do(command.Line{Text: line}))
	}
	return first
}

// TestOwnFiles: each of our files, damaged in each way, is named with its line, stays as it is, and what it
// decides is not done.
func TestOwnFiles(t *testing.T) { eachOwnFile(t, damages) }

func eachOwnFile(t *testing.T, damages []damage) {
	for _, f := range ownFiles {
		for _, d := range damages {
			if f.name == "state/history" && d.name == "cut" {
				continue // a line without its end is one that another shell is writing
			}
			t.Run(strings.ReplaceAll(f.name, "/", ":")+" "+d.name, func(t *testing.T) {
				t.Parallel()
				testOwnFile(t, f, d)
			})
		}
	}
}

func testOwnFile(t *testing.T, f ownFile, d damage) {
	o := newOwner(t)
	f.name, f.sound, f.wrong = o.fill(f.name), o.fill(f.sound), o.fill(f.wrong)
	path := filepath.Join(o.home, f.name)
	d.make(t, f, path)
	before := looks(t, path)
	err := o.uses(t, f.use)
	if err == nil || command.Status(err) != 7 && command.Status(err) != 2 && f.name != "state/history" {
		t.Errorf("got %v, status %d\n%s", err, command.Status(err), &o.out)
	}
	said := strings.ReplaceAll(o.out.String(), "\n  ", " ")
	if !strings.Contains(said, path) {
		t.Errorf("it is not named in\n%.2000s", said)
	}
	if d.line && !strings.Contains(said, path+":") {
		t.Errorf("no line is named in\n%.2000s", said)
	}
	after := looks(t, path)
	switch {
	case d.read && strings.HasPrefix(f.name, "state/queue"): // the sound line has run
		before = strings.Replace(before, f.sound, "", 1)
	case f.name == "state/history": // lines are added
		after = after[:min(len(after), len(before))]
	}
	if before != after {
		t.Errorf("it was %.200q and is %.200q", before, after)
	}
}

// looks is what a file holds: as much of it as anybody would write.
func looks(t testing.TB, path string) string {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		return err.Error()
	}
	if !info.Mode().IsRegular() || info.Size() > 1<<30 {
		return info.Mode().Type().String()
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestOwnFilesAreNoLinks: nothing is written or made where a link in place of a file of ours leads, not even by a command that
// begins anew.
func TestOwnFilesAreNoLinks(t *testing.T) {
	for i, f := range []struct{ name, first, then string }{
		{"state/lessons.json", "lesson 1; lesson quit", "lesson 1; lesson quit"},
		{"state/undo/*.jsonl", "open $URL; set trash on; mkdir x", "open $URL; set trash on; mkdir y"},
		{"state/hash/*.jsonl", "open $URL; echo x > $HOME/x; put $HOME/x x; touch -t 202001010000 x; manifest make", "open $URL; manifest make"},
		{"state/hash/*.jsonl", "open $URL; echo x > $HOME/x; put $HOME/x x; touch -t 202001010000 x; manifest make", "open $URL; manifest make --rehash"},
		{"state/taken/*.jsonl", "open $URL; mirror --once / $HOME/got", "open $URL; mirror --once / $HOME/got"},
		{"state/taken/*.jsonl", "open $URL; mirror --once / $HOME/got", "open $URL; mirror --once=reset / $HOME/got"},
		{"state/sync/*.jsonl", "open $URL; lmkdir $HOME/got; sync -y $HOME/got /", "open $URL; sync -y $HOME/got /"},
		{"state/sync/*.jsonl", "open $URL; lmkdir $HOME/got; sync -y $HOME/got /", "open $URL; sync -y --rescan $HOME/got /"},
		{"state/sync/*.jsonl", "open $URL; lmkdir $HOME/got; sync -y $HOME/got /", "open $URL; sync forget $HOME/got /; sync -y $HOME/got /"},
	} {
		for _, there := range []string{"something", ""} {
			t.Run(fmt.Sprint(i, there), func(t *testing.T) {
				t.Parallel()
				o := newOwner(t)
				home := strings.NewReplacer("$HOME", o.home)
				o.uses(t, home.Replace(f.first))
				paths, _ := filepath.Glob(filepath.Join(o.home, f.name))
				if len(paths) != 1 {
					t.Fatalf("%s is %q\n%s", f.name, paths, &o.out)
				}
				target := filepath.Join(o.home, "elsewhere")
				if there != "" {
					writeOwn(t, target, there)
				}
				if err := errors.Join(os.Remove(paths[0]), os.Symlink(target, paths[0])); err != nil {
					t.Fatal(err)
				}
				before := looks(t, target)
				o.uses(t, home.Replace(f.then))
				if after := looks(t, target); after != before {
					t.Errorf("what the link leads to was %q and is %q\n%s", before, after, &o.out)
				}
			})
		}
	}
}
