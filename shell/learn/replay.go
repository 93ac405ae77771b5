package learn

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/practice"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
	"github.com/ftpsh/ftpsh/shell/teach"
)

var _ = command.Add(&command.Command{
	Name: "replay", Theme: "learn", Args: "file", Short: "replay a recorded session, with a server inside this program in its part",
	Long: "The commands of the recording run again, in a folder of their own that is removed afterwards, and the server answers as it did " +
		"then, with other bytes of the same number in files. It fails where ftpsh says something else than it did then. " +
		"It uses no network. " +
		"--pace 1 waits as long between the commands as the user did, at most five seconds; 2 is twice as fast.",
	Examples: []command.Example{{Line: "replay bug.jsonl", Says: "does it still happen?"}, {Line: "replay --pace 1 demo.jsonl", Says: "for an audience; try it with `trace 1`"}},
	Min:      1, Max: 1, Complete: []completion.Kind{completion.LocalPath},
	Flags: func(fs *pflag.FlagSet) {
		fs.Float64("pace", 0, "`NUMBER` times the original speed; 0: at once")
	},
	Nests: true, Foreign: command.Refused, Run: replay,
})

func replay(ctx context.Context, c *command.Call) error {
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

// playRecording does a recording again in a shell that is confined, and compares. A dialogue that differs
// ends it.
func playRecording(ctx context.Context, c *command.Call, play *teach.Replay, pace float64) error {
	server, err := practice.Script(play.Script)
	if err != nil {
		return &failure.LocalError{Text: failure.InWords(err)}
	}
	defer server.Close()
	root, remove, err := command.PrivateFolder()
	if err != nil {
		return err
	}
	defer remove()
	within, end := context.WithCancelCause(ctx)
	defer end(nil)
	go func() {
		if server.Wait() != nil {
			end(command.ErrOtherwise)
		}
	}()
	sh := c.Shell.Confine(within, root, server)
	for _, setting := range play.Settings {
		if err := sh.Set(setting[0], setting[1]); err != nil {
			return err
		}
	}
	replaySteps(within, c, sh, play.Steps, pace)
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := asRecorded(server); err != nil {
		return err
	}
	if context.Cause(sh.Base) != nil && ctx.Err() == nil {
		return &failure.LocalError{Text: "this time it went otherwise: another connection was wanted when all was said"}
	}
	return nil
}

// replaySteps has a shell do the steps of a recording, at their pace.
func replaySteps(ctx context.Context, c *command.Call, sh *command.Shell, steps []teach.ReplayStep, pace float64) {
	for i, step := range steps {
		if i > 0 {
			wait(ctx, step.At-steps[i-1].At, pace)
		}
		if ctx.Err() != nil || sh.Quitting {
			break
		}
		c.Note("> %s", step.Line)
		ReplayStep(ctx, sh, step)
	}
	if sh.Raw {
		_ = sh.Do(command.Line{Text: ".end"})
	}
	sh.Disconnect()
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
	if pace > 0 {
		_ = command.Pause(ctx, min(time.Duration(seconds/pace*float64(time.Second)), longestPause))
	}
}

// ReplayStep does one line of a recording. Failures are shown, and are part of it, unless the
// recording is over.
func ReplayStep(ctx context.Context, sh *command.Shell, step teach.ReplayStep) {
	sh.Confined.Asked = step.Asked
	useGate(sh)
	line := command.Line{Text: step.Line}
	maps.Copy(sh.Vars, step.Loops)
	if !step.Opens {
		provideFile(sh, step)
		_ = sh.Do(line)
		return
	}
	end := sh.Recorder.Begin(step.Line)
	err := command.OpenSession(ctx, sh, sh.Confined.Address(step), command.Opening{NoLogin: step.User == ""})
	end(err)
	if err != nil {
		sh.Failed(line, "open", failure.Interrupted(ctx, err))
	} else if strings.HasPrefix(step.Line, "raw") {
		_ = sh.Do(command.Line{Text: "raw"})
	}
}

// provideFile makes the files that a line uploads: nobody has kept them. They have a size, and nothing
// on the disk.
func provideFile(sh *command.Shell, step teach.ReplayStep) {
	if len(step.Uploads) == 0 {
		return
	}
	root := sh.Confined.Root
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
