package shell

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/equivalents"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var aliasCommands = []*Command{
	{
		Name: "alias", Args: "[name [command…]]", Short: "give a line a name, or show the names", JSON: true,
		Long: "$1 to $9 in the line are the words after the name, $@ all of them, $# their number; a line without any of these " +
			"gets the words at its end. In the line the alias's own name means the command. The table [alias] of the " +
			"configuration holds those of every session.",
		Examples: []Example{
			{"alias ll ls -l", "then `ll pub`"},
			{"alias today 'mkdir $1 && cd $1'", "then `today 2026-01-31`"},
		},
		Max: -1, Complete: []completion.Kind{completion.Command}, Foreign: Refused, Run: aliasCommand,
		Flags: func(fs *pflag.FlagSet) { fs.SetInterspersed(false) },
	},
	{
		Name: "unalias", Args: "name…", Short: "forget aliases",
		Min: 1, Max: -1, Complete: []completion.Kind{completion.Alias}, Foreign: Refused, Run: unalias,
	},
}

func aliasCommand(_ context.Context, c *Call) error {
	switch len(c.Args) {
	case 0:
		return allAliases(c)
	case 1:
		text, known := c.Shell.aliases[c.Arg(0)]
		if !known {
			return c.Usage("%s is not an alias", c.Arg(0))
		}
		return showAlias(c, c.Arg(0), text)
	}
	text := c.Arg(1)
	if len(c.Args) > 2 {
		words := make([]string, len(c.Args)-1)
		for i, w := range c.Args[1:] {
			words[i] = w.Raw
		}
		text = strings.Join(words, " ")
	}
	return c.Shell.setAlias(c.Arg(0), text)
}

// setAlias checks and keeps an alias.
func (l *language) setAlias(name, text string) error {
	if toks := syntax.Lex(name); len(toks) != 1 || toks[0].Op != syntax.Word || toks[0].Raw != toks[0].Text {
		return &failure.UsageError{Text: name + " is not a word that a command could be"}
	}
	if list, err := syntax.Parse(text); err != nil {
		return &failure.UsageError{Text: "the line of " + name + ": " + err.Error()}
	} else if len(list) == 0 {
		return &failure.UsageError{Text: "the line of " + name + " is empty"}
	}
	l.aliases[name] = text
	return nil
}

type aliasObject struct {
	Name string `json:"name"`
	Line string `json:"line"`
}

func showAlias(c *Call, name, text string) error {
	if c.JSON() {
		return c.object(aliasObject{name, text})
	}
	return c.Print("alias %s %s", name, syntax.Quote(text))
}

func allAliases(c *Call) error {
	for _, name := range slices.Sorted(maps.Keys(c.Shell.aliases)) {
		if err := showAlias(c, name, c.Shell.aliases[name]); err != nil {
			return err
		}
	}
	return nil
}

func unalias(_ context.Context, c *Call) error {
	for _, name := range c.Texts() {
		if _, known := c.Shell.aliases[name]; !known {
			return c.Usage("%s is not an alias", name)
		}
		delete(c.Shell.aliases, name)
	}
	return nil
}

// alias returns the line that the name of a statement stands for. In that line
// the name is a command again, and a quoted name always is.
func alias(sh *Shell, line Line, st syntax.Statement) (text string, is bool) {
	if len(st.Words) == 0 || st.Words[0].Raw != st.Name() || slices.Contains(line.aliases, st.Name()) {
		return "", false
	}
	return aliasLine(sh, st.Name())
}

// aliasLine is the line that a name stands for: that of an alias, else that of the
// same word of another client. A command of that name comes between them.
func aliasLine(sh *Shell, name string) (line string, is bool) {
	if line, is = sh.aliases[name]; is || sh.catalog.has(name) {
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
	line.vars.Get = sh.variable
	st = st.Expand(line.vars)
	if !syntax.TakesArgs(list) {
		addArgs(list)
	}
	inner := Line{
		Text: text, Script: line.Script, Number: line.at(st).Number, within: line.within,
		vars: syntax.Vars{Args: append([]syntax.Token{}, st.Args()...)}, aliases: append(slices.Clone(line.aliases), st.Name()),
	}
	if st.File == nil && st.Pipe == "" {
		return failure.Shown(sh.list(inner, list))
	}
	ctx, done := sh.signals.during(sh.base, sh.session)
	defer done()
	call := sh.call(line, st)
	inner.within = call
	err = sh.output(ctx, call, st, func() error { return failure.Shown(sh.list(inner, list)) })
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
