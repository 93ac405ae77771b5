package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell/syntax"
)

// code is what stands between backquotes on one line, and fenced what is in a block of its own.
var code, fenced = regexp.MustCompile("`([^`\n]+)`"), regexp.MustCompile("(?s)(?:^|\n)```[a-z]*\n(.*?)\n```")

// TestCommandLinesOfPages: each command line of ftpsh in the pages has options that there are, and each command that they name
// with an argument is one.
func TestCommandLinesOfPages(t *testing.T) {
	for _, page := range []string{"../../README.md", "../../docs/guide.md", "../../docs/faq.md", "../../docs/scripting.md", "../../docs/mirror.md", "../../docs/fxp.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		lines := 0
		for _, line := range commandLines(string(text)) {
			words, ok := strings.CutPrefix(line, "ftpsh ")
			if !ok || serving(strings.Fields(words)) {
				continue
			}
			lines++
			fs := flagSet(&options{})
			fs.SetOutput(io.Discard)
			if err := fs.Parse(typed(words)); err != nil {
				t.Errorf("%s: `%s`: %v", filepath.Base(page), line, err)
			}
			for _, text := range fs.Args() {
				if strings.HasPrefix(text, "--") {
					t.Errorf("%s: `%s`: %s is not an option", filepath.Base(page), line, text)
				}
			}
		}
		if lines == 0 && page != "../../docs/guide.md" && page != "../../docs/fxp.md" && page != "../../docs/mirror.md" {
			t.Errorf("%s has no command line", filepath.Base(page))
		}
	}
}

// commandLines are those of blocks, indented or fenced, and between backquotes.
func commandLines(text string) (lines []string) {
	for _, block := range fenced.FindAllStringSubmatch(text, -1) {
		for line := range strings.SplitSeq(block[1], "\n") {
			lines = append(lines, strings.TrimPrefix(line, "$ "))
		}
	}
	rest := fenced.ReplaceAllString(text, "")
	for line := range strings.SplitSeq(rest, "\n") {
		if indented, is := strings.CutPrefix(line, "    "); is {
			lines = append(lines, strings.TrimPrefix(indented, "$ "))
		}
	}
	for _, span := range code.FindAllStringSubmatch(rest, -1) {
		lines = append(lines, span[1])
	}
	return lines
}

// typed are the words of a line up to what the local shell does with it.
func typed(line string) (words []string) {
	for _, tok := range syntax.Lex(line) {
		if tok.Op != syntax.Word {
			break
		}
		words = append(words, tok.Text)
	}
	return words
}
