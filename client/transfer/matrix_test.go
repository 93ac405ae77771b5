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
	"regexp"
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
	tls      *tls.Config // nil: in the clear
	hook     func(l *line, verb, arg string) string

	mu    sync.Mutex
	files map[string]string // "" and a trailing slash: a directory
	lines int               // connections so far
	drop  drop              // where the first connection ends, once it is armed
	moved []string          // "STOR /in/a with …": whatever touched a file
	wg    sync.WaitGroup
}

// drop is where a connection ends.
type drop struct {
	verb string
	at   moment
}

// moment is when, at that verb.
type moment string

const (
	told       moment = "at"                // with 421
	silently   moment = "silently at"       // with nothing
	behind     moment = "behind"            // when it was answered
	behind150  moment = "behind the 150 of" // before any data
	behindData moment = "behind the data of"
)

// ends ends a connection, if that is due now.
func (f *forgetful) ends(l *line, verb string, at moment) bool {
	due := l.number == 1 && f.drop == drop{verb, at}
	if due {
		f.drop = drop{}
		l.Close()
	}
	return due
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
	rest    int
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
	f.files["/big"], f.files["/in/big"] = largeOfLogin, large
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
		if l.number == 1 && f.drop == (drop{verb, told}) {
			fmt.Fprint(l, "421 idle\r\n")
		}
		over := f.ends(l, verb, told) || f.ends(l, verb, silently)
		f.mu.Unlock()
		if over {
			return
		}
		reply := f.hook(l, verb, arg)
		if reply == "" {
			reply = f.answer(l, verb, arg)
		}
		fmt.Fprint(l, reply, "\r\n")
		f.mu.Lock()
		over = f.ends(l, verb, behind)
		f.mu.Unlock()
		if over {
			return
		}
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
		return "211-\r\n SIZE\r\n MDTM\r\n REST STREAM\r\n211 end"
	case "REST":
		fmt.Sscan(arg, &l.rest)
		return "350 from there"
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
	case "PBSZ", "NOOP":
		return "200 yes"
	case "OPTS", "SITE", "HOST", "ACCT", "LANG", "CLNT", "CSID", "MACB", "STRU":
		l.told = append(l.told, strings.TrimSpace(verb+" "+arg))
		return "200 yes"
	case "SMNT":
		l.told, l.cwd = append(l.told, verb+" "+arg), "/"
		return "250 another file system"
	case "PROT":
		l.private = arg == "P"
		l.told = append(l.told, "PROT "+arg)
		return "200 yes"
	case "EPSV", "PASV":
		if arg == "ALL" {
			l.told = append(l.told, "EPSV ALL")
			return "200 nothing else"
		}
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
			if path.Dir(strings.TrimSuffix(one, "/")) == at && !strings.HasSuffix(one, "/") && one != "/in/big" {
				fmt.Fprintf(&b, "-rw-r--r-- 1 u g %d Jan  1  2020 %s\r\n", len(f.files[one]), path.Base(one))
			}
		}
		f.touch(l, verb, at+"/")
		return f.send(l, verb, b.String())
	case "RETR":
		if !exists {
			return "550 no file"
		}
		f.touch(l, verb, name)
		content, l.rest = content[min(l.rest, len(content)):], 0
		return f.send(l, verb, content)
	case "STOR":
		f.touch(l, verb, name)
		fmt.Fprint(l, "150 go on\r\n")
		d, err := l.data()
		if err != nil {
			return "425 no"
		}
		defer d.Close()
		if f.ends(l, verb, behind150) {
			return ""
		}
		f.mu.Unlock()
		all, _ := io.ReadAll(d)
		f.mu.Lock()
		f.files[name] = string(all)
		f.ends(l, verb, behindData)
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

func (f *forgetful) send(l *line, verb, text string) string {
	fmt.Fprint(l, "150 coming\r\n")
	if l.data == nil {
		return "425 no"
	}
	f.mu.Unlock()
	d, err := l.data()
	f.mu.Lock()
	if err != nil {
		return "425 no"
	}
	defer d.Close()
	if f.ends(l, verb, behind150) {
		return ""
	}
	f.mu.Unlock()
	io.WriteString(d, text)
	f.mu.Lock()
	f.ends(l, verb, behindData)
	return "226 done"
}

// large is a file that is worth several segments.
var large = strings.Repeat("directory", 500_000)

// largeOfLogin is the other file of that name, in the directory of the login.
var largeOfLogin = strings.Repeat("login", 900_000)

// made is one way to make a session what it is; mark is what each file must be moved with.
type made struct {
	name, mark string
	host       string                      // before the login
	login      func(*client.Session) error // before it, too
	do         func(*client.Session) error
	hook       func(l *line, verb, arg string) string
	refuses    bool // no other connection can be the same
	secure     bool
}

var none = func(*line, string, string) string { return "" }

func noPWD(_ *line, verb, _ string) string {
	return map[string]string{"PWD": "502 what", "XPWD": "502 what"}[verb]
}

func byHand(text string) func(*client.Session) error {
	return func(s *client.Session) error { _, err := s.Quote(context.Background(), text); return err }
}

var making = []made{
	{name: "PWD unknown", hook: noPWD},
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
	{name: "UMASK", mark: "SITE UMASK 027", do: byHand("SITE UMASK 027")},
	{name: "OPTS", mark: "OPTS UTF8 OFF", do: byHand("OPTS UTF8 OFF")},
	{name: "PROT C", mark: "PROT C", secure: true, do: byHand("PROT C")},
	{name: "HOST", mark: "HOST v.example", host: "v.example"},
	{name: "HOST by hand", mark: "HOST v.example", login: byHand("HOST v.example")},
	{name: "a late account", mark: "ACCT acc", do: byHand("ACCT acc"), hook: wantsAccount},
	{name: "another file system", mark: "SMNT x", do: mount},
	{name: "another file system, PWD unknown", mark: "SMNT x", do: mount, hook: noPWD},
	{name: "another file system, where the login begins", mark: "SMNT x", do: mount, hook: func(l *line, verb, arg string) string {
		mounted := slices.Contains(l.told, "SMNT x")
		switch {
		case verb == "PASS":
			l.cwd = "/in"
		case verb == "CWD" && !mounted && path.Base(arg) == "in":
			return "250 there"
		}
		return ""
	}},
}

// mount goes to another file system, and to the directory of the same name in it.
func mount(s *client.Session) error {
	return errors.Join(byHand("SMNT x")(s), s.Chdir(context.Background(), "in"))
}

// wantsAccount is a server that does little without one, on each of its connections.
func wantsAccount(l *line, verb, _ string) string {
	moves := slices.Contains([]string{"RETR", "STOR", "LIST", "DELE", "RNFR", "MKD", "SIZE", "MDTM"}, verb)
	if (moves || verb == "CWD" && l.number > 1) && !slices.Contains(l.told, "ACCT acc") {
		return "532 account"
	}
	return ""
}

// keptRow finds the commands that client/lasting.go says are kept.
var keptRow = regexp.MustCompile(`\{lasts: kept, commands: "([^"]+)"(, value: true)?`)

// whatIsKept has a row for each of them.
func whatIsKept(t *testing.T) (all []made) {
	text, err := os.ReadFile("../lasting.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range keptRow.FindAllStringSubmatch(string(text), -1) {
		for line := range strings.SplitSeq(row[1], ", ") {
			if line == "CCC" || line == "SMNT" || line == "ACCT" { // rows of their own, and TestClearControlAgain
				continue
			}
			if row[2] != "" || !strings.Contains(line, " ") {
				line += " 7"
			}
			all = append(all, made{name: line, mark: line, do: byHand(line)})
		}
	}
	if len(all) < 15 {
		t.Errorf("only %d rows of lasting.go are kept", len(all))
	}
	return all
}

// using is one way to use a session that was made so.
type using struct {
	name  string
	drop  drop
	alone bool // over the connection that stands: nothing else is made
	vague bool // what may have been done is not done twice: it may fail
	do    func(t *testing.T, s *client.Session, other func() *client.Session) error
}

func uses() (all []using) {
	ctx := context.Background()
	send := func(_ *testing.T, s *client.Session) error {
		_, err := transfer.Run(ctx, s, transfer.Task{Op: transfer.Upload, Remote: "up", In: strings.NewReader("ours")}, nil)
		return err
	}
	for verb, ask := range map[string]func(t *testing.T, s *client.Session) error{
		"SIZE": fetch, "EPSV": fetch, "RETR": fetch,
		"MDTM": func(_ *testing.T, s *client.Session) error { _, err := s.ModTime(ctx, "f00"); return err },
		"DELE": func(_ *testing.T, s *client.Session) error { return s.Remove(ctx, "f00") },
		"RNFR": func(_ *testing.T, s *client.Session) error { return s.Rename(ctx, "f00", "g00") },
		"MKD":  func(_ *testing.T, s *client.Session) error { _, err := s.Mkdir(ctx, "new"); return err },
		"STOR": send, "TYPE": send,
		"LIST": func(_ *testing.T, s *client.Session) error { return listed(ctx, s) },
		"NOOP": func(t *testing.T, s *client.Session) error { return errors.Join(s.Noop(ctx), send(t, s)) },
	} {
		moments := []moment{told, silently, behind}
		if client.MovesData(verb) {
			moments = append(moments, behind150, behindData)
		}
		for _, at := range moments {
			all = append(all, using{
				name: "connected again " + string(at) + " " + verb, drop: drop{verb, at},
				vague: slices.Contains([]string{"RNFR", "STOR", "TYPE", "NOOP"}, verb) || at == behind150 || at == behindData,
				do:    func(t *testing.T, s *client.Session, _ func() *client.Session) error { return ask(t, s) },
			})
		}
	}
	all = append(all, using{name: "kept alive", drop: drop{"NOOP", silently}, do: func(t *testing.T, s *client.Session, _ func() *client.Session) error {
		s.KeepAlive()(ctx)
		return fetch(t, s)
	}}, using{name: "completion that is given up", alone: true, do: func(t *testing.T, s *client.Session, _ func() *client.Session) error {
		short, stop := context.WithCancel(ctx)
		for range s.List(short, "", client.ListOptions{Hidden: true}) {
			stop()
			break
		}
		stop()
		return fetch(t, s)
	}}, using{name: "completion elsewhere", drop: drop{"LIST", silently}, do: func(t *testing.T, s *client.Session, _ func() *client.Session) error {
		for range s.List(ctx, "sub dir", client.ListOptions{Hidden: true}) {
		}
		return fetch(t, s)
	}}, using{name: "clone", do: func(t *testing.T, s *client.Session, _ func() *client.Session) error {
		other, err := s.Clone(ctx)
		if err != nil {
			return err
		}
		defer other.Close()
		return fetch(t, other)
	}}, using{name: "job", do: func(t *testing.T, s *client.Session, _ func() *client.Session) error {
		other := s.Clones().Lazy(nil)
		defer other.Close()
		return fetch(t, other)
	}}, using{name: "job of another day", do: func(t *testing.T, s *client.Session, _ func() *client.Session) error {
		made, err := s.Clones().Made()
		if err != nil {
			return err
		}
		other := s.Clones().Lazy(nil)
		defer other.Close()
		return errors.Join(other.Clones().Remake(ctx, made), fetch(t, other))
	}}, using{name: "fxp", vague: true, drop: drop{"PASV", told}, do: func(_ *testing.T, s *client.Session, other func() *client.Session) error {
		_, err := client.FXP(ctx, other(), "f00", s, "copy", client.FXPOptions{InClear: true})
		return err
	}}, using{name: "fxp from here", vague: true, drop: drop{"PORT", told}, do: func(_ *testing.T, s *client.Session, other func() *client.Session) error {
		_, err := client.FXP(ctx, s, "f00", other(), "copy", client.FXPOptions{InClear: true})
		return err
	}}, using{name: "fxp over a file", vague: true, drop: drop{"RNFR", told}, do: func(_ *testing.T, s *client.Session, other func() *client.Session) error {
		from := other()
		from.SetType(s.Type())
		_, err := client.FXP(ctx, from, "f00", s, "f00", client.FXPOptions{InClear: true})
		return err
	}})
	for _, at := range []drop{{}, {"RETR", told}, {"RETR", behind150}, {"EPSV", silently}} {
		name := strings.TrimSuffix(fmt.Sprintf(", %s %s", at.at, at.verb), ",  ")
		all = append(all, using{name: "mget over four sessions" + name, drop: at, alone: true, do: func(t *testing.T, s *client.Session, _ func() *client.Session) error {
			return many(ctx, t, s)
		}}, using{name: "pget" + name, drop: at, alone: true, do: func(t *testing.T, s *client.Session, _ func() *client.Session) error {
			to := filepath.Join(t.TempDir(), "big")
			task := transfer.Task{Remote: "big", Local: to, Segments: 4, Retry: transfer.Retry{Most: 2}}
			err := together(ctx, s, task)
			if got, _ := os.ReadFile(to); err == nil && string(got) != large {
				t.Errorf("got %d bytes, %.20q", len(got), got)
			}
			return err
		}}, using{name: "mirror down" + name, drop: at, alone: true, do: func(t *testing.T, s *client.Session, _ func() *client.Session) error {
			return mirrored(ctx, &transfer.Mirror{Remote: ".", Local: t.TempDir()}, engine(s, nil))
		}})
	}
	return append(all, using{name: "mirror up", alone: true, do: func(t *testing.T, s *client.Session, _ func() *client.Session) error {
		here := t.TempDir()
		for i := range 12 {
			os.WriteFile(filepath.Join(here, fmt.Sprintf("u%02d", i)), []byte("ours"), 0o600)
		}
		return mirrored(ctx, &transfer.Mirror{Up: true, Remote: ".", Local: here}, engine(s, nil))
	}})
}

// fetch fetches a file, and looks at it.
func fetch(t *testing.T, s *client.Session) error {
	to := filepath.Join(t.TempDir(), "f")
	if _, err := transfer.Run(t.Context(), s, transfer.Task{Remote: "f00", Local: to}, nil); err != nil {
		return err
	}
	if got, _ := os.ReadFile(to); string(got) != "of the directory" {
		t.Errorf("got %q", got)
	}
	return nil
}

func listed(ctx context.Context, s *client.Session) error {
	for _, err := range s.List(ctx, "", client.ListOptions{}) {
		if err != nil {
			return err
		}
	}
	return nil
}

func engine(s *client.Session, done func(transfer.Task, transfer.Result, error)) *transfer.Engine {
	return &transfer.Engine{Session: s, Parallel: 4, Done: done, Retry: transfer.Retry{Most: 2}}
}

// together carries out tasks over several sessions.
func together(ctx context.Context, s *client.Session, tasks ...transfer.Task) error {
	var errs []error
	e := engine(s, func(_ transfer.Task, _ transfer.Result, err error) { errs = append(errs, err) })
	errs = append(errs, e.Run(ctx, slices.Values(tasks)))
	e.Wait()
	return errors.Join(errs...)
}

// many fetches all files.
func many(ctx context.Context, t *testing.T, s *client.Session) error {
	var tasks []transfer.Task
	here := t.TempDir()
	for i := range 12 {
		name := fmt.Sprintf("f%02d", i)
		tasks = append(tasks, transfer.Task{Remote: name, Local: filepath.Join(here, name), Retry: transfer.Retry{Most: 2}})
	}
	err := together(ctx, s, tasks...)
	for _, task := range tasks {
		if got, _ := os.ReadFile(task.Local); err == nil && string(got) != "of the directory" {
			t.Errorf("%s is %q", task.Remote, got)
		}
	}
	return err
}

func mirrored(ctx context.Context, m *transfer.Mirror, e *transfer.Engine) error {
	var errs []error
	m.OnStep = func(s transfer.Step) { errs = append(errs, s.Err) }
	err := m.Run(ctx, e)
	e.Wait()
	return errors.Join(append(errs, err)...)
}

// Whatever made a session what it is holds on each connection that is made for it, or nothing is
// done there and that is said.
func TestWhatMadeTheSession(t *testing.T) {
	secure := selfSigned(t)
	rows := len(making)
	for i, making := range append(making, whatIsKept(t)...) {
		for _, using := range uses() {
			if i >= rows && using.drop.verb != "" && using.drop.at != told {
				continue // they are all kept in one way: the other moments are those of the rows before
			}
			t.Run(making.name+"/"+using.name, func(t *testing.T) {
				t.Parallel()
				f, s := making.start(t, secure)
				f.mu.Lock()
				f.drop = using.drop
				f.mu.Unlock()
				err := using.do(t, s, func() *client.Session {
					_, other := made{}.start(t, secure)
					return other
				})
				f.mu.Lock()
				again := using.drop.verb != "" && f.drop.verb == ""
				f.mu.Unlock()
				if later := fetch(t, s); later != nil && !making.refuses {
					t.Error("and then: ", later)
				}
				f.right(making, err)
				switch {
				case err == nil && making.refuses && !using.alone && (again && using.drop.at != behind || using.drop.verb == ""):
					t.Error("it is not said that another connection is not the same")
				case err != nil && !using.vague && (!making.refuses || using.alone && using.drop.verb == ""):
					t.Error(err)
				}
			})
		}
	}
}

// start makes a session so.
func (m made) start(t *testing.T, secure *tls.Config) (*forgetful, *client.Session) {
	var server *tls.Config
	opt := client.Options{Security: client.Off, VirtualHost: m.host, Timeout: 5 * time.Second}
	if m.secure {
		server, opt.Security, opt.TLS = secure, client.Require, &tls.Config{InsecureSkipVerify: true}
	}
	f := startForgetful(t, server)
	if f.hook = m.hook; m.hook == nil {
		f.hook = none
	}
	opt.Addr = f.listener.Addr().String()
	s, err := client.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	for _, step := range []func(*client.Session) error{
		m.login,
		func(s *client.Session) error { return s.Login(t.Context(), client.Login{User: "u", Password: "p"}) },
		func(s *client.Session) error { return s.Chdir(t.Context(), "in") },
		m.do,
	} {
		if step == nil {
			continue
		}
		if err := step(s); err != nil {
			t.Fatal(err)
		}
	}
	return f, s
}

// right looks at all that was done to files: where, and with what.
func (f *forgetful) right(making made, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, what := range f.moved {
		verb, rest, _ := strings.Cut(what, " ")
		name, with, _ := strings.Cut(rest, " with ")
		file := verb == "RETR" || verb == "STOR"
		about := strings.HasPrefix(making.mark, "TYPE ") || strings.HasPrefix(making.mark, "PROT ")
		switch {
		case !strings.HasPrefix(name, "/in/"):
			f.t.Errorf("in another directory: %s (%v)", what, err)
		case !strings.Contains(with, making.mark) && (file || !about):
			f.t.Errorf("without %s: %s (%v)", making.mark, what, err)
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
