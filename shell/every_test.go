package shell

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/site"
)

// samples are lines that run every command on a server with a.txt, b.txt and
// sub/c.txt, in a folder with up.txt, two.txt, names (a list of files) and script
// (commands). A line that begins with a dash may fail.
var samples = map[string]string{
	"!": "!exit 0", "$": "$twice a.txt", "account": "-account x", "active-ports": "active-ports", "alias": "alias ll ls -l; alias",
	"append": "append up.txt a.txt", "ascii": "ascii", "assert": "assert exists a.txt", "at": "at +0 pwd", "auth": "-auth", "bell": "bell",
	"bg": "bg size a.txt; wait", "binary": "binary", "bookmark": "bookmark add here; bookmark; bookmark delete here", "bye": "bye",
	"case": "case", "cat": "cat a.txt", "ccc": "-ccc", "cd": "cd sub; cd -", "cdup": "cdup", "charset": "charset", "chmod": "-chmod 600 a.txt",
	"close": "close", "cp": "cp a.txt z.txt", "cr": "cr", "debug": "debug 0", "delete": "delete a.txt", "df": "-df", "dir": "dir",
	"doctor": "-doctor", "du": "du", "echo": "echo hello", "edit": "-edit a.txt; edit off", "epsv": "epsv", "epsv4": "epsv4", "epsv6": "epsv6",
	"explain": "explain 550; explain PASV", "features": "features", "fg": "-fg", "fget": "fget names", "find": "find; find -l",
	"foreach": "foreach f in *.txt; size $f; end", "form": "form", "fxp": "-fxp a.txt nowhere:", "gate": "gate h.example.org; gate",
	"get": "get a.txt; get -r sub", "glob": "glob", "hash": "hash; hash 2k", "head": "head a.txt", "help": "help; help get", "history": "history",
	"idle": "-idle", "import": "-import -n names", "if": "if exists a.txt; pwd; else; pwd; end", "ipany": "ipany", "ipv4": "ipv4", "ipv6": "ipv6", "jobs": "jobs",
	"kill": "-kill 7", "ladder": "size a.txt; ladder", "lcd": "lcd .", "lesson": "-lesson", "let": "let x 1; let; let -c n size a.txt",
	"ln": "-ln a.txt l.txt", "list": "list", "lls": "lls", "lang": "-lang; -lang default", "quota": "-quota", "mmv": "mmv *.txt *.old",
	"sha256sum": "sha256sum a.txt; sha256sum *.txt", "sha512sum": "sha512sum a.txt", "sha1sum": "sha1sum a.txt", "md5sum": "md5sum a.txt", "lmkdir": "lmkdir new", "lmv": "lmv up.txt moved.txt", "log": "-log", "lpage": "lpage up.txt",
	"lpwd": "lpwd", "lrm": "lrm up.txt", "ls": "ls; ls -l; ls -R", "macdef": "-macdef m", "manifest": "manifest make", "mdelete": "mdelete -f *.txt", "mdir": "mdir . sub -",
	"mget": "mget *.txt", "mirror": "mirror sub here; mirror -R . there", "mkdir": "mkdir new", "mls": "mls . sub -", "mlsd": "mlsd",
	"mlst": "mlst a.txt", "mode": "mode", "modtime": "modtime a.txt", "mput": "mput *.txt", "mreget": "mreget *.txt", "mv": "mv a.txt b.txt sub",
	"newer": "newer a.txt", "nlist": "nlist", "nmap": "nmap $1 $1.x; nmap", "noop": "noop", "ntrans": "ntrans a b; ntrans", "open": "-open nowhere.invalid",
	"page": "page a.txt", "passive": "passive", "pause": "-pause 7", "resume": "-resume 7", "password": "-password forget", "pdir": "pdir", "pget": "pget a.txt", "pls": "pls", "pmlsd": "pmlsd",
	"practice": "-practice log", "preserve": "preserve", "progress": "progress", "prompt": "prompt", "prot": "-prot", "proxy": "-proxy ls",
	"put": "put up.txt", "pwd": "pwd", "qc": "qc", "queue": "queue size a.txt; wait; queue", "quote": "quote NOOP",
	"rate": "rate; rate all 10m; rate", "raw": "-raw NOOP", "rcvbuf": "rcvbuf 10k", "record": "-record r.jsonl; -record; -record stop", "reget": "reget a.txt",
	"remopts": "-remopts mlst type;", "rename": "rename a.txt z.txt", "repeat": "repeat 2 size a.txt", "replay": "-replay nosuch", "reset": "reset",
	"restart": "restart 1", "rhelp": "rhelp", "rm": "rm *.txt; rm -r sub", "rmdir": "-rmdir sub", "rstatus": "rstatus", "runique": "runique",
	"grep": "grep a a.txt; grep -r b; grep -c a *.txt", "zcat": "zcat -f a.txt", "diff": "-diff a.txt up.txt", "unzip": "-unzip -l a.txt", "sendport": "sendport", "session": "session; session --json", "set": "set; set glob; set glob off", "site": "-site HELP", "size": "size a.txt; size a.txt b.txt", "sleep": "sleep 0",
	"sndbuf": "sndbuf 10k", "source": "source script", "stat": "stat a.txt", "status": "status", "step": "step off", "struct": "struct",
	"sunique": "sunique", "sync": "sync -y . there; sync status", "system": "system", "tar": "tar -f new.tar sub", "untar": "-untar up.txt", "tag": "tag a.txt; tag", "untag": "tag a.txt; untag a.txt", "tail": "tail a.txt", "tenex": "tenex", "tick": "tick", "touch": "touch a.txt new.txt", "deploy": "deploy . sub/site", "plan": "plan rm a.txt", "apply": "-apply nosuch", "tls": "tls list", "cache": "set cache 1m; ls > names; cache; cache flush", "limits": "limits", "trace": "size a.txt; trace save t.jsonl last",
	"tree": "tree", "trash": "trash", "begin": "-begin; rollback", "tx": "-tx", "commit": "-begin; put up.txt new.txt; commit -n; commit", "rollback": "-begin; rm a.txt; rollback", "undo": "undo list", "redo": "-redo", "type": "type; type ascii", "umask": "-umask", "unalias": "alias x pwd; unalias x", "unlet": "let x 1; unlet x",
	"unset": "unset glob", "usage": "usage get", "user": "-user nobody nothing", "verbose": "verbose", "verify": "-verify a.txt", "wait": "wait", "watch": "-watch",
	"why": "-get nosuch; why", "z": "z -l; -z nosuch", "xferbuf": "xferbuf; xferbuf 10k",
}

// sample is the one of a command, else the first example of its row, which may fail.
func sample(c *command.Command) string {
	line, known := samples[c.Name]
	switch {
	case known:
		return line
	case len(c.Examples) > 0:
		return "-" + c.Examples[0].Line
	}
	return "-" + c.Name
}

// printsText are the commands whose result is text by nature: with --json, too, they
// print what they print, as docs/scripting.md says.
var printsText = strings.Fields("! cat zcat echo head help ladder lls lpage page tail usage watch")

// everyCommand runs the sample of each command in a shell and on a server of its
// own.
func everyCommand(t *testing.T, opt command.Options, check func(t *testing.T, c *command.Command, server *practice.Server, sent []string, out string)) {
	var also map[string]string
	if opt.DryRun {
		also = drySamples
	}
	everyCommandAlso(t, opt, also, check)
}

// everyCommandAlso runs more lines behind the sample, which may fail.
func everyCommandAlso(t *testing.T, opt command.Options, also map[string]string, check func(t *testing.T, c *command.Command, server *practice.Server, sent []string, out string)) {
	t.Setenv("EDITOR", "true")
	for c := range Catalog().Commands() {
		t.Run(c.Name, func(t *testing.T) {
			line := sample(c)
			dir := t.TempDir()
			t.Chdir(dir)
			for name, text := range map[string]string{"up.txt": "up\n", "two.txt": "two\n", "names": "a.txt\nsub/c.txt\n", "script": "pwd\n"} {
				if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			files := afero.NewMemMapFs()
			for name, text := range map[string]string{"/a.txt": "aaa\n", "/b.txt": "bb\n", "/sub/c.txt": "c\n"} {
				if err := afero.WriteFile(files, name, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			server, err := practice.Start(practice.Options{FS: files})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			var out, errs bytes.Buffer
			opt.StateDir, opt.Bookmarks = t.TempDir(), dir+"/bookmarks.toml"
			opt.Console = console.Options{In: strings.NewReader(""), Out: &out, Err: &errs}
			sh, err := New(opt)
			if err != nil {
				t.Fatal(err)
			}
			defer Close(sh)
			a := site.Address{Host: server.Host(), Port: strconv.Itoa(server.Port()), User: practice.User, Password: practice.Password, HasPassword: true, Security: "off"}
			if err := OpenAddress(sh, a); err != nil {
				t.Fatal(err)
			}
			sh.Macros = map[string][]string{"twice": {"size $1"}}
			out.Reset()
			login := len(server.Commands())
			if err := sh.Do(command.Line{Text: line, Script: "sample", Number: 1}); err != nil && !strings.HasPrefix(line, "-") {
				t.Fatalf("%s: %v\n%s%s", line, err, &out, &errs)
			}
			lines := strings.Split(also[c.Name], "; ")
			if strings.HasSuffix(also[c.Name], "; end") {
				lines = []string{also[c.Name]} // a block
			}
			for _, line := range lines {
				sh.Do(command.Line{Text: line})
			}
			check(t, c, server, server.Commands()[login:], out.String())
		})
	}
}

// TestEveryResultIsJSON: with --json whatever a command prints is JSON, one
// object on a line, with the keys that docs/scripting.md promises.
func TestEveryResultIsJSON(t *testing.T) {
	page, err := os.ReadFile("../docs/scripting.md")
	if err != nil {
		t.Fatal(err)
	}
	_, says, _ := strings.Cut(string(page), "What is text by nature stays text: ")
	says, _, _ = strings.Cut(says, "print what they print.")
	for _, name := range printsText {
		if !strings.Contains(says, "`"+name+"`") {
			t.Errorf("docs/scripting.md does not say that %s prints text", name)
		}
	}
	described := describedKeys(string(page))
	schemas := eventSchemas(t)
	everyCommand(t, command.Options{JSON: true}, func(t *testing.T, c *command.Command, _ *practice.Server, _ []string, out string) {
		if slices.Contains(printsText, c.Name) {
			return
		}
		for line := range strings.Lines(out) {
			var object map[string]any
			if err := json.Unmarshal([]byte(line), &object); err != nil {
				t.Errorf("no object: %q", line)
			}
			for key := range object {
				if keys := described[c.Name]; keys != "" && !strings.Contains(keys, "`"+key+"`") {
					t.Errorf("docs/scripting.md has no %s in %q", key, keys)
				}
			}
			schemas.check(t, c.Name, line)
		}
	})
}

// describedKeys is what a page says about the keys of the objects of commands,
// where it names them.
func describedKeys(page string) map[string]string {
	_, table, _ := strings.Cut(page, "| object of | keys |")
	table, _, _ = strings.Cut(table, "\n\n")
	keys := map[string]string{}
	for row := range strings.Lines(table) {
		cells := strings.Split(row, " | ")
		if len(cells) != 2 || !strings.Contains(cells[1], "`") || strings.Contains(cells[1], "what is known") {
			continue
		}
		for i, name := range strings.Split(cells[0], "`") {
			if i%2 == 1 {
				keys[name] += cells[1]
			}
		}
	}
	return keys
}

// drySamples are more lines of commands that could write or say something in a dry run.
var drySamples = map[string]string{
	"ls": "ls . up.txt; ls > up.txt; ls >> up.txt; ls . new; ls | tee new", "dir": "dir . up.txt", "mls": "mls . sub up.txt", "mdir": "mdir . sub up.txt",
	"nlist": "nlist . up.txt", "mlsd": "mlsd . up.txt", "get": "get a.txt up.txt; get a.txt \"|tee new\"; get --segments 2 a.txt", "mkdir": "mkdir -p new/er/est",
	"remopts": "remopts utf8 off; remopts hash SHA-1", "account": "account secret", "user": "user practice practice", "lmkdir": "lmkdir -p a/b",
	"lrm": "lrm -r .; lrm -f up.txt", "lmv": "lmv up.txt new", "quote": "quote DELE a.txt; quote USER x; quote OPTS UTF8 OFF; quote SITE CHMOD 600 a.txt; quote STOR new",
	"raw": "raw; DELE a.txt; .data save new; .end", "site": "site CHMOD 600 a.txt", "trace": "trace save -f up.txt all --as txt", "lesson": "lesson report --html new",
	"cp": "cp a.txt new; cp a.txt b.txt sub", "put": "put \"|echo x\" new; put -r . tree", "mirror": "mirror --delete . here; mirror -R --delete . .; mirror --remove-source . here",
	"let": "let -c x rm a.txt", "source": "source script", "fget": "fget -O . names", "edit": "edit a.txt", "!": "!touch new", "history": "history -c", "reset": "reset",
}

// TestDryRunOfEveryCommand: with --dry-run no command changes the server or the
// files here, and the wire carries nothing but verbs that read. One that makes a connection of its
// own logs in there.
func TestDryRunOfEveryCommand(t *testing.T) {
	everyCommand(t, command.Options{DryRun: true}, func(t *testing.T, c *command.Command, server *practice.Server, sent []string, _ string) {
		for _, line := range sent {
			verb, _, _ := strings.Cut(line, " ")
			connects := slices.Contains(c.Wire, "USER") || c.Name == "bg" || c.Name == "queue"       // with a session for the job
			chooses := strings.HasPrefix(line, "OPTS HASH ") && slices.Contains(c.Wire, "OPTS HASH") // as TYPE does
			if !command.Reads(line) && !chooses && !(connects && slices.Contains(command.Entering, verb)) {
				t.Errorf("%s was sent", line)
			}
		}
		want := map[string]string{"a.txt": "aaa\n", "b.txt": "bb\n", "sub/c.txt": "c\n"}
		if got := contents(t, afero.NewIOFS(afero.NewBasePathFs(server.FS(), "/"))); !maps.Equal(got, want) {
			t.Errorf("the server has %v", got)
		}
		want = map[string]string{"up.txt": "up\n", "two.txt": "two\n", "names": "a.txt\nsub/c.txt\n", "script": "pwd\n"}
		if got := contents(t, os.DirFS(".")); !maps.Equal(got, want) {
			t.Errorf("here are %v", got)
		}
	})
}

// contents are the files below a root.
func contents(t *testing.T, root fs.FS) map[string]string {
	all := map[string]string{}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(root, name)
		all[name] = string(text)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return all
}
