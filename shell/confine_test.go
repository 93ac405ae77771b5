package shell

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/learn"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// oracle watches what a shell does to the world: which connections it makes, which programs it
// starts, and which files there are in its folder and in the home of its user.
type oracle struct {
	mu      sync.Mutex
	dialled []string
	started []string
	roots   []string
	before  map[string]string
}

// watched makes a shell whose doings are looked at, in an empty folder, with secrets in the environment.
func watched(t testing.TB) (*command.Shell, *oracle, *bytes.Buffer) {
	t.Helper()
	top := t.TempDir()
	for _, dir := range []string{"work", "home", "tmp"} {
		if err := os.Mkdir(filepath.Join(top, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(top, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("work/here.txt", "here\n")
	write("work/run.ftp", "!touch ran\n")
	write("home/secret", "home-s3cret\n")
	t.Setenv("HOME", filepath.Join(top, "home"))
	t.Setenv("TMPDIR", filepath.Join(top, "tmp"))
	t.Setenv("FTPSH_PASSWORD", "env-s3cret")
	t.Setenv("EDITOR", "touch edited; true")
	t.Setenv("PAGER", "touch paged")
	t.Setenv("ftp_proxy", "socks5://192.0.2.1:1")
	t.Chdir(filepath.Join(top, "work"))
	o := &oracle{roots: []string{top}}
	var out bytes.Buffer
	sh, err := New(command.Options{
		Dial: o.dial, StateDir: filepath.Join(top, "home"), Bookmarks: filepath.Join(top, "home", "bookmarks"),
		Console: console.Options{In: strings.NewReader(""), Out: &out, Err: &out, Start: o.start},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Close(sh) })
	sh.Aliases["ls"] = "!touch aliased"
	o.before = o.files(t)
	return sh, o, &out
}

func (o *oracle) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.dialled = append(o.dialled, addr)
	return (&net.Dialer{}).DialContext(ctx, network, addr)
}

func (o *oracle) start(cmd *exec.Cmd) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.started = append(o.started, strings.Join(cmd.Args, " "))
	return errors.New("not in a test")
}

// files are all files of the user, and what is in them.
func (o *oracle) files(t testing.TB) map[string]string {
	all := map[string]string{}
	for _, root := range o.roots {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			all[name] = d.Type().String()
			if d.Type().IsRegular() {
				text, err := os.ReadFile(name)
				all[name] = string(text)
				return err
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	return all
}

// check fails where anything was done outside of a replay.
func (o *oracle) check(t testing.TB) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, addr := range o.dialled {
		if host, _, _ := net.SplitHostPort(addr); !net.ParseIP(host).IsLoopback() {
			t.Errorf("a connection to %s", addr)
		}
	}
	if len(o.started) > 0 {
		t.Errorf("programs were started: %q", o.started)
	}
	if after := o.files(t); !maps.Equal(o.before, after) {
		for name := range after {
			if o.before[name] != after[name] {
				t.Errorf("%s was made or changed", name)
			}
		}
		for name := range o.before {
			if _, there := after[name]; !there {
				t.Errorf("%s is gone", name)
			}
		}
	}
}

// recordingOf is a session with a practice server in which the lines were typed.
func recordingOf(t *testing.T, lines string) string {
	t.Helper()
	p := newPupil(t)
	p.Do(command.Line{Text: "record --listings session.jsonl; practice start --tls off; practice open; " + lines + "; close; record stop; practice stop"})
	text, err := os.ReadFile("session.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// inPlaceOf is a recording in which somebody has written another line in place of one.
func inPlaceOf(t testing.TB, recording, line, other string) string {
	t.Helper()
	old, _ := json.Marshal(line)
	next, _ := json.Marshal(other)
	text := strings.Replace(recording, `"cmd":`+string(old), `"cmd":`+string(next), 1)
	if text == recording {
		t.Fatalf("%q is not in the recording", line)
	}
	return text
}

// hostile are lines for the files of somebody else: none may reach beyond the private folder and
// the server that plays.
func hostile(outside string) []string {
	at := func(line string) string { return strings.ReplaceAll(line, "OUT", outside) }
	lines := strings.Split(`!touch OUT/x
ls | tee OUT/x
ls > OUT/x
ls >> OUT/here.txt
get README.txt OUT/x
get README.txt ../x
get README.txt ../../../../../../tmp/x
get README.txt "|touch OUT/x"
get README.txt C:\Windows\x
get README.txt ~/x
get README.txt -
mget -O OUT *
mget -O .. *
nmap $1 ../$1; mget *
ls . OUT/x
ls . "|touch OUT/x"
nlist . OUT/x
mls . OUT/x
mlsd . OUT/x
dir . ../x
put OUT/here.txt
put ~/secret
put "|cat OUT/here.txt" x
put - x
put /etc/hostname x
mput OUT/*
append ../tree/here.txt x
lrm OUT/here.txt
lrm -r ..
lmkdir OUT/new
lmkdir -p ../../new
lmv OUT/here.txt x
lmv . OUT/moved
lcd ..; lrm here.txt
lcd OUT; get README.txt
lcd; get README.txt
lls OUT
lpage OUT/here.txt
page README.txt
edit README.txt
let -c x !touch OUT/x
let -e FTPSH_PASSWORD; quote SITE $FTPSH_PASSWORD
watch ls
mirror . OUT/tree
mirror . ../tree
mirror -R OUT there
mirror --on-change "touch OUT/x" . tree
mirror --links copy . tree
open 192.0.2.7
open --tls=off attacker@192.0.2.7 2121
ftp://192.0.2.7/x
user nobody
fxp README.txt ftp://192.0.2.7/x
proxy open 192.0.2.7
proxy ls
gate 192.0.2.7
source OUT/run.ftp
source run.ftp
if exists README.txt; !touch OUT/x; end
foreach f in *; get $f OUT/$f; end
repeat 3 !touch OUT/x
alias pwd !touch OUT/x; pwd
macdef m
$ m
bookmark add x ftp://192.0.2.7/
password save x@192.0.2.7
record -f OUT/here.txt
record stop
replay OUT/here.txt
trace save OUT/x.jsonl all
trace save -f OUT/here.txt all --as txt
lesson --dir OUT
lesson report --html OUT/x
practice start --port 2121
doctor 192.0.2.7
step on
history
history -c
queue get README.txt OUT/x
get README.txt OUT/x &
!touch OUT/x &
bg get README.txt OUT/x
set via socks5://192.0.2.7:1
set password-command "touch OUT/x"
set trust-pasv on
set pasv-address server; ls
set keyring on; user somebody
set prompt-format {x}
touch -r OUT/here.txt README.txt
newer README.txt OUT/here.txt
fget OUT/names
verify README.txt OUT/here.txt
get -r . OUT/tree
pget -n 4 README.txt OUT/x
reget README.txt OUT/here.txt
cp README.txt OUT/x
quote PORT 127,0,0,1,0,22; quote LIST
quote EPRT |1|192.0.2.7|22|; quote LIST
quote PORT 192,0,2,7,0,22; quote LIST
raw; .connect 192.0.2.7 22; .send OUT/here.txt; .data save OUT/x; .end
find . -exec touch OUT/x
status; help; usage get
echo x > OUT/x
log OUT/x
sh -c "touch OUT/x"
bye; !touch OUT/x`, "\n")
	for i := range lines {
		lines[i] = at(lines[i])
	}
	return lines
}

// TestForeignLines: a recording in which somebody has changed a line does nothing outside of its
// folder, starts no program, and reaches no server but its own.
func TestForeignLines(t *testing.T) {
	recording := recordingOf(t, "ls; pwd; get README.txt")
	for i, line := range hostile("OUT") {
		t.Run(fmt.Sprint(i, " ", strings.ReplaceAll(line, "/", ":")), func(t *testing.T) {
			sh, o, out := watched(t)
			work := filepath.Join(o.roots[0], "work")
			text := inPlaceOf(t, recording, "pwd", hostile(work)[i])
			file := filepath.Join(t.TempDir(), "evil.jsonl")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			sh.Do(command.Line{Text: "replay " + filepath.ToSlash(file)})
			o.check(t)
			if here, _ := os.Getwd(); here != work {
				t.Errorf("the shell is in %s", here)
			}
			if sh.Session != nil || len(sh.Vars) > 0 || sh.Raw {
				t.Error("the replay has left something in the shell")
			}
			if strings.Contains(out.String(), "s3cret") {
				t.Errorf("a secret is shown:\n%s", out)
			}
		})
	}
}

// TestForeignCommands: each command has a word about what it may do in a file from
// elsewhere. Those that are confined keep to that with names that lead out; the others are refused.
func TestForeignCommands(t *testing.T) {
	recording := recordingOf(t, "pwd")
	for c := range Catalog().Commands() {
		if c.Foreign == command.Unsaid {
			t.Errorf("%s: its row does not say what it may do in a file from elsewhere (Foreign: Refused or Confined)", c.Name)
			continue
		}
		if c.Foreign == command.Confined && c.Nests {
			t.Errorf("%s runs other lines, and may not in a file from elsewhere", c.Name)
		}
		t.Run(c.Name, func(t *testing.T) {
			sh, o, _ := watched(t)
			sample := sample(c)
			lines := append(strings.Split(sample, "; "), c.Name+" ../x ../y", c.Name+" "+o.roots[0]+"/x")
			if strings.HasSuffix(sample, "; end") {
				lines = []string{sample} // a block
			}
			for _, line := range lines {
				line = strings.TrimPrefix(line, "-")
				held, leave := confined(t, sh, recording)
				cmd, _ := sh.Catalog.Find(firstWord(line))
				err := held.Do(command.Line{Text: line})
				if cmd != nil && cmd.Foreign == command.Refused && !errors.As(err, new(*command.ForeignError)) {
					t.Errorf("%s: %v, want it refused", line, err)
				}
				leave()
			}
			o.check(t)
		})
	}
}

func firstWord(line string) string {
	if strings.HasPrefix(line, "!") {
		return "!"
	}
	name, _, _ := strings.Cut(line, " ")
	return strings.TrimPrefix(name, "-")
}

// confined is a shell as replay makes it, connected to a server that plays a login and then hears anything.
func confined(t *testing.T, sh *command.Shell, recording string) (_ *command.Shell, leave func()) {
	t.Helper()
	events, err := teach.Read(strings.NewReader(recording))
	if err != nil {
		t.Fatal(err)
	}
	play, err := teach.NewReplay(events)
	if err != nil {
		t.Fatal(err)
	}
	server, err := practice.Script(play.Script)
	if err != nil {
		t.Fatal(err)
	}
	root, remove, err := command.PrivateFolder()
	if err != nil {
		t.Fatal(err)
	}
	held := sh.Confine(t.Context(), root, server)
	learn.ReplayStep(t.Context(), held, play.Steps[slices.IndexFunc(play.Steps, func(s teach.ReplayStep) bool { return s.Opens })])
	if held.Session == nil {
		t.Fatal("the server that plays was not reached")
	}
	return held, func() {
		held.Disconnect()
		server.Close()
		remove()
	}
}

// TestForeignSettings: a file from elsewhere changes no setting that names a program, a host on the
// way, or where secrets are.
func TestForeignSettings(t *testing.T) {
	for _, name := range command.WireSettings {
		if row, err := settings.Find(name); err != nil || row.Name != name {
			t.Errorf("%s is not a setting", name)
		}
	}
	for _, name := range []string{"password-command", "via", "via-login", "keyring", "prompt-format", "notify", "title", "history-size", "rate-get", "trace", "retries"} {
		if slices.Contains(command.WireSettings, name) {
			t.Errorf("a file from elsewhere may change %s", name)
		}
	}
}

// TestClaims: numbers and sizes in files of others decide nothing: the error names the line, or the
// file, and what has no end is not read to it.
func TestClaims(t *testing.T) {
	recording := recordingOf(t, "get README.txt")
	for name, row := range map[string]struct{ old, new, says string }{
		"9e18":       {`"bytes":608`, `"bytes":9000000000000000000`, "line "},
		"65 MiB":     {`"bytes":608`, `"bytes":68157440`, "too large to be played"},
		"below zero": {`"bytes":608`, `"bytes":-1`, "out of range"},
		"two lines":  {`"line":"PWD"`, `"line":"PWD\nD> x"`, "one line"},
	} {
		t.Run(name, func(t *testing.T) {
			sh, o, out := watched(t)
			file := filepath.Join(t.TempDir(), "x.jsonl")
			text := strings.Replace(recording, row.old, row.new, 1)
			if text == recording {
				t.Fatalf("%s is not in the recording", row.old)
			}
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := sh.Do(command.Line{Text: "replay " + filepath.ToSlash(file)}); err == nil || !strings.Contains(out.String(), row.says) || !strings.Contains(out.String(), "line ") {
				t.Errorf("%v\n%s", err, out)
			}
			o.check(t)
		})
	}
	for _, line := range []string{"lesson lint /dev/zero", "replay /dev/zero", "trace show /dev/zero", "lesson lint LARGE", "replay LARGE"} {
		sh, _, _ := watched(t)
		file, err := os.Create(filepath.Join(t.TempDir(), "large"))
		if err == nil {
			err = errors.Join(file.Truncate(1<<40), file.Close()) // of holes
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := sh.Do(command.Line{Text: strings.ReplaceAll(line, "LARGE", file.Name())}); err == nil {
			t.Errorf("%s: no error", line)
		}
	}
}

// FuzzForeignLine: whatever line somebody writes into a recording, no file outside of the private
// folder changes, no program is started, and no connection leaves this computer.
func FuzzForeignLine(f *testing.F) {
	for _, line := range hostile("/tmp/ftpsh-fuzz-nowhere") {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		text := inPlaceOf(t, recordingOf(t, "pwd"), "pwd", line)
		sh, o, _ := watched(t)
		file := filepath.Join(t.TempDir(), "evil.jsonl")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		sh.Do(command.Line{Text: "replay " + filepath.ToSlash(file)})
		o.check(t)
	})
}
