package script

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var _ = command.Add(&command.Command{
	Name: "watch", Theme: "look around", Secret: history.Secret{Wraps: true}, Args: "command…", Short: "run a command repeatedly and watch its result",
	Long: "The result stays in place at the bottom of the screen, with what is new in yellow; Ctrl-C ends it. " +
		"Without a terminal the results follow each other. `repeat` counts, and stops at a failure.",
	Examples: []command.Example{{Line: "watch ls -lt incoming", Says: "what arrives"}, {Line: "watch -n 10 df", Says: "every ten seconds"}},
	Min:      1, Max: -1, Ask: []string{"command"}, Complete: []completion.Kind{completion.Command, completion.RemotePath},
	Flags: func(fs *pflag.FlagSet) {
		fs.SetInterspersed(false)
		fs.StringP("interval", "n", "2", "the `TIME` between two runs, as 10 or 1m")
	},
	Nests: true, Foreign: command.Refused, Run: watchCommand,
})

func watchCommand(ctx context.Context, c *command.Call) error {
	period, err := settings.ReadDuration(c.Value("interval"))
	if err != nil {
		return c.Usage("-n: %s", err)
	}
	w := &watching{call: c}
	for {
		text, err := watchOnce(c)
		if err != nil {
			w.stop()
			return err
		}
		w.show(text)
		if err := command.Pause(ctx, period); err != nil {
			w.stop()
			if errors.Is(context.Cause(ctx), failure.ErrInterrupted) && c.Interactive() {
				return nil // that is how one stops looking
			}
			return err
		}
	}
}

// watchOnce runs the command and returns what it prints, as for the screen.
func watchOnce(c *command.Call) (string, error) {
	var out bytes.Buffer
	inner := *c
	inner.Out = &out
	c.Shell.Console.Still.Store(true) // what is seen stays until there is something else
	defer c.Shell.Console.Still.Store(false)
	err := command.RunWords(&inner, c.Args)
	return strings.TrimRight(out.String(), "\n"), err
}

// watching is what watch shows.
type watching struct {
	call *command.Call
	last string
	seen bool
}

func (w *watching) show(text string) {
	sh := w.call.Shell
	switch {
	case !w.call.Screen:
		_, _ = w.call.Out.Write([]byte(text + "\n"))
		return
	case !sh.Console.Redraws(): // what is the same is not read out again
		if !w.seen || text != w.last {
			_, _ = w.call.Out.Write([]byte(time.Now().Format(time.TimeOnly) + "\n" + text + "\n"))
		}
		w.last, w.seen = text, true
		return
	}
	before := strings.Split(w.last, "\n")
	lines := strings.Split(text, "\n")
	room := sh.Console.Height() - 2
	more := len(lines) - room
	if more > 0 {
		lines = lines[:room-1]
	}
	if w.seen {
		lines = changed(before, lines, sh.Console.ColorOut())
	}
	if more > 0 {
		lines = append(lines, render.Dim.Paint(sh.Console.ColorOut(), "… and "+command.Plural(more+1, "more line", "more lines")))
	}
	head := time.Now().Format(time.TimeOnly) + "  " + CommandText(w.call.Args) + "  (Ctrl-C ends it)"
	sh.Console.Console.Status(render.Dim.Paint(sh.Console.ColorOut(), head) + "\n" + strings.Join(lines, "\n"))
	w.last, w.seen = text, true
}

// stop leaves the last result on the screen.
func (w *watching) stop() {
	if con := w.call.Shell.Console; w.call.Screen && con.Redraws() {
		con.Console.Status("")
		if w.seen {
			_, _ = w.call.Out.Write([]byte(w.last + "\n"))
		}
	}
}

// changed marks the lines that are not among those before.
func changed(before, lines []string, color bool) []string {
	old := map[string]bool{}
	for _, line := range before {
		old[line] = true
	}
	out := make([]string, len(lines))
	for i, line := range lines {
		switch out[i] = line; {
		case old[line]:
		case color:
			out[i] = render.Yellow.Paint(true, render.Uncoloured(line))
		default:
			out[i] = line + "  (new)"
		}
	}
	return out
}

// CommandText is a command as it was typed.
func CommandText(words []syntax.Token) string { return render.Safe(syntax.Typed(words)) }
