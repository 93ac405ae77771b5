package script

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// Script is where the lines of a batch come from. Next returns them one by one,
// without their ends, and io.EOF at the end.
type Script struct {
	Name string // in messages
	Next func() (string, error)
	Args []string // $1, $2 and so on; nil: these stay as typed
	file *os.File // that it comes from; nil: none
}

// From is a script that r holds.
func From(name string, r io.Reader) Script {
	lines := bufio.NewReader(r)
	file, _ := r.(*os.File)
	return Script{Name: name, file: file, Next: func() (string, error) {
		line, err := lines.ReadString('\n')
		if line != "" {
			err = nil
		}
		return strings.TrimRight(line, "\r\n"), err
	}}
}

// Stop ends a Next that waits, perhaps at a FIFO whose other end says nothing.
func (s Script) Stop() { _ = s.file.SetReadDeadline(time.Now()) }

// Close closes the file.
func (s Script) Close() { s.file.Close() }

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

// Leaves is the exit status at the end: that of a signal, else the one that
// `exit` was given.
func Leaves(sh *command.Shell, status int) int {
	if err := sh.Log.Failed(); err != nil {
		incomplete := &failure.LocalError{Text: "the log is not complete: " + failure.InWords(err)}
		sh.Failed(command.Line{}, "log", incomplete)
		if status == 0 {
			status = command.Status(incomplete)
		}
	}
	if sh.Exits != nil {
		status = *sh.Exits
	}
	return sh.Signals.Status(status)
}

// RunScript runs the lines of a script up to its end, or to the failure that ends
// it. It returns the first failure.
func RunScript(sh *command.Shell, script Script, line command.Line) error {
	read := 0
	next := script.Next
	script.Next = func() (string, error) {
		text, err := next()
		if err == nil {
			read++
		}
		return text, err
	}
	outer := sh.Next // commands read lines that follow them
	sh.Next = script.Next
	defer func() { sh.Next = outer }()
	var first error
	line.Script = script.Name
	if script.Args != nil {
		line.Vars.Args = command.PlainWords(script.Args)
	}
	for !sh.Quitting && !sh.Ended() {
		line.Number = read + 1
		text, err := script.statement()
		if errors.Is(err, io.EOF) || err != nil && sh.Ended() {
			break
		}
		if err != nil {
			if call := line.Within; call != nil {
				sh.Failed(call.Line.At(call.Statement), call.Command.Name, err)
			} else {
				sh.Failed(command.Line{}, script.Name, err)
			}
			return errors.Join(first, err)
		}
		line.Text = text
		failure := sh.Do(line)
		first = cmp.Or(first, failure)
		var garbled *syntax.Error // what follows may belong to a block that did not begin
		if sh.Stops(line, failure) || errors.As(failure, &garbled) {
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
