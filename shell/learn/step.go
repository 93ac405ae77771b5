package learn

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/teach"
)

var _ = command.Add(&command.Command{
	Name: "step", Theme: "learn", Complete: []completion.Kind{completion.None}, Args: "[on|off]", Short: "ask before each command that goes to the server",
	Long: "While it is on nothing is sent before you agree: s (or Return) sends the line, k skips it, e sends " +
		"another line instead, " +
		"w explains it, r sends the rest of the current command. Names are not completed from the server " +
		"meanwhile. Alone it switches.",
	Examples: []command.Example{{Line: "step on", Says: "then `ls`, to see one line after the other"}},
	Max:      1, Words: []string{"on", "off"}, Foreign: command.Refused, Run: step,
})

func step(_ context.Context, c *command.Call) error {
	st := &c.Shell.Stepper
	on, known := settings.OnWords[strings.ToLower(c.Arg(0))]
	switch {
	case c.Arg(0) == "":
		on = !st.On
	case !known:
		return c.Usage("%q is not on or off", c.Arg(0))
	}
	if on && !c.Interactive() {
		return &failure.UsageError{Text: "step needs a terminal: there is nobody to ask"}
	}
	st.On = on
	useGate(c.Shell)
	c.Shell.ApplyObservers()
	c.Note("step is %s", settings.OnOff(on))
	return nil
}

// useGate tells the sessions whom to ask before they send something.
func useGate(sh *command.Shell) {
	sh.Sessions(func(s *client.Session) { s.Tune(func(o *client.Options) { o.Gate = command.SessionGate(sh) }) })
}

// Consent asks the user about a line. What runs beside the prompt is not asked
// for: the prompt has the keys.
func Consent(sh *command.Shell, line string) (string, error) {
	st := &sh.Stepper
	st.Mu.Lock()
	defer st.Mu.Unlock()
	for {
		switch {
		case st.Over:
			return "", failure.ErrInterrupted
		case st.Rest, !sh.Signals.Running():
			return line, nil
		}
		key, err := sh.Console.AskKey(sh.Base, "send `"+render.Safe(line)+"`? [s]end s[k]ip [e]dit [w]hy [r]est ", "Skewr")
		switch {
		case errors.Is(err, console.ErrInterrupt), errors.Is(err, io.EOF):
			st.Over = true
		case err != nil:
			return "", err
		case key == 's':
			return line, nil
		case key == 'k':
			sh.Recorder.Note("", teach.SkipNote, line)
			return "", client.ErrSkipped
		case key == 'r':
			st.Rest = true
		case key == 'w':
			whyLine(sh, line)
		case key == 'e':
			if other := editLine(sh, line); other != "" {
				sh.Recorder.Note("", teach.ChangeNote, line)
				sh.Recorder.Note("", teach.InPlace, other)
				return other, nil
			}
		}
	}
}

// whyLine explains the verb of a line.
func whyLine(sh *command.Shell, line string) {
	found, ok := teach.Explain(teach.Verb(line), ExplainContext(sh))
	if !ok {
		sh.Say("nothing is known about " + teach.Verb(line))
		return
	}
	for _, text := range found.Lines {
		_, _ = io.WriteString(sh.Console.Err(), render.SafeLines(text)+"\n")
	}
}

// editLine asks for another line; "" means none.
func editLine(sh *command.Shell, line string) string {
	if strings.HasSuffix(line, " ********") {
		sh.Say("a line with a secret is sent as it is, or skipped")
		return ""
	}
	other, err := sh.Console.Ask(sh.Base, "send instead: ")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(other)
}
