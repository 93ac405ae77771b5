package syntax

import "strings"

// Lex splits a line into tokens. It never fails, so it serves the half-typed
// line as well as the finished one: a quote that is still open is recorded in
// the last token.
func Lex(line string) []Token {
	return lexInBlocks(line, 0)
}

// lexInBlocks is Lex for a line that stands in so many blocks.
func lexInBlocks(line string, depth int) []Token {
	l := lexer{src: line, depth: depth}
	for l.command = true; l.next(); {
	}
	return l.toks
}

type lexer struct {
	src     string
	pos     int
	toks    []Token
	command bool // the next word is the name of a command
	alone   bool // src is a single word
	plain   int  // no operator before this position
	name    int  // where the letters that the word begins with end
	glued   int  // where the text without blanks, ; and & ends that was looked at last
	signs   int  // where the run of operators ends that was looked at last
	depth   int  // blocks that are open
	vars    Vars
}

// next adds the token at the next position that is not blank.
func (l *lexer) next() bool {
	l.pos += blanks(l.src[l.pos:])
	if l.pos == len(l.src) {
		return false
	}
	switch c := l.src[l.pos]; {
	case c == '\n':
		l.operator(Then, 1)
	case c == '#':
		l.add(Comment, l.line())
	case l.command && c == '!':
		l.add(Word, 1)
		l.command = false
		l.verbatim(l.local())
	case l.command && c == '$' && l.macro():
		l.add(Word, 1)
		l.command = false
	case l.command && c == '-' && l.ignore():
		l.add(Ignore, 1)
	default:
		if op, n := l.peek(true); n > 0 {
			l.operator(op, n)
			break
		}
		w := l.word()
		l.toks = append(l.toks, w)
		if l.command {
			l.block(w)
		}
		l.command = l.command && w.Raw == "else" // a command may follow directly
	}
	return true
}

// add appends a token of n bytes that stands for itself.
func (l *lexer) add(op Op, n int) {
	raw := l.src[l.pos : l.pos+n]
	l.toks = append(l.toks, Token{Op: op, Text: raw, Raw: raw, Start: l.pos, End: l.pos + n})
	l.pos += n
}

func (l *lexer) operator(op Op, n int) {
	l.add(op, n)
	switch op {
	case Redirect, Append:
	case Pipe:
		l.verbatim(l.statement())
	default:
		l.command = true
	}
}

// verbatim adds n bytes, without the blanks around them, for the local shell.
func (l *lexer) verbatim(n int) {
	end := l.pos + n
	l.pos += blanks(l.src[l.pos:end])
	if text := strings.TrimRight(l.src[l.pos:end], " \t\r"); text != "" {
		l.add(Verbatim, len(text))
	}
	l.pos = end
}

// block counts the blocks that are open after the name of a command.
func (l *lexer) block(name Token) {
	switch {
	case OpensBlock(name):
		l.depth++
	case name.Raw == "end" && l.depth > 0:
		l.depth--
	}
}

// local returns the number of bytes that a ! gives to the local shell: the rest
// of the line and, in a block, no more than up to the next ; outside of quotes.
func (l *lexer) local() int {
	n := l.line()
	if l.depth == 0 {
		return n
	}
	text, quote := l.src[l.pos:l.pos+n], byte(0)
	for i := 0; i < n; i++ {
		switch c := text[i]; {
		case c == '\\' && quote != '\'':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == ';':
			return i
		}
	}
	return n
}

// line returns the number of bytes up to the end of the line.
func (l *lexer) line() int {
	if n := strings.IndexByte(l.src[l.pos:], '\n'); n >= 0 {
		return n
	}
	return len(l.src) - l.pos
}

// statement returns the number of bytes up to the operator that ends the
// statement. Bars and redirections on the way are the local shell's.
func (l *lexer) statement() int {
	scan := lexer{src: l.src, pos: l.pos, depth: l.depth}
	for {
		scan.pos += blanks(scan.src[scan.pos:])
		end := scan.pos
		if end == len(l.src) || l.src[end] == '\n' || l.src[end] == '#' {
			return end - l.pos
		}
		switch op, n := scan.peek(true); op {
		case Word:
			scan.word()
		case Pipe, Redirect, Append:
			scan.pos += n
		default:
			return end - l.pos
		}
	}
}

// macro reports whether the $ at the start of a command calls a macro: `$name`
// or `$ name`. `${x}` and `$?` are words.
func (l *lexer) macro() bool {
	rest := l.src[l.pos+1:]
	return ends(rest) || isName(rest[0])
}

// ignore reports whether the - at the start of a command is a prefix of it.
func (l *lexer) ignore() bool {
	rest := l.src[l.pos+1:]
	return rest != "" && (isName(rest[0]) || rest[0] == '!' || rest[0] == '$' || rest[0] == '?')
}

// peek returns the operator at the current position, or Word and 0. Left says
// that no word stands directly before it.
func (l *lexer) peek(left bool) (Op, int) {
	rest := l.src[l.pos:]
	op, n := longest(rest)
	if n == 0 || l.pos < l.plain {
		return Word, 0
	}
	l.signs = max(l.signs, l.pos+n)
	l.signs += len(l.src[l.signs:]) - len(strings.TrimLeft(l.src[l.signs:], ";&|>"))
	switch right := ends(l.src[l.signs:]); {
	case op == Background:
		if left && right {
			return op, n
		}
	case left && op == Pipe && l.bars() > 0:
	case left || right || op == Then && l.depth > 0 && !continues(rest[n:]):
		return op, n
	}
	return Word, 0
}

// continues reports whether what follows a semicolon belongs to the word before
// it: the version of a file on VMS, the type of a URL (RFC 1738 section 3.2.2).
func continues(s string) bool {
	if strings.HasPrefix(s, "type=") {
		return true
	}
	s = strings.TrimPrefix(s, "-")
	after := strings.TrimLeft(s, "0123456789")
	return after != s && (ends(after) || after[0] == ';')
}

// longest returns the operator that s begins with.
func longest(s string) (Op, int) {
	for _, op := range [...]Op{And, Or, Append, Then, Background, Pipe, Redirect} {
		if strings.HasPrefix(s, opText[op]) {
			return op, len(opText[op])
		}
	}
	return Word, 0
}

// bars returns the length of a word of the form |…| at the current position: the
// address that EPRT takes (RFC 2428 section 2). It ends before an operator that follows without a blank, so that the word is
// the same with and without that.
func (l *lexer) bars() int {
	if l.src[l.pos] != '|' {
		return 0
	}
	l.glued = max(l.glued, l.pos)
	for !ends(l.src[l.glued:]) && l.src[l.glued] != ';' && l.src[l.glued] != '&' {
		l.glued++
	}
	if n := l.glued - l.pos; n > 2 && l.src[l.glued-1] == '|' {
		return n
	}
	return 0
}

// blanks returns the number of bytes that are blanks at the start of s.
func blanks(s string) int {
	n := 0
	for {
		size := blank(s[n:])
		if size == 0 {
			return n
		}
		n += size
	}
}

// blank returns the length of the blank that s begins with. The carriage return
// of a CRLF line and a joined line count as blanks.
func blank(s string) int {
	switch {
	case s == "":
		return 0
	case s[0] == ' ' || s[0] == '\t':
		return 1
	case s[0] == '\r' && (len(s) == 1 || s[1] == '\n'):
		return 1
	case strings.HasPrefix(s, "\\\n"):
		return 2
	}
	return 0
}

// ends reports whether a word would end before s.
func ends(s string) bool {
	return s == "" || s[0] == '\n' || blank(s) > 0
}

func isName(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
