package script

import (
	"bytes"
	"strings"

	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// outputOf runs a command and returns what it prints, without the line end.
func outputOf(c *command.Call, words []syntax.Token) (string, error) {
	var text bytes.Buffer
	inner := *c
	inner.Into(&text)
	err := runWords(&inner, words)
	return strings.TrimRight(text.String(), "\r\n"), err
}

// runWords runs a command that stands in the arguments of this one.
func runWords(c *command.Call, words []syntax.Token) error {
	if len(words) == 0 {
		return c.Usage("a command is missing")
	}
	if len(words) == 1 && strings.ContainsAny(words[0].Text, " \t\n;|&>") {
		line := c.Line.At(c.Statement)
		line.Text, line.Within = words[0].Text, c
		return failure.Shown(c.Shell.Do(line))
	}
	st := syntax.Statement{Words: words, Line: c.Statement.Line}
	return runList(c, syntax.List{{Statements: []syntax.Statement{st}}})
}

// runList runs a block of the command.
func runList(c *command.Call, list syntax.List) error {
	line := c.Line
	line.Within = c
	return failure.Shown(c.Shell.List(line, list))
}
