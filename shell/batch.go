package shell

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// Script is where the lines of a batch come from. Next returns them one by one,
// without their ends, and io.EOF at the end.
type Script struct {
	Name string // in messages
	Next func() (string, error)
	Args []string // $1, $2 and so on; nil: these stay as typed

	stop func() // ends a Next that waits; may be nil
}

// ScriptFrom is a script that r holds.
func ScriptFrom(name string, r io.Reader) Script {
	lines := bufio.NewReader(r)
	s := Script{Name: name, Next: func() (string, error) {
		line, err := lines.ReadString('\n')
		if line != "" {
			err = nil
		}
		return strings.TrimRight(line, "\r\n"), err
	}}
	if file, is := r.(*os.File); is { // perhaps a FIFO whose other end says nothing
		s.stop = func() { _ = file.SetReadDeadline(time.Now()) }
	}
	return s
}

// until is the script up to the end of ctx.
func (s Script) until(ctx context.Context) Script {
	next := s.Next
	s.Next = func() (string, error) {
		line, err := next()
		if ctx.Err() != nil {
			err = io.EOF
		}
		return line, err
	}
	return s
}

// ScriptFromInput is what arrives on standard input, line by line: a command
// runs before the next one is read.
func (sh *Shell) ScriptFromInput() Script {
	return Script{Name: "stdin", Next: func() (string, error) { return sh.con.ReadLine(sh.base, "") }}
}

// Batch runs scripts, one after the other. It stops at the first failure, unless
// the line begins with a dash or the setting onerror says continue, and returns
// the exit status: that of the first failure, unless `exit` says another.
func (sh *Shell) Batch(scripts ...Script) int {
	var err error
	for _, script := range scripts {
		if script.stop != nil {
			defer context.AfterFunc(sh.base, script.stop)()
		}
		failure := runScript(sh, script, Line{})
		if err == nil {
			err = failure
		}
		if sh.stops(Line{Script: script.Name}, failure) {
			break
		}
	}
	if jobs := jobsOf(sh).list(); len(jobs) > 0 {
		err = cmp.Or(err, awaitJobs(sh.base, sh, jobs))
	}
	return leaves(sh, Status(err))
}

// leaves is the exit status at the end: that of a signal, else the one that
// `exit` was given.
func leaves(sh *Shell, status int) int {
	if err := sh.log.failed(); err != nil {
		incomplete := &failure.LocalError{Text: "the log is not complete: " + failure.InWords(err)}
		sh.failed(Line{}, "log", incomplete)
		if status == 0 {
			status = Status(incomplete)
		}
	}
	if sh.exits != nil {
		status = *sh.exits
	}
	return sh.signals.status(status)
}

// Exit is the exit status that an error, or a signal, means.
func (sh *Shell) Exit(err error) int { return sh.signals.status(Status(err)) }

// runScript runs the lines of a script up to its end, or to the failure that ends
// it. It returns the first failure.
func runScript(sh *Shell, script Script, line Line) error {
	read := 0
	next := script.Next
	script.Next = func() (string, error) {
		text, err := next()
		if err == nil {
			read++
		}
		return text, err
	}
	defer readScript(&sh.language, script.Next)()
	var first error
	line.Script = script.Name
	if script.Args != nil {
		line.vars.Args = plainWords(script.Args)
	}
	for !sh.quitting && !sh.ended() {
		line.Number = read + 1
		text, err := script.statement()
		if errors.Is(err, io.EOF) || err != nil && sh.ended() {
			break
		}
		if err != nil {
			sh.failed(Line{}, script.Name, err)
			return errors.Join(first, err)
		}
		line.Text = text
		failure := sh.Do(line)
		if first == nil {
			first = failure
		}
		var garbled *syntax.Error // what follows may belong to a block that did not begin
		if sh.stops(line, failure) || errors.As(failure, &garbled) {
			break
		}
	}
	return first
}

// statement reads a line, and those that complete it when a quote or a block is
// open or a backslash joins them.
func (s Script) statement() (string, error) {
	line, err := s.Next()
	if err != nil {
		return "", err
	}
	var text strings.Builder
	text.WriteString(line)
	for lines := (syntax.Lines{}); lines.Open(line); {
		if line, err = s.Next(); err != nil {
			break // Do says what is missing
		}
		text.WriteString("\n" + line)
	}
	return text.String(), nil
}

// readScript says where the lines come from that follow the command that runs, for
// commands that read some of them themselves.
func readScript(l *language, next func() (string, error)) (done func()) {
	outer := l.next
	l.next = next
	return func() { l.next = outer }
}
