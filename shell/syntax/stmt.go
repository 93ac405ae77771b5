package syntax

import (
	"fmt"
	"iter"
	"strings"
)

// A List is what a line says: chains that run one after the other.
type List []Chain

// A Chain is one or more statements joined by && and ||.
type Chain struct {
	Statements []Statement
	Background bool // an & follows: it runs beside the next chain
}

// A Statement is one command.
type Statement struct {
	// After is And or Or if the statement runs only when the one before it
	// succeeded or failed, else Then.
	After  Op
	Ignore bool    // a leading -: a failure does not count
	Words  []Token // the name and the arguments; at least one
	// File is the local file that the output goes to, appended to it if Append
	// is set.
	File   *Token
	Append bool
	Pipe   string // the local command that the output goes to
	Source string // the statement as typed
	Line   int    // the line breaks before it
	// Body and Else are the blocks of if and foreach, up to else and end.
	Body, Else List
}

// Expand returns the statement with the variables in its words and in the name
// of its file replaced. The text for the local shell is left alone.
func (s Statement) Expand(v Vars) Statement {
	s.Words = expandAll(s.Words, v)
	if s.File != nil {
		file := s.File.Expand(v)
		s.File = &file
	}
	return s
}

// Name returns the name of the command; "!" is the local shell with its text
// as the only argument, "$" a macro with its name as the first.
func (s Statement) Name() string {
	if len(s.Words) == 0 {
		return ""
	}
	return s.Words[0].Text
}

// Args returns the words after the name.
func (s Statement) Args() []Token {
	if len(s.Words) == 0 {
		return nil
	}
	return s.Words[1:]
}

// Map returns the list with f of each word in place of it; text for the local shell stays as it is.
func (l List) Map(f func(Token) Token) List {
	out := make(List, len(l))
	for i, chain := range l {
		out[i] = chain
		out[i].Statements = make([]Statement, len(chain.Statements))
		for j, st := range chain.Statements {
			words := make([]Token, len(st.Words))
			for k, word := range st.Words {
				words[k] = f(word)
			}
			st.Words, st.Body, st.Else = words, st.Body.Map(f), st.Else.Map(f)
			out[i].Statements[j] = st
		}
	}
	return out
}

// All goes through the statements, also of blocks.
func (l List) All() iter.Seq[Statement] {
	return func(yield func(Statement) bool) {
		for _, chain := range l {
			for _, st := range chain.Statements {
				if !yield(st) {
					return
				}
				for _, block := range []List{st.Body, st.Else} {
					for inner := range block.All() {
						if !yield(inner) {
							return
						}
					}
				}
			}
		}
	}
}

// An Error tells why a line cannot run.
type Error struct {
	Pos  int    // byte offset in the line
	Text string // lower case, no full stop
	// Open says that more lines may complete this one: a quote or a block is
	// open, or the line ends with \, &&, || or |.
	Open bool

	quote byte // the one that is open
}

// Error returns the text.
func (e *Error) Error() string { return e.Text }

// Parse reads a line, or several. An empty line gives an empty list. The error
// is an *Error.
func Parse(line string) (List, error) {
	p := parser{line: line, after: Then}
	if err := p.all(); err != nil {
		return nil, err
	}
	if n := len(p.open); n > 0 {
		open := p.open[n-1].stmt
		return nil, &Error{Pos: p.open[n-1].start, Text: open.Name() + " has no end", Open: true}
	}
	return p.list, nil
}

type parser struct {
	line  string
	list  List
	chain Chain
	stmt  Statement
	start int  // of stmt
	last  int  // its end
	after Op   // what joins stmt to the one before
	want  Op   // Redirect, Append or Pipe: its operand comes next
	ended bool // stmt is a block, and its end was there
	open  []block

	counted, breaks int // the line breaks before a position
}

// all reads the tokens of the line.
func (p *parser) all() error {
	for _, t := range lexInBlocks(p.line, len(p.open)) {
		if err := p.token(t); err != nil {
			return err
		}
	}
	return p.end(Token{Op: Then, Start: len(p.line), End: len(p.line)})
}

func (p *parser) token(t Token) error {
	if t.Quote != 0 {
		return &Error{Pos: t.Start, Text: openText(t.Quote), Open: true, quote: t.Quote}
	}
	if p.want != Word && t.Op != Word && t.Op != Verbatim {
		return p.missing(t)
	}
	switch t.Op {
	case Comment:
		return nil
	case Then, And, Or, Background:
		return p.end(t)
	}
	if len(p.stmt.Words) == 0 && !p.stmt.Ignore {
		if isBlockWord(t) {
			return p.blockWord(t)
		}
		if here, is := foreign[t.Raw]; is && len(p.open) > 0 {
			return &Error{Pos: t.Start, Text: fmt.Sprintf("%s is not known here: write %s", t.Raw, here)}
		}
		p.begins(t.Start)
	}
	p.last = t.End
	switch t.Op {
	case Ignore:
		p.stmt.Ignore = true
	case Redirect, Append, Pipe:
		return p.output(t)
	default:
		if p.ended && p.want == Word {
			return &Error{Pos: t.Start, Text: "end takes no words"}
		}
		p.word(t)
	}
	return nil
}

// begins starts a statement.
func (p *parser) begins(pos int) {
	p.breaks += strings.Count(p.line[p.counted:pos], "\n")
	p.counted, p.start, p.stmt.Line = pos, pos, p.breaks
}

// word takes a word, or the operand that an operator waits for.
func (p *parser) word(t Token) {
	switch p.want {
	case Redirect, Append:
		p.stmt.File, p.stmt.Append = &t, p.want == Append
	case Pipe:
		p.stmt.Pipe = t.Text
	default:
		p.stmt.Words = append(p.stmt.Words, t)
	}
	p.want = Word
}

func (p *parser) output(t Token) error {
	switch {
	case len(p.stmt.Words) == 0:
		return &Error{Pos: t.Start, Text: fmt.Sprintf("no command before %s", t.Op)}
	case p.stmt.File != nil || p.stmt.Pipe != "":
		return &Error{Pos: t.Start, Text: "the output can only go to one place"}
	}
	p.want = t.Op
	return nil
}

// end closes the statement before a ;, &&, || or &.
func (p *parser) end(t Token) error {
	switch {
	case p.want != Word:
		return p.missing(t)
	case len(p.stmt.Words) > 0 && OpensBlock(p.stmt.Words[0]) && !p.ended:
		return p.begin(t)
	case len(p.stmt.Words) > 0:
		p.stmt.After, p.stmt.Source = p.after, p.line[p.start:p.last]
		p.chain.Statements = append(p.chain.Statements, p.stmt)
	case t.Raw == "\n" && p.after != Then:
		return nil // a line break after && or || joins
	case p.after != Then:
		return &Error{Pos: t.Start, Text: fmt.Sprintf("no command after %s", p.after), Open: t.Raw == ""}
	case t.Op != Then:
		return &Error{Pos: t.Start, Text: fmt.Sprintf("no command before %s", t.Op)}
	}
	p.stmt, p.after, p.ended = Statement{}, t.Op, false
	if t.Op == Then || t.Op == Background {
		p.after = Then
		p.close(t.Op == Background)
	}
	return nil
}

func (p *parser) close(background bool) {
	if len(p.chain.Statements) > 0 {
		p.chain.Background = background
		p.list = append(p.list, p.chain)
	}
	p.chain = Chain{}
}

func (p *parser) missing(t Token) error {
	if p.want == Pipe {
		return &Error{Pos: t.Start, Text: "no command after |", Open: t.Raw == ""}
	}
	return &Error{Pos: t.Start, Text: fmt.Sprintf("no file name after %s", p.want)}
}

func openText(quote byte) string {
	switch quote {
	case '\\':
		return `nothing follows the last \`
	case '$':
		return "the quote $' is not closed"
	}
	return fmt.Sprintf(`the quote %c is not closed; type \%c for the character itself`, quote, quote)
}
