//go:build unix

package main

import (
	"bufio"
	"context"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
)

// terminal is ftpsh at a pseudo terminal.
type terminal struct {
	t    testing.TB
	tty  *os.File
	cmd  *exec.Cmd
	text chan string // what arrives on the screen
	seen strings.Builder
	rest string // what no call of see has consumed
}

const patience = 10 * time.Second

// start runs ftpsh in a fresh directory, which it returns. Arguments in capital
// letters with a = are variables for its environment.
func start(t testing.TB, args ...string) (*terminal, string) {
	t.Helper()
	dir := t.TempDir()
	return startIn(t, dir, args...), dir
}

// startIn is start in a directory that is there.
func startIn(t testing.TB, dir string, args ...string) *terminal {
	t.Helper()
	path, err := exec.LookPath("ftpsh")
	if err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "TERM=xterm", "NO_COLOR=1", "XDG_STATE_HOME="+filepath.Join(dir, "state"), "HOME="+dir)
	var options []string
	for _, arg := range args {
		switch {
		case arg == "":
		case variable.MatchString(arg):
			env = append(env, arg)
		default:
			options = append(options, arg)
		}
	}
	cmd := exec.Command(path, options...)
	cmd.Dir, cmd.Env = dir, env
	return onTerminal(t, cmd)
}

// onTerminal starts a program on a terminal of its own. At Ctrl-C a terminal drops
// what was written and not read yet, unless it is told not to.
func onTerminal(t testing.TB, cmd *exec.Cmd) *terminal {
	t.Helper()
	cmd.Args = append([]string{"sh", "-c", `stty noflsh; exec "$0" "$@"`, cmd.Path}, cmd.Args[1:]...)
	cmd.Path = "/bin/sh"
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 200})
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, tty: tty, cmd: cmd, text: make(chan string, 64)}
	go func() {
		defer close(term.text)
		buf := make([]byte, 4096)
		for {
			n, err := tty.Read(buf)
			if n > 0 {
				term.text <- string(buf[:n])
			}
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		tty.Close()
		for range term.text {
		}
		cmd.Wait()
	})
	return term
}

var variable = regexp.MustCompile(`^[A-Z_]+=`)

var escapes = regexp.MustCompile(`\x1b(\[[0-9;?]*[a-zA-Z]|\][^\x07\x1b]*(\x07|\x1b\\)|[=>])`)

// see waits until text is on the screen, behind what was seen before.
func (term *terminal) see(text string) {
	term.t.Helper()
	deadline := time.After(patience)
	for {
		if _, after, found := strings.Cut(escapes.ReplaceAllString(term.rest, ""), text); found {
			term.rest = after
			return
		}
		select {
		case more, ok := <-term.text:
			if !ok {
				term.t.Fatalf("%q is never seen; the screen had\n%s", text, term.seen.String())
			}
			term.rest += more
			term.seen.WriteString(more)
		case <-deadline:
			term.t.Fatalf("%q is not seen; the screen had\n%s", text, term.seen.String())
		}
	}
}

// enter types a line.
func (term *terminal) enter(line string) { term.press(line + "\r") }

func (term *terminal) press(keys string) {
	term.t.Helper()
	if _, err := term.tty.WriteString(keys); err != nil {
		term.t.Fatal(err)
	}
}

// ends waits for the end of the program and compares its exit status.
func (term *terminal) ends(status int) {
	term.t.Helper()
	ended := make(chan struct{})
	go func() {
		term.cmd.Wait()
		close(ended)
	}()
	text := term.text
	for {
		select {
		case <-ended:
			if got := term.cmd.ProcessState.ExitCode(); got != status {
				term.t.Fatalf("exit status %d, want %d", got, status)
			}
			return
		case _, ok := <-text:
			if !ok {
				text = nil
			}
		case <-time.After(patience):
			term.t.Fatal("the program does not end")
		}
	}
}

// serving starts a server with some files.
func serves(t testing.TB, opt practice.Options, files map[string]string) *practice.Server {
	t.Helper()
	opt.FS = afero.NewMemMapFs()
	if err := opt.FS.MkdirAll("/", 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := afero.WriteFile(opt.FS, "/"+name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	server, err := practice.Start(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server
}

func address(server *practice.Server) string { return "alice@" + server.Addr() }

func loggedIn(t testing.TB, server *practice.Server) (*terminal, string) {
	t.Helper()
	term, dir := start(t, address(server))
	term.see("password: ")
	term.enter(practice.Password)
	term.see("PLAIN> ")
	return term, dir
}

func TestDemoSession(t *testing.T) {
	term, dir := start(t, "--demo")
	term.see("try `ls -l`")
	term.see("/ tls> ")
	term.enter("ls")
	term.see("README.txt")
	term.see("tls> ")
	term.enter("get README.txt")
	term.see("README.txt  608 bytes in")
	if _, err := os.Stat(filepath.Join(dir, "README.txt")); err != nil {
		t.Error(err)
	}
	term.enter("gte README.txt")
	term.see("gte: no such command")
	term.see("did you mean")
	term.see("tls> ")
	term.press("\x04")
	term.ends(0)
}

func TestPasswordAtTheTerminal(t *testing.T) {
	server := serves(t, practice.Options{}, nil)
	term, dir := start(t, address(server))
	term.see("password: ")
	term.enter("wrong")
	term.see("530 ")
	term.see("password: ")
	term.enter(practice.Password)
	term.see("alice@127.0.0.1:/ PLAIN> ")
	term.enter("bye")
	term.ends(0)
	if strings.Contains(term.seen.String(), practice.Password) {
		t.Error("the password is on the screen")
	}
	kept, _ := os.ReadFile(filepath.Join(dir, "state", "ftpsh", "history"))
	if strings.Contains(string(kept), "wrong") || strings.Contains(string(kept), practice.Password) {
		t.Errorf("the history has a password:\n%s", kept)
	}
	if !strings.Contains(string(kept), "bye") {
		t.Errorf("the history lacks the line typed:\n%s", kept)
	}
}

// TestInterrupt: Ctrl-C in a transfer gives the prompt back at once, and the
// same session answers the next command.
func TestInterrupt(t *testing.T) {
	const size = 8 << 20
	server := serves(t, practice.Options{Faults: []practice.Fault{{Name: "rate", At: 256 << 10}}},
		map[string]string{"big.bin": strings.Repeat("x", size), "small.txt": "small\n"})
	term, dir := loggedIn(t, server)
	for range 2 {
		term.enter("get -f big.bin")
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		if _, err := server.WaitCommand(ctx, "RETR"); err != nil {
			t.Fatal(err)
		}
		cancel()
		term.see("of 8.0M") // the progress line
		pressed := time.Now()
		term.press("\x03")
		term.see("`reget big.bin` resumes")
		term.see("get: interrupted")
		term.see("PLAIN> ")
		if waited := time.Since(pressed); waited > time.Second { // 0.2 s where nobody else uses the machine
			t.Errorf("the prompt came after %v", waited)
		}
		term.enter("pwd")
		term.see("/\r\n")
		term.see("PLAIN> ")
	}
	term.enter("get small.txt")
	term.see("small.txt  6 bytes")
	if _, err := os.Stat(filepath.Join(dir, "big.bin")); err == nil {
		t.Error("a file that is not complete has its final name")
	}
	if _, err := os.Stat(filepath.Join(dir, "big.bin.part")); err != nil {
		t.Error(err)
	}
	if n := strings.Count(strings.Join(server.Commands(), "\n"), "USER"); n != 1 {
		t.Errorf("%d logins, want 1", n)
	}
}

func TestQuestions(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"a.txt": "a", "b.txt": "b", "c.txt": "c", "d.txt": "d"})
	term, dir := loggedIn(t, server)
	term.enter("mget *.txt")
	term.see("mget a.txt? [ynapq?] ")
	term.enter("n")
	term.see("mget b.txt? [ynapq?] ")
	term.enter("?")
	term.see("q stop here")
	term.see("mget b.txt? [ynapq?] ")
	term.enter("y")
	term.see("mget c.txt? [ynapq?] ")
	term.enter("q")
	term.see("PLAIN> ")
	names, _ := filepath.Glob(filepath.Join(dir, "*.txt"))
	if len(names) != 1 || filepath.Base(names[0]) != "b.txt" {
		t.Errorf("got %v, want b.txt", names)
	}
	term.enter("rm ?.txt")
	term.see("delete 4 files? [y/n] ")
	term.enter("n")
	term.see("PLAIN> ")
	term.enter("delete")
	term.see("(remote-file) ")
	term.enter("d.txt")
	term.see("PLAIN> ")
	if ok, _ := afero.Exists(server.FS(), "/d.txt"); ok {
		t.Error("d.txt is still there")
	}
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	term.enter("get a.txt")
	term.see("a.txt is here already")
	term.see("here           4 bytes, ")
	term.see("on the server  1 byte, ")
	term.see("replace it? [y]es, [r]ename, [n]o, [?] ")
	term.enter("c")
	term.see("r take another name")
	term.see("replace it? ")
	term.enter("r")
	term.see("it becomes a.txt.1")
	term.see("PLAIN> ")
	if copied, _ := os.ReadFile(filepath.Join(dir, "a.txt.1")); len(copied) == 0 {
		t.Error("a.txt.1 is not there")
	}
	term.enter("get a.txt")
	term.see("replace it? ")
	term.enter("n")
	term.see("a.txt stays as it was")
	kept, _ := os.ReadFile(filepath.Join(dir, "a.txt"))
	if string(kept) != "mine" {
		t.Errorf("a.txt holds %q", kept)
	}
}

// TestUploadsAsk: what an upload would replace is shown, with both sizes and times, and each answer does what it says.
func TestUploadsAsk(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"a.txt": "theirs", "b.txt": "theirs"})
	term, dir := loggedIn(t, server)
	for _, name := range []string{"a.txt", "b.txt", "new.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("theirs and more"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	holds := func(name, want string) {
		t.Helper()
		if got, _ := afero.ReadFile(server.FS(), "/"+name); string(got) != want {
			t.Errorf("%s holds %q, want %q", name, got, want)
		}
	}
	ask := func(line, answer, said string) {
		t.Helper()
		term.enter(line)
		term.see("a.txt is on the server already")
		term.see("on the server  6 bytes, ")
		term.see("here           15 bytes, ")
		term.see("replace it? [y]es, [c]ontinue, [r]ename, [n]o, [?] ")
		term.enter(answer)
		term.see(said)
		term.see("PLAIN> ")
	}
	term.enter("put new.txt")
	term.see("new.txt  15 bytes")
	ask("put a.txt", "n", "a.txt stays as it was")
	holds("a.txt", "theirs")
	ask("put a.txt", "r", "it becomes a.txt.1")
	holds("a.txt.1", "theirs and more")
	ask("put a.txt", "c", "a.txt  15 bytes in ")
	holds("a.txt", "theirs and more")
	term.enter("put -f b.txt")
	term.see("b.txt  15 bytes")
	if err := os.WriteFile(filepath.Join(dir, "b.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	term.enter("put b.txt")
	term.see("replace it? [y]es, [r]ename, [n]o, [?] ")
	term.enter("ya")
	term.see("b.txt  4 bytes")
	term.enter("mput b.txt")
	term.see("mput b.txt (replaces that of 4 bytes, ")
	term.see("? [ynapq?] ")
	term.enter("n")
	term.see("PLAIN> ")
}

// TestMirrorAsks: at a terminal a mirror shows what it would delete and asks, and no is no failure.
func TestMirrorAsks(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"pub/a.txt": "a"})
	term, dir := loggedIn(t, server)
	for _, name := range []string{"pub/old.txt", "pub/old/x.txt"} {
		os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755)
		if err := os.WriteFile(filepath.Join(dir, name), []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range []struct{ answer, said string }{{"n", "nothing was deleted"}, {"y", "2 deleted, 1 directory deleted"}} {
		term.enter("mirror --delete pub")
		term.see("delete  3  old/x.txt")
		term.see("rmdir      old")
		term.see("delete  3  old.txt")
		term.see("delete 2 files and 1 directory, and keep 1? [y/n] ")
		term.enter(row.answer)
		term.see(row.said)
		term.see("PLAIN> ")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "pub", "*")); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}

// TestCertificate: an unknown certificate is shown and asked about once.
func TestCertificate(t *testing.T) {
	server := serves(t, practice.Options{TLS: practice.Explicit}, nil)
	term, dir := start(t, address(server))
	term.see("signed by an unknown authority")
	term.see("SHA-256")
	term.see("from now on? [yes/once/no] ")
	term.enter("y")
	term.see("`yes` accepts it for good")
	term.see("from now on? [yes/once/no] ")
	term.enter("no")
	term.see("hint: ")
	term.see("ftpsh> ")
	if strings.Contains(strings.Join(server.Commands(), "\n"), "USER") {
		t.Error("a user name went to a server that is not trusted")
	}
	for i := range 2 {
		term.enter("open alice@" + server.Addr())
		if i == 0 {
			term.see("from now on? [yes/once/no] ")
			term.enter("yes")
		}
		term.see("password: ")
		term.enter(practice.Password)
		term.see("/ tls> ")
	}
	info, err := os.Stat(filepath.Join(dir, "state", "ftpsh", "known_hosts"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("known_hosts: %v %v", info, err)
	}
}

func TestCompletion(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"my notes.txt": "x", "sub/deep.txt": "y"})
	term, _ := loggedIn(t, server)
	term.press("siz\t")
	term.see("size ")
	term.press("my\t")
	term.see(`my\ notes.txt `)
	term.press("\r")
	term.see("\r\n1\r\n")
	term.see("PLAIN> ")
	term.press("size s\td\t\r")
	term.see("\r\n1\r\n")
	term.see("PLAIN> ")
	term.press("set clob\tof\t\r")
	term.see("PLAIN> ")
	term.enter("set clobber")
	term.see("\r\noff\r\n")
}

// TestInterruptedBatch: SIGINT ends a batch with 130, whatever it is doing.
func TestInterruptedBatch(t *testing.T) {
	server := serves(t, practice.Options{Faults: []practice.Fault{{Name: "stall", At: 10}}}, map[string]string{"big.bin": strings.Repeat("x", 1<<20)})
	path, err := exec.LookPath("ftpsh")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ name, script, verb string }{
		{"in a transfer", "get big.bin\n", "RETR"},
		{"waiting for a line", "pwd\n", "QUIT"},
	} {
		t.Run(row.name, func(t *testing.T) {
			cmd := exec.Command(path, address(server))
			cmd.Dir = t.TempDir()
			cmd.Env = append(os.Environ(), "FTPSH_PASSWORD="+practice.Password, "XDG_STATE_HOME="+cmd.Dir)
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			io.WriteString(in, row.script)
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			if row.verb == "RETR" {
				_, err = server.WaitCommand(ctx, row.verb)
			} else {
				_, err = bufio.NewReader(out).ReadString('\n')
			}
			if err != nil {
				t.Error(err)
			}
			cmd.Process.Signal(os.Interrupt)
			cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != 130 {
				t.Errorf("exit status %d, want 130", got)
			}
			if _, err := os.Stat(filepath.Join(cmd.Dir, "big.bin")); err == nil {
				t.Error("a file that is not complete has its final name")
			}
		})
	}
}

// TestHostileText: what a server has in its files and names cannot command the
// terminal.
func TestHostileText(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{
		"evil\x1b[2J.txt": "before\x1b]0;title\x07after\n", "zero.bin": "a\x00b", "short.txt": "one\nno line end",
	})
	term, _ := loggedIn(t, server)
	term.enter("ls")
	term.see(`evil\x1b[2J.txt`)
	term.see("PLAIN> ")
	term.enter("cat evil*")
	term.see(`before\x1b]0;title\x07after`)
	term.see("PLAIN> ")
	term.enter("get short.txt -")
	term.see("no line end")
	term.see("PLAIN> ")
	term.enter("cat zero.bin")
	term.see("no text")
	if screen := term.seen.String(); strings.Contains(screen, "\x1b]0;") || strings.Contains(screen, "\x1b[2J") {
		t.Errorf("the server's escape sequences reached the terminal: %q", screen)
	}
}

// TestServe: --serve serves a folder until it is interrupted.
func TestServe(t *testing.T) {
	path, err := exec.LookPath("ftpsh")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("a\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := exec.Command(path, "--serve", dir, "-p", "0", "--user", "bob", "--password", "b0b", "--tls", "--writable")
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	welcome, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	port := regexp.MustCompile(`:(\d+)/ \(user bob`).FindStringSubmatch(welcome)
	if port == nil {
		t.Fatalf("no port in %q", welcome)
	}
	client := exec.Command(path, "--insecure", "-c", "ls; put a.txt b.txt; get b.txt -", "bob@localhost", port[1])
	client.Dir = dir
	client.Env = append(os.Environ(), "FTPSH_PASSWORD=b0b", "XDG_STATE_HOME="+t.TempDir())
	got, err := client.Output()
	if err != nil || string(got) != "a.txt\na\n" {
		t.Errorf("got %q, %v", got, err)
	}
	server.Process.Signal(os.Interrupt)
	if err := server.Wait(); err != nil {
		t.Error(err)
	}
}

// TestSignals: SIGTERM restores the terminal, says goodbye and ends with 128+n.
func TestSignals(t *testing.T) {
	server := serves(t, practice.Options{}, nil)
	term, _ := loggedIn(t, server)
	if err := term.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	term.ends(128 + int(syscall.SIGTERM))
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, err := server.WaitCommand(ctx, "QUIT"); err != nil {
		t.Error(err)
	}
}

// TestReturnIsTheAnswer: rm does not ask again about the files whose number stood below the line when Return was pressed. It
// asks where nothing stood there, where there are others now, and about everything.
func TestReturnIsTheAnswer(t *testing.T) {
	files := map[string]string{"a.tmp": "", "b.tmp": "", "a.log": "", "b.log": "", "c.txt": ""}
	server := serves(t, practice.Options{}, files)
	term, _ := loggedIn(t, server)
	term.enter("ls")
	term.see("PLAIN> ")
	term.enter("rm *.tmp")
	term.see("delete 2 files? [y/n] ")
	term.enter("n")
	term.see("PLAIN> ")
	for _, line := range []string{"rm *", "rm *.*", "echo and; rm *.tmp"} {
		term.press(line)
		term.see("deletes ")
		term.press("\r")
		term.see("? [y/n] ")
		term.enter("n")
		term.see("PLAIN> ")
	}
	term.press("rm *.tmp")
	term.see("deletes 2 files")
	term.press("\r")
	term.see("2 files deleted")
	term.see("PLAIN> ")
	term.press("rm *.log")
	term.see("deletes 2 files")
	if err := afero.WriteFile(server.FS(), "/c.log", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	term.press("\r")
	term.see("delete 3 files? [y/n] ")
	term.enter("n")
	term.see("PLAIN> ")
	if got := slices.Sorted(maps.Keys(snapshot(t, server))); !slices.Equal(got, []string{"/a.log", "/b.log", "/c.log", "/c.txt"}) {
		t.Errorf("there are %q", got)
	}
}

// TestNoQuestionWhereUndoIs: with the trash on rm asks about a pattern for everything only; undo brings the rest back.
func TestNoQuestionWhereUndoIs(t *testing.T) {
	server := serves(t, practice.Options{}, map[string]string{"a.tmp": "a", "b.tmp": "b", "c.txt": "c"})
	term, _ := start(t, "FTPSH_PASSWORD="+practice.Password, address(server))
	term.see("PLAIN> ")
	term.enter("set trash on; rm *.tmp")
	term.see("2 files deleted; `undo` brings back what you need")
	term.see("PLAIN> ")
	term.enter("rm *")
	term.see("delete c.txt? [y/n] ")
	term.enter("n")
	term.see("PLAIN> ")
	term.enter("rm --no-trash *.txt")
	term.see("delete c.txt? [y/n] ")
	term.enter("n")
	term.see("PLAIN> ")
	term.enter("undo -y; ls")
	term.see("a.tmp  b.tmp  c.txt")
	term.enter("bye")
	term.ends(0)
}
