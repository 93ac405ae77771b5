package jobs

import (
	"errors"
	"fmt"
	"strings"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// Background runs a chain beside the prompt.
func Background(sh *command.Shell, line command.Line, chain syntax.Chain) {
	j := jobOf(sh, line, chain)
	NumberJob(sh, j)
	if sh.Interactive() {
		sh.Say(fmt.Sprintf("[%d] %s", j.id, j.shown()))
	}
	StartJob(sh, j)
}

// jobOf is the job of a chain.
func jobOf(sh *command.Shell, line command.Line, chain syntax.Chain) *job {
	line.Within = nil
	f := sh.Apart()
	return NewJob(chainText(chain), f, func() error {
		return failure.Shown(f.Chain(line, syntax.Chain{Statements: chain.Statements}))
	})
}

// chainText is a chain as it was typed.
func chainText(chain syntax.Chain) string {
	var text strings.Builder
	for i, st := range chain.Statements {
		if i > 0 {
			text.WriteString(" " + st.After.String() + " ")
		}
		text.WriteString(st.Source)
	}
	return text.String()
}

// finishJob is what follows the end of a job.
func finishJob(sh *command.Shell, j *job) {
	if s := j.Sh.Session; s != nil { // nobody wants to read the goodbye
		s.Conn().Send("QUIT")
		s.Conn().Close()
	}
	if j.Sh.Console.Away.Load() {
		if j.err != nil && !errors.As(j.err, new(command.Ended)) {
			j.Sh.Failed(command.Line{}, j.name(), j.err)
		}
		tellJob(sh, j)
	}
	Of(sh).left(sh, j)
}

// tellJob says how a job has ended, above the prompt, or in what a script says if it
// says much.
func tellJob(sh *command.Shell, j *job) {
	if !sh.Console.Screen() && !sh.Verbose.Load() {
		return
	}
	sh.Say(fmt.Sprintf("[%d] %s  %s", j.id, j.state(), j.shown()))
	sh.Notify(j.elapsed(), j.state()+": "+j.shown())
	sh.Console.Reprompt(func() string { return sh.Hooks.Prompt(sh) })
}
