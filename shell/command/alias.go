package command

import (
	"errors"
	"slices"

	"github.com/ftpsh/ftpsh/shell/equivalents"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// SetAlias checks and keeps an alias.
func (l *Language) SetAlias(name, text string) error {
	if toks := syntax.Lex(name); len(toks) != 1 || toks[0].Op != syntax.Word || toks[0].Raw != toks[0].Text {
		return &failure.UsageError{Text: name + " is not a word that a command could be"}
	}
	if list, err := syntax.Parse(text); err != nil {
		return &failure.UsageError{Text: "the line of " + name + ": " + err.Error()}
	} else if len(list) == 0 {
		return &failure.UsageError{Text: "the line of " + name + " is empty"}
	}
	l.Aliases[name] = text
	return nil
}

// alias returns the line that the name of a statement stands for. In that line
// the name is a command again, and a quoted name always is.
func alias(sh *Shell, line Line, st syntax.Statement) (text string, is bool) {
	if len(st.Words) == 0 || st.Words[0].Raw != st.Name() || slices.Contains(line.Aliases, st.Name()) {
		return "", false
	}
	return AliasLine(sh, st.Name())
}

// AliasLine is the line that a name stands for: that of an alias, else that of the
// same word of another client. A command of that name comes between them.
func AliasLine(sh *Shell, name string) (line string, is bool) {
	if line, is = sh.Aliases[name]; is || sh.Catalog.Has(name) {
		return line, is
	}
	return equivalents.Line(name)
}

// runAlias runs the line of an alias in the place of a statement.
func runAlias(sh *Shell, line Line, st syntax.Statement, text string) error {
	list, err := syntax.Parse(text)
	if err != nil {
		return err
	}
	line.Vars.Get = sh.variable
	st = st.Expand(line.Vars)
	if !syntax.TakesArgs(list) {
		addArgs(list)
	}
	inner := Line{
		Text: text, Script: line.Script, Number: line.At(st).Number, Within: line.Within,
		Vars: syntax.Vars{Args: append([]syntax.Token{}, st.Args()...)}, Aliases: append(slices.Clone(line.Aliases), st.Name()),
	}
	if st.File == nil && st.Pipe == "" {
		return failure.Shown(sh.List(inner, list))
	}
	ctx, done := sh.Signals.During(sh.Base, sh.Session)
	defer done()
	call := sh.call(line, st)
	inner.Within = call
	err = sh.output(ctx, call, st, func() error { return failure.Shown(sh.List(inner, list)) })
	if told := (*failure.ShownError)(nil); errors.As(err, &told) {
		return told
	}
	return err
}

// addArgs puts the words after the alias's name at the end of its line.
func addArgs(list syntax.List) {
	statements := list[len(list)-1].Statements
	last := &statements[len(statements)-1]
	last.Words = append(slices.Clip(last.Words), syntax.Token{Text: "$@", Raw: "$@"})
}
