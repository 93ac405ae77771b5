package syntax

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A block is an if or foreach whose end was not read yet: the state of the
// parser around it.
type block struct {
	stmt  Statement
	list  List
	chain Chain
	start int
	after Op
	other bool // behind else
}

// OpensBlock reports whether a command takes the statements behind it, up to its end.
func OpensBlock(t Token) bool { return t.Raw == "if" || t.Raw == "foreach" }

func isBlockWord(t Token) bool { return t.Op == Word && (t.Raw == "else" || t.Raw == "end") }

// foreign are words that other shells have in blocks, and what is written here.
// As commands they would only fail, or be short for another, once their branch
// runs.
var foreign = map[string]string{
	"elif": "else, and an if with an end of its own", "then": "; or a new line", "do": "; or a new line",
	"fi": "end", "done": "end", "endif": "end",
}

// begin opens the block of the statement that ends before t.
func (p *parser) begin(t Token) error {
	if t.Op != Then {
		return &Error{Pos: t.Start, Text: fmt.Sprintf("%s … needs a ; or a new line after it, not %s", p.stmt.Name(), t.Op)}
	}
	if p.stmt.File != nil || p.stmt.Pipe != "" {
		return &Error{Pos: p.start, Text: fmt.Sprintf("the output of %s is sent elsewhere after its end", p.stmt.Name())}
	}
	p.open = append(p.open, block{stmt: p.stmt, list: p.list, chain: p.chain, start: p.start, after: p.after})
	p.stmt, p.list, p.chain, p.after = Statement{}, nil, Chain{}, Then
	return nil
}

// blockWord takes an else or end.
func (p *parser) blockWord(t Token) error {
	n := len(p.open)
	switch {
	case n == 0:
		return &Error{Pos: t.Start, Text: fmt.Sprintf("%s without if or foreach", t.Raw)}
	case p.after != Then:
		return &Error{Pos: t.Start, Text: fmt.Sprintf("no command after %s", p.after)}
	}
	b := &p.open[n-1]
	body := &b.stmt.Body
	if b.other {
		body = &b.stmt.Else
	}
	*body, p.list = p.list, nil
	if t.Raw == "else" {
		if b.other || b.stmt.Name() == "foreach" {
			return &Error{Pos: t.Start, Text: fmt.Sprintf("else does not belong to this %s", b.stmt.Name())}
		}
		b.other = true
		return nil
	}
	p.stmt, p.list, p.chain, p.start, p.after = b.stmt, b.list, b.chain, b.start, b.after
	p.open, p.ended, p.last = p.open[:n-1], true, t.End
	return nil
}

// Lines tells, line by line, where an input ends that Parse can read: a quote
// or a block may need more lines than one. The zero value is ready for a first
// line.
type Lines struct {
	rest  []byte  // what is not complete, without what came before it and is
	open  []block // the blocks that opened before rest, empty
	quote byte    // that is open at the end of rest
}

// Open takes the next line and reports whether another one is needed. Its cost
// does not grow with the length of a block, of a statement or of a quote.
func (l *Lines) Open(line string) bool {
	l.rest = append(l.rest, line...)
	if l.quote != 0 && strings.IndexByte(line, l.quote) < 0 {
		l.rest = append(l.rest, '\n')
		return true
	}
	p := parser{line: string(l.rest), after: Then, open: slices.Clone(l.open)}
	var err *Error
	switch {
	case !errors.As(p.all(), &err):
	case err.Open:
		l.continued(&p, err)
		return true
	default: // Parse will say what is wrong
		*l = Lines{}
		return false
	}
	*l = Lines{open: p.open}
	l.close()
	return len(l.open) > 0
}

// close forgets what the open blocks hold.
func (l *Lines) close() {
	for i, b := range l.open {
		l.open[i] = block{stmt: Statement{Words: b.stmt.Words[:1]}, after: Then, other: b.other}
	}
}

// continued keeps of a statement that is not complete what decides where it
// ends: its name and the word that is open, or the operator before it.
func (l *Lines) continued(p *parser, err *Error) {
	rest, named := p.line, len(p.stmt.Words) > 0
	switch {
	case p.want != Word:
	case err.quote != 0 && named && !p.ended && p.stmt.File == nil && p.stmt.Pipe == "":
		rest, l.open = p.stmt.Words[0].Raw+" "+p.line[err.Pos:], p.open
	case err.quote == 0 && !named && !p.stmt.Ignore:
		rest, l.open = "x "+p.after.String(), p.open
	}
	l.close()
	l.rest, l.quote = append([]byte(rest), '\n'), 0
	switch err.quote {
	case '\'', '"':
		l.quote = err.quote
	case '$':
		l.quote = '\''
	}
}
