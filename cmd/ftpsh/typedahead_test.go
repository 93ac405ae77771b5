//go:build unix

package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
)

// question is one that the program asks, and how it comes to that.
type question struct {
	name    string
	asks    string // the function that asks
	opt     practice.Options
	env     string
	before  func(t *testing.T, server *practice.Server, dir string) // before the program starts; it is logged in then, unless line is empty
	early   string                                                  // an answer to the question before
	between string                                                  // what that shows
	line    string                                                  // "": the question comes at the start
	runs    string                                                  // what a program shows that runs before the question
	ahead   string
	later   func(t *testing.T, server *practice.Server, dir string) // when all that is typed ahead was typed
	shows   string
	answer  string
	then    string
	bye     string // the answer when the program is left
	changes bool   // what comes before the question changes the server
}

// fault is a reply of the server that is not its own.
func fault(verb, text string) practice.Options {
	return practice.Options{Faults: []practice.Fault{{Name: "refuse", Verb: verb, Text: text}}}
}

// editor is one that changes a file, and ends when the test has done its part.
const editor = `EDITOR=sh -c 'echo more >> "$1"; echo editing; until [ -e "$HOME/go" ]; do sleep 0.05; done' sh`

// changedMeanwhile is what somebody else does with a file on the server.
func changedMeanwhile(change func(afero.Fs) error) func(*testing.T, *practice.Server, string) {
	return func(t *testing.T, server *practice.Server, dir string) {
		if err := change(server.FS()); err != nil {
			t.Fatal(err)
		}
		localFile("go", "")(t, server, dir)
	}
}

// LocalFile makes a file in the directory of the program.
func localFile(name, text string) func(*testing.T, *practice.Server, string) {
	return func(t *testing.T, _ *practice.Server, dir string) {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// webRoot makes the root of the server one that is published.
func webRoot(t *testing.T, server *practice.Server, _ string) {
	if err := afero.WriteFile(server.FS(), "/index.html", nil, 0o644); err != nil {
		t.Fatal(err)
	}
}

// lockedRoot is what somebody has left who wanted to be alone there.
func lockedRoot(t *testing.T, server *practice.Server, _ string) {
	if err := server.FS().Mkdir("/.ftpsh-lock", 0o755); err != nil {
		t.Fatal(err)
	}
}

// killedInCommit is a program that is killed when a commit has begun.
func killedInCommit(t *testing.T, server *practice.Server, dir string) {
	term := startIn(t, dir, "", address(server))
	term.see("password: ")
	term.enter(practice.Password)
	term.see("PLAIN> ")
	term.enter("begin; put mine fresh; commit")
	place{server: server}.got(t, "RNTO")
	if err := term.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for range term.text {
	}
	_ = term.cmd.Wait()
}

// queueLeft is a queue that an earlier session has left.
func queueLeft(t *testing.T, server *practice.Server, dir string) {
	localFile("state/ftpsh/queue/1", fmt.Sprintf(`{"server":%q,"local":%q,"line":"get b.txt"}`+"\n", address(server), dir))(t, server, dir)
	if err := os.Chmod(filepath.Join(dir, "state"), 0o700); err != nil {
		t.Fatal(err)
	}
}

// anotherCertificate is what known_hosts says of the server: that it had another one.
func anotherCertificate(t *testing.T, server *practice.Server, dir string) {
	pair, _, err := practice.Certificate(practice.SelfSigned)
	if err != nil {
		t.Fatal(err)
	}
	der := pair.Certificate[0]
	line := fmt.Sprintf("%s sha256:%x %s\n", server.Addr(), sha256.Sum256(der), base64.StdEncoding.EncodeToString(der))
	localFile("state/ftpsh/known_hosts", line)(t, server, dir)
}

var questions = []question{
	{name: "a user name", asks: "login", line: "open $ADDR", ahead: "alice", shows: "user (empty for anonymous): ", answer: "\x03", then: "127.0.0.1 PLAIN> "},
	{name: "a password at the start", asks: "Authenticate", ahead: "typed ahead", shows: "password: ", answer: "\x03", then: "127.0.0.1 PLAIN> "},
	{name: "a password", asks: "Authenticate", line: "user alice", ahead: "typed ahead", shows: "password: ", answer: practice.Password, then: "PLAIN> "},
	{name: "a password that a proxy is told", asks: "openGateway", line: "set via http+get://127.0.0.1:1; open alice@127.0.0.1", ahead: "typed ahead", shows: "password: ", answer: "\x03", then: "interrupted"},
	{name: "a one-time password", asks: "loginAsked", opt: fault("USER", "331 otp-md5 98 wi1234"), early: practice.Password, ahead: "typed ahead", shows: "one-time password: ", answer: "\x03", then: "127.0.0.1 PLAIN> "},
	{name: "an account at the login", asks: "loginAsked", opt: fault("PASS", "332 which account"), early: practice.Password, ahead: "typed ahead", shows: "account: ", answer: "\x03", then: "127.0.0.1 PLAIN> "},
	{name: "a password by hand", asks: "rawSend", line: "raw\rPASS", ahead: "typed ahead", shows: "password: ", answer: "\x03", then: "interrupted"},
	{name: "an account", asks: "account", line: "account", ahead: "typed ahead", shows: "account: ", answer: "\x03", then: "an argument is missing"},
	{name: "a password to keep", asks: "savePassword", line: "password save bob@h", ahead: "typed ahead", shows: "password of bob@h: ", answer: "\x03", then: "interrupted"},
	{name: "a certificate", asks: "confirmCertificate", opt: practice.Options{TLS: practice.Explicit}, ahead: "yes", shows: "from now on? [yes/once/no] ", answer: "no", then: "ftpsh> "},
	{name: "a changed certificate", asks: "confirmCertificate", opt: practice.Options{TLS: practice.Explicit}, before: anotherCertificate, ahead: "yes", shows: "from now on? [yes/once/no] ", answer: "no", then: "ftpsh> "},
	{name: "an argument is missing", asks: "askFor", line: "delete", ahead: "a.txt", shows: "(remote-file) ", answer: "nosuch", then: "550 "},
	{name: "a local file is there", asks: "askConflict", line: "get a.txt", ahead: "y", shows: "replace it? ", answer: "n", then: "stays as it was"},
	{name: "a file is there on the server", asks: "askConflict", line: "put mine b.txt", ahead: "ya", shows: "replace it? ", answer: "n", then: "stays as it was"},
	{name: "a list into a file that is there", asks: "MayReplace", line: "ls > a.txt", ahead: "y", shows: "replace the local file a.txt", answer: "n", then: "stays as it was"},
	{name: "a list into a new file", asks: "redirect", line: "mls a.txt b.txt new", ahead: "y", shows: "? [y/n] ", answer: "n", then: "one path at a time"},
	{name: "mget", asks: "wants", line: "mget ?.txt", ahead: "a", shows: "? [ynapq?] ", answer: "q"},
	{name: "mput", asks: "wants", line: "mput mine a.txt", ahead: "a", shows: "? [ynapq?] ", answer: "q"},
	{name: "mdelete", asks: "wants", line: "mdelete ?.txt", ahead: "a", shows: "mdelete a.txt? [ynapq?] ", answer: "q"},
	{name: "rm of several", asks: "rm", line: "rm ?.txt", ahead: "y", shows: "delete 2 files? [y/n] ", answer: "n"},
	{name: "rm -r", asks: "removeTrees", line: "rm -r tree", ahead: "y", shows: "? [y/n] ", answer: "n"},
	{name: "lrm", asks: "lrm", line: "lrm m*", ahead: "y", shows: "delete mine here? [y/n] ", answer: "n"},
	{name: "lrm -r", asks: "lrm", line: "lrm -r empty", ahead: "y", shows: "delete empty here? [y/n] ", answer: "n"},
	{name: "mirror and no tree", asks: "meansAll", line: "mirror", ahead: "y", shows: "? [y/n] ", answer: "n"},
	{name: "mirror --delete", asks: "confirmDeletions", line: "mirror --delete tree empty", ahead: "y", before: localFile("empty/extra", "x"), shows: "? [y/n] ", answer: "n", then: "nothing was deleted"},
	{name: "mirror -R --delete", asks: "confirmDeletions", line: "mirror -R --delete --compare size keep tree", ahead: "y", before: localFile("keep/x", "x"), shows: "? [y/n] ", answer: "n", then: "nothing was deleted"},
	{name: "edit, changed meanwhile", asks: "mayReplace", env: editor, line: "edit a.txt", runs: "editing", ahead: "y", later: changedMeanwhile(func(there afero.Fs) error {
		return afero.WriteFile(there, "/a.txt", []byte("b and c"), 0o644)
	}), shows: "replace it? [y/n] ", answer: "n", then: "your version is in "},
	{name: "edit, deleted meanwhile", asks: "mayReplace", env: editor, line: "edit b.txt", runs: "editing", ahead: "y", later: changedMeanwhile(func(there afero.Fs) error {
		return there.Remove("/b.txt")
	}), shows: "upload it again? [y/n] ", answer: "n", then: "your version is in "},
	{name: "edit, made meanwhile", asks: "mayReplace", env: editor, line: "edit fresh.txt", runs: "editing", ahead: "y", later: changedMeanwhile(func(there afero.Fs) error {
		return afero.WriteFile(there, "/fresh.txt", []byte("fresh"), 0o644)
	}), shows: "replace it? [y/n] ", answer: "n", then: "your version is in "},
	{name: "find -delete", asks: "findDelete", line: "find . -name '?.txt' -delete", ahead: "y", shows: "delete 2 files? [y/n] ", answer: "n"},
	{name: "find -exec", asks: "confirmExec", line: "find . -name '?.txt' -exec rm {}", ahead: "y", shows: "run rm {} for 2 names? [y/n] ", answer: "n"},
	{name: "watch --ask", asks: "watchAsks", before: localFile("keep/x", "x"), line: "mirror -R --watch --quiet-time 50ms --ask keep tree", runs: "Ctrl-C ends it", ahead: "y", later: func(t *testing.T, server *practice.Server, dir string) {
		localFile("keep/fresh", "x")(t, server, dir)
	}, shows: "[q]uit ", answer: "q", then: "saved here, and not on the server: fresh"},
	{name: "import", asks: "takeIn", before: localFile("sites.conf", "[web]\ntype = ftp\nhost = h.example.org\n"), line: "import sites.conf", ahead: "y", shows: "take over 1 bookmark? [y/n] ", answer: "n"},
	{name: "z", asks: "chooseVisit", line: "cd tree; cd /; z", ahead: "1", shows: "which one? [1-1, q for none] ", answer: "q"},
	{name: "sync", asks: "runSync", before: localFile("keep/new", "x"), line: "sync keep tree", ahead: "y", shows: "; go on? [y/n] ", answer: "n"},
	{name: "the lock of somebody else", asks: "lockTx", before: lockedRoot, line: "begin --break-lock", ahead: "y", shows: "Remove that lock? [y/n] ", answer: "n", then: "is there"},
	{name: "a commit that broke off", asks: "goesForward", opt: practice.Options{Faults: []practice.Fault{{Name: "mute", Verb: "RNTO", Count: 1}}}, before: killedInCommit, line: "tx recover", ahead: "f", shows: "go [f]orward or [b]ack? ", answer: "b", changes: true},
	{name: "a queue of an earlier session", asks: "wantsKept", before: queueLeft, line: "queue start", ahead: "y", shows: "of an earlier session? [y/n] ", answer: "n"},
	{name: "leaving with a job", asks: "MayLeave", opt: practice.Options{Faults: []practice.Fault{{Name: "mute", Verb: "RETR"}}}, line: "get b.txt &\rbye", ahead: "k", shows: "[S]tay here? ", answer: "s", then: "job", bye: "k"},
	{name: "a plan", asks: "apply", line: "plan rm a.txt; apply", ahead: "y", shows: "do that? [y/n] ", answer: "n"},
	{name: "undo", asks: "takeBack", line: "set trash on; rm a.txt; undo", ahead: "y", shows: "undo that? [y/n] ", answer: "n", changes: true},
	{name: "trash empty", asks: "emptyTrash", line: "set trash on; rm a.txt; trash empty --older 0", ahead: "y", shows: "for good? [y/n] ", answer: "n", changes: true},
	{name: "a trash in a web root", asks: "unfit", before: webRoot, line: "set trash on; rm b.txt", ahead: "y", shows: "Make it? [y/n] ", answer: "n"},
	{name: "step", asks: "Consent", line: "step on; noop", ahead: "s", shows: "send `NOOP`? ", answer: "k", then: "not sent"},
	{name: "step, another line", asks: "editLine", line: "step on; noop", between: "send `NOOP`? ", early: "e", ahead: "stat", shows: "send instead: ", answer: "noop", then: "200 OK"},
}

// TestTypedAheadIsNoAnswer: at each question of the program, what was typed before it appeared neither answers it nor becomes
// a command behind it.
func TestTypedAheadIsNoAnswer(t *testing.T) {
	t.Parallel()
	for _, q := range questions {
		t.Run(q.name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{"a.txt": "a", "b.txt": "b", "tree/x": "x", "tree/y": "y"}
			server := serves(t, q.opt, files)
			dir := q.prepare(t, server)
			there := snapshot(t, server)
			term := q.reach(t, server, dir)
			term.see(q.shows)
			term.enter(q.answer)
			term.see(q.then)
			term.enter(".end")
			term.enter("step off")
			term.enter("lmkdir behind")
			term.enter("bye")
			if q.bye != "" {
				term.see(q.shows)
				term.enter(q.bye)
			}
			term.ends(0)
			if q.asks != "mayReplace" && !q.changes && !maps.Equal(snapshot(t, server), there) {
				t.Errorf("the server has %q", snapshot(t, server))
			}
			for name, want := range map[string]string{"a.txt": "mine", "mine": "mine"} {
				if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
					t.Errorf("%s holds %q, %v", name, got, err)
				}
			}
			if _, err := os.Stat(filepath.Join(dir, "behind")); err != nil {
				t.Errorf("what was typed behind the answer was dropped\n%s", term.seen.String())
			}
			for _, name := range []string{"ahead", "b.txt", "new"} {
				if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
					t.Errorf("%s came from what was typed ahead\n%s", name, term.seen.String())
				}
			}
		})
	}
}

// prepare makes the directory of the program.
func (q question) prepare(t *testing.T, server *practice.Server) string {
	dir := t.TempDir()
	localFile("a.txt", "mine")(t, server, dir)
	localFile("mine", "mine")(t, server, dir)
	if err := os.MkdirAll(filepath.Join(dir, "empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	if q.before != nil {
		q.before(t, server, dir)
	}
	return dir
}

// reach comes to the question, with an answer and a command typed ahead.
func (q question) reach(t *testing.T, server *practice.Server, dir string) *terminal {
	typed := q.ahead + "\r" + "lmkdir ahead\r"
	if q.early != "" {
		typed = q.early + "\r" + typed
	}
	var term *terminal
	switch {
	case q.line == "":
		term = startIn(t, dir, q.env, address(server))
		if q.early != "" {
			term.see("password: ")
		}
		term.press(typed)
	case strings.HasPrefix(q.line, "open"):
		term = startIn(t, dir, q.env)
		term.see("ftpsh> ")
		term.press(strings.ReplaceAll(q.line, "$ADDR", server.Addr()) + "\r" + typed)
	default:
		term = startIn(t, dir, q.env, address(server))
		term.see("password: ")
		term.enter(practice.Password)
		term.see("PLAIN> ")
		line := q.line + "\r"
		if wait := cmp.Or(q.runs, q.between); wait != "" {
			term.press(line)
			term.see(wait)
			line = ""
		}
		term.press(line + typed) // at once: nothing of it comes after the question
	}
	if q.later != nil {
		q.later(t, server, dir)
	}
	return term
}

// snapshot is what the server has.
func snapshot(t *testing.T, server *practice.Server) map[string]string {
	all := map[string]string{}
	err := afero.Walk(server.FS(), "/", func(name string, info os.FileInfo, err error) error {
		name = filepath.ToSlash(name)
		if err == nil && !info.IsDir() {
			text, _ := afero.ReadFile(server.FS(), name)
			all[name] = string(text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// noQuestions are the functions that ask for what may come ahead, or hand a question on.
var noQuestions = []string{
	"Confirm", "Ask", "AskKey", "ReadSecret", "secretFromTTY",
	"Read", // of the lines of a file that are typed, to their end
}

// TestEveryQuestionIsTried: each function that asks somebody something has a row among the questions.
func TestEveryQuestionIsTried(t *testing.T) {
	asking := []string{"Confirm", "Ask", "AskKey", "ReadSecret"}
	tried := slices.Clone(noQuestions)
	for _, q := range questions {
		tried = append(tried, q.asks)
	}
	found := 0
	err := filepath.WalkDir(filepath.Join("..", "..", "shell"), func(path string, d os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if to, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains(asking, to.Sel.Name) {
					if found++; !slices.Contains(tried, fn.Name.Name) {
						t.Errorf("%s: %s asks something: what is typed ahead there needs a row in questions", path, fn.Name.Name)
					}
				}
				return true
			})
		}
		return nil
	})
	if err != nil || found < 20 {
		t.Errorf("%d questions found, %v", found, err)
	}
}
