package script

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/textdiff"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/commands"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// Condition is one row: something that if and assert can find out.
type Condition struct {
	Name, Args string
	Short      string

	needs command.Need
	check func(context.Context, *command.Call, []syntax.Token) (bool, string, error) // the text says what was found
}

var conditionVerbs = command.Verbs(command.ListVerbs, command.Sends("RETR", "REST"))

// Conditions is the table of what if and assert can find out.
func Conditions() []Condition {
	all := []Condition{
		{"equals", "text text", "the texts are the same", command.Nothing, texts(func(a, b string) bool { return a == b })},
		{"matches", "text pattern", "the pattern, quoted or not, fits the whole text", command.Nothing, texts(func(text, pattern string) bool { return syntax.Match(pattern, text) })},
		{"empty", "text", "the text is empty", command.Nothing, isEmpty},
		{"same", "remote local", "both files have the same bytes; the remote one is read in full", command.Login, sameBytes},
		{"connected", "", "there is a session, and a user logged in", command.Nothing, isConnected},
		{"tls", "", "the control connection is protected", command.Nothing, isProtected},
	}
	for _, side := range []struct {
		prefix, where string
		needs         command.Need
		stat          func(context.Context, *command.Call, syntax.Token) (found, error)
	}{
		{"", "on the server", command.Login, statRemote},
		{"l", "here", command.Nothing, statLocal},
	} {
		all = append(all,
			Condition{side.prefix + "exists", "name", "there is such a name " + side.where, side.needs, onFile(side.stat, exists)},
			Condition{side.prefix + "file", "name", "it is a file " + side.where, side.needs, onFile(side.stat, isFile)},
			Condition{side.prefix + "directory", "name", "it is a directory " + side.where, side.needs, onFile(side.stat, isDirectory)},
			Condition{
				side.prefix + "size", "name [min|max] bytes", "the file " + side.where + " has exactly this many bytes, or at least or at most this many; k, m and g multiply by 1024",
				side.needs, onFile(side.stat, hasSize),
			},
			Condition{
				side.prefix + "age", "name min|max time", "the file " + side.where + " was changed at least or at most this long ago: 30s, 5m, 2h, 3d",
				side.needs, onFile(side.stat, hasAge),
			})
	}
	return all
}

// conditionHolds finds out about a condition. Where it cannot be found out, that is an
// error: a lost connection is no "no".
func conditionHolds(ctx context.Context, c *command.Call, words []syntax.Token) (holds bool, found string, err error) {
	if len(words) > 1 && (words[0].Text == "not" || words[0].Text == "!") {
		holds, found, err = conditionHolds(ctx, c, words[1:])
		return !holds, found, err
	}
	row, err := findCondition(words[0].Text)
	if err != nil {
		return false, "", err
	}
	if !fits(row.Args, len(words)-1) {
		return false, "", &failure.UsageError{Text: "the condition is: " + strings.TrimSpace(row.Name+" "+row.Args)}
	}
	if err := c.Shell.Needs(row.needs); err != nil {
		return false, "", err
	}
	return row.check(ctx, c, words[1:])
}

func findCondition(name string) (Condition, error) {
	var names []string
	for _, row := range Conditions() {
		if row.Name == name {
			return row, nil
		}
		names = append(names, row.Name)
	}
	err := &failure.UsageError{Text: name + ": no such condition", Hint: "the conditions are " + strings.Join(names, ", ")}
	if near := completion.Nearest(name, names); len(near) > 0 {
		err.Hint = failure.DidYouMean("", near[:1])
	}
	return Condition{}, err
}

// fits compares a number of arguments with a synopsis.
func fits(args string, n int) bool {
	most := len(strings.Fields(args))
	return n == most || n == most-strings.Count(args, "[") && n < most
}

func texts(is func(a, b string) bool) func(context.Context, *command.Call, []syntax.Token) (bool, string, error) {
	return func(_ context.Context, _ *command.Call, args []syntax.Token) (bool, string, error) {
		return is(args[0].Text, args[1].Text), "", nil
	}
}

func isEmpty(_ context.Context, _ *command.Call, args []syntax.Token) (bool, string, error) {
	return args[0].Text == "", args[0].Text, nil
}

func isConnected(_ context.Context, c *command.Call, _ []syntax.Token) (bool, string, error) {
	return c.Shell.Needs(command.Login) == nil && c.Session().Idle() == nil, "", nil
}

func isProtected(_ context.Context, c *command.Call, _ []syntax.Token) (bool, string, error) {
	if c.Session() == nil {
		return false, "not connected", nil
	}
	control, _ := c.Session().Protected()
	return control, "", nil
}

// found is a file as a condition sees it; there is false when it is not.
type found struct {
	there, dir bool
	size       int64 // -1 if not known
	time       time.Time
}

func statRemote(ctx context.Context, c *command.Call, name syntax.Token) (found, error) {
	e, err := c.Session().Stat(ctx, name.Text)
	if failure.NotThere(err) {
		return found{}, nil
	}
	return found{true, e.Type == listing.Dir, e.Size, e.Time}, failure.About(name.Text, err)
}

func statLocal(_ context.Context, c *command.Call, name syntax.Token) (found, error) {
	info, err := c.Shell.Folder().Stat(commands.LocalPath(name))
	if errors.Is(err, fs.ErrNotExist) {
		return found{}, nil
	}
	if err != nil {
		return found{}, err
	}
	return found{true, info.IsDir(), info.Size(), info.ModTime()}, nil
}

// onFile looks at the file that the first argument names.
func onFile(stat func(context.Context, *command.Call, syntax.Token) (found, error), is func(found, []string) (bool, string, error)) func(context.Context, *command.Call, []syntax.Token) (bool, string, error) {
	return func(ctx context.Context, c *command.Call, args []syntax.Token) (bool, string, error) {
		f, err := stat(ctx, c, args[0])
		if err != nil {
			return false, "", err
		}
		return is(f, command.Texts(args[1:]))
	}
}

func exists(f found, _ []string) (bool, string, error) { return f.there, f.kind(), nil }

func isFile(f found, _ []string) (bool, string, error) { return f.there && !f.dir, f.kind(), nil }

func isDirectory(f found, _ []string) (bool, string, error) { return f.dir, f.kind(), nil }

func (f found) kind() string {
	switch {
	case !f.there:
		return "it is not there"
	case f.dir:
		return "it is a directory"
	}
	return "it is a file"
}

func hasSize(f found, words []string) (bool, string, error) {
	want, err := settings.ParseBytes(words[len(words)-1])
	if err != nil {
		return false, "", &failure.UsageError{Text: err.Error()}
	}
	if !f.there || f.size < 0 {
		return false, f.kind() + notKnownSize(f), nil
	}
	holds := f.size == want
	if len(words) == 2 {
		if holds, err = within(words[0], f.size, want); err != nil {
			return false, "", err
		}
	}
	return holds, fmt.Sprintf("it has %d bytes", f.size), nil
}

func notKnownSize(f found) string {
	if f.there && !f.dir {
		return ", of a size that is not known"
	}
	return ""
}

func hasAge(f found, words []string) (bool, string, error) {
	want, err := settings.ReadDuration(words[1])
	if err != nil {
		return false, "", err
	}
	if !f.there || f.time.IsZero() {
		return false, f.kind(), nil
	}
	age := time.Since(f.time)
	holds, err := within(words[0], int64(age), int64(want))
	return holds, "it was changed " + age.Round(time.Second).String() + " ago", err
}

// within compares with a limit that is a min or a max.
func within(word string, n, limit int64) (bool, error) {
	switch word {
	case "min":
		return n >= limit, nil
	case "max":
		return n <= limit, nil
	}
	return false, &failure.UsageError{Text: word + " is neither min nor max"}
}

// sameBytes compares a remote file with a local one.
func sameBytes(ctx context.Context, c *command.Call, args []syntax.Token) (bool, string, error) {
	local, err := c.Shell.Folder().Open(ctx, commands.LocalPath(args[1]), os.O_RDONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return false, args[1].Text + " is not here", nil
	}
	if err != nil {
		return false, "", err
	}
	defer local.Close()
	info, err := local.Stat()
	if err != nil {
		return false, "", err
	}
	e, err := c.Session().Stat(ctx, args[0].Text)
	if failure.NotThere(err) {
		return false, args[0].Text + " is not there", nil
	}
	if err != nil {
		return false, "", failure.About(args[0].Text, err)
	}
	if info.Mode().IsRegular() && e.Size >= 0 && !e.SizeApprox && e.Size != info.Size() {
		return false, fmt.Sprintf("%d bytes there, %d here", e.Size, info.Size()), nil
	}
	typ := c.Session().Type()
	c.Session().SetType(client.Binary)
	defer c.Session().SetType(typ)
	d, err := c.Session().Retrieve(ctx, args[0].Text, 0)
	if err != nil {
		return false, "", failure.About(args[0].Text, err)
	}
	at, differ, err := textdiff.First(d, local)
	if err == nil && differ {
		d.Abort()
		return false, fmt.Sprintf("byte %d differs", at), nil
	}
	err = d.CloseAfter(err)
	return err == nil, "", failure.About(args[0].Text, err)
}
