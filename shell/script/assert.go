package script

import (
	"context"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
)

var _ = command.Add(&command.Command{
	Name: "assert", Theme: "scripts", Alone: aloneCondition, Args: "[not] condition [word…]", Short: "fail unless a condition holds",
	Long: "A script stops there, unless a dash stands before the line. `if` knows the same conditions:\n" + conditionText(),
	Examples: []command.Example{
		{Line: "assert exists README.txt", Says: "the file is there"},
		{Line: "assert size README.txt min 100", Says: "with at least this many bytes"},
		{Line: "assert not exists upload.lock", Says: "and this one is not"},
	},
	Min: 1, Max: -1, Complete: []completion.Kind{completion.Condition, completion.RemotePath}, Wire: conditionVerbs,
	Nests: true, Foreign: command.Refused, Run: assert,
})

func conditionText() string {
	var lines []string
	for _, row := range Conditions() {
		lines = append(lines, strings.TrimSpace(row.Name+" "+row.Args)+": "+row.Short)
	}
	return strings.Join(lines, "\n")
}

// AssertionError says that a condition does not hold.
type AssertionError struct {
	Condition string
	Found     string // what is there instead, or ""
}

func (e *AssertionError) Error() string {
	if e.Found == "" {
		return "not true: " + e.Condition
	}
	return "not true: " + e.Condition + " (" + e.Found + ")"
}

func assert(ctx context.Context, c *command.Call) error {
	holds, found, err := conditionHolds(ctx, c, c.Args)
	if err == nil && !holds {
		err = &AssertionError{strings.Join(c.Texts(), " "), found}
	}
	return err
}

// aloneCondition is the hint for a condition that was typed as if it were a command.
func aloneCondition(name string) string {
	if !slices.ContainsFunc(Conditions(), func(row Condition) bool { return row.Name == name }) {
		return ""
	}
	return "`assert " + name + " …`, or `if " + name + " …; …; end`"
}
