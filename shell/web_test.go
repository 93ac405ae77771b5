package shell

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// TestTraceWeb: the view has an address that nobody can guess, answers to its own name only, lets no page of another
// site in, and ends when it is told to.
func TestTraceWeb(t *testing.T) {
	t.Parallel()
	p := pupilIn(t, t.TempDir())
	p.says(t, "trace web", "http://127.0.0.1:")
	address := strings.TrimSpace(p.out.String())
	p.says(t, "trace web", address)
	get := func(url, host string) *http.Response {
		t.Helper()
		request, err := http.NewRequest(http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = host
		request.Close = true
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { answer.Body.Close() })
		return answer
	}
	page := get(address, "")
	if text, err := io.ReadAll(page.Body); err != nil || page.StatusCode != 200 || !strings.Contains(string(text), `src="web.js"`) {
		t.Errorf("%d, %v: %s", page.StatusCode, err, text)
	}
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} {
		if policy := page.Header.Get("Content-Security-Policy"); !strings.Contains(policy, want) {
			t.Errorf("no %s in %s", want, policy)
		}
	}
	if got := get(address, "evil.example").StatusCode; got != http.StatusMisdirectedRequest {
		t.Errorf("another host: %d", got)
	}
	base := address[:strings.LastIndex(strings.TrimSuffix(address, "/"), "/")+1]
	for _, path := range []string{"", "x/", strings.Repeat("A", 26) + "/events"} {
		if got := get(base+path, "").StatusCode; got != http.StatusNotFound {
			t.Errorf("/%s: %d", path, got)
		}
	}
	answer, err := http.Post(address+"events", "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if answer.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", answer.StatusCode)
	}
	stream := get(address+"events", "")
	p.Do(command.Line{Text: "practice start --tls off"})
	p.Do(command.Line{Text: "practice open"})
	lines := bufio.NewReader(stream.Body)
	for seen := ""; !strings.Contains(seen, "230 Logged in"); {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("%v after %s", err, seen)
		}
		seen += line
	}
	p.Do(command.Line{Text: "trace web off"})
	if _, err := io.ReadAll(lines); err != nil {
		t.Error(err)
	}
	if _, err := http.Get(address); err == nil {
		t.Error("it still answers")
	}
}

//go:embed testdata/browser/view.mjs
var viewScript []byte

// browser is a browser that shows the live view.
type browser struct {
	t     testing.TB
	in    io.Writer
	lines *bufio.Scanner
}

// openBrowser starts Debian's chromium, driven by node. Where they are missing the test is skipped, or fails when
// FTPSH_BROWSER_TEST is "require".
func openBrowser(t testing.TB, url, shots string) *browser {
	t.Helper()
	modules := os.Getenv("FTPSH_BROWSER")
	if modules == "" {
		modules = "/var/cache/ftpsh-browser"
	}
	chromium, missing := exec.LookPath("chromium")
	if missing == nil {
		_, missing = exec.LookPath("node")
	}
	if missing == nil {
		_, missing = os.Stat(filepath.Join(modules, "node_modules", "playwright-core"))
	}
	switch {
	case missing != nil && os.Getenv("FTPSH_BROWSER_TEST") == "require":
		t.Fatal(missing)
	case missing != nil:
		t.Skipf("no browser: %v (.ci/install-browser gets one)", missing)
	}
	script := filepath.Join(t.TempDir(), "view.mjs")
	if err := os.WriteFile(script, viewScript, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", script, url, shots)
	cmd.Env = append(os.Environ(), "FTPSH_BROWSER="+modules, "FTPSH_CHROMIUM="+chromium)
	cmd.Stderr = os.Stderr
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
	t.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	b := &browser{t, in, bufio.NewScanner(out)}
	b.lines.Buffer(nil, 64<<20)
	if !b.lines.Scan() || b.lines.Text() != "ready" {
		t.Fatalf("the browser does not start: %s", b.lines.Text())
	}
	return b
}

// ask has the page do something; the answer goes into value, unless that is nil.
func (b *browser) ask(value any, question ...any) {
	b.t.Helper()
	text, err := json.Marshal(question)
	if err != nil {
		b.t.Fatal(err)
	}
	fmt.Fprintf(b.in, "%s\n", text)
	if !b.lines.Scan() {
		b.t.Fatalf("%s: no answer", text)
	}
	answer := struct {
		Value json.RawMessage
		Error string
	}{}
	if err := json.Unmarshal(b.lines.Bytes(), &answer); err != nil || answer.Error != "" {
		b.t.Fatalf("%s: %v %s", text, err, answer.Error)
	}
	if value != nil {
		if err := json.Unmarshal(answer.Value, value); err != nil {
			b.t.Fatal(err)
		}
	}
}

// drawn is a row of the page.
type drawn struct {
	Conn, Text, Line string
	Locked           bool
}

// TestLiveView: a browser draws what happens, in order, for several pages and after a reload, with keys and in each
// light; nothing that a server says becomes markup, and nothing is asked of anybody else.
func TestLiveView(t *testing.T) {
	t.Parallel()
	const hostile = `<script>window.hacked=1</script><img src=x onerror="window.hacked=2">&amp;</text><foreignObject>`
	shots := os.Getenv("FTPSH_SHOTS")
	if shots == "" {
		shots = t.TempDir()
	}
	p := pupilIn(t, t.TempDir())
	p.says(t, "trace web", "http://")
	b := openBrowser(t, strings.TrimSpace(p.out.String()), shots)
	b.ask(nil, "open")
	server, err := practice.Start(practice.Options{FS: practice.Sample(), TLS: practice.Explicit, Banner: hostile})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	p.Do(command.Line{Text: fmt.Sprintf("open --tls=off -u %s,'%s' 127.0.0.1 %d", practice.User, practice.Password, server.Port())})
	p.Do(command.Line{Text: "ls >/dev/null"})
	p.Do(command.Line{Text: "practice start"})
	p.Do(command.Line{Text: "practice open"})
	p.Do(command.Line{Text: "get -f haiku.txt " + filepath.Join(t.TempDir(), "haiku.txt")})
	p.Do(command.Line{Text: "set passive off"})
	p.Do(command.Line{Text: "ls >/dev/null"})
	p.Do(command.Line{Text: "-cat no-such-file"})
	b.ask(nil, "open")
	var rows, other []drawn
	for _, n := range []int{0, 1} {
		b.ask(nil, "ended", n, 6)
	}
	b.ask(&rows, "rows", 0, 30)
	b.ask(&other, "rows", 1, len(rows))
	if !slices.Equal(rows, other) {
		t.Errorf("the second page shows\n%v\nthe first\n%v", other, rows)
	}
	mustFollow(t, rows, "script>", "=USER", "=RETR haiku.txt", "=150", "TLS 1.3", "52 B of file", "=226", "=EPRT", "server connected", "550")
	b.ask(nil, "reload", 1)
	b.ask(&other, "rows", 1, len(rows))
	if !slices.Equal(rows, other) {
		t.Errorf("after a reload it shows\n%v\nbefore\n%v", other, rows)
	}
	var about string
	b.ask(&about, "hover", 0, "RETR haiku.txt")
	if !strings.Contains(about, "Retrieve") {
		t.Errorf("RETR is explained as %q", about)
	}
	b.ask(nil, "press", 0, "Home")
	b.ask(&about, "press", 0, "ArrowDown")
	if !strings.HasPrefix(about, strings.TrimSuffix(rows[1].Text, "forei…")) {
		t.Errorf("the second row is explained as %q, not %q", about, rows[1].Text)
	}
	looks := map[string]struct {
		Background, Size string
		Overflow         int
	}{}
	for _, look := range []struct{ name, theme, key string }{{"light", "light", ""}, {"dark", "dark", ""}, {"projector", "light", "p"}} {
		if look.key != "" {
			b.ask(nil, "press", 0, look.key)
		}
		got := looks[look.name]
		b.ask(&got, "look", 0, look.name, look.theme)
		if looks[look.name] = got; got.Overflow > 0 {
			t.Errorf("%s: %d pixels are outside", look.name, got.Overflow)
		}
	}
	if looks["light"].Background == looks["dark"].Background || looks["light"].Size == looks["projector"].Size {
		t.Errorf("it looks the same: %v", looks)
	}
	for _, save := range []struct{ key, begins string }{{"h", "<!doctype html>"}, {"s", "<svg xmlns"}} {
		var text string
		if b.ask(&text, "download", 0, save.key); !strings.HasPrefix(text, save.begins) || strings.Contains(text, "<script") || !strings.Contains(text, "haiku.txt") {
			t.Errorf("%s saves %.200q", save.key, text)
		}
	}
	var safety struct {
		Hacked                      int
		Requests, Problems, Scripts []string
	}
	b.ask(&safety, "safety", 0)
	if safety.Hacked != 0 || len(safety.Problems) > 0 || len(safety.Scripts) != 1 {
		t.Errorf("%+v", safety)
	}
	for _, url := range safety.Requests {
		if !strings.HasPrefix(url, p.Web.URL()) && !strings.HasPrefix(url, "data:,") {
			t.Errorf("it asked %s", url)
		}
	}
}

// mustFollow looks for texts one after the other; = means the beginning of a row inside TLS.
func mustFollow(t *testing.T, rows []drawn, texts ...string) {
	t.Helper()
	rest := rows
	for _, want := range texts {
		inside := strings.HasPrefix(want, "=")
		i := slices.IndexFunc(rest, func(r drawn) bool {
			return inside && r.Locked && strings.HasPrefix(r.Text, want[1:]) || !inside && strings.Contains(r.Text, want)
		})
		if i < 0 {
			t.Errorf("%q is not there, or not in its place, in %v", want, rows)
			return
		}
		rest = rest[i+1:]
	}
}

// manyFiles is a practice server with TLS and 200 small files.
func manyFiles(t testing.TB) *practice.Server {
	t.Helper()
	files := afero.NewMemMapFs()
	for i := range 200 {
		if err := afero.WriteFile(files, fmt.Sprintf("/many/%03d.bin", i), bytes.Repeat([]byte{byte(i)}, 4000), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	server, err := practice.Start(practice.Options{FS: files, TLS: practice.Explicit})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server
}

// TestLiveViewOfManyFiles: nothing is left out of a long operation, and the browser has room for it.
func TestLiveViewOfManyFiles(t *testing.T) {
	t.Parallel()
	p := pupilIn(t, t.TempDir())
	p.says(t, "trace web", "http://")
	b := openBrowser(t, strings.TrimSpace(p.out.String()), t.TempDir())
	b.ask(nil, "open")
	server := manyFiles(t)
	p.Do(command.Line{Text: fmt.Sprintf("open --insecure -u %s,'%s' 127.0.0.1 %d", practice.User, practice.Password, server.Port())})
	if err := p.Do(command.Line{Text: "mget -f many/*.bin"}); err != nil {
		t.Fatalf("%v\n%s", err, p.out)
	}
	b.ask(nil, "ended", 0, 2)
	var rows []drawn
	for missing := "all"; missing != ""; {
		b.ask(&rows, "rows", 0, len(rows)+1) // fails when no more come
		missing = notDrawn(p.Recorder.All(), rows)
	}
	var heap int
	if b.ask(&heap, "heap", 0); heap > 50<<20 {
		t.Errorf("%d MiB", heap>>20)
	}
	t.Logf("%d rows, %.1f MiB", len(rows), float64(heap)/(1<<20))
}

// notDrawn is a command or a reply that no row shows. The page groups rows by operation, and sessions end between two of them.
func notDrawn(events []*teach.Event, rows []drawn) string {
	shown := map[string]int{}
	for _, r := range rows {
		shown[r.Conn+" "+r.Text]++
		shown[r.Conn+" "+r.Text[:min(3, len(r.Text))]]++
	}
	for _, e := range events {
		if e.Ev != teach.Sent && e.Ev != teach.Replied {
			continue
		}
		key := e.Conn + " " + e.Line + e.Code
		if shown[key]--; shown[key] < 0 {
			return key
		}
	}
	return ""
}

// BenchmarkLiveView fetches 200 files over TLS, in turn without a view and with one in a browser: "%slower" compares the
// medians. -bench LiveView -benchtime 40x
func BenchmarkLiveView(b *testing.B) {
	server := manyFiles(b)
	var shells []*command.Shell
	for range 2 {
		sh, err := New(command.Options{StateDir: b.TempDir(), Console: console.Options{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { Close(sh) })
		for _, line := range []string{"lcd " + b.TempDir(), fmt.Sprintf("open --insecure -u %s,'%s' 127.0.0.1 %d", practice.User, practice.Password, server.Port())} {
			if err := sh.Do(command.Line{Text: line}); err != nil {
				b.Fatal(err)
			}
		}
		shells = append(shells, sh)
	}
	if err := shells[1].Do(command.Line{Text: "trace web"}); err != nil {
		b.Fatal(err)
	}
	view := openBrowser(b, shells[1].Web.URL(), b.TempDir())
	view.ask(nil, "open")
	var took [2][]time.Duration
	for round := 0; b.Loop(); round++ {
		for _, i := range [][]int{{0, 1}, {1, 0}}[round%2] {
			start := time.Now()
			if err := shells[i].Do(command.Line{Text: "mget -f many/*.bin"}); err != nil {
				b.Fatal(err)
			}
			took[i] = append(took[i], time.Since(start))
		}
	}
	for i := range took {
		slices.Sort(took[i])
	}
	n := len(took[0])
	b.ReportMetric(100*(took[1][n/2].Seconds()/took[0][n/2].Seconds()-1), "%slower")
	b.ReportMetric(took[0][n/2].Seconds()*1000, "ms/without")
}
