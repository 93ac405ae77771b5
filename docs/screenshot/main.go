//go:build unix

// Screenshot draws the picture of the README: it types a session with the practice server into a
// real terminal (tmux) and writes what is on the screen as SVG.
//
//	go run ./docs/screenshot >docs/session.svg
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/shell/syntax"
)

func main() {
	svg, err := screenshot("README.md")
	if err != nil {
		fmt.Fprintln(os.Stderr, "screenshot: "+err.Error())
		os.Exit(1)
	}
	fmt.Print(svg)
}

// described is the comment in the page that says what to type, one line of the prompt for each
// quoted string.
var described = regexp.MustCompile(`<!-- screenshot (\d+)x(\d+) (".*") -->`)

func screenshot(page string) (string, error) {
	text, err := os.ReadFile(page)
	if err != nil {
		return "", err
	}
	m := described.FindStringSubmatch(string(text))
	if m == nil {
		return "", errors.New(page + " has no <!-- screenshot WIDTHxHEIGHT \"keys\" -->")
	}
	width, _ := strconv.Atoi(m[1])
	height, _ := strconv.Atoi(m[2])
	keys, err := strconv.Unquote(m[3])
	if err != nil {
		return "", fmt.Errorf("%s: %s: %w", page, m[3], err)
	}
	dir, err := os.MkdirTemp("", "screenshot")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "ftpsh")
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/ftpsh").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	screen, err := play(dir, program, width, height, keys)
	if err != nil {
		return "", err
	}
	return draw(strings.Split(strings.TrimRight(screen, "\n"), "\n"), width), nil
}

// play types the keys into the program, each line after the one before is done, and returns the
// screen with its colours.
func play(dir, program string, width, height int, keys string) (string, error) {
	tmux := func(args ...string) (string, error) {
		cmd := exec.Command("tmux", append([]string{"-S", filepath.Join(dir, "s"), "-f", "/dev/null"}, args...)...)
		cmd.Env = append(os.Environ(), "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "TERM=xterm-256color")
		out, err := cmd.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("tmux %s: %w\n%s", args[0], err, out)
		}
		return string(out), err
	}
	home := filepath.Join(dir, "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		return "", err
	}
	home, program = syntax.Quote(home), syntax.Quote(program)
	line := fmt.Sprintf("cd %s && export TERM=xterm-256color TZ=UTC HOME=%s XDG_STATE_HOME=%s LS_COLORS=; echo '$ ftpsh --demo'; exec %s --demo --no-config",
		home, home, home, program)
	if _, err := tmux("new-session", "-d", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height), line); err != nil {
		return "", err
	}
	defer func() { _, _ = tmux("kill-server") }()
	settled := func() (string, error) { return settled(tmux) }
	for _, typed := range append(strings.SplitAfter(keys, "\r"), "") {
		if _, err := settled(); err != nil {
			return "", err
		}
		if typed == "" {
			break
		}
		if _, err := tmux(append([]string{"send-keys", "-H"}, hex(typed)...)...); err != nil {
			return "", err
		}
	}
	return settled()
}

// settled waits for a screen that ends in a prompt and no longer changes.
func settled(tmux func(...string) (string, error)) (string, error) {
	var before string
	for range 100 {
		time.Sleep(200 * time.Millisecond)
		now, err := tmux("capture-pane", "-e", "-p")
		if err != nil {
			return "", err
		}
		if now == before && strings.HasSuffix(strings.TrimSpace(sgr.ReplaceAllString(now, "")), ">") {
			return now, nil
		}
		before = now
	}
	return "", errors.New("the screen does not come to rest")
}

func hex(keys string) []string {
	var codes []string
	for _, b := range []byte(keys) {
		codes = append(codes, fmt.Sprintf("%02x", b))
	}
	return codes
}
