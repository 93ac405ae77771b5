package command

import (
	"sync"

	"github.com/ftpsh/ftpsh/client"
)

// stepper asks before each line.
type stepper struct {
	Mu   sync.Mutex // one question at a time
	On   bool
	Rest bool // the command at hand need not ask any more
	Over bool // it was interrupted: nothing of it is sent any more
}

// begin lets a new line ask for itself.
func (st *stepper) begin() {
	st.Mu.Lock()
	defer st.Mu.Unlock()
	st.Rest, st.Over = false, false
}

// SessionGate is whom a session asks: the user, in a dry run nobody lets a change pass.
func SessionGate(sh *Shell) client.Gate {
	switch {
	case sh.Confined != nil && len(sh.Confined.Asked) == 0: // who asks nobody sends several at once
		return nil
	case sh.Confined != nil:
		return sh.Confined.decide
	case sh.Stepper.On && sh.Options.DryRun:
		return func(line string) (string, error) {
			line, err := sh.Hooks.Consent(sh, line)
			if err != nil {
				return "", err
			}
			return withhold(sh, line)
		}
	case sh.Stepper.On:
		return func(line string) (string, error) { return sh.Hooks.Consent(sh, line) }
	case sh.Options.DryRun:
		return func(line string) (string, error) { return withhold(sh, line) }
	}
	return nil
}
