package script

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/commands"
	"github.com/ftpsh/ftpsh/shell/syntax"
	"github.com/ftpsh/ftpsh/shell/teach"
)

var _ = command.Add(&command.Command{
	Name: "foreach", Theme: "scripts", Values: [][]string{nil, {"in"}}, Args: "name in word…; command… end", Short: "run commands for each of several words",
	Long: "The variable has one word after the other. A pattern stands for the names on the server that match it, with -l " +
		"for local ones; when nothing matches, nothing runs. With -c the words are a command, and each line that it prints is a value. " +
		"In a script the first failure ends the loop.",
	Examples: []command.Example{
		{Line: "foreach f in *.txt; get $f; end", Says: "each text"},
		{Line: "foreach day in mon tue wed; mkdir $day; end", Says: "three directories"},
		{Line: "foreach -c f in 'ls -t *.gz | tail -n +4'; rm $f; end", Says: "all but the three newest"},
	},
	Min: 2, Max: -1, Complete: []completion.Kind{completion.Text, completion.None, completion.RemotePath}, Wire: command.ListVerbs,
	Flags: func(fs *pflag.FlagSet) {
		fs.SetInterspersed(false)
		fs.BoolP("local", "l", false, "patterns are for local names")
		fs.BoolP("command", "c", false, "the values are the lines that a command prints")
	},
	Nests: true, Foreign: command.Refused, Run: foreach,
})

func foreach(ctx context.Context, c *command.Call) error {
	name := c.Arg(0)
	if !syntax.IsVariable(name) {
		return c.Usage("%q is not a name for a variable: letters, digits and _ make one", name)
	}
	if c.Arg(1) != "in" {
		return c.Usage("in is missing between the name and the words")
	}
	values, err := loopWords(ctx, c, c.Args[2:])
	if err != nil {
		return err
	}
	var first error
	for _, value := range values {
		c.Shell.Vars[name] = value
		c.Shell.Recorder.Note("", teach.LoopNote, name+" "+c.Shell.Masked(value))
		err := command.RunList(c, c.Statement.Body)
		first = cmp.Or(first, err)
		if c.Shell.Stops(c.Line, err) {
			break
		}
	}
	return first
}

// loopWords are the values that foreach takes: the words, with the names that the
// patterns among them match, or the lines that a command prints. A pattern that
// matches nothing is nothing.
func loopWords(ctx context.Context, c *command.Call, words []syntax.Token) ([]string, error) {
	if c.Is("command") {
		text, err := command.OutputOf(c, words)
		return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }), err
	}
	var values []string
	for _, word := range words {
		switch {
		case word.Pattern == "" || !c.Shell.Settings.Glob:
			values = append(values, word.Text)
		case c.Is("local"):
			names, err := commands.LocalNames(ctx, c.Shell, word)
			if err != nil {
				return nil, err
			}
			if len(names) > 1 || names[0] != word.Text {
				values = append(values, names...)
			}
		default:
			names, err := remoteWords(ctx, c, word)
			if err != nil {
				return nil, err
			}
			values = append(values, names...)
		}
	}
	return values, nil
}

func remoteWords(ctx context.Context, c *command.Call, word syntax.Token) ([]string, error) {
	if err := c.Shell.Needs(command.Login); err != nil {
		return nil, err
	}
	names, err := c.Expand(ctx, []syntax.Token{word})
	err = c.Skips(err)
	if errors.As(err, new(*command.NoMatchError)) {
		return nil, nil
	}
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = name.Path
	}
	return paths, err
}
