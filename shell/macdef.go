package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var macroCommands = []*Command{
	{
		Name: "macdef", Args: "name", Short: "define a macro: the lines that follow, up to an empty one",
		Long: "`$name argument…` runs it: $1 to $9 are its arguments, $* all of them. With $i in it the macro runs once for each " +
			"argument, which is $i then. A backslash makes a $ plain. A macro stops at its first failure.\n" +
			"A macro called init runs after the login of the next `open`. All are forgotten when the session ends.",
		Examples: []Example{{"macdef fetch", "then `get $i`, then an empty line; `$fetch a b c` gets three files"}},
		Min:      1, Max: 1, Ask: []string{"macro name"}, Complete: []completion.Kind{completion.Macro}, Foreign: Refused, Run: macdef,
	},
	{
		Name: "$", Args: "macro [argument…]", Short: "run a macro that macdef defined",
		Long: "Patterns in the arguments are expanded by the commands that the macro runs.",
		Min:  1, Max: -1, Ask: []string{"macro name"}, Complete: []completion.Kind{completion.Macro, completion.RemotePath},
		Nests: true, Foreign: Refused, Run: func(_ context.Context, c *Call) error { return runMacro(c.Shell, c, c.Arg(0), c.Args[1:]) },
	},
}

func macdef(ctx context.Context, c *Call) error {
	next := c.Shell.next
	if next == nil {
		c.Note("the lines of the macro, and an empty one at its end:")
		next = func() (string, error) { return c.Shell.con.ReadLine(ctx, "macro> ") }
	}
	var lines []string
	for {
		line, err := next()
		if errors.Is(err, io.EOF) {
			return c.Usage("%s is not defined: an empty line must end it", c.Arg(0))
		}
		if err != nil {
			return err
		}
		if strings.TrimSpace(line) == "" {
			c.Shell.macros[c.Arg(0)] = lines
			return nil
		}
		lines = append(lines, line)
	}
}

// deepest is how many macros may run each other.
const deepest = 50

// runMacro runs the lines of a macro, once, or for each argument where $i is in
// it. Its failures are shown as those of a script.
func runMacro(sh *Shell, call *Call, name string, args []syntax.Token) error {
	lines, defined := sh.macros[name]
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
	if !slices.ContainsFunc(lines, repeats) {
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
		err := sh.Do(Line{Text: text, Script: "$" + name, Number: i + 1, within: call, vars: vars})
		switch {
		case err == nil || sh.Settings.OnError == "continue" && !errors.Is(err, failure.ErrInterrupted):
		default:
			return failure.Shown(err)
		}
		if sh.quitting || sh.ended() {
			break
		}
	}
	return nil
}

// repeats reports whether $i stands in a line of a macro.
func repeats(line string) bool {
	found := false
	probe := syntax.Token{Text: ""}
	for _, word := range syntax.Lex(line) {
		found = found || word.Expand(syntax.Vars{Each: &probe}).Text != word.Expand(syntax.Vars{}).Text
	}
	return found
}

func (l *language) macroNames() []string { return slices.Sorted(maps.Keys(l.macros)) }

func (l *language) macroHint() string {
	if names := l.macroNames(); len(names) > 0 {
		return "there are " + strings.Join(names, ", ")
	}
	return "`macdef NAME` defines one"
}

// initialize runs the macro init after a login, as ftp(1) does.
func initialize(sh *Shell) error {
	due := sh.loggedIn
	sh.loggedIn = false
	if _, defined := sh.macros["init"]; !due || !defined {
		return nil
	}
	return runMacro(sh, nil, "init", nil)
}
