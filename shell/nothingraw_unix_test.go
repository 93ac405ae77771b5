//go:build unix

package shell

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/site"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// strange are all bytes and characters that a terminal obeys, hides or turns around, and bytes that are no UTF-8, each
// between two letters; and a run that is longer than any buffer for a line.
var strange = func() (all []string) {
	add := func(texts ...string) {
		for _, text := range texts {
			all = append(all, "Q"+text+"Z")
		}
	}
	for b := range 0x20 {
		add(string([]byte{byte(b)}))
	}
	for b := 0x7f; b <= 0x9f; b++ {
		add(string([]byte{byte(b)}), string(rune(b)))
	}
	for _, span := range [][2]rune{{0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfe00, 0xfe0f}, {0xfff9, 0xfffb}, {0xe0000, 0xe0010}} {
		for r := span[0]; r <= span[1]; r++ {
			add(string(r))
		}
	}
	add("\u061c", "\u180e", "\ufeff", "\u00ad", "\u034f", "\u115f", "\u3164", "\uffa0") // marks, joiners and fillers without width
	add("\xff", "\xc3(", "\xc3", "\xed\xa0\x80", "\xf8\x88\x80\x80\x80", "\xf4\x90\x80\x80", "\xc0\xaf", "\xfe")
	add("\x1b]0;title\x07", "\x1b[2J", "\x1bPq\x1b\\", "\x1b_x\x1b\\", "\x9b2J", "\x1b(0", "\x1b[6n", "\x1b[?1049h", "\r\x1b[K", "\x08\x08\x08")
	add(strings.Repeat("\x1b[7m", 500))
	return all
}()

// rawSamples are more lines that show what a server has.
var rawSamples = map[string]string{
	"ls": "ls -l; ls --csv; ls --table; ls -R; ls --columns name,owner --csv", "find": "find -l; find -name Q*", "cat": "cat Q*", "get": "get Q* -; get nosuch; get Q*.txt",
	"head": "head Q*", "tail": "tail Q*", "mget": "mget -f Q*", "rm": "rm -r Q*", "cd": "cd Q*; pwd; status; prompt", "tree": "tree -l", "du": "du -a",
	"stat": "stat Q*", "mirror": "mirror . all", "mv": "mv Q*.txt sub", "size": "size Q*.txt", "hash": "hash Q*.txt", "verify": "verify Q*.txt", "quote": "quote STAT; quote FEAT; quote LIST; quote RETR a.txt",
	"raw": "raw; NOOP; EPSV; LIST; .status; .data; .end", "let": "let -c x pwd; echo $x; let", "foreach": "foreach f in *; echo $f; size $f; end", "history": "history -l",
	"lls": "lls -l; lls", "put": "put Q*; mput -f Q*", "trace": "trace save all.jsonl all; trace show all.jsonl; trace show --ladder all.jsonl; trace save all.txt all; lpage all.txt",
	"record": "record --listings y.jsonl; ls; record stop; replay y.jsonl", "doctor": "doctor --full", "mls": "mls . Q* -", "chmod": "chmod 600 Q*", "watch": "watch -n 1 -c 1 ls",
	"edit": "edit Q*.txt", "fxp": "fxp Q*.txt ftp://127.0.0.1:1/", "mlst": "mlst Q*", "open": "open 127.0.0.1:1", "manifest": "manifest make", "page": "page Q*.txt", "undo": "undo list",
}

// sayable is what fits on one line of the protocol, or into a name.
func sayable(text string) string {
	return strings.NewReplacer("\n", "", "\r", "", "\x00", "", "/", "").Replace(text)
}

// rawServer is a server that says strange things in every reply and every listing.
func rawServer(t *testing.T, text string) *practice.Server {
	t.Helper()
	files := afero.NewMemMapFs()
	for name, content := range map[string]string{"/a.txt": "aaa\n", "/b.txt": "bb\n", "/sub/c.txt": "c\n", "/" + text + ".txt": "x\n", "/" + text + "/d": "d\n"} {
		if err := afero.WriteFile(files, name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	reply := func(_ int, verb, reply string) string {
		if verb == practice.Greeting {
			return "220-" + text + "\r\n " + text + "\r\n220 " + text + "\r\n"
		}
		return strings.TrimSuffix(reply, "\r\n") + " " + text + "\r\n"
	}
	server, err := practice.Start(practice.Options{FS: files, TLS: practice.NoTLS, Tap: practice.Tap{Reply: reply}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server
}

// captured is what reaches a terminal.
type captured struct {
	tty  *os.File
	mu   sync.Mutex
	seen bytes.Buffer
	done chan struct{}
}

func capture(t *testing.T) *captured {
	t.Helper()
	screen, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(tty, &pty.Winsize{Rows: 50, Cols: 500}); err != nil {
		t.Fatal(err)
	}
	c := &captured{tty: tty, done: make(chan struct{})}
	go func() {
		defer close(c.done)
		buf := make([]byte, 64<<10)
		for {
			n, err := screen.Read(buf)
			c.mu.Lock()
			c.seen.Write(buf[:n])
			c.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() { screen.Close() })
	return c
}

// end returns all that was seen.
func (c *captured) end() string {
	c.tty.Close()
	<-c.done
	return c.seen.String()
}

// rawIn returns the first lines with something in them that a terminal would obey.
func rawIn(text string) (bad []string) {
	for _, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if safe := render.Safe(strings.ReplaceAll(line, "\t", "")); safe != strings.ReplaceAll(line, "\t", "") && len(bad) < 3 {
			bad = append(bad, fmt.Sprintf("%.300q", line))
		}
	}
	return bad
}

// TestNothingRaw: whatever a server says or has, and whatever a command makes of it, no byte of it acts on the terminal, on
// what reads the errors or JSON, or on the log.
func TestNothingRaw(t *testing.T) {
	t.Setenv("PAGER", "cat")
	t.Setenv("EDITOR", "true")
	text := sayable(strings.Join(strange, ""))
	for c := range Catalog().Commands() {
		t.Run(c.Name, func(t *testing.T) {
			for _, mode := range []string{"at a terminal", "a script at a terminal", "JSON"} {
				server := rawServer(t, text)
				dir := t.TempDir()
				t.Chdir(dir)
				for name, content := range map[string]string{"up.txt": "up\n", "two.txt": "two\n", "names": "a.txt\nsub/c.txt\n", "script": "pwd\n", text[:200]: "here\n"} {
					writeOwn(t, name, content)
				}
				screen := capture(t)
				var log, errs bytes.Buffer
				opt := command.Options{StateDir: t.TempDir(), Bookmarks: dir + "/bookmarks.toml", Log: &log, JSON: mode == "JSON"}
				opt.Console = console.Options{In: screen.tty, Out: screen.tty, Err: screen.tty, Color: "never"}
				if mode != "at a terminal" {
					opt.Console = console.Options{In: strings.NewReader(""), Out: screen.tty, Err: &errs, Color: "never"}
				}
				sh, err := New(opt)
				if err != nil {
					t.Fatal(err)
				}
				sh.Console.Away.Store(true) // nobody is asked
				sh.Settings.Progress, sh.Settings.Trace, sh.Settings.Verbose, sh.Settings.OnError = false, 3, true, "continue"
				sh.ApplyObservers()
				a := site.Address{Host: server.Host(), Port: strconv.Itoa(server.Port()), User: practice.User, Password: practice.Password, HasPassword: true, Security: "off"}
				if err := OpenAddress(sh, a); err != nil {
					t.Fatal(err)
				}
				sh.Macros = map[string][]string{"twice": {"size $1"}}
				sh.Do(command.Line{Text: strings.TrimPrefix(samples[c.Name], "-")})
				sh.Do(command.Line{Text: rawSamples[c.Name]})
				sh.Do(command.Line{Text: "explain last; why; ladder"})
				Close(sh)
				seen := screen.end()
				if c.Name == "bell" {
					seen = strings.ReplaceAll(seen, "\a", "")
				}
				for where, text := range map[string]string{"terminal": seen, "errors": errs.String(), "log": log.String()} {
					if bad := rawIn(text); len(bad) > 0 {
						t.Errorf("%s, %s: %s", mode, where, strings.Join(bad, "\n"))
					}
				}
				if !strings.Contains(log.String(), `Q\x1b]0;title\x07Z`) {
					t.Errorf("the server's words are not in the log: %.300q", log.String())
				}
			}
		})
	}
}

// strangeFiles are files with strange things wherever there is a text in them, and the lines that read them.
func strangeFiles(t *testing.T, recording, text string) []struct{ name, content, lines string } {
	quoted := func(s string) string {
		out, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	line := sayable(text)
	in := quoted(line)
	lesson := func(id string) string {
		step := `{"id":` + in + `,"text":[` + in + `],"check":{"answer":{"is":["x"]}},"wrong":[{"check":{"answer":{"is":["y"]}},"say":` + in + `}],"hints":[` + in + `],"done":` + in + `,"see":` + in + `}`
		return `{"id":` + id + `,"title":` + in + `,"objective":` + in + `,"steps":[` + step + `],"end":[` + in + `]}`
	}
	return []struct{ name, content, lines string }{
		{"a.jsonl", strings.ReplaceAll(inPlaceOf(t, recording, "pwd", "echo "+line), `257 \"/\"`, `257 \"/\" `+in[1:len(in)-1]), "trace show a.jsonl; trace show --ladder a.jsonl; replay a.jsonl"},
		{"b.jsonl", text, "trace show b.jsonl; replay b.jsonl; source b.jsonl; fget b.jsonl; manifest check b.jsonl; lpage b.jsonl; lesson lint b.jsonl"},
		{"lessons/a.json", lesson(`"a"`), "lesson --dir lessons; lesson --dir lessons 1; lesson hint; lesson answer y; lesson answer x; lesson quit; lesson --dir lessons notes; lesson --dir lessons report; lesson lint lessons/a.json"},
		{"lessons/b.json", lesson(in), "lesson --dir lessons; lesson --dir lessons " + syntax.Quote(line) + "; lesson lint lessons/b.json"},
		{"lessons/c.json", `{"id":"c","` + line + `":1}`, "lesson --dir lessons; lesson lint lessons/c.json"},
		{"lessons/d.json", strings.Replace(lesson(`"d"`), `"steps"`, `"server":{"faults":[`+in+`]},"steps"`, 1), "lesson --dir lessons; lesson --dir lessons 1; lesson lint lessons/d.json"},
		{"home/bookmarks", `x = ` + in + "\n" + in + ` = "ftp://h.example/"` + "\n", "bookmark; open x"},
		{"home/bookmarks", line + " = 1\n", "bookmark; open x"},
		{"home/bookmarks", "x = 1\n" + line, "bookmark; open x"},
		{"home/known_hosts", line + " tls\n", "open ftp://127.0.0.1:1/"},
		{"home/known_hosts", "h:21 " + line + "\n", "open ftp://127.0.0.1:1/"},
		{"home/server_limits", "h:21 " + line + " 2 2030-01-31T12:00:00Z\n", "open ftp://127.0.0.1:1/; limits"},
		{"home/lessons.json", `{"lessons":{` + in + `:{"next":-1}}}`, "lesson; lesson 1"},
		{"home/lessons.json", `{"` + line + `":1}`, "lesson; lesson 1"},
		{"home/netrc", "machine h login " + line + "\n" + line + " x\n", "open ftp://127.0.0.1:1/"},
		{"config.toml", in + " = 1\n", ""},
		{"config.toml", "alias." + in + " = " + in + "\n", "alias"},
		{"config.toml", `charset = ` + in + "\n", ""},
		{"config.toml", "[host." + in + "]\nuser = 1\n", ""},
		{"config.toml", line, ""},
	}
}

// TestNothingRawFromFiles: what is in a file acts no more on a terminal than what a server says.
func TestNothingRawFromFiles(t *testing.T) {
	recording := recordingOf(t, "ls; pwd")
	t.Setenv("PAGER", "cat")
	for i, f := range strangeFiles(t, recording, strings.Join(strange, "")) {
		for _, mode := range []string{"at a terminal", "a script at a terminal", "JSON"} {
			t.Run(fmt.Sprint(i, " ", strings.ReplaceAll(f.name, "/", ":"), " ", mode), func(t *testing.T) {
				dir := t.TempDir()
				t.Chdir(dir)
				for _, sub := range []string{"lessons", "home"} {
					if err := os.Mkdir(sub, 0o700); err != nil {
						t.Fatal(err)
					}
				}
				writeOwn(t, f.name, f.content)
				screen := capture(t)
				var log, errs bytes.Buffer
				opt := command.Options{StateDir: dir + "/home", Bookmarks: dir + "/home/bookmarks", Netrc: dir + "/home/netrc", Log: &log, JSON: mode == "JSON"}
				opt.Console = console.Options{In: screen.tty, Out: screen.tty, Err: screen.tty, Color: "never"}
				if mode != "at a terminal" {
					opt.Console = console.Options{In: strings.NewReader(""), Out: screen.tty, Err: &errs, Color: "never"}
				}
				sh, err := New(opt)
				if err != nil {
					t.Fatal(err)
				}
				sh.Console.Away.Store(true) // nobody is asked
				sh.Settings.OnError = "continue"
				if err := ReadConfig(sh, "config.toml"); err != nil {
					sh.Failed(command.Line{}, "", err)
					if bad := rawIn(err.Error()); len(bad) > 0 {
						t.Errorf("config: %s", bad)
					}
				}
				for _, line := range strings.Split(f.lines, "; ") {
					sh.Do(command.Line{Text: line})
				}
				Close(sh)
				for where, text := range map[string]string{"terminal": screen.end(), "errors": errs.String(), "log": log.String()} {
					if bad := rawIn(text); len(bad) > 0 {
						t.Errorf("%s: %s", where, strings.Join(bad, "\n"))
					}
				}
			})
		}
	}
}

// TestNothingRawFromCertificates: a certificate names its owner as it likes.
func TestNothingRawFromCertificates(t *testing.T) {
	text := strings.ToValidUTF8(strings.Join(strange, ""), "")
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	name := pkix.Name{CommonName: text, Organization: []string{text}, Country: []string{text}, SerialNumber: text}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: name, Issuer: name, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	server, err := practice.Start(practice.Options{TLS: practice.Explicit, Certificate: &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, asJSON := range []bool{false, true} {
		screen := capture(t)
		var log bytes.Buffer
		sh, err := New(command.Options{StateDir: t.TempDir(), Log: &log, JSON: asJSON, Console: console.Options{In: screen.tty, Out: screen.tty, Err: screen.tty, Color: "never"}})
		if err != nil {
			t.Fatal(err)
		}
		sh.Console.Away.Store(true)
		sh.Settings.Trace, sh.Settings.OnError = 3, "continue"
		sh.ApplyObservers()
		addr := server.Addr()
		for _, line := range []string{"open ftp://" + addr, "doctor --timeout 1s " + strings.ReplaceAll(addr, ":", " "), "explain last; ladder", "open --insecure ftp://" + practice.User + ":s3cret%20pass@" + addr, "ls; status; tls list; explain last"} {
			sh.Do(command.Line{Text: line})
		}
		Close(sh)
		seen := screen.end()
		for where, text := range map[string]string{"terminal": seen, "log": log.String()} {
			if bad := rawIn(text); len(bad) > 0 {
				t.Errorf("JSON %v, %s: %s", asJSON, where, strings.Join(bad, "\n"))
			}
		}
		if !strings.Contains(seen, `Q\x02Z`) && !strings.Contains(seen, `Q\u0002Z`) {
			t.Errorf("the name is not shown: %.300q", seen)
		}
	}
}
