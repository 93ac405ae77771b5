package commands

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
)

var _ = command.Add(&command.Command{
	Name: "touch", Theme: "change files", Plans: true, Args: "remote…", Short: "set the time of files on the server, or make empty ones",
	Long: "It sets the time to now, or to that of -d, -t or -r. Servers set it with MFMT, MFF, SITE UTIME or MDTM; where none is known, only " +
		"new files can be made.",
	Examples: []command.Example{
		{Line: "touch done.flag", Says: "an empty file, or the time now"},
		{Line: "touch -d 2026-01-31T12:00:00Z README.txt", Says: "a certain time"},
	},
	Min: 1, Max: -1, Ask: []string{"remote-file"}, Complete: []completion.Kind{completion.RemotePath},
	Flags: func(fs *pflag.FlagSet) {
		fs.BoolP("no-create", "c", false, "make no new file; a missing one is not an error")
		fs.StringP("date", "d", "", "the `TIME`, as 2026-01-31, \"2026-01-31 12:00\" or RFC 3339; without a zone it is local")
		fs.StringP("stamp", "t", "", "the time as `[CC]YYMMDDhhmm[.ss]`, local")
		fs.StringP("reference", "r", "", "the time of a local `FILE`")
	},
	Wire: command.Verbs(command.ListVerbs, command.Sends("STOR"), command.TimeVerbs), Needs: command.Login, Foreign: command.Confined, Run: touch,
})

func touch(ctx context.Context, c *command.Call) error {
	when, err := touchTime(c)
	if err != nil {
		return err
	}
	return eachName(ctx, c, c.Args, func(name command.RemoteName) error {
		return failure.About(name.Path, touchOne(ctx, c, name.Path, when))
	})
}

// touchOne sets the time of a file; one that is not there is made.
func touchOne(ctx context.Context, c *command.Call, name string, when time.Time) error {
	_, err := c.Session().Stat(ctx, name)
	if err == nil {
		return c.Session().SetModTime(ctx, name, when)
	}
	if !failure.NotThere(err) {
		return err
	}
	if c.Is("no-create") {
		return nil
	}
	t := transfer.Task{Op: transfer.Upload, Remote: name, In: strings.NewReader("")}
	if c.Shell.Options.DryRun {
		return command.WouldMove(c.Shell, t)
	}
	if _, err := transfer.Run(ctx, c.Session(), t, nil); err != nil {
		return err
	}
	c.Shell.Remote.Add(c.Absolute(name), completion.Name{Name: command.BaseName(name)})
	if !c.Given("date", "stamp", "reference") {
		return nil
	}
	return c.Session().SetModTime(ctx, name, when)
}

// dateForms are what -d takes.
var dateForms = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly}

// touchTime is the time that the options name.
func touchTime(c *command.Call) (time.Time, error) {
	switch text := c.Value("date"); {
	case c.Given("reference"):
		info, err := c.Shell.Folder().Stat(c.Value("reference"))
		if err != nil {
			return time.Time{}, err
		}
		return info.ModTime(), nil
	case c.Given("stamp"):
		return stampTime(c, c.Value("stamp"))
	case c.Given("date"):
		for _, form := range dateForms {
			if t, err := time.ParseInLocation(form, text, time.Local); err == nil {
				return t, nil
			}
		}
		return time.Time{}, c.Usage("-d: %q is not a time such as \"2026-01-31 12:00\"", text)
	}
	return time.Now(), nil
}

// stampTime reads what touch(1) takes: [[CC]YY]MMDDhhmm[.ss].
func stampTime(c *command.Call, text string) (time.Time, error) {
	number, seconds, has := strings.Cut(text, ".")
	if !has {
		seconds = "00"
	}
	switch len(number) {
	case 8:
		number = fmt.Sprintf("%04d", time.Now().Year()) + number
	case 10:
		century := "20"
		if number >= "69" {
			century = "19"
		}
		number = century + number
	}
	t, err := time.ParseInLocation("20060102150405", number+seconds, time.Local)
	if err != nil {
		return t, c.Usage("-t: %q is not a time such as 202601311200", text)
	}
	return t, nil
}
