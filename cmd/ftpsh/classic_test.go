package main

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/client/practice/daemon"
	"github.com/ftpsh/ftpsh/shell/command"
)

// A classicServer is a server that classic scripts are run against.
type classicServer struct {
	name, host, port string
	put              func(name string, data []byte)
	read             func(name string) ([]byte, error)
}

// TestClassic runs scripts as users of ftp(1) write them, against the practice
// server and against servers that people run. They have, beside the language of
// testscript, these commands. Each script has a folder of its own on the server,
// with the files below remote/ in it: DIR, which URL names too.
//
//	batch STATUS FILE [arg]…   runs ftpsh [arg]… $URL with FILE as standard input
//	ftp STATUS FILE [arg]…     runs ftpsh [arg]… with FILE as standard input, in which HOST, PORT and DIR are replaced
//	[!] sent [line]…           the last run has sent these lines, in this order (or none of them)
//	[!] remote NAME [FILE]     the server has NAME (and it holds what FILE holds)
//
// The conditions are the names of the servers: practice, proftpd, inetutils-ftpd.
func TestClassic(t *testing.T) {
	t.Parallel()
	t.Run("practice", func(t *testing.T) {
		t.Parallel()
		classicScripts(t, practiceSite(t))
	})
	for _, flavour := range []string{"proftpd", "inetutils-ftpd"} {
		t.Run(flavour, func(t *testing.T) {
			t.Parallel()
			classicScripts(t, realSite(t, flavour))
		})
	}
}

func practiceSite(t *testing.T) *classicServer {
	server, err := practice.Start(practice.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return &classicServer{
		name: "practice", host: server.Host(), port: strconv.Itoa(server.Port()),
		put: func(name string, data []byte) {
			if err := server.FS().MkdirAll("/"+path.Dir(name), 0o755); err != nil {
				t.Error(err)
			}
			if err := afero.WriteFile(server.FS(), "/"+name, data, 0o644); err != nil {
				t.Error(err)
			}
		},
		read: func(name string) ([]byte, error) { return afero.ReadFile(server.FS(), "/"+name) },
	}
}

func realSite(t *testing.T, flavour string) *classicServer {
	server := daemon.Start(t, flavour, daemon.Options{})
	return &classicServer{
		name: flavour, host: server.Host, port: strconv.Itoa(server.Port), put: server.Put,
		read: func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(server.Root, name)) },
	}
}

func classicScripts(t *testing.T, s *classicServer) {
	testscript.Run(t, testscript.Params{
		Dir:   filepath.Join("..", "..", "shell", "testdata", "classic"),
		Setup: func(env *testscript.Env) error { return s.prepare(env) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"batch": runBatch, "ftp": s.runFTP, "sent": checkSent, "remote": s.checkRemote,
		},
		Condition: func(name string) (bool, error) { return name == s.name, nil },
	})
}

// prepare makes the folder of a script on the server.
func (s *classicServer) prepare(env *testscript.Env) error {
	dir := filepath.Base(env.WorkDir)
	s.put(dir+"/.script", nil)
	root := filepath.Join(env.WorkDir, "remote")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(root, name)
		rel = filepath.ToSlash(rel)
		s.put(path.Join(dir, filepath.ToSlash(rel)), data)
		return err
	})
	env.Setenv("HOST", s.host)
	env.Setenv("PORT", s.port)
	env.Setenv("DIR", dir)
	env.Setenv("URL", "ftp://alice:s3cret%20pass@"+s.host+":"+s.port+"/"+dir+"/")
	env.Setenv(sentFile, filepath.Join(env.WorkDir, ".sent"))
	env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
	env.Setenv("USERPROFILE", filepath.Join(env.WorkDir, "home"))
	addPrograms(env)
	env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "home", ".config"))
	env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
	env.Setenv("TZ", "UTC")
	return err
}

func (s *classicServer) runFTP(ts *testscript.TestScript, _ bool, args []string) {
	fill := strings.NewReplacer("HOST", s.host, "PORT", s.port, "DIR", ts.Getenv("DIR"))
	program(ts, args[0], fill.Replace(ts.ReadFile(args[1])), args[2:]...)
}

func (s *classicServer) checkRemote(ts *testscript.TestScript, none bool, args []string) {
	got, err := s.read(ts.Getenv("DIR") + "/" + args[0])
	switch {
	case none && err == nil:
		ts.Fatalf("%s is there", args[0])
	case !none && err != nil:
		ts.Fatalf("%s is not there: %v", args[0], err)
	case len(args) == 2 && string(got) != ts.ReadFile(args[1]):
		ts.Fatalf("%s holds %q", args[0], got)
	}
}

// sentFile is the variable that names the file for what the program sends.
const sentFile = "FTPSH_TEST_SENT"

// recordSent writes what is sent into a file, if one is named: real servers do
// not tell.
func recordSent(opt *command.Options) {
	name := os.Getenv(sentFile)
	if name == "" {
		return
	}
	file, err := os.Create(name)
	if err != nil {
		panic(err)
	}
	opt.Trace = client.Join(opt.Trace, &client.Trace{Sent: func(i client.SentInfo) { file.WriteString(i.Line + "\n") }})
}

func checkSent(ts *testscript.TestScript, none bool, args []string) {
	compareSent(ts, strings.Split(ts.ReadFile(ts.Getenv(sentFile)), "\n"), none, args)
}

// TestClassicNames: every command of the old clients is in the script that types
// each of them on each server.
func TestClassicNames(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "shell", "testdata", "classic", "every.txt"))
	if err != nil {
		t.Fatal(err)
	}
	typed := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		typed[strings.TrimPrefix(word, "-")] = true
		if strings.HasPrefix(word, "!") {
			typed["!"] = true
		}
	}
	missing := slices.DeleteFunc(slices.Clone(command.ClassicCommands), func(name string) bool { return typed[name] })
	if len(missing) > 0 {
		t.Errorf("no script types %s", strings.Join(missing, " "))
	}
}
