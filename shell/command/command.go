package command

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// Need says what must be there before a command can run.
type Need int

// The needs of commands.
const (
	Nothing    Need = iota
	Connection      // an open control connection
	Login           // and a user logged in
)

// Example is a line that can be typed, and what it does.
type Example struct{ Line, Says string }

// Command is one row: everything else about a command is derived from it.
type Command struct {
	Name     string
	Theme    string // the heading that help shows it under
	Aliases  []string
	Args     string // as the synopsis shows them: "remote [local]"
	Short    string // what it does, in a few words
	Long     string // when one would want it, and what is special
	Examples []Example

	// Min and Max are the numbers of arguments; Max -1 means any number. Ask
	// has a question for each argument that a terminal is asked for when it is
	// missing; without a terminal a missing argument is an error.
	Min, Max int
	Ask      []string
	ToFile   bool // the last argument is a local file for the result; | and > take its place

	Flags func(*pflag.FlagSet) // nil: words that begin with a dash are arguments
	JSON  bool                 // has a result that --json shows as objects

	Sets     bool              // only changes a setting: help leaves it to `set` where it must be short
	Rare     bool              // for a few, or known from ftp(1): the short help leaves it to help -a
	Words    []string          // what the first argument can be, for completion
	Complete []completion.Kind // one for each argument, the last repeats
	Secret   history.Secret    // where its line may hold a secret
	Plans    bool              // a plan can hold what it would do
	NoProxy  bool              // it is not for the second connection
	Foreign  Foreign           // what it may do in a line that somebody else wrote
	Values   [][]string        // words for each argument, beside those of its kind
	Wire     []string          // the FTP verbs it may send, or "SITE CHMOD", beside those of a login
	Needs    Need
	Reach    Reach                   // what NAME:path means to it
	NoPaths  func(*Call) int         // how many of the first arguments are no paths; nil: none
	URLs     bool                    // takes URLs in place of paths
	OneDash  bool                    // long options may have one dash, as those of find(1)
	Digits   string                  // the option that digits behind a dash are the value of, as in head -3
	Reversed func(syntax.Token) bool // reports an option that turns the kinds of the arguments round
	Alone    func(string) string     // the hint for a word that belongs behind the command and was typed alone
	DashArgs func(string) bool       // reports a word with a dash that is an argument all the same
	Risk     Risk                    // what the prompt warns of while it is typed
	Once     bool                    // a failure does not say what it did (SITE, APPE): it is not run again
	Between  *Between                // what proxy does with it between two servers; nil: nothing
	Detach   bool                    // Ctrl-Z sends it to the background
	Program  bool                    // may start a program on the terminal, such as a pager
	Nests    bool                    // runs other lines: each of them takes the session for itself
	Runs     string                  // the option whose value is a command: the words up to a quoted ;, or to the end

	Run func(context.Context, *Call) error

	// ByURL runs it where a proxy fetches files by URL, and there is no session; nil: it needs one.
	ByURL func(context.Context, *Call) error

	// Across runs it when its words are on two sessions or more; nil: it runs on one after the other.
	Across func(context.Context, *Call, []Part) error
}

// WillDelete is what stands below a line that deletes so many, which are called by one word, or another one for several.
func WillDelete(n int, one, many string) string { return "deletes " + Plural(n, one, many) }

// Risk is what a command would destroy, where that is known.
type Risk int

// The risks of commands.
const (
	NoRisk          Risk = iota
	Deletes              // files or directories of the server
	ReplacesRemote       // files of the server, by uploads
	ReplacesRenamed      // files of the server, by others that get their names
	ReplacesLocal        // a local file
	DeletesOther         // what only the other side has
)

// Between is a command that copies between the two servers of proxy.
type Between struct {
	Reverse bool // from the second to the first
	Many    bool // takes names of several files
	Op      transfer.Op
}

// Synopsis is the command with its options and arguments.
func (c *Command) Synopsis() string {
	text := c.Name
	var letters, words string
	c.FlagSet().VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		switch {
		case f.Shorthand != "":
			letters += f.Shorthand
		case f.Name != "help":
			words += " [--" + f.Name + "]"
		}
	})
	if letters != "" {
		text += " [-" + letters + "]"
	}
	return strings.TrimSpace(text + words + " " + c.Args)
}

// FlagSet makes a fresh set of the command's flags.
func (c *Command) FlagSet() *pflag.FlagSet {
	fs := pflag.NewFlagSet(c.Name, pflag.ContinueOnError)
	fs.Usage = func() {}
	fs.SortFlags = false
	if c.Flags != nil {
		c.Flags(fs)
	}
	if c.JSON {
		fs.Bool("json", false, "print the result as JSON, one object per line")
	}
	return fs
}

// TakesFlags reports whether words with a dash are options of ours.
func (c *Command) TakesFlags() bool { return c.Flags != nil || c.JSON }

// Verbs joins lists of FTP verbs for Command.Wire.
func Verbs(lists ...[]string) []string { return slices.Concat(lists...) }

// Sends is one list for verbs.
func Sends(names ...string) []string { return names }

// DataVerbs arrange a data connection; ABOR and NOOP end one after an interrupt.
var DataVerbs = Sends("TYPE", "MODE Z", "MODE S", "PBSZ", "PROT", "PRET", "EPSV", "PASV", "EPRT", "PORT", "ABOR", "NOOP")

// ListVerbs read a directory, or find out about one name.
var ListVerbs = Verbs(DataVerbs, Sends("MLSD", "LIST", "CWD", "CDUP", "PWD", "MLST", "SIZE", "MDTM"))

// TimeVerbs set the time of a file, each on some servers.
var TimeVerbs = Sends("MFMT", "MFF", "SITE UTIME", "MDTM")

// TrashVerbs may be sent by every command that changes something while the setting trash is on.
var TrashVerbs = Verbs(ListVerbs, Sends("RNFR", "RNTO", "MKD", "SITE CHMOD", "MFF"))

// LoginVerbs may be sent by every command that needs a connection: when the
// server has hung up, the session is restored first.
var LoginVerbs = Sends("AUTH", "HOST", "USER", "PASS", "ACCT", "PASSERVE", "OPEN", "FEAT", "PWD", "SYST", "OPTS UTF8", "OPTS MLST", "CLNT", "CSID", "CWD", "NOOP", "SSCN")

// FlagRows are the options of a command as help shows them.
func FlagRows(command *Command) (rows [][]string) {
	command.FlagSet().VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name := "  --" + f.Name
		if f.Shorthand != "" {
			name = "  -" + f.Shorthand + ", --" + f.Name
		}
		value, says := pflag.UnquoteUsage(f)
		if f.NoOptDefVal == "" {
			name += " " + value
		}
		rows = append(rows, []string{name, says})
	})
	return rows
}

// Options are the options of a command: how each is typed, and what it does.
func (c *Command) Options() [][2]string {
	var all [][2]string
	for _, row := range FlagRows(c) {
		all = append(all, [2]string{strings.TrimSpace(row[0]), row[1]})
	}
	return all
}

// Verbs are the FTP verbs that a command may send, each once, beside those that
// connect again after a loss.
func (c *Command) Verbs() []string {
	var once []string
	for _, verb := range c.Wire {
		if !slices.Contains(once, verb) {
			once = append(once, verb)
		}
	}
	return once
}
