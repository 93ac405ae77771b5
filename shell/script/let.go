package script

import (
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

var _ = command.Add(&command.Command{
	Name: "let", Theme: "scripts", Args: "[name [value…]]", Short: "give a variable a value, or show the variables", JSON: true,
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
})

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
		if value, err = command.OutputOf(c, c.Args[1:]); err != nil {
			return err
		}
	case len(c.Args) == 1:
		value, known := c.Shell.Vars[name]
		if !known {
			return c.Usage("%s has no value", name)
		}
		return command.Result(c, variableObject{name, value}, "%s", value)
	}
	c.Shell.Vars[name] = value
	return nil
}

type variableObject struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func allVariables(c *command.Call) error {
	for _, name := range slices.Sorted(maps.Keys(c.Shell.Vars)) {
		value := c.Shell.Vars[name]
		if err := command.Result(c, variableObject{name, value}, "%s=%s", name, syntax.Quote(value)); err != nil {
			return err
		}
	}
	return nil
}
