package shell

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/console"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/teach"
)

var stepCommands = []*Command{{
	Name: "step", Complete: []completion.Kind{completion.None}, Args: "[on|off]", Short: "ask before each command that goes to the server",
	Long: "While it is on nothing is sent before you agree: s (or Return) sends the line, k skips it, e sends another one in its " +
		"place, w explains it, r sends the rest of what the command at hand has to say. Names are not completed from the server " +
		"meanwhile. Alone it switches.",
	Examples: []Example{{"step on", "then `ls`, to see one line after the other"}},
	Max:      1, Words: []string{"on", "off"}, Foreign: Refused, Run: step,
}}

// stepper asks before each line.
type stepper struct {
	mu   sync.Mutex // one question at a time
	on   bool
	rest bool // the command at hand need not ask any more
	over bool // it was interrupted: nothing of it is sent any more
}

// begin lets a new line ask for itself.
func (st *stepper) begin() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.rest, st.over = false, false
}

func step(_ context.Context, c *Call) error {
	st := &c.Shell.stepper
	on, known := settings.OnWords[strings.ToLower(c.Arg(0))]
	switch {
	case c.Arg(0) == "":
		on = !st.on
	case !known:
		return c.Usage("%q is not on or off", c.Arg(0))
	}
	if on && !c.Interactive() {
		return &failure.UsageError{Text: "step needs a terminal: there is nobody to ask"}
	}
	st.on = on
	useGate(c.Shell)
	c.Shell.applyObservers()
	c.Note("step is %s", settings.OnOff(on))
	return nil
}

// useReuse tells the sessions whether data connections resume their TLS session.
func useReuse(sh *Shell) {
	sh.sessions(func(s *client.Session) { s.SetReuse(sh.Settings.TLSReuse) })
}

// useGate tells the sessions whom to ask before they send something.
func useGate(sh *Shell) {
	sh.sessions(func(s *client.Session) { s.SetGate(sessionGate(sh)) })
}

// sessionGate is whom a session asks: the user, in a dry run nobody lets a change pass.
func sessionGate(sh *Shell) client.Gate {
	switch {
	case sh.confined != nil && len(sh.confined.asked) == 0: // who asks nobody sends several at once
		return nil
	case sh.confined != nil:
		return sh.confined.decide
	case sh.stepper.on && sh.opt.DryRun:
		return func(line string) (string, error) {
			line, err := sh.hooks.consent(sh, line)
			if err != nil {
				return "", err
			}
			return withhold(sh, line)
		}
	case sh.stepper.on:
		return func(line string) (string, error) { return sh.hooks.consent(sh, line) }
	case sh.opt.DryRun:
		return func(line string) (string, error) { return withhold(sh, line) }
	}
	return nil
}

// consent asks the user about a line. What runs beside the prompt is not asked
// for: the prompt has the keys.
func consent(sh *Shell, line string) (string, error) {
	st := &sh.stepper
	st.mu.Lock()
	defer st.mu.Unlock()
	for {
		switch {
		case st.over:
			return "", failure.ErrInterrupted
		case st.rest, !sh.signals.running():
			return line, nil
		}
		key, err := sh.con.AskKey(sh.base, "send `"+render.Safe(line)+"`? [s]end s[k]ip [e]dit [w]hy [r]est ", "Skewr")
		switch {
		case errors.Is(err, console.ErrInterrupt), errors.Is(err, io.EOF):
			st.over = true
		case err != nil:
			return "", err
		case key == 's':
			return line, nil
		case key == 'k':
			sh.recorder.Note("", teach.SkipNote, line)
			return "", client.ErrSkipped
		case key == 'r':
			st.rest = true
		case key == 'w':
			whyLine(sh, line)
		case key == 'e':
			if other := editLine(sh, line); other != "" {
				sh.recorder.Note("", teach.ChangeNote, line)
				sh.recorder.Note("", teach.InPlace, other)
				return other, nil
			}
		}
	}
}

// whyLine explains the verb of a line.
func whyLine(sh *Shell, line string) {
	found, ok := teach.Explain(teach.Verb(line), explainContext(sh))
	if !ok {
		sh.Say("nothing is known about " + teach.Verb(line))
		return
	}
	for _, text := range found.Lines {
		_, _ = io.WriteString(sh.con.Err(), render.SafeLines(text)+"\n")
	}
}

// editLine asks for another line; "" means none.
func editLine(sh *Shell, line string) string {
	if strings.HasSuffix(line, " ********") {
		sh.Say("a line with a secret is sent as it is, or skipped")
		return ""
	}
	other, err := sh.con.Ask(sh.base, "send instead: ")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(other)
}
