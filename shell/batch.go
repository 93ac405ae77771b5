package shell

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// Script is where the lines of a batch come from. Next returns them one by one,
// without their ends, and io.EOF at the end.
type Script struct {
	Name string // in messages
	Next func() (string, error)
}

// ScriptFrom is a script that r holds.
func ScriptFrom(name string, r io.Reader) Script {
	lines := bufio.NewReader(r)
	return Script{name, func() (string, error) {
		line, err := lines.ReadString('\n')
		if line != "" {
			err = nil
		}
		return strings.TrimRight(line, "\r\n"), err
	}}
}

// ScriptFromInput is what arrives on standard input, line by line: a command
// runs before the next one is read.
func (sh *Shell) ScriptFromInput() Script {
	return Script{"stdin", func() (string, error) { return sh.con.ReadLine(sh.base, "") }}
}

// Batch runs a script. It stops at the first failure, unless the line begins
// with a dash or the setting onerror says continue, and returns the exit
// status: that of the first failure.
func (sh *Shell) Batch(script Script) int {
	status := 0
	for number := 1; !sh.quitting && !sh.ended(); {
		text, n, err := script.statement()
		if n == 0 {
			if err != io.EOF && !sh.ended() {
				sh.failed(Line{}, script.Name, err)
				return Status(err)
			}
			break
		}
		failure := sh.Do(Line{Text: text, Script: script.Name, Number: number})
		if failure != nil && status == 0 {
			status = Status(failure)
		}
		if errors.Is(failure, errInterrupted) || failure != nil && sh.Settings.OnError == "stop" {
			break
		}
		number += n
	}
	return sh.signals.status(status)
}

// statement reads a line, and those that complete it when a quote is open or a
// backslash joins them. It returns how many lines that were.
func (s Script) statement() (text string, lines int, err error) {
	text, err = s.Next()
	if err != nil {
		return "", 0, err
	}
	for lines = 1; isOpen(text); lines++ {
		more, err := s.Next()
		if err != nil {
			break // Do says what is missing
		}
		text += "\n" + more
	}
	return text, lines, nil
}
