package command

import (
	"bytes"
	"slices"
	"strings"

	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// OutputOf runs a command that stands in the arguments of this one, and returns what it prints,
// without the line end.
func OutputOf(c *Call, words []syntax.Token) (string, error) {
	var text bytes.Buffer
	inner := *c
	inner.Into(&text)
	err := RunWords(&inner, words)
	return strings.TrimRight(text.String(), "\r\n"), err
}

// RunWords runs a command that stands in the arguments of this one.
func RunWords(c *Call, words []syntax.Token) error {
	if len(words) == 1 && isLine(words[0]) {
		line := c.Line.At(c.Statement)
		line.Text, line.Within = words[0].Text, c
		return failure.Shown(c.Shell.Do(line))
	}
	list, err := InnerList(c, words)
	if err != nil {
		return err
	}
	return RunList(c, list)
}

// InnerList is what words say that are a command, or a line in quotes.
func InnerList(c *Call, words []syntax.Token) (syntax.List, error) {
	switch {
	case len(words) == 0:
		return nil, c.Usage("a command is missing")
	case len(words) == 1 && isLine(words[0]):
		return syntax.Parse(words[0].Text)
	case syntax.OpensBlock(words[0]):
		return nil, c.Usage("%s has no end here: put the whole line in quotes", words[0].Text)
	}
	st := syntax.Statement{Words: words, Line: c.Statement.Line, Source: syntax.Typed(words)}
	return syntax.List{{Statements: []syntax.Statement{st}}}, nil
}

// isLine reports whether a word is a whole line. One that nobody typed is the name of a file, and
// never a line, whatever it holds.
func isLine(word syntax.Token) bool {
	return word.Raw != "" && strings.ContainsAny(word.Text, " \t\n;|&>")
}

// RunList runs a block of the command.
func RunList(c *Call, list syntax.List) error {
	line := c.Line
	line.Within = c
	return failure.Shown(c.Shell.List(line, list))
}

// runsOption reports whether a word is the option whose value is a command.
func (c *Command) runsOption(word syntax.Token) bool {
	return c.Runs != "" && word.Lead == 0 && (word.Text == "--"+c.Runs || c.OneDash && word.Text == "-"+c.Runs)
}

// InnerOf are the words of the command in an option, and where they begin; -1: there is none.
func (c *Command) InnerOf(words []syntax.Token) int {
	if i := slices.IndexFunc(words, c.runsOption); i >= 0 {
		return i + 1
	}
	return -1
}

// takeInner takes the command out of the words that an option is followed by: up to a quoted ; as in
// find(1), or to the end.
func (c *Call) takeInner(words []syntax.Token) (rest []syntax.Token, err error) {
	from := c.Command.InnerOf(words)
	if from < 0 {
		return words, nil
	}
	to, next := len(words), len(words)
	if i := slices.IndexFunc(words[from:], func(w syntax.Token) bool { return w.Text == ";" }); i >= 0 {
		to, next = from+i, from+i+1
	}
	if c.Inner = words[from:to]; len(c.Inner) == 0 {
		return nil, c.Usage("-%s: a command is missing", c.Command.Runs)
	}
	return append(slices.Clone(words[:from-1]), words[next:]...), nil
}
