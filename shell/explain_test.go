package shell

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/learn"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/teach"
)

// What explain and doctor advise to type can be typed.
func TestAdviceCanBeTyped(t *testing.T) {
	sh := &command.Shell{Catalog: Catalog()}
	names, err := filepath.Glob("teach/rules*.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		lines += checkAdvice(t, sh, file)
	}
	var all []teach.Advice
	for _, p := range teach.Problems() {
		all = append(all, p.Try...)
	}
	for _, r := range teach.Readings() {
		all = append(all, r.Try...)
	}
	for _, advice := range all {
		lines += checkLine(t, sh, advice.Type)
	}
	if lines < 20 {
		t.Errorf("only %d lines of advice were found", lines)
	}
}

// checkAdvice returns how many lines of advice there are in a file.
func checkAdvice(t *testing.T, sh *command.Shell, file *ast.File) (lines int) {
	ast.Inspect(file, func(n ast.Node) bool {
		list, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		of, ok := list.Type.(*ast.ArrayType)
		if !ok {
			return true
		}
		if elt, ok := of.Elt.(*ast.Ident); !ok || elt.Name != "Advice" {
			return true
		}
		for _, advice := range list.Elts {
			text, ok := advice.(*ast.CompositeLit).Elts[0].(*ast.BasicLit)
			if !ok {
				continue // made of a word of the session
			}
			line, _ := strconv.Unquote(text.Value)
			lines += checkLine(t, sh, line)
		}
		return true
	})
	return lines
}

// checkLine looks at a line of advice, and returns 1 for one that is for the prompt.
func checkLine(t *testing.T, sh *command.Shell, line string) int {
	if line == "" || strings.HasPrefix(line, "ftpsh ") {
		return 0
	}
	if !learn.KnowsLine(sh, line) {
		t.Errorf("`%s` cannot be typed", line)
	}
	if word, found := strings.CutPrefix(line, "explain "); found && word != "last" {
		if _, ok := teach.Explain(word, teach.Here{}); !ok {
			t.Errorf("explain does not know %q", word)
		}
	}
	return 1
}

// Each command of the protocol that the shell has a command for says which.
func TestPagesNameCommands(t *testing.T) {
	sh := &command.Shell{Catalog: Catalog()}
	for verb, want := range map[string]string{"RETR": "`get`", "STOR": "`put`", "DELE": "`delete`", "CWD": "`cd`", "MKD": "`mkdir`", "FEAT": "`features`"} {
		found, _ := teach.Explain(verb, teach.Here{Knows: func(line string) bool { return learn.KnowsLine(sh, line) }})
		if text := strings.Join(found.Lines, "\n"); !strings.Contains(text, want) {
			t.Errorf("%s: no %s in\n%s", verb, want, text)
		}
	}
}

// TestExplainKnowsOurs: every command and every setting has a page that fits, however its name is written, and help knows
// where a code is explained.
func TestExplainKnowsOurs(t *testing.T) {
	p := newPupil(t)
	var names []string
	for _, group := range p.Catalog {
		for _, command := range group.Commands {
			names = append(names, command.Name)
		}
	}
	for _, row := range settings.All() {
		names = append(names, row.Name)
	}
	for _, term := range teach.Terms() {
		names = append(append(names, term.Word), term.Also...)
	}
	for _, name := range names {
		if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz-_ 0123456789") != "" {
			continue // ! and $ are no words
		}
		for _, spelled := range []string{name, strings.ReplaceAll(name, "-", " "), strings.ReplaceAll(name, " ", "-"), strings.ReplaceAll(name, "_", " ")} {
			p.out.Reset()
			if err := p.Do(command.Line{Text: "explain " + spelled}); err != nil {
				t.Errorf("explain %s: %v", spelled, err)
			}
			if lines := strings.Split(strings.TrimSpace(p.out.String()), "\n"); len(lines) > 24 {
				t.Errorf("explain %s: %d lines", spelled, len(lines))
			}
		}
	}
	for line, want := range map[string]string{
		"help 550": "`explain 550`", "explain session reuse": "TLS session reuse", "explain Session-Reuse": "TLS session reuse",
		"explain data connections": "The data connection", "explain sesion": "explain session",
		"explain pasive": "did you mean `explain passive`?\n", "explain data connction": "`explain data connection`", "explain close notify": "The signed end",
	} {
		p.out.Reset()
		_ = p.Do(command.Line{Text: line})
		if !strings.Contains(p.out.String(), want) {
			t.Errorf("%s: no %q in\n%s", line, want, p.out)
		}
	}
}
