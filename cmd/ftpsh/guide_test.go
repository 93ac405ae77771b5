//go:build unix

package main

import (
	"flag"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ftpsh/ftpsh/shell/console/tmux"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var update = flag.Bool("update", false, "draw the screens of docs/guide.md again")

// pictures are the screens in the guide: a size, what is typed, and what is seen.
var pictures = regexp.MustCompile("(?s)<!-- screen (\\d+)x(\\d+) (\".*?\") -->\n```\n(.*?)```")

// changing is what another run shows differently: times, ages, durations, ports.
var changing = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`[A-Z][a-z]{2} [ \d]\d (\d\d:\d\d| \d{4})`), "Jan  1 00:00"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d`), "2000-01-01"},
	{regexp.MustCompile(`\b\d+ (ms|s)\b`), "0 ms"},
	{regexp.MustCompile(`\([\d.]+[kMGT]?/s\)`), "(1M/s)"},
	{regexp.MustCompile(`\|\d{4,5}\|`), "|40000|"},
	{regexp.MustCompile(`\bport \d{4,5}\b`), "port 40000"},
	{regexp.MustCompile(`(just now|\d+ (second|minute|hour|day|month|year)s? ago) *`), "long ago "},
}

func same(screen string) string {
	for _, c := range changing {
		screen = c.pattern.ReplaceAllString(screen, c.with)
	}
	return screen
}

// TestGuide plays the sessions of the guide and compares what is seen.
func TestGuide(t *testing.T) { play(t, filepath.Join("..", "..", "docs", "guide.md"), demoScreen) }

// TestReadme types what the picture in the README shows, and compares what is seen. If it fails,
// draw the picture again: go run ./docs/screenshot >docs/session.svg
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`<!-- screenshot (\d+)x(\d+) (".*") -->\n!\[.*\]\((.*)\)`).FindStringSubmatch(string(readme))
	if m == nil {
		t.Fatal("README.md has no picture")
	}
	svg, err := os.ReadFile(filepath.Join("..", "..", m[4]))
	if err != nil {
		t.Fatal(err)
	}
	width, _ := strconv.Atoi(m[1])
	height, _ := strconv.Atoi(m[2])
	keys, err := strconv.Unquote(m[3])
	if err != nil {
		t.Fatal(err)
	}
	want := html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(string(svg), ""))
	screen := firstScreen(t, width, height)
	for i, line := range strings.SplitAfter(strings.TrimSuffix(keys, "\r"), "\r") {
		screen.Until("prompt for "+line, func(text string) bool {
			return strings.Count(text, "tls>") == i+1 && strings.HasSuffix(text, "> ▏")
		})
		screen.Type(line)
	}
	screen.Type("\r")
	screen.Until("picture:\n"+want, func(text string) bool {
		return measured(strings.TrimSuffix(text, "▏")) == measured(want)
	})
}

// figures are what no two runs measure alike, with the lines whose length depends on them.
var figures = regexp.MustCompile(`\d+(\.\d+)?( [KMG]iB/s|[KMG]/s)?|[═─▒≈ ]{2,}`)

// measured is a screen without its figures, and its rows in one order: the connect of the data
// connection and the 150 race.
func measured(screen string) string {
	rows := strings.Split(figures.ReplaceAllString(strings.TrimSpace(screen), "#"), "\n")
	slices.Sort(rows)
	return strings.Join(rows, "\n")
}

func play(t *testing.T, page string, start func(t *testing.T, width, height int) *tmux.Screen) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	drawn := pictures.ReplaceAllStringFunc(string(text), func(block string) string {
		m := pictures.FindStringSubmatch(block)
		width, _ := strconv.Atoi(m[1])
		height, _ := strconv.Atoi(m[2])
		keys, err := strconv.Unquote(m[3])
		if err != nil {
			t.Fatalf("%s: %v", m[3], err)
		}
		got := m[4]
		n++
		t.Run(fmt.Sprint("screen ", n), func(t *testing.T) {
			screen := start(t, width, height)
			screen.Type(keys)
			if *update {
				got = strings.ReplaceAll(screen.Settled(time.Second), "▏", "█") + "\n"
				return
			}
			want := strings.TrimSuffix(m[4], "\n")
			screen.Until("such screen:\n"+want+"\n", func(text string) bool {
				return same(strings.ReplaceAll(text, "▏", "█")) == same(want)
			})
		})
		return fmt.Sprintf("<!-- screen %dx%d %s -->\n```\n%s```", width, height, m[3], got)
	})
	if *update && drawn != string(text) {
		if err := os.WriteFile(page, []byte(drawn), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// demoPrompt is the prompt of the practice server, and the cursor.
const demoPrompt = "demo@127.0.0.1:/ tls> ▏"

// demoScreen is the practice server with nothing on the screen but its prompt.
func demoScreen(t *testing.T, width, height int) *tmux.Screen {
	t.Helper()
	screen := demo(t, width, height, "exec %s --demo --no-config -V")
	screen.Type("\x0c") // Ctrl-L clears it
	screen.Cursor(demoPrompt)
	return screen
}

// firstScreen is what somebody sees who tries it for the first time.
func firstScreen(t *testing.T, width, height int) *tmux.Screen {
	t.Helper()
	return demo(t, width, height, "echo '$ ftpsh --demo'; exec %s --demo --no-config")
}

// demo runs a line of the shell with the path of the program, and waits for the
// prompt.
func demo(t *testing.T, width, height int, line string) *tmux.Screen {
	t.Helper()
	path, err := exec.LookPath("ftpsh")
	if err != nil {
		t.Fatal(err)
	}
	dir := syntax.Quote(t.TempDir())
	screen := tmux.Start(t, width, height, fmt.Sprintf("cd %s && export TERM=xterm-256color NO_COLOR=1 TZ=UTC HOME=%s XDG_STATE_HOME=%s; "+line,
		dir, dir, dir, syntax.Quote(path)))
	screen.Until("prompt", func(text string) bool { return strings.HasSuffix(text, demoPrompt) })
	return screen
}
