package command

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// deepest is how many macros may run each other.
const deepest = 50

// RunMacro runs the lines of a macro, once, or for each argument where $i is in
// it. Its failures are shown as those of a script.
func RunMacro(sh *Shell, call *Call, name string, args []syntax.Token) error {
	lines, defined := sh.Macros[name]
	if !defined {
		return &failure.UsageError{Text: name + ": no such macro", Hint: sh.macroHint()}
	}
	if sh.depth == deepest {
		return &failure.UsageError{Text: fmt.Sprintf("%s: more than %d macros run each other", name, deepest)}
	}
	sh.depth++
	defer func() { sh.depth-- }()
	if args == nil {
		args = []syntax.Token{}
	}
	if !slices.ContainsFunc(lines, Repeats) {
		return macroLines(sh, call, name, lines, syntax.Vars{Args: args})
	}
	for i := range args {
		if err := macroLines(sh, call, name, lines, syntax.Vars{Args: args, Each: &args[i]}); err != nil {
			return err
		}
	}
	return nil
}

func macroLines(sh *Shell, call *Call, name string, lines []string, vars syntax.Vars) error {
	for i, text := range lines {
		err := sh.Do(Line{Text: text, Script: "$" + name, Number: i + 1, Within: call, Vars: vars})
		if err != nil && (sh.Settings.OnError != "continue" || errors.Is(err, failure.ErrInterrupted)) {
			return failure.Shown(err)
		}
		if sh.Quitting || sh.Ended() {
			break
		}
	}
	return nil
}

// Repeats reports whether $i stands in a line of a macro.
func Repeats(line string) bool {
	found := false
	probe := syntax.Token{Text: ""}
	for _, word := range syntax.Lex(line) {
		found = found || word.Expand(syntax.Vars{Each: &probe}).Text != word.Expand(syntax.Vars{}).Text
	}
	return found
}

// MacroNames are the names of the macros.
func (l *Language) MacroNames() []string { return slices.Sorted(maps.Keys(l.Macros)) }

func (l *Language) macroHint() string {
	if names := l.MacroNames(); len(names) > 0 {
		return "the macros are " + strings.Join(names, ", ")
	}
	return "`macdef NAME` defines one"
}

// Initialize runs the macro init after a login, as ftp(1) does.
func Initialize(sh *Shell) error {
	due := sh.LoggedIn
	sh.LoggedIn = false
	if _, defined := sh.Macros["init"]; !due || !defined {
		return nil
	}
	return RunMacro(sh, nil, "init", nil)
}
