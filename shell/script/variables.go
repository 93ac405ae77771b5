package script

import (
	"bytes"
	"context"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// VariableCommands are the rows of this file in the catalog.
var VariableCommands = []*command.Command{
	{
		Name: "let", Args: "[name [value…]]", Short: "give a variable a value, or show the variables", JSON: true,
		Long: "$name and ${name} in the words of later lines stand for the value; a name that was never given one stays as " +
			"typed. A value is never split into words and never a pattern. Local commands (`!`, |) find the variables in their " +
			"environment.\n" +
			"With -c the value is what a command of ftpsh prints, with -e it is that of the environment variable of the name. " +
			"$? is the status of the last command, as the program would exit with; $code and $reply are the code and the text of the " +
			"server's last reply, or of the one that the last command failed with.",
		Examples: []command.Example{
			{Line: "let dir pub/2026", Says: "then `cd $dir`"},
			{Line: "let -c n size notes.txt", Says: "then `echo $n bytes`"},
			{Line: "let -e HOME", Says: "take one from the environment"},
		},
		Max: -1, Complete: []completion.Kind{completion.Variable}, Nests: true, Foreign: command.Refused, Run: let,
		Flags: func(fs *pflag.FlagSet) {
			fs.SetInterspersed(false)
			fs.BoolP("command", "c", false, "the value is what a command prints")
			fs.BoolP("environment", "e", false, "the value is in the environment")
		},
	},
	{
		Name: "unlet", Args: "name…", Short: "forget variables",
		Min: 1, Max: -1, Complete: []completion.Kind{completion.Variable}, Foreign: command.Refused, Run: unlet,
	},
}

func let(_ context.Context, c *command.Call) error {
	if len(c.Args) == 0 {
		return allVariables(c)
	}
	name := c.Arg(0)
	if !syntax.IsVariable(name) {
		return c.Usage("%q is not a name for a variable: letters, digits and _ make one", name)
	}
	value := strings.Join(c.Texts()[1:], " ")
	switch {
	case c.Is("environment"):
		value, _ = os.LookupEnv(name)
	case c.Is("command") && (c.Statement.Pipe != "" || c.Statement.File != nil):
		return &failure.UsageError{Text: "let prints nothing: quotes make the | or > a part of the command", Hint: "`let -c " + name + " 'COMMAND | COMMAND'`"}
	case c.Is("command"):
		var err error
		if value, err = outputOf(c, c.Args[1:]); err != nil {
			return err
		}
	case len(c.Args) == 1:
		value, known := c.Shell.Vars[name]
		if !known {
			return c.Usage("%s has no value", name)
		}
		return showVariable(c, name, value)
	}
	c.Shell.Vars[name] = value
	return nil
}

// outputOf runs a command and returns what it prints, without the line end.
func outputOf(c *command.Call, words []syntax.Token) (string, error) {
	var text bytes.Buffer
	inner := *c
	inner.Into(&text)
	err := runWords(&inner, words)
	return strings.TrimRight(text.String(), "\r\n"), err
}

// runWords runs a command that stands in the arguments of this one.
func runWords(c *command.Call, words []syntax.Token) error {
	if len(words) == 0 {
		return c.Usage("a command is missing")
	}
	if len(words) == 1 && strings.ContainsAny(words[0].Text, " \t\n;|&>") {
		line := c.Line.At(c.Statement)
		line.Text, line.Within = words[0].Text, c
		return failure.Shown(c.Shell.Do(line))
	}
	st := syntax.Statement{Words: words, Line: c.Statement.Line}
	return runList(c, syntax.List{{Statements: []syntax.Statement{st}}})
}

// runList runs a block of the command.
func runList(c *command.Call, list syntax.List) error {
	line := c.Line
	line.Within = c
	return failure.Shown(c.Shell.List(line, list))
}

type variableObject struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func showVariable(c *command.Call, name, value string) error {
	if c.JSON() {
		return c.Object(variableObject{name, value})
	}
	return c.Print("%s", value)
}

func allVariables(c *command.Call) error {
	for _, name := range slices.Sorted(maps.Keys(c.Shell.Vars)) {
		var err error
		if value := c.Shell.Vars[name]; c.JSON() {
			err = c.Object(variableObject{name, value})
		} else {
			err = c.Print("%s=%s", name, syntax.Quote(value))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func unlet(_ context.Context, c *command.Call) error {
	for _, name := range c.Texts() {
		delete(c.Shell.Vars, name)
	}
	return nil
}
