package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
	"github.com/ftpsh/ftpsh/shell/command"
)

// quickRace spares programs under the race detector the second they wait at
// their end. TestMain puts it into the environment; who makes one of its own adds it.
const quickRace = "GORACE=atexit_sleep_ms=0"

func TestMain(m *testing.M) {
	name, value, _ := strings.Cut(quickRace, "=")
	os.Setenv(name, value)
	testscript.Main(daemon.ManyAtOnce{M: m}, map[string]func(){
		"ftpsh": func() { os.Exit(run(os.Args[1:], func(opt *command.Options) { checkWire(opt); recordSent(opt) })) },
	})
}

// checkWire ends the program when a command sends a verb that is not in its
// row: what help says about the wire is true.
func checkWire(opt *command.Options) {
	var running atomic.Pointer[command.Command]
	opt.Started = running.Store
	opt.Trace = &client.Trace{Sent: func(i client.SentInfo) {
		cmd := running.Load()
		if cmd == nil || cmd.Name == "quote" || i.Verb == "QUIT" || names(command.LoginVerbs, i.Line) {
			return
		}
		if !names(cmd.Wire, i.Line) && !(changes(cmd) && names(command.TrashVerbs, i.Line)) {
			panic(fmt.Sprintf("%s sends %s, which is not in its Wire", cmd.Name, i.Line))
		}
	}}
}

// changes reports whether a command changes files of the server.
func changes(command *command.Command) bool {
	return slices.ContainsFunc(command.Wire, func(line string) bool { _, is := client.ChangeOf(line + " x"); return is })
}

// names reports whether a list has the verb of a line, or its first two words.
func names(verbs []string, line string) bool {
	return slices.ContainsFunc(verbs, func(verb string) bool { return strings.HasPrefix(line+" ", verb+" ") })
}

// The scripts are written in the language of testscript with these commands:
//
//	server [tls|implicit] [fault]…   starts a server with the files below remote/ and sets HOST, PORT, URL, CA
//	play FILE                        starts a fake server that plays a conversation
//	played                           the conversation was as written
//	batch STATUS FILE [arg]…         runs ftpsh [arg]… $URL with FILE as standard input
//	run STATUS [arg]…                runs ftpsh [arg]…
//	input STATUS FILE [arg]…         runs ftpsh [arg]… with FILE as standard input
//	[!] wire [line|verb]…            the server has received these, in this order (or none of them)
//	[!] remote NAME [FILE]           the server has NAME (and it holds what FILE holds)
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:   filepath.Join("..", "..", "shell", "testdata"),
		Setup: setUp,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"server": startServer, "play": startPlay, "played": checkPlay, "batch": runBatch, "run": runProgram, "input": runInput,
			"wire": checkCommands, "remote": checkRemote,
		},
	})
}

// passed are the variables that the program sees.
var passed = []string{"PATH", "HOME", "USERPROFILE", "TMPDIR", "TZ", "TERM", "NO_COLOR", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "FTPSH_PASSWORD", "FTPSH_TRACE", "EDITOR", "SYSTEMROOT", "COMSPEC", "PATHEXT", keyLogFile, sentFile}

func setUp(env *testscript.Env) error {
	addPrograms(env)
	env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "home", ".config"))
	env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
	env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
	env.Setenv("USERPROFILE", filepath.Join(env.WorkDir, "home"))
	env.Setenv("TZ", "UTC")
	env.Values["server"] = new(*practice.Server)
	env.Values["play"] = new(*practice.Scripted)
	return os.MkdirAll(filepath.Join(env.WorkDir, "home"), 0o700)
}

func startServer(ts *testscript.TestScript, _ bool, args []string) {
	opt := practice.Options{FS: remoteFiles(ts)}
	for _, arg := range args {
		switch arg {
		case "tls":
			opt.TLS = practice.Explicit
		case "implicit":
			opt.TLS = practice.Implicit
		default:
			opt.Faults = append(opt.Faults, parseFault(ts, arg))
		}
	}
	server, err := practice.Start(opt)
	ts.Check(err)
	ts.Defer(func() { server.Close() })
	*ts.Value("server").(**practice.Server) = server
	where := &url.URL{Scheme: "ftp", User: url.UserPassword(practice.User, practice.Password), Host: server.Addr(), Path: "/"}
	if opt.TLS == practice.Implicit {
		where.Scheme = "ftps"
	}
	ts.Setenv("URL", where.String())
	ts.Setenv("HOST", server.Host())
	ts.Setenv("PORT", strconv.Itoa(server.Port()))
	if server.RootCAs() != nil {
		ts.Setenv("CA", ts.MkAbs("ca.pem"))
		ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), server.CAPEM(), 0o600))
	}
}

// parseFault reads NAME, NAME*COUNT, NAME@VERB or NAME=TEXT, with a number as bytes.
func parseFault(ts *testscript.TestScript, text string) practice.Fault {
	text, value, _ := strings.Cut(text, "=")
	name, verb, _ := strings.Cut(text, "@")
	name, count, _ := strings.Cut(name, "*")
	f := practice.Fault{Name: name, Verb: verb}
	f.Count, _ = strconv.Atoi(count)
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		f.At = n
	} else {
		f.Text = value
	}
	return f
}

// slashed is a file system of afero whose Chmod knows a file by its name with slashes on Windows, too.
type slashed struct{ afero.Fs }

func (m slashed) Chmod(name string, mode fs.FileMode) error {
	return m.Fs.Chmod(filepath.FromSlash(name), mode)
}

// remoteFiles is what the script has below remote/, in memory.
func remoteFiles(ts *testscript.TestScript) afero.Fs {
	mem := slashed{afero.NewMemMapFs()}
	ts.Check(mem.MkdirAll("/", 0o755))
	root := ts.MkAbs("remote")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err != nil {
			return nil
		}
		rel, _ := filepath.Rel(root, name)
		rel = filepath.ToSlash(rel)
		rel = "/" + filepath.ToSlash(rel)
		if d.IsDir() {
			return mem.MkdirAll(rel, 0o755)
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := afero.WriteFile(mem, rel, data, 0o644); err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return mem.Chtimes(rel, info.ModTime(), info.ModTime()) // the same with each server of a script
	})
	ts.Check(err)
	return mem
}

func startPlay(ts *testscript.TestScript, _ bool, args []string) {
	played, err := practice.Script(ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Setenv("URL", "ftp://"+played.Addr()+"/")
	ts.Setenv("HOST", played.Host())
	ts.Setenv("PORT", strconv.Itoa(played.Port()))
	ts.Defer(func() { played.Close() })
	*ts.Value("play").(**practice.Scripted) = played
}

func checkPlay(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check((*ts.Value("play").(**practice.Scripted)).Wait())
}

func runBatch(ts *testscript.TestScript, _ bool, args []string) {
	program(ts, args[0], ts.ReadFile(args[1]), append(args[2:], ts.Getenv("URL"))...)
}

func runInput(ts *testscript.TestScript, _ bool, args []string) {
	program(ts, args[0], ts.ReadFile(args[1]), args[2:]...)
}

func runProgram(ts *testscript.TestScript, _ bool, args []string) {
	program(ts, args[0], "", args[1:]...)
}

// program runs ftpsh and compares its exit status.
func program(ts *testscript.TestScript, status, stdin string, args ...string) {
	want, err := strconv.Atoi(status)
	ts.Check(err)
	path, err := exec.LookPath("ftpsh")
	ts.Check(err)
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Env = ts.MkAbs("."), []string{quickRace}
	for _, name := range passed {
		if value := ts.Getenv(name); value != "" {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	var out, errOut bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errOut
	err = cmd.Run()
	ts.Stdout().Write(out.Bytes())
	ts.Stderr().Write(errOut.Bytes())
	if got := cmd.ProcessState.ExitCode(); got != want {
		ts.Fatalf("exit status %d, want %d (%v)\n%s%s", got, want, err, &out, &errOut)
	}
}

func server(ts *testscript.TestScript) *practice.Server {
	return *ts.Value("server").(**practice.Server)
}

func checkCommands(ts *testscript.TestScript, none bool, args []string) {
	compareSent(ts, server(ts).Commands(), none, args)
}

func compareSent(ts *testscript.TestScript, got []string, none bool, args []string) {
	at := 0
	for _, want := range args {
		i := slices.IndexFunc(got[at:], func(line string) bool { return line == want || strings.HasPrefix(line, want+" ") })
		switch {
		case none && i >= 0:
			ts.Fatalf("the server has received %s:\n%s", want, strings.Join(got, "\n"))
		case !none && i < 0:
			ts.Fatalf("the server has not received %s at its turn:\n%s", want, strings.Join(got, "\n"))
		case !none:
			at += i + 1
		}
	}
}

func checkRemote(ts *testscript.TestScript, none bool, args []string) {
	got, err := afero.ReadFile(server(ts).FS(), "/"+args[0])
	info, statErr := server(ts).FS().Stat("/" + args[0])
	there := statErr == nil
	switch {
	case none && there:
		ts.Fatalf("%s is there", args[0])
	case !none && !there:
		ts.Fatalf("%s is not there", args[0])
	case len(args) == 2 && (info.IsDir() || err != nil || string(got) != ts.ReadFile(args[1])):
		ts.Fatalf("%s holds %q (%v)", args[0], got, err)
	}
}
