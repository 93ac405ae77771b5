package command

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/equivalents"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// FlagError says in our words what is wrong with an option, and what may have
// been meant. Command is the name of the command that the option was for, ""
// for the program.
func FlagError(err error, fs *pflag.FlagSet, command string) error {
	if err == nil || errors.Is(err, pflag.ErrHelp) {
		return err
	}
	wrong := &failure.UsageError{Text: flagText(err)}
	unknown, is := failure.As[*pflag.NotExistError](err)
	if !is {
		return wrong
	}
	typed := spelled(unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames() != "")
	kind := equivalents.OtherFlag
	if command == "" {
		kind = equivalents.OtherOption
	}
	if e := equivalents.Find(kind, strings.TrimSpace(command+" "+typed)); e != nil {
		wrong.Hint = e.Hint()
		return wrong
	}
	var names []string
	fs.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if near := completion.Nearest(unknown.GetSpecifiedName(), names); len(near) > 0 {
		wrong.Hint = failure.DidYouMean("--", near)
	}
	return wrong
}

// spelled is an option as it is typed.
func spelled(name string, short bool) string {
	if short {
		return "-" + name
	}
	return "--" + name
}

// flagText is what is wrong with an option.
func flagText(err error) string {
	var unknown *pflag.NotExistError
	var empty *pflag.ValueRequiredError
	var bad *pflag.InvalidValueError
	var garbled *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &unknown):
		return "unknown option " + spelled(unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames() != "")
	case errors.As(err, &empty):
		value, _ := pflag.UnquoteUsage(empty.GetFlag())
		return spelled(empty.GetSpecifiedName(), empty.GetSpecifiedShortnames() != "") + " needs a value: " + value
	case errors.As(err, &bad):
		what := "a whole number"
		if bad.GetFlag().Value.Type() == "bool" {
			what = "true or false"
		}
		return fmt.Sprintf("--%s: %q is not %s", bad.GetFlag().Name, bad.GetValue(), what)
	case errors.As(err, &garbled):
		return garbled.GetSpecifiedFlag() + " is not an option"
	}
	return err.Error()
}
