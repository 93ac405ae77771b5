package learn

import (
	"cmp"
	"context"
	"fmt"
	"os"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/teach"
)

var _ = command.Add(&command.Command{
	Name: "record", Theme: "learn", Args: "[file | stop]", Short: "record the session in a file that can be replayed without a network",
	Long: "Commands and replies are kept, passwords are not, and of what is transferred only size and SHA-256; --listings keeps the " +
		"text of listings, so that a replay shows the same names. The session that is open is part of it from its beginning. " +
		"`record stop`, or the end of the program, ends it. `trace show` and `lesson lint --trace` read such files, too.",
	Examples: []command.Example{{Line: "record --listings bug.jsonl", Says: "for a bug report"}, {Line: "record stop", Says: "that is all"}},
	Max:      1, Complete: []completion.Kind{completion.LocalPath}, Words: []string{"stop"}, JSON: true,
	Flags: func(fs *pflag.FlagSet) {
		fs.Bool("listings", false, "keep the text of listings")
		fs.BoolP("force", "f", false, "replace the file without a question")
	},
	Foreign: command.Refused, Run: record,
})

func record(ctx context.Context, c *command.Call) error {
	sh := c.Shell
	switch name := c.Arg(0); {
	case name == "" && sh.Recording != nil:
		return c.Word("file", sh.Recording.File.Name())
	case name == "":
		return c.Usage("the name of a file is missing")
	case name == "stop" && sh.Recording == nil:
		return &failure.UsageError{Text: "nothing is being recorded"}
	case name == "stop":
		return StopRecording(sh)
	case sh.Recording != nil:
		return &failure.UsageError{Text: sh.Recording.File.Name() + " is being written", Hint: "`record stop` ends it"}
	default:
		return startRecording(ctx, c, name)
	}
}

// startRecording begins the file, under its own name: what is recorded is there whatever becomes of the program.
func startRecording(ctx context.Context, c *command.Call, name string) error {
	sh := c.Shell
	if not, err := command.WouldRun(sh, "record "+name); not {
		return err
	}
	if info, err := sh.Folder().Stat(name); err == nil && info.Mode()&os.ModeNamedPipe != 0 {
		return &failure.LocalError{Text: name + " is a FIFO: a recording runs beside the commands, into a plain file"}
	}
	if err := c.MayReplace(ctx, name, c.Is("force")); err != nil {
		return err
	}
	file, err := sh.Folder().Open(ctx, name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	sh.Recording = &command.Recording{Recording: sh.Recorder.Record(file, c.Is("listings")), File: file}
	usual := settings.Default(false)
	for _, name := range command.WireSettings {
		row := settings.Row(name)
		if row.Show(&sh.Settings) != row.Show(&usual) {
			sh.Recorder.Note("", teach.SettingNote, name+" "+row.Show(&sh.Settings))
		}
	}
	return nil
}

// StopRecording ends the recording, if there is one.
func StopRecording(sh *command.Shell) error {
	if sh.Recording == nil {
		return nil
	}
	ops, err := sh.Recording.Stop()
	err = cmp.Or(err, sh.Recording.File.Close())
	if sh.Settings.Verbose {
		sh.Say(fmt.Sprintf("%s has %d commands", sh.Recording.File.Name(), ops))
	}
	sh.Recording = nil
	return err
}

// readRecording reads a file that `record` or `trace save` has made.
func readRecording(ctx context.Context, c *command.Call, name string) ([]*teach.Event, error) {
	file, err := c.Shell.Folder().Open(ctx, name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	events, err := teach.Read(file)
	if err != nil {
		return nil, failure.About(name, &failure.LocalError{Text: failure.InWords(err)})
	}
	return events, nil
}
