package shell

import (
	"os"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell/command"
)

// TestTeachingCourse types the evening of docs/teaching.md from its first line to
// its last, and lints the lesson that it shows.
func TestTeachingCourse(t *testing.T) {
	text, err := os.ReadFile("../docs/teaching.md")
	if err != nil {
		t.Fatal(err)
	}
	p := newPupil(t)
	typed := 0
	for number, line := range strings.Split(string(text), "\n") {
		cmd, fails := strings.CutPrefix(line, "    !> ")
		if !fails {
			var is bool
			if cmd, is = strings.CutPrefix(line, "    > "); !is {
				continue
			}
		}
		typed++
		p.out.Reset()
		if err := p.Do(command.Line{Text: cmd}); (err != nil) != fails {
			t.Fatalf("line %d: %s: %v\n%s", number+1, cmd, err, p.out)
		}
	}
	if typed < 50 {
		t.Errorf("only %d lines were typed", typed)
	}
	_, rest, _ := strings.Cut(string(text), "```json\n")
	lesson, _, _ := strings.Cut(rest, "```")
	if err := os.WriteFile("noop.json", []byte(lesson), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p.Do(command.Line{Text: "lesson lint noop.json"}); err != nil {
		t.Errorf("%s", p.out)
	}
}
