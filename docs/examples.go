package docs

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// withExamples are the pages whose examples run: what they say that a command prints is what it prints.
var withExamples = []string{"scripting.md", "changes.md", "faq.md"}

// block is a block of examples: commands behind $, their further lines behind >,
// and what they print.
var block = regexp.MustCompile("(?s)```sh\n(.*?)```")

// playExamples runs the examples of a page and returns it with what they print. The program is in a folder.
func playExamples(program, page string) (string, error) {
	home, err := os.MkdirTemp("", "ftpsh-examples-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(home) }()
	var failed error
	played := block.ReplaceAllStringFunc(page, func(text string) string {
		var out strings.Builder
		out.WriteString("```sh\n")
		lines := strings.Split(text, "\n")
		for i, line := range lines {
			command, is := strings.CutPrefix(line, "$ ")
			if !is {
				continue
			}
			for _, more := range lines[i+1:] {
				text, is := strings.CutPrefix(more, "> ")
				if !is {
					break
				}
				line, command = line+"\n"+more, command+"\n"+text
			}
			printed, err := play(program, home, command)
			failed = errors.Join(failed, err)
			out.WriteString(line + "\n" + printed)
		}
		out.WriteString("```")
		return out.String()
	})
	return played, failed
}

// changing is what is different each time.
var changing = []struct {
	what *regexp.Regexp
	text string
}{
	{regexp.MustCompile(`"modified":"[^"]+"`), `"modified":"2026-01-31T12:00:00Z"`},
	{regexp.MustCompile(`"seconds":[0-9.e-]+`), `"seconds":0.001`},
	{regexp.MustCompile(`(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-9]\d \d\d:\d\d`), `Jan 31 12:00`},
}

// play runs one example in a new folder, and returns what it prints.
func play(program, home, command string) (string, error) {
	dir, err := os.MkdirTemp(home, "")
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("some notes\n"), 0o600); err != nil {
		return "", err
	}
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+program+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+dir, "TZ=UTC",
		"XDG_CONFIG_HOME="+dir, "XDG_STATE_HOME="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		return "", fmt.Errorf("%s: %w", command, err)
	}
	text := string(out)
	for _, row := range changing {
		text = row.what.ReplaceAllString(text, row.text)
	}
	return text, nil
}
