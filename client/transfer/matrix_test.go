package transfer_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/transfer"
)

// forgetful is a server that forgets with each connection what it was told, as all do. It knows one
// command at a time, and notes what each file was moved with.
type forgetful struct {
	t        *testing.T
	listener net.Listener
	tls      *tls.Config // nil: in clear
	hook     func(l *line, verb, arg string) string

	mu    sync.Mutex
	files map[string]string // "" and a trailing slash: a directory
	lines int               // connections so far
	drop  string            // the verb at which the first connection ends, once it is armed
	moved []string          // "STOR /in/a with …": whatever touched a file
	wg    sync.WaitGroup
}

// line is one connection.
type line struct {
	net.Conn
	number  int
	in      *bufio.Reader
	cwd     string
	told    []string // what holds for this connection
	typ     string
	data    func() (net.Conn, error)
	private bool
}

func startForgetful(t *testing.T, secure *tls.Config) *forgetful {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &forgetful{t: t, listener: ln, tls: secure, files: map[string]string{"/": "", "/in/": ""}}
	for i := range 12 {
		name := fmt.Sprintf("f%02d", i)
		f.files["/"+name], f.files["/in/"+name] = "of the login", "of the directory"
	}
	f.wg.Go(func() {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			f.mu.Lock()
			f.lines++
			l := &line{Conn: nc, number: f.lines, in: bufio.NewReader(nc), cwd: "/", typ: "I"}
			f.mu.Unlock()
			f.wg.Go(func() { f.serve(l); l.Close() })
		}
	})
	t.Cleanup(func() { ln.Close(); f.wg.Wait() })
	return f
}

func (f *forgetful) serve(l *line) {
	stop := context.AfterFunc(f.t.Context(), func() { l.Close() })
	defer stop()
	fmt.Fprint(l, "220 ready\r\n")
	for {
		text, err := l.in.ReadString('\n')
		if err != nil {
			return
		}
		verb, arg, _ := strings.Cut(strings.TrimRight(text, "\r\n"), " ")
		f.mu.Lock()
		drop := l.number == 1 && f.drop == verb
		if drop {
			f.drop = ""
		}
		f.mu.Unlock()
		if drop {
			fmt.Fprint(l, "421 idle\r\n")
			return
		}
		reply := f.hook(l, verb, arg)
		if reply == "" {
			reply = f.answer(l, verb, arg)
		}
		fmt.Fprint(l, reply, "\r\n")
		if verb == "AUTH" && f.tls != nil {
			tc := tls.Server(l.Conn, f.tls)
			l.Conn, l.in = tc, bufio.NewReader(tc)
		}
		if verb == "QUIT" {
			return
		}
	}
}

// touch notes a command that is about a file, with all that it was done with.
func (f *forgetful) touch(l *line, verb, name string) {
	told := append(slices.Clone(l.told), "TYPE "+l.typ)
	f.moved = append(f.moved, verb+" "+name+" with "+strings.Join(told, ", "))
}

func (f *forgetful) answer(l *line, verb, arg string) string {
	name := arg
	if !strings.HasPrefix(name, "/") {
		name = path.Join(l.cwd, arg)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	content, exists := f.files[name]
	_, dir := f.files[strings.TrimSuffix(name, "/")+"/"]
	switch verb {
	case "AUTH":
		if f.tls == nil {
			return "502 no"
		}
		return "234 go on"
	case "USER":
		return "331 password"
	case "PASS":
		return "230 in"
	case "FEAT":
		return "211-\r\n SIZE\r\n MDTM\r\n211 end"
	case "SYST":
		return "215 UNIX Type: L8"
	case "PWD":
		return `257 "` + l.cwd + `"`
	case "CWD":
		if !dir {
			return "550 no directory"
		}
		l.cwd = path.Clean(name)
		return "250 there"
	case "TYPE":
		l.typ = arg
		return "200 yes"
	case "PBSZ", "NOOP", "OPTS", "SITE":
		if verb == "OPTS" || verb == "SITE" {
			l.told = append(l.told, verb+" "+arg)
		}
		return "200 yes"
	case "PROT":
		l.private = arg == "P"
		l.told = append(l.told, "PROT "+arg)
		return "200 yes"
	case "EPSV", "PASV":
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "425 no"
		}
		ln.(*net.TCPListener).SetDeadline(time.Now().Add(5 * time.Second))
		l.data = func() (net.Conn, error) { defer ln.Close(); return ln.Accept() }
		port := ln.Addr().(*net.TCPAddr).Port
		if verb == "PASV" {
			return fmt.Sprintf("227 (127,0,0,1,%d,%d)", port>>8, port&255)
		}
		return fmt.Sprintf("229 (|||%d|)", port)
	case "PORT":
		var a, b int
		fmt.Sscanf(arg, "127,0,0,1,%d,%d", &a, &b)
		l.data = func() (net.Conn, error) { return net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", a<<8|b)) }
		return "200 yes"
	case "SIZE", "MDTM":
		if !exists {
			return "550 no file"
		}
		f.touch(l, verb, name)
		if verb == "MDTM" {
			return "213 20200102030405"
		}
		return fmt.Sprintf("213 %d", len(content))
	case "LIST":
		var b strings.Builder
		at := l.cwd
		if arg != "" && !strings.HasPrefix(arg, "-") {
			at = path.Clean(name)
		}
		for _, one := range slices.Sorted(maps.Keys(f.files)) {
			if path.Dir(strings.TrimSuffix(one, "/")) == at && !strings.HasSuffix(one, "/") {
				fmt.Fprintf(&b, "-rw-r--r-- 1 u g %d Jan  1  2020 %s\r\n", len(f.files[one]), path.Base(one))
			}
		}
		f.touch(l, verb, at+"/")
		return f.send(l, b.String())
	case "RETR":
		if !exists {
			return "550 no file"
		}
		f.touch(l, verb, name)
		return f.send(l, content)
	case "STOR":
		f.touch(l, verb, name)
		fmt.Fprint(l, "150 go on\r\n")
		d, err := l.data()
		if err != nil {
			return "425 no"
		}
		defer d.Close()
		f.mu.Unlock()
		all, _ := io.ReadAll(d)
		f.mu.Lock()
		f.files[name] = string(all)
		return "226 stored"
	case "DELE", "RNTO", "MKD":
		f.touch(l, verb, name)
		return "250 done"
	case "RNFR":
		f.touch(l, verb, name)
		return "350 and then"
	case "QUIT":
		return "221 bye"
	}
	return "502 what"
}

func (f *forgetful) send(l *line, text string) string {
	fmt.Fprint(l, "150 coming\r\n")
	if l.data == nil {
		return "425 no"
	}
	f.mu.Unlock()
	defer f.mu.Lock()
	d, err := l.data()
	if err != nil {
		return "425 no"
	}
	defer d.Close()
	io.WriteString(d, text)
	return "226 done"
}

// made is one way to make a session what it is; mark is what each file must be moved with.
type made struct {
	name, mark string
	do         func(*client.Session) error
	hook       func(l *line, verb, arg string) string
	refuses    bool // no other connection can be the same
	secure     bool
}

var none = func(*line, string, string) string { return "" }

func byHand(text string) func(*client.Session) error {
	return func(s *client.Session) error { _, err := s.Quote(context.Background(), text); return err }
}

var making = []made{
	{name: "PWD unknown", hook: func(_ *line, verb, _ string) string {
		return map[string]string{"PWD": "502 what", "XPWD": "502 what"}[verb]
	}},
	{name: "PWD tells the last part", hook: func(l *line, verb, _ string) string {
		return map[string]string{"PWD": `257 "` + path.Base(l.cwd) + `"`}[verb]
	}},
	{name: "cwd gone", refuses: true, hook: func(l *line, verb, _ string) string {
		if verb == "CWD" && l.number > 1 {
			return "550 gone"
		}
		return ""
	}},
	{name: "CWD goes elsewhere", refuses: true, hook: func(l *line, verb, _ string) string {
		if verb == "CWD" && l.number > 1 {
			return "250 fine"
		}
		return ""
	}},
	{name: "TYPE", mark: "TYPE C 1208", do: byHand("TYPE C 1208")},
	{name: "SITE", mark: "SITE LRECL=80", do: byHand("SITE LRECL=80")},
	{name: "SITE unknown", mark: "SITE FROB 3", do: byHand("SITE FROB 3"), refuses: true},
	{name: "SITE refused", mark: "SITE A=1", do: byHand("SITE A=1"), refuses: true, hook: func(l *line, verb, _ string) string {
		if verb == "SITE" && l.number > 1 {
			return "500 what"
		}
		return ""
	}},
	{name: "UMASK", mark: "SITE UMASK 027", do: func(s *client.Session) error { return s.SetUmask(context.Background(), 0o027) }},
	{name: "OPTS", mark: "OPTS UTF8 OFF", do: byHand("OPTS UTF8 OFF")},
	{name: "PROT C", mark: "PROT C", secure: true, do: byHand("PROT C")},
}

// using is one way to use a session that was made so.
type using struct {
	name, drop string
	alone      bool // over the connection that stands: nothing else is made
	do         func(t *testing.T, s *client.Session, other func() *client.Session) error
}

func uses() []using {
	ctx := context.Background()
	fetch := func(t *testing.T, s *client.Session) error {
		to := filepath.Join(t.TempDir(), "f")
		if _, err := transfer.Run(ctx, s, transfer.Task{Remote: "f00", Local: to}, nil); err != nil {
			return err
		}
		if got, _ := os.ReadFile(to); string(got) != "of the directory" {
			t.Errorf("got %q", got)
		}
		return nil
	}
	send := func(t *testing.T, s *client.Session) error {
		_, err := transfer.Run(ctx, s, transfer.Task{Op: transfer.Upload, Remote: "up", In: strings.NewReader("ours")}, nil)
		return err
	}
	all := []using{}
	for verb, ask := range map[string]func(t *testing.T, s *client.Session) error{
		"SIZE": fetch, "EPSV": fetch, "RETR": fetch,
		"MDTM": func(_ *testing.T, s *client.Session) error { _, err := s.ModTime(ctx, "f00"); return err },
		"DELE": func(_ *testing.T, s *client.Session) error { return s.Remove(ctx, "f00") },
		"RNFR": func(_ *testing.T, s *client.Session) error { return s.Rename(ctx, "f00", "g00") },
		"MKD":  func(_ *testing.T, s *client.Session) error { _, err := s.Mkdir(ctx, "new"); return err },
		"STOR": send, "TYPE": send,
		"LIST": func(_ *testing.T, s *client.Session) (err error) {
			for _, err = range s.List(ctx, "", client.ListOptions{}) {
			}
			return err
		},
		"NOOP": func(t *testing.T, s *client.Session) error { return errors.Join(s.Noop(ctx), send(t, s)) },
	} {
		all = append(all, using{name: "connected again at " + verb, drop: verb,
			do: func(t *testing.T, s *client.Session, _ func() *client.Session) error { return ask(t, s) }})
	}
	engine := func(s *client.Session, done func(transfer.Task, transfer.Result, error)) *transfer.Engine {
		return &transfer.Engine{Session: s, Parallel: 4, Done: done}
	}
	return append(all, using{name: "clone", do: func(t *testing.T, s *client.Session, _ func() *client.Session) error {
		other, err := s.Clone(ctx)
		if err != nil {
			return err
		}
		defer other.Close()
		return fetch(t, other)
	}}, using{name: "job", do: func(t *testing.T, s *client.Session, _ func() *client.Session) error {
		other := s.Twin(nil)
		defer other.Close()
		return fetch(t, other)
	}}, using{name: "mget over four sessions", alone: true, do: func(t *testing.T, s *client.Session, _ func() *client.Session) error {
		var tasks []transfer.Task
		here := t.TempDir()
		for i := range 12 {
			name := fmt.Sprintf("f%02d", i)
			tasks = append(tasks, transfer.Task{Remote: name, Local: filepath.Join(here, name)})
		}
		var errs []error
		e := engine(s, func(_ transfer.Task, _ transfer.Result, err error) { errs = append(errs, err) })
		errs = append(errs, e.Run(ctx, slices.Values(tasks)))
		e.Wait()
		return errors.Join(errs...)
	}}, using{name: "mirror down", alone: true, do: func(t *testing.T, s *client.Session, _ func() *client.Session) error {
		return mirrored(ctx, &transfer.Mirror{Remote: ".", Local: t.TempDir()}, engine(s, nil))
	}}, using{name: "mirror up", alone: true, do: func(t *testing.T, s *client.Session, _ func() *client.Session) error {
		here := t.TempDir()
		for i := range 12 {
			os.WriteFile(filepath.Join(here, fmt.Sprintf("u%02d", i)), []byte("ours"), 0o600)
		}
		return mirrored(ctx, &transfer.Mirror{Up: true, Remote: ".", Local: here}, engine(s, nil))
	}}, using{name: "fxp", drop: "PASV", do: func(_ *testing.T, s *client.Session, other func() *client.Session) error {
		_, err := client.FXP(ctx, other(), "f00", s, "copy", client.FXPOptions{InClear: true})
		return err
	}}, using{name: "fxp from here", drop: "PORT", do: func(_ *testing.T, s *client.Session, other func() *client.Session) error {
		_, err := client.FXP(ctx, s, "f00", other(), "copy", client.FXPOptions{InClear: true})
		return err
	}})
}

func mirrored(ctx context.Context, m *transfer.Mirror, e *transfer.Engine) error {
	var errs []error
	m.Tell = func(s transfer.Step) { errs = append(errs, s.Err) }
	err := m.Run(ctx, e)
	e.Wait()
	return errors.Join(append(errs, err)...)
}

// Whatever made a session what it is holds on each connection that is made for it, or nothing is
// done there and that is said.
func TestWhatMadeTheSession(t *testing.T) {
	secure := selfSigned(t)
	for _, making := range making {
		for _, using := range uses() {
			t.Run(making.name+"/"+using.name, func(t *testing.T) {
				t.Parallel()
				var server *tls.Config
				opt := client.Options{Security: client.Off}
				if making.secure {
					server, opt.Security, opt.TLS = secure, client.Require, &tls.Config{InsecureSkipVerify: true}
				}
				start := func(hook func(*line, string, string) string) (*forgetful, *client.Session) {
					f := startForgetful(t, server)
					if f.hook = hook; hook == nil {
						f.hook = none
					}
					o := opt
					o.Addr = f.listener.Addr().String()
					s, err := client.Open(t.Context(), o)
					if err == nil {
						err = s.Login(t.Context(), client.Login{User: "u", Password: "p"})
					}
					if err == nil {
						err = s.Chdir(t.Context(), "in")
					}
					if err != nil {
						t.Fatal(err)
					}
					t.Cleanup(func() { s.Close() })
					return f, s
				}
				f, s := start(making.hook)
				if making.do != nil {
					if err := making.do(s); err != nil {
						t.Fatal(err)
					}
				}
				f.mu.Lock()
				f.drop = using.drop
				f.mu.Unlock()
				err := using.do(t, s, func() *client.Session {
					_, other := start(nil)
					return other
				})
				f.mu.Lock()
				defer f.mu.Unlock()
				for _, what := range f.moved {
					verb, rest, _ := strings.Cut(what, " ")
					name, with, _ := strings.Cut(rest, " with ")
					file := verb == "RETR" || verb == "STOR"
					about := strings.HasPrefix(making.mark, "TYPE ") || strings.HasPrefix(making.mark, "PROT ")
					switch {
					case !strings.HasPrefix(name, "/in/"):
						t.Errorf("in another directory: %s (%v)", what, err)
					case !strings.Contains(with, making.mark) && (file || !about):
						t.Errorf("without %s: %s (%v)", making.mark, what, err)
					}
				}
				switch again := using.drop != "" && f.drop == ""; {
				case err == nil && making.refuses && !using.alone && (again || using.drop == ""):
					t.Error("it is not said that another connection is not the same")
				case err != nil && (!making.refuses || using.alone):
					if slices.Contains([]string{"RNFR", "STOR", "TYPE"}, using.drop) || strings.HasPrefix(using.name, "fxp") {
						return // what may have been done is not done twice
					}
					t.Error(err)
				}
			})
		}
	}
}

// selfSigned is a server's side of TLS.
func selfSigned(t *testing.T) *tls.Config {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, leaf, leaf, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}
