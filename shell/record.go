package shell

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/syntax"
	"github.com/ftpsh/ftpsh/shell/teach"
)

var recordCommands = []*Command{
	{
		Name: "record", Args: "[file | stop]", Short: "keep the session in a file that can be played again without a network",
		Long: "Commands and replies are kept, passwords are not, and of what is transferred only size and SHA-256; --listings keeps the " +
			"text of listings, so that a replay shows the same names. The session that is open is part of it from its beginning. " +
			"`record stop`, or the end of the program, ends it. `trace show` and `lesson lint --trace` read such files, too.",
		Examples: []Example{{"record --listings bug.jsonl", "for a bug report"}, {"record stop", "that is all"}},
		Max:      1, Complete: []completion.Kind{completion.LocalPath}, Words: []string{"stop"}, JSON: true,
		Flags: func(fs *pflag.FlagSet) {
			fs.Bool("listings", false, "keep the text of listings")
			fs.BoolP("force", "f", false, "replace the file without a question")
		},
		Foreign: Refused, Run: record,
	},
	{
		Name: "replay", Args: "file", Short: "do a recorded session again, with a server in this program that plays its part",
		Long: "The commands of the recording run again, in a folder of their own that is removed afterwards, and the server answers as it did " +
			"then, with other bytes of the same number in files. It fails where ftpsh says something else than it did then. No network " +
			"is used. --pace 1 waits as long between the commands as the user did, at most five seconds; 2 is twice as fast.",
		Examples: []Example{{"replay bug.jsonl", "does it still happen?"}, {"replay --pace 1 demo.jsonl", "for an audience; with `trace 1` it is a lecture"}},
		Min:      1, Max: 1, Complete: []completion.Kind{completion.LocalPath},
		Flags: func(fs *pflag.FlagSet) {
			fs.Float64("pace", 0, "how fast: `NUMBER` times the speed of then; 0: at once")
		},
		Nests: true, Foreign: Refused, Run: replay,
	},
}

// recording is a file that the session is written to.
type recording struct {
	*teach.Recording
	file *os.File
}

func record(ctx context.Context, c *Call) error {
	sh := c.Shell
	switch name := c.Arg(0); {
	case name == "" && sh.recording != nil:
		return c.word("file", sh.recording.file.Name())
	case name == "":
		return c.Usage("record needs the name of a file")
	case name == "stop" && sh.recording == nil:
		return &failure.UsageError{Text: "nothing is being recorded"}
	case name == "stop":
		return stopRecording(sh)
	case sh.recording != nil:
		return &failure.UsageError{Text: sh.recording.file.Name() + " is being written", Hint: "`record stop` ends it"}
	default:
		return startRecording(ctx, c, name)
	}
}

// startRecording begins the file, under its own name: what is recorded is there whatever becomes of the program.
func startRecording(ctx context.Context, c *Call, name string) error {
	sh := c.Shell
	if not, err := wouldRun(sh, "record "+name); not {
		return err
	}
	if info, err := sh.folder().Stat(name); err == nil && info.Mode()&os.ModeNamedPipe != 0 {
		return &failure.LocalError{Text: name + " is a FIFO: a recording runs beside the commands, into a plain file"}
	}
	if err := c.mayReplace(ctx, name, c.Is("force")); err != nil {
		return err
	}
	file, err := sh.folder().Open(ctx, name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	sh.recording = &recording{sh.recorder.Record(file, c.Is("listings")), file}
	usual := settings.Default(false)
	for _, name := range wireSettings {
		row, err := settings.Find(name)
		if err == nil && row.Show(&sh.Settings) != row.Show(&usual) {
			sh.recorder.Note("", teach.SettingNote, name+" "+row.Show(&sh.Settings))
		}
	}
	return nil
}

// stopRecording ends the recording, if there is one.
func stopRecording(sh *Shell) error {
	if sh.recording == nil {
		return nil
	}
	ops, err := sh.recording.Stop()
	err = cmp.Or(err, sh.recording.file.Close())
	if sh.Settings.Verbose {
		sh.Say(fmt.Sprintf("%s has %d commands", sh.recording.file.Name(), ops))
	}
	sh.recording = nil
	return err
}

func replay(ctx context.Context, c *Call) error {
	events, err := readRecording(ctx, c, c.Arg(0))
	if err != nil {
		return err
	}
	play, err := teach.NewReplay(events)
	if err != nil {
		return failure.About(c.Arg(0), &failure.LocalError{Text: failure.InWords(err)})
	}
	pace, _ := c.Flags.GetFloat64("pace")
	return failure.About(filepath.Base(c.Arg(0)), playRecording(ctx, c, play, pace))
}

// readRecording reads a file that `record` or `trace save` has made.
func readRecording(ctx context.Context, c *Call, name string) ([]*teach.Event, error) {
	file, err := c.Shell.folder().Open(ctx, name, os.O_RDONLY, 0)
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

// playRecording does a recording again in a shell that is confined, and compares. A dialogue that differs
// ends it.
func playRecording(ctx context.Context, c *Call, play *teach.Replay, pace float64) error {
	server, err := practice.Script(play.Script)
	if err != nil {
		return &failure.LocalError{Text: failure.InWords(err)}
	}
	defer server.Close()
	root, remove, err := privateFolder()
	if err != nil {
		return err
	}
	defer remove()
	within, end := context.WithCancelCause(ctx)
	defer end(nil)
	go func() {
		if server.Wait() != nil {
			end(errOtherwise)
		}
	}()
	sh := c.Shell.confine(within, root, server)
	for _, setting := range play.Settings {
		if err := sh.Set(setting[0], setting[1]); err != nil {
			return err
		}
	}
	for i, step := range play.Steps {
		if i > 0 {
			wait(within, step.At-play.Steps[i-1].At, pace)
		}
		if within.Err() != nil || sh.quitting {
			break
		}
		c.Note("> %s", step.Line)
		replayStep(within, sh, step)
	}
	if sh.raw {
		_ = sh.Do(Line{Text: ".end"})
	}
	sh.disconnect()
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := asRecorded(server); err != nil {
		return err
	}
	if context.Cause(sh.base) != nil && ctx.Err() == nil {
		return &failure.LocalError{Text: "this time it went otherwise: another connection was wanted when all was said"}
	}
	return nil
}

// errOtherwise ends the line that says what was not recorded.
var errOtherwise = errors.New("the recording has something else here")

func over(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// asRecorded says whether the dialogue was the recorded one.
func asRecorded(server *practice.Scripted) error {
	select {
	case <-server.Done():
	case <-time.After(time.Second):
		server.Close()
	}
	if err := server.Wait(); err != nil {
		return &failure.LocalError{Text: "this time it went otherwise: " + failure.InWords(err)}
	}
	return nil
}

// longestPause is how long an audience has to wait for the next command.
const longestPause = 5 * time.Second

func wait(ctx context.Context, seconds, pace float64) {
	if pace <= 0 {
		return
	}
	timer := time.NewTimer(min(time.Duration(seconds/pace*float64(time.Second)), longestPause))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// replayStep does one line of a recording. Failures are shown, and are part of it, unless the
// recording is over.
func replayStep(ctx context.Context, sh *Shell, step teach.ReplayStep) {
	sh.confined.asked = step.Asked
	useGate(sh)
	line := Line{Text: step.Line}
	maps.Copy(sh.vars, step.Loops)
	if !step.Opens {
		provideFile(sh, step)
		_ = sh.Do(line)
		return
	}
	end := sh.recorder.Begin(step.Line)
	err := openSession(ctx, sh, sh.confined.address(step), opening{noLogin: step.User == ""})
	end(err)
	if err != nil {
		sh.failed(line, "open", failure.Interrupted(ctx, err))
	} else if strings.HasPrefix(step.Line, "raw") {
		_ = sh.Do(Line{Text: "raw"})
	}
}

// provideFile makes the files that a line uploads: nobody has kept them. They have a size, and nothing
// on the disk.
func provideFile(sh *Shell, step teach.ReplayStep) {
	if len(step.Uploads) == 0 {
		return
	}
	root := sh.confined.root
	for _, token := range syntax.Lex(step.Line) {
		word := filepath.Clean(token.Text)
		if token.Op != syntax.Word || strings.HasPrefix(word, "-") || !filepath.IsLocal(word) {
			continue
		}
		if _, err := root.Lstat(word); err == nil || root.MkdirAll(filepath.Dir(word), 0o700) != nil {
			continue
		}
		if file, err := root.OpenFile(word, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
			_ = file.Truncate(step.Uploads[0])
			file.Close()
		}
	}
}
