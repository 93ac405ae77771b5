package shell

import (
	"errors"
	"fmt"
	"strings"

	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// background runs a chain beside the prompt.
func background(sh *Shell, line Line, chain syntax.Chain) {
	j := jobOf(sh, line, chain)
	numberJob(sh, j)
	if sh.Interactive() {
		sh.Say(fmt.Sprintf("[%d] %s", j.id, j.shown()))
	}
	startJob(sh, j)
}

// jobOf is the job of a chain.
func jobOf(sh *Shell, line Line, chain syntax.Chain) *job {
	line.within = nil
	f := sh.apart()
	return newJob(chainText(chain), f, func() error {
		return failure.Shown(f.chain(line, syntax.Chain{Statements: chain.Statements}))
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
func finishJob(sh *Shell, j *job) {
	if s := j.sh.session; s != nil { // nobody wants to read the goodbye
		s.Conn().Send("QUIT")
		s.Conn().Close()
	}
	if j.sh.con.away.Load() {
		if j.err != nil && !errors.As(j.err, new(ended)) {
			j.sh.failed(Line{}, j.name(), j.err)
		}
		tellJob(sh, j)
	}
	jobsOf(sh).left(sh, j)
}

// tellJob says how a job has ended, above the prompt, or in what a script says if it
// says much.
func tellJob(sh *Shell, j *job) {
	if !sh.con.Screen() && !sh.verbose.Load() {
		return
	}
	sh.Say(fmt.Sprintf("[%d] %s  %s", j.id, j.state(), j.shown()))
	sh.notify(j.elapsed(), j.state()+": "+j.shown())
	sh.con.Reprompt(func() string { return sh.hooks.prompt(sh) })
}
