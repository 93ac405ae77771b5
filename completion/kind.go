// Package completion finds what a half-typed word can become: words of a table,
// local names, and names on the server from a cache. It also finds what a
// mistyped word was meant to be.
//
// Words come in and go out unquoted; the caller quotes them as its command line
// wants it.
package completion

// Kind says what an argument of a command names.
type Kind uint8

// The kinds of arguments. None is completed with nothing.
const (
	None         Kind = iota
	Command           // a command of the shell
	RemotePath        // a file or directory on the server
	RemoteDir         // a directory on the server
	LocalPath         // a local file or directory
	LocalDir          // a local directory
	Setting           // the name of a setting
	SettingValue      // a value of the setting named before
	Host              // a host name seen before
	Bookmark          // the name of a bookmark
	Session           // the name of an open session
	Macro             // the name of a macro
	Alias             // the name of an alias
	Variable          // the name of a variable
	Verb              // a protocol verb, such as RETR
	Topic             // what explain knows
	Help              // what help knows
	Job               // the number of a job
	Condition         // a condition of if and assert
	Mode              // who may do what with a file, such as 644 or u+x
	Port              // the port of a server
	Visited           // a directory of the server that is remembered
	EitherPath        // a local path; behind a colon one on the server
	Text              // anything: there is nothing to complete
)

// A Candidate is something that the word can become.
type Candidate struct {
	Text  string // the whole word, not quoted
	Shown string // what a list shows: the last name of a path
	Note  string // beside it: what it does, or its size and date
	Open  bool   // the word goes on: no blank after it
}

// Result is what a completer found.
type Result struct {
	Candidates []Candidate
	// Common is the longest beginning of all that were found, also of those
	// that More counts; it is never shorter than what was typed.
	Common string
	More   int // found, but beyond the limit and not in Candidates
}
