package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

// Call is one run of a command.
type Call struct {
	Shell   *Shell
	Command *Command
	Name    string // as typed: a prefix, an alias
	Args    []syntax.Token
	Flags   *pflag.FlagSet
	Inner   []syntax.Token // the words of the command that the option Runs is followed by
	Out     io.Writer      // results: the screen, a file, a pipe
	Err     io.Writer      // everything else

	Line      Line // where the command stands
	Statement syntax.Statement

	Screen bool     // Out is the screen of somebody who looks at it
	Bytes  bool     // Out is no terminal: what reads it gets the bytes of the server as they are
	Moves  int      // files moved
	Always rune     // the answer to all further questions about files that are there; 0: ask
	Looked int      // directories of a tree that were looked into
	Coming []string // what it brings here, as folders knows it
	Long   bool     // entries are shown with all that is known
	Links  bool     // listings show links as links, whatever it costs
}

// Arg returns the text of an argument, "" when it was not given.
func (c *Call) Arg(i int) string {
	if i >= len(c.Args) {
		return ""
	}
	return c.Args[i].Text
}

// Texts returns the texts of all arguments.
func (c *Call) Texts() []string { return Texts(c.Args) }

// Texts are the texts of words.
func Texts(words []syntax.Token) []string {
	texts := make([]string, len(words))
	for i, word := range words {
		texts[i] = word.Text
	}
	return texts
}

// Is reports whether a flag is set.
func (c *Call) Is(flag string) bool { return c.Value(flag) == "true" }

// Value is the value of a flag as it was typed, "" if the command has none of that name.
func (c *Call) Value(flag string) string {
	f := c.Flags.Lookup(flag)
	if f == nil {
		return ""
	}
	return f.Value.String()
}

// Given reports whether one of the flags was used.
func (c *Call) Given(flags ...string) bool { return slices.ContainsFunc(flags, c.Flags.Changed) }

// JSON reports whether results are to be printed as JSON.
func (c *Call) JSON() bool { return c.Command.JSON && (c.Shell.JSON || c.Is("json")) }

// Session is the session that the command needs; see Command.Needs.
func (c *Call) Session() *client.Session { return c.Shell.Session }

// Interactive reports whether there is somebody to ask.
func (c *Call) Interactive() bool { return c.Shell.Interactive() }

// Into sends the result elsewhere than to the screen.
func (c *Call) Into(out io.Writer) { c.Out, c.Screen, c.Bytes = out, false, true }

// Print writes one line of the result. It is made safe for a terminal.
func (c *Call) Print(format string, args ...any) error {
	_, err := fmt.Fprintln(c.Out, c.Shown(fmt.Sprintf(format, args...)))
	return err
}

// Prose prints safe text for people. At a terminal its lines break between words; what comes on further lines is moved in as far
// as the first.
func Prose(c *Call, text string) error {
	width := 0
	if c.Screen {
		width = c.Shell.Console.Width()
	}
	for line := range strings.SplitSeq(text, "\n") {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		for _, part := range render.Hang(line, width, indent) {
			if _, err := fmt.Fprintln(c.Out, part); err != nil {
				return err
			}
		}
	}
	return nil
}

// SumsUp says that the command tells by itself what it has done: until it ends the server's words about each change are
// not shown.
func (c *Call) SumsUp() { c.Shell.sums.Store(true) }

// Shown makes text of the server harmless where a terminal would obey it.
func (c *Call) Shown(text string) string {
	if c.Bytes {
		return text
	}
	return render.SafeLines(text)
}

// Note tells something that is no result.
func (c *Call) Note(format string, args ...any) { c.Shell.Say(fmt.Sprintf(format, args...)) }

// Usage is the error of a call that the command cannot make sense of.
func (c *Call) Usage(format string, args ...any) error {
	return &failure.UsageError{Usage: c.Command.Synopsis(), Text: fmt.Sprintf(format, args...)}
}

// keepQuotes gives words in single quotes as they were typed, for servers on which the quotes
// are a part of the name.
func keepQuotes(words []syntax.Token) []syntax.Token {
	words = slices.Clone(words)
	for i, w := range words {
		if w.Lead == '\'' && w.Raw == "'"+w.Text+"'" {
			words[i].Text, words[i].Pattern = w.Raw, ""
		}
	}
	return words
}

// Parse splits the words of a statement into flags and arguments and checks
// their number. What is missing is asked for at a terminal, and only there.
func (c *Call) Parse(ctx context.Context, words []syntax.Token) error {
	c.Flags = c.Command.FlagSet()
	if s := c.Session(); c.Command.Needs == Login && s != nil && s.Server().QuotesNames() {
		words = keepQuotes(words)
	}
	if err := c.checkBackslashes(words); err != nil {
		return err
	}
	c.Args = words
	if c.Command.TakesFlags() {
		if err := c.parseFlags(words); err != nil {
			return err
		}
	}
	least := c.Command.Min
	if c.Command.ToFile && c.Piped() {
		least--
	}
	for len(c.Args) < least && len(c.Args) < len(c.Command.Ask) && c.Interactive() {
		if err := c.askFor(ctx, c.Command.Ask[len(c.Args)]); err != nil {
			return err
		}
	}
	switch n := len(c.Args); {
	case n < least:
		return c.Usage("an argument is missing")
	case c.Command.Max >= 0 && n > c.Command.Max:
		return c.Usage("too many arguments")
	}
	if c.Command.URLs || !c.Command.takesPaths() {
		return nil
	}
	return c.NoURLs(c.Args)
}

// NoURLs refuses a URL with a password where a path is wanted: it would be sent to the server of the session as the name
// of a file, or stand in its errors.
func (c *Call) NoURLs(words []syntax.Token) error {
	for _, word := range words {
		if history.HasURLPassword(word.Text) {
			return &failure.UsageError{
				Usage: c.Command.Synopsis(), Text: history.MaskURLs(word.Text) + ": this takes a path, not a URL",
				Hint: "`open URL` connects to it; `ftpsh URL` fetches it",
			}
		}
	}
	return nil
}

// takesPaths reports whether the words of a command are names of files, and not of commands that take their own.
func (c *Command) takesPaths() bool {
	paths := false
	for _, kind := range c.Complete {
		switch kind {
		case completion.Command, completion.Verb, completion.Macro:
			return false
		case completion.RemotePath, completion.RemoteDir, completion.LocalPath, completion.LocalDir, completion.EitherPath:
			paths = true
		}
	}
	return paths
}

// Piped reports whether | or > says where the result goes.
func (c *Call) Piped() bool { return c.Statement.Pipe != "" || c.Statement.File != nil }

// quotedDash stands before a word whose dash was quoted: it is no option.
const quotedDash = "\x00"

func (c *Call) parseFlags(words []syntax.Token) error {
	words, err := c.takeInner(words)
	if err != nil {
		return err
	}
	texts := dashed(c, words)
	if err := c.Flags.Parse(texts); err != nil {
		if errors.Is(err, pflag.ErrHelp) {
			return err
		}
		return c.wrongFlag(err)
	}
	c.Flags.Visit(func(f *pflag.Flag) {
		if text, quoted := strings.CutPrefix(f.Value.String(), quotedDash); quoted {
			_ = f.Value.Set(text)
		}
		words := f.Annotations[FlagWords]
		if _, only := f.Annotations[oneOf]; only && !slices.Contains(words, f.Value.String()) {
			err = c.Usage("--%s: %q is not one of %s", f.Name, f.Value, strings.Join(words, ", "))
		}
	})
	if err != nil {
		return err
	}
	if c.Inner != nil {
		_ = c.Flags.Set(c.Command.Runs, syntax.Typed(c.Inner))
	}
	c.Args = argumentsIn(words, texts, c.Flags.Args())
	return nil
}

// dashed are words as GNU would write them: no dash begins an argument, and two begin the long name of an option.
func dashed(c *Call, words []syntax.Token) []string {
	texts := Texts(words)
	for i, w := range words {
		switch {
		case strings.HasPrefix(w.Text, "-") && (w.Lead != 0 || c.Command.DashArgs != nil && c.Command.DashArgs(w.Text)):
			texts[i] = quotedDash + w.Text
		case c.Command.Digits != "" && isDashNumber(w.Text):
			texts[i] = "--" + c.Command.Digits + "=" + w.Text[1:]
		case c.Command.OneDash && len(w.Text) > 2 && w.Text[0] == '-' && c.Flags.Lookup(w.Text[1:]) != nil:
			texts[i] = "-" + w.Text
		}
	}
	return texts
}

// argumentsIn are the words whose texts are left when the options are read, in order; from the end, since a word that is the
// value of an option stands before the arguments.
func argumentsIn(words []syntax.Token, texts, left []string) (args []syntax.Token) {
	for i := len(words) - 1; i >= 0 && len(left) > 0; i-- {
		if texts[i] == left[len(left)-1] {
			args = append(args, words[i])
			left = left[:len(left)-1]
		}
	}
	slices.Reverse(args)
	return args
}

// isDashNumber reports whether a word is digits behind a dash.
func isDashNumber(word string) bool {
	return len(word) > 1 && word[0] == '-' && strings.Trim(word[1:], "0123456789") == ""
}

// wrongFlag is the error of an option that the command does not have, with those
// that may have been meant.
func (c *Call) wrongFlag(err error) error {
	err = FlagError(err, c.Flags, c.Command.Name)
	if wrong, is := failure.As[*failure.UsageError](err); is {
		wrong.Usage = c.Command.Synopsis()
	}
	return err
}

// askFor asks for an argument. The answer may be several words, as in ftp(1).
func (c *Call) askFor(ctx context.Context, what string) error {
	answer, err := c.Shell.Console.Ask(ctx, "("+what+") ")
	if err != nil {
		return err
	}
	before := len(c.Args)
	for _, t := range syntax.Lex("- " + answer)[1:] {
		if t.Op == syntax.Word {
			c.Args = append(c.Args, t)
		}
	}
	if len(c.Args) == before {
		return c.Usage("an argument is missing")
	}
	return nil
}

// Confirm asks a question that is answered with y or n. Without a terminal the
// answer is no.
func (c *Call) Confirm(ctx context.Context, question string) bool {
	if !c.Interactive() {
		return false
	}
	key, err := c.Shell.Console.AskKey(ctx, render.Safe(question)+" [y/n] ", "yn")
	return err == nil && key == 'y'
}

// Table prints rows of safe text in columns that line up.
func (c *Call) Table(t render.Table) error {
	t.Color = c.Screen && c.Shell.Console.ColorOut()
	if c.Screen {
		t.Width = c.Shell.Console.Width()
	}
	return t.Write(c.Out)
}

// Object prints a result as one line of JSON.
func (c *Call) Object(v any) error { return render.JSON(c.Out, v) }

// Word prints a result that is one word, as an object under its key.
func (c *Call) Word(key, text string) error {
	return Result(c, map[string]string{key: text}, "%s", text)
}

// PlainWord is a word that means its text and nothing else.
func PlainWord(text string) syntax.Token { return syntax.Token{Text: text, Lead: '\''} }

// PlainWords are such words.
func PlainWords(texts []string) []syntax.Token {
	words := make([]syntax.Token, len(texts))
	for i, text := range texts {
		words[i] = PlainWord(text)
	}
	return words
}
