package syntax

import (
	"slices"
	"strings"
)

// Op says what a token is.
type Op uint8

// The tokens of a line. Word is the zero value.
const (
	Word       Op = iota
	Verbatim      // text for the local shell, after ! or |
	Comment       // # and what follows it
	Then          // ; or a line break
	And           // &&
	Or            // ||
	Background    // &
	Pipe          // |
	Redirect      // >
	Append        // >>
	Ignore        // the - before a command
)

var opText = [...]string{
	Word: "word", Verbatim: "text", Comment: "#", Then: ";", And: "&&", Or: "||",
	Background: "&", Pipe: "|", Redirect: ">", Append: ">>", Ignore: "-",
}

// String returns the operator as it is typed.
func (o Op) String() string { return opText[o] }

// A Token is one piece of a line: Raw is line[Start:End], Text is what it means.
type Token struct {
	Op   Op
	Text string // without quotes; variables as typed until Expand
	// Pattern is the word as a glob pattern, with quoted metacharacters
	// escaped; it is empty if no metacharacter is live.
	Pattern    string
	Raw        string
	Start, End int
	// Lead tells how the first byte was quoted: 0 (not at all), '\\', '\'',
	// '"' or '$' (for $'…'). A quoted - begins no flag, a quoted ~ no home.
	Lead byte
	// Quote is the quote that is still open at the end of the line: 0, '\\',
	// '\'', '"' or '$' (for $'…').
	Quote byte
}

// Typed is a command as it was typed. A word that nobody typed is quoted.
func Typed(words []Token) string {
	raw := make([]string, len(words))
	for i, w := range words {
		if raw[i] = w.Raw; w.Raw == "" {
			raw[i] = Quote(w.Text)
		}
	}
	return strings.Join(raw, " ")
}

// Vars are the values for Expand. The zero value expands nothing.
type Vars struct {
	// Get returns the value of a variable; a name that it does not know stays
	// as typed. The name of $? is "?".
	Get func(name string) (string, bool)
	// Args are $1, $2 and so on of a script or an alias; $# is their number,
	// $* all of them in one word, and the word $@ or "$@" one word for each.
	// If it is nil, these stay as typed.
	Args []Token
	// Each is $i in a macro: one argument after the other.
	Each *Token
}

// Expand returns the word with its variables replaced. Values are plain text:
// they are not split and hold no live pattern.
func (t Token) Expand(v Vars) Token {
	if t.Op != Word || t.Raw == "" { // one that nobody typed has no variables
		return t
	}
	l := lexer{src: t.Raw, vars: v, alone: true}
	w := l.word()
	w.Start, w.End = t.Start, t.End
	return w
}

// expandAll expands words; a word that is just an argument keeps the quoting
// that argument was typed with.
func expandAll(words []Token, v Vars) []Token {
	out := make([]Token, 0, len(words))
	for _, t := range words {
		switch args, ok := v.whole(t); {
		case ok:
			out = append(out, args...)
		default:
			out = append(out, t.Expand(v))
		}
	}
	return out
}

// whole answers for a word that is nothing but $1…$9, $i, $@ or "$@".
func (v Vars) whole(t Token) ([]Token, bool) {
	if v.Each != nil && t.Op == Word && t.Raw == "$i" {
		return []Token{*v.Each}, true
	}
	if v.Args == nil || t.Op != Word {
		return nil, false
	}
	if t.Raw == "$@" || t.Raw == `"$@"` {
		return v.Args, true
	}
	if len(t.Raw) == 2 && t.Raw[0] == '$' && t.Raw[1] >= '1' && t.Raw[1] <= '9' {
		n := int(t.Raw[1] - '1')
		return v.Args[min(n, len(v.Args)):min(n+1, len(v.Args))], true
	}
	return nil, false
}

// IsVariable reports whether name can be that of a variable: $name.
func IsVariable(name string) bool {
	got, n := variable(name)
	return n > 0 && got == name && (name[0] == '_' || name[0] >= 'A') && len(name) == n
}

// TakesArgs reports whether $1, $@ or the like stands anywhere in a list.
func TakesArgs(list List) bool {
	for _, chain := range list {
		for _, st := range chain.Statements {
			words := st.Words
			if st.File != nil {
				words = append(slices.Clip(words), *st.File)
			}
			if slices.ContainsFunc(words, takesArgs) || TakesArgs(st.Body) || TakesArgs(st.Else) {
				return true
			}
		}
	}
	return false
}

// takesArgs finds out whether arguments make a difference to a word.
func takesArgs(t Token) bool {
	return t.Expand(Vars{Args: []Token{}}).Text != t.Expand(Vars{}).Text
}
