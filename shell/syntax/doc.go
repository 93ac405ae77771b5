// Package syntax is the language of the ftpsh command line: words and quotes,
// operators, variables, glob patterns, and the quoting that brings any name
// back as one word.
//
// # Words
//
// Blanks part words. A backslash makes the next byte plain text; single quotes
// hold everything up to the next single quote; double quotes hold everything
// but the backslash before ", \ and $, and variables. $'…' knows \n, \t, \e,
// \xHH, \uHHHH and the other escapes of the C language: it is how a name with
// control characters can be typed. A backslash before the end of a line joins
// the next line to it. Words are bytes: no encoding is assumed.
//
// # Operators
//
//	a ; b      b after a
//	a && b     b if a succeeded
//	a || b     b if a failed
//	a &        a in the background
//	a | text   the output of a to a local command; text goes to the local shell
//	a > file   the output of a to a local file, >> appends
//	-a         the failure of a is ignored
//	!text      the rest of the line goes to the local shell, as it stands; between
//	           if or foreach and end, it ends at the next ; outside of quotes
//	$name …    the macro of that name
//	# text     a comment, where a word would begin
//
// An operator has a blank, an end of the line or another operator on at least
// one side, or follows a command name directly, as in `ls;pwd` and `ls>out`.
// Glued to text on both sides it is text, so FOO.TXT;1, ftp://host/f;type=a and
// R&D are words. Between if or foreach and end a ; needs no blank: only before a
// number (FOO.TXT;1) and type= it is text. & alone is stricter: it is an operator only as a word of its
// own. A word that begins and ends with a bar is text too: |1|192.0.2.1|40001|
// is what EPRT wants. Parentheses and < mean nothing.
//
// # Variables
//
// $name and ${name}, $? and, in scripts and aliases, $1, $@, $* and $# are
// replaced in words and in double quotes. A value is never split and never a
// pattern. A name that is not defined stays as it was typed: the password
// p@$s!w0rd needs no quotes.
//
// # Patterns
//
// *, ?, [a-z], [!a-z], {a,b} and ** between slashes are live unless quoted.
// ** does not enter links, which can lead in circles.
// The command that wants names expands them; nobody else does. A leading dot
// is only matched by a dot.
package syntax
