//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/client/practice"
)

// A gateway is a proxy that fetches files by URL, with files of its own in place of a server's.
type gateway struct {
	mu    sync.Mutex
	files map[string]string
	asked []string
	loses bool // what is uploaded is cut
}

var gatewayTime = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked = append(g.asked, r.Method+" "+r.RequestURI)
	name := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/"), ";type=i")
	user, password, _ := r.BasicAuth()
	switch text, there := g.files[name]; {
	case r.URL.Scheme != "ftp":
		http.Error(w, "what?", http.StatusBadRequest)
	case user != practice.User || password != practice.Password:
		http.Error(w, "who?", http.StatusUnauthorized)
	case r.Method == http.MethodPut:
		body, _ := io.ReadAll(r.Body)
		if g.loses {
			body = body[:len(body)/2]
		}
		g.files[name] = string(body)
		w.WriteHeader(http.StatusCreated)
	case there:
		http.ServeContent(w, r, "", gatewayTime, strings.NewReader(text))
	default:
		http.Error(w, "no such file", http.StatusNotFound)
	}
}

// TestViaURLs: where the proxy speaks FTP, files are fetched and stored by URL, and nothing else is said to work.
func TestViaURLs(t *testing.T) {
	big := strings.Repeat("0123456789abcde\n", 10_000)
	for _, row := range []struct {
		name, script, out, err string
		status                 int
		loses                  bool
		files                  map[string]string // afterwards
	}{
		{"get", "get a.txt; get sub/big.bin b.bin; get --create-dirs a.txt sub/big.bin here/", "", "", 0, false, map[string]string{"a.txt": "hello\n", "b.bin": big, "here/a.txt": "hello\n", "here/big.bin": big}},
		{"cat", "cat a.txt a.txt; get a.txt | wc -c; get a.txt -", "hello\nhello\n6\nhello\n", "", 0, false, nil},
		{"resume", "reget sub/big.bin half", "", "", 0, false, map[string]string{"half": big}},
		{"another beginning", "get -c sub/big.bin other", "", "what the proxy sends does not follow what was there: fetched again", 0, false, map[string]string{"other": big}},
		{"size and time", "size a.txt; newer a.txt old; newer a.txt old", "6\n", "a.txt is not newer than the local old", 0, false, map[string]string{"old": "hello\n"}},
		{"put", "put half; put half x/y", "", "", 0, false, nil},
		{"put, and half of it is lost", "put half", "", "half: the server has not all of it after 40000 of 80000 bytes", 8, true, nil},
		{"no such file", "get none", "", "none: 127.0.0.1:PORT through http+get PROXY: the proxy refuses: 404 Not Found", 6, false, nil},
		{"no listing", "ls", "", "this proxy fetches files, it speaks no FTP with us", 6, false, nil},
		{"no pattern", "get *.txt", "", "this proxy lists no names that could match", 2, false, nil},
		{"no tree", "get -r sub", "", "--recursive cannot be done through a proxy that fetches files by URL", 2, false, nil},
		{"no rename", "set atomic on; put half", "", "wants a rename", 2, false, nil},
		{"no stream", "put - x", "", "wants to know the size first", 2, false, nil},
		{"no TLS", "open --tls=require alice@127.0.0.1", "", "reaches servers in the clear: TLS is wanted, or was there before", 5, false, nil},
		{"status", "status --json; close; close", `{"connected":true,"host":"127.0.0.1","address":"through http+get PROXY","user":"alice","control":"files by URL, in the clear","data":"in the clear","type":"binary"}` + "\n", "close: not connected", 3, false, nil},
		{"not a thing", "--dry-run", "would download a.txt to a.txt, 6 bytes\nwould upload half to half\n", "", 0, false, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := &gateway{files: map[string]string{"a.txt": "hello\n", "sub/big.bin": big}, loses: row.loses}
			proxy := httptest.NewServer(g)
			defer proxy.Close()
			server := serves(t, practice.Options{}, nil) // which is never asked
			args := []string{"-c", "set via http+get://" + strings.TrimPrefix(proxy.URL, "http://") + "; open " + address(server) + "; " + row.script}
			if row.script == "--dry-run" {
				args = []string{"--dry-run", "-c", strings.Replace(args[1], row.script, "get a.txt; put half", 1)}
			}
			cmd, errs := batch(t, server, args...)
			cmd.Args = cmd.Args[:len(cmd.Args)-1] // without the address: `open` is in the line
			for name, text := range map[string]string{"half": big[:80_000], "other": strings.Repeat("x", 80_000), "old": "old"} {
				os.WriteFile(filepath.Join(cmd.Dir, name), []byte(text), 0o600)
			}
			os.Chtimes(filepath.Join(cmd.Dir, "old"), gatewayTime.Add(-time.Hour), gatewayTime.Add(-time.Hour))
			var out bytes.Buffer
			cmd.Stdout = &out
			cmd.Run()
			ended(t, cmd, errs, row.status)
			_, port, _ := strings.Cut(server.Addr(), ":")
			fill := strings.NewReplacer("PROXY", strings.TrimPrefix(proxy.URL, "http://"), "PORT", port)
			if got := out.String(); got != fill.Replace(row.out) {
				t.Errorf("it prints %q, want %q", got, fill.Replace(row.out))
			}
			if !strings.Contains(errs.String(), fill.Replace(row.err)) || row.err == "" && strings.Contains(errs.String(), "-c:1") {
				t.Errorf("it tells\n%s\nand not %q", errs, fill.Replace(row.err))
			}
			for name, want := range row.files {
				if got, err := os.ReadFile(filepath.Join(cmd.Dir, name)); string(got) != want {
					t.Errorf("%s holds %d bytes, want %d: %v", name, len(got), len(want), err)
				}
			}
			if row.name == "put" && (g.files["half"] != big[:80_000] || g.files["x/y"] != big[:80_000]) {
				t.Errorf("the proxy has %d and %d bytes", len(g.files["half"]), len(g.files["x/y"]))
			}
			if slices.ContainsFunc(g.asked, func(line string) bool { return strings.Contains(line, practice.Password) }) || len(server.Commands()) > 0 {
				t.Errorf("the proxy was asked %q, the server %q", g.asked, server.Commands())
			}
		})
	}
}

// TestURLsViaURLs: the URLs of a command line go through a proxy that the environment names, with the login in no URL.
func TestURLsViaURLs(t *testing.T) {
	g := &gateway{files: map[string]string{"pub/a.txt": "hello\n"}}
	proxy := httptest.NewServer(g)
	defer proxy.Close()
	server := serves(t, practice.Options{}, nil)
	for _, words := range [][]string{
		{"-o", "-", "ftp://alice@ftp.example.org/pub/a.txt"},
		{"-u", "ftp://alice@ftp.example.org/pub/", "up"},
		{"-o", "-", "ftp://alice@ftp.example.org/pub/up"},
	} {
		cmd, errs := batch(t, server, words...)
		cmd.Args = cmd.Args[:len(cmd.Args)-1]
		cmd.Env = append(cmd.Env, "ftp_proxy=http+get://"+strings.TrimPrefix(proxy.URL, "http://"))
		os.WriteFile(filepath.Join(cmd.Dir, "up"), []byte("hello\n"), 0o600)
		got, err := cmd.Output()
		if want := map[bool]string{true: "hello\n"}[words[0] == "-o"]; err != nil || string(got) != want {
			t.Errorf("%v prints %q: %v\n%s", words, got, err, errs)
		}
	}
	if text := fmt.Sprint(g.asked); strings.Contains(text, practice.Password) || !strings.Contains(text, "PUT ftp://ftp.example.org/pub/up;type=i") {
		t.Errorf("the proxy was asked %s", text)
	}
}
