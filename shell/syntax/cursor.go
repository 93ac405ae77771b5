package syntax

// A Cursor is where a half-typed line stands: what a completer needs.
type Cursor struct {
	// Words are the finished words of the statement that the cursor is in.
	Words []Token
	// Word is the word that ends at the cursor; it is empty after a blank.
	Word Token
	// Op is Word for a name or an argument, Redirect or Append for the file
	// after > or >>, Verbatim for text of the local shell, and Comment.
	Op Op
	// First is for who looks at Verbatim text: the word names a program.
	First bool
}

// At looks at the line up to byte pos.
func At(line string, pos int) Cursor {
	pos = min(max(pos, 0), len(line))
	c := Cursor{Word: Token{Start: pos, End: pos}}
	toks := Lex(line[:pos])
	for i, t := range toks {
		bang := t.Raw == "!" && len(c.Words) == 0 && c.Op == Word
		if i == len(toks)-1 && t.Op == Word && t.End == pos && !bang {
			c.Word = t
			break
		}
		c.pass(t)
	}
	if c.verbatim() {
		c.Op = Verbatim
	}
	return c
}

// pass moves over a finished token.
func (c *Cursor) pass(t Token) {
	switch t.Op {
	case Then, And, Or, Background:
		c.Words, c.Op = nil, Word
	case Redirect, Append, Pipe, Comment:
		c.Op = t.Op
	case Word:
		if c.Op == Word && (len(c.Words) > 0 || t.Raw != "else") {
			c.Words = append(c.Words, t)
		}
		c.Op = Word
	}
}

// verbatim reports whether the cursor is in text for the local shell.
func (c *Cursor) verbatim() bool {
	return c.Op == Pipe || len(c.Words) > 0 && c.Words[0].Raw == "!" && c.Words[0].Lead == 0
}
