package shell

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// Batch runs a script: lines from r, named name in messages. It stops at the
// first failure, unless the line begins with a dash or the setting onerror says
// continue, and returns the exit status: that of the first failure.
func (sh *Shell) Batch(name string, r io.Reader) int {
	lines := bufio.NewReader(r)
	status := 0
	for number := 1; !sh.quitting && !sh.ended(); {
		text, n, err := readStatement(lines)
		if n == 0 {
			break
		}
		failure := sh.Do(Line{Text: text, Script: name, Number: number})
		if failure != nil && status == 0 {
			status = Status(failure)
		}
		if errors.Is(failure, errInterrupted) || failure != nil && sh.Settings.OnError == "stop" || err != nil {
			break
		}
		number += n
	}
	return sh.signals.status(status)
}

// readStatement reads a line, and those that complete it when a quote is open
// or a backslash joins them. It returns how many lines that were.
func readStatement(r *bufio.Reader) (text string, lines int, err error) {
	for {
		line, err := r.ReadString('\n')
		if line != "" {
			lines++
		}
		text += line
		if err != nil || !isOpen(strings.TrimSuffix(text, "\n")) {
			return strings.TrimRight(text, "\r\n"), lines, err
		}
	}
}
