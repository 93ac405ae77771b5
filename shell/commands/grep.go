package commands

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/search"
	"github.com/ftpsh/ftpsh/client/unpack"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var _ = command.Add(&command.Command{
	Name: "grep", Theme: "download", Args: "pattern [remote…]", Short: "find lines in files of the server", JSON: true,
	Long: "The files are read and not kept; -m, -l and -q end a transfer as soon as the answer is known. Patterns are RE2, as in Go " +
		"and ripgrep. Of a binary file it only says that it matches, unless -a is given. Without a file, -r looks into the present directory.\n" +
		"It succeeds when a line was found, and its status is 1 when none was.",
	Examples: []command.Example{
		{Line: "grep ERROR logs/*.log", Says: "in several files"},
		{Line: "grep -ri -C 2 'time.?out' logs", Says: "in a tree, with two lines around each"},
		{Line: "grep -z -m1 404 access.log.gz", Says: "the first one in a compressed file"},
	},
	Min: 1, Max: -1, Ask: []string{"pattern", "remote-file"}, Flags: grepFlags,
	Complete: []completion.Kind{completion.Text, completion.RemotePath}, Wire: getVerbs, Needs: command.Login, Foreign: command.Confined, Run: grep,
	Reach: command.WholeLine, NoPaths: func(c *command.Call) int {
		if c.Given("regexp") {
			return 0
		}
		return 1
	},
})

func grepFlags(fs *pflag.FlagSet) {
	fs.BoolP("ignore-case", "i", false, "ignore case")
	fs.BoolP("smart-case", "S", false, "the same, unless the pattern has a capital")
	fs.BoolP("word-regexp", "w", false, "only whole words")
	fs.BoolP("fixed-strings", "F", false, "the pattern is a text")
	fs.BoolP("invert-match", "v", false, "lines that do not match")
	fs.StringArrayP("regexp", "e", nil, "look for the `PATTERN`, too; all arguments are files then")
	fs.BoolP("files-with-matches", "l", false, "only the names of files that have one")
	fs.BoolP("count", "c", false, "only how many lines each file has")
	fs.BoolP("quiet", "q", false, "print nothing, set the exit status")
	fs.BoolP("only-matching", "o", false, "only what was found in a line")
	fs.BoolP("no-line-number", "N", false, "without line numbers")
	fs.BoolP("line-number", "n", false, "with them, as always")
	fs.Lookup("line-number").Hidden = true
	fs.Int64P("max-count", "m", 0, "at most `N` lines of each file")
	fs.IntP("after-context", "A", 0, "`N` lines after each")
	fs.IntP("before-context", "B", 0, "`N` lines before each")
	fs.IntP("context", "C", 0, "`N` lines around each")
	fs.BoolP("recursive", "r", false, "directories, and everything in them")
	fs.BoolP("decompress", "z", false, "unpack gzip and bzip2, as their first bytes say")
	fs.BoolP("text", "a", false, "treat every file as text")
	fs.StringArray("include", nil, "with -r: files whose name fits the `PATTERN`")
	fs.StringArray("exclude", nil, "with -r: not those whose name fits the `PATTERN`")
	fs.String("max-size", "", "with -r: no file of more than `SIZE`")
	fs.String("max-out", "", "with -z: at most `SIZE` comes out of a file")
}

// errNotFound is the end of a command that has found nothing, and said so by its status.
var errNotFound = failure.Shown(errors.New("nothing found"))

// grepping is one run of grep.
type grepping struct {
	call   *command.Call
	search *search.Search
	most   int64 // bytes of a file, with -r; 0: no limit
	bounds unpack.Bounds
	named  bool // names are shown
	around bool // and lines around those that fit

	files, fit   int
	lines, bytes int64
	shown        string // the file whose name stands above
}

// grepLine is a line as --json shows it.
type grepLine struct {
	Name   string `json:"name"`
	Line   int64  `json:"line,omitempty"`
	Text   string `json:"text,omitempty"`
	Fits   bool   `json:"fits"`
	Binary bool   `json:"binary,omitempty"`
	Lines  *int64 `json:"lines,omitempty"` // of --count
}

func grep(ctx context.Context, c *command.Call) error {
	g, words, err := newGrepping(c)
	if err != nil {
		return err
	}
	if len(words) == 0 && !c.Is("recursive") {
		return c.Usage("which file? -r looks into the present directory")
	}
	defer inBytes(c.Session())()
	err = g.all(ctx, words)
	if c.Screen && !c.Is("quiet") && !c.JSON() {
		c.Note("%s searched, %d with matches, %s, %s read", command.Plural(g.files, "file", "files"), g.fit, command.Plural(int(g.lines), "line", "lines"), command.BytesText(g.bytes))
	}
	if err == nil && g.fit == 0 {
		return errNotFound
	}
	return err
}

// newGrepping reads the options; the words that are left are files.
func newGrepping(c *command.Call) (*grepping, []syntax.Token, error) {
	o := search.Options{
		IgnoreCase: c.Is("ignore-case"), SmartCase: c.Is("smart-case"), Word: c.Is("word-regexp"), Fixed: c.Is("fixed-strings"),
		Invert: c.Is("invert-match"), Binary: c.Is("text"),
	}
	words := c.Args
	if o.Patterns, _ = c.Flags.GetStringArray("regexp"); len(o.Patterns) == 0 {
		o.Patterns, words = []string{c.Arg(0)}, words[1:]
	}
	o.Most, _ = c.Flags.GetInt64("max-count")
	around, _ := c.Flags.GetInt("context")
	o.After, _ = c.Flags.GetInt("after-context")
	o.Before, _ = c.Flags.GetInt("before-context")
	o.After, o.Before = max(o.After, around), max(o.Before, around)
	if c.Is("quiet") || c.Is("files-with-matches") {
		o.Most, o.After, o.Before = 1, 0, 0
	}
	if o.Most < 0 || c.Given("max-count") && o.Most == 0 {
		return nil, nil, c.Usage("-m takes a number from 1")
	}
	g := &grepping{call: c, bounds: unpack.Usual, named: c.Is("recursive") || len(words) > 1 || len(words) == 1 && words[0].Pattern != "", around: o.Before+o.After > 0}
	var err error
	if g.search, err = search.New(o); err != nil {
		return nil, nil, c.Usage("%s", err)
	}
	for _, bound := range []struct {
		flag string
		n    *int64
	}{{"max-size", &g.most}, {"max-out", &g.bounds.Most}} {
		if !c.Given(bound.flag) {
			continue
		}
		if *bound.n, err = settings.ParseBytes(c.Value(bound.flag)); err != nil {
			return nil, nil, c.Usage("--%s: %s", bound.flag, err)
		}
	}
	return g, words, nil
}

// all searches what the words stand for.
func (g *grepping) all(ctx context.Context, words []syntax.Token) error {
	if len(words) == 0 {
		return g.name(ctx, command.RemoteName{Path: "."})
	}
	return eachName(ctx, g.call, words, func(name command.RemoteName) error { return g.name(ctx, name) })
}

// name searches a file, or with -r a tree.
func (g *grepping) name(ctx context.Context, name command.RemoteName) error {
	c := g.call
	if !c.Is("recursive") {
		if name.Entry != nil && name.Entry.Type == listing.Dir {
			return nil
		}
		return g.file(ctx, name.Path)
	}
	t := &tree{call: c, most: c.Shell.Settings.MaxDepth + 1}
	t.before = func(path string, e listing.Entry, depth int) error {
		if e.Type != listing.File || depth > 0 && !g.wants(e) {
			return nil
		}
		err := g.file(ctx, strings.TrimPrefix(path, "./"))
		return t.later(err, errors.Is(err, errStop) || endsAll(ctx, err))
	}
	return t.walk(ctx, name.Path)
}

// wants reports whether a file of a tree is searched.
func (g *grepping) wants(e listing.Entry) bool {
	fits := func(flag string) (any, fits bool) {
		patterns, _ := g.call.Flags.GetStringArray(flag)
		for _, pattern := range patterns {
			fits = fits || syntax.Match(pattern, e.Name)
		}
		return len(patterns) > 0, fits
	}
	only, included := fits("include")
	_, excluded := fits("exclude")
	return !excluded && (included || !only) && (g.most == 0 || e.Size <= g.most)
}

// readOn is how little of a file may be left for its transfer not to be broken off.
const readOn = 256 << 10

// file searches one file.
func (g *grepping) file(ctx context.Context, name string) error {
	c := g.call
	d, err := c.Session().Retrieve(ctx, name, 0)
	if err != nil {
		return failure.About(name, err)
	}
	g.files++
	found, err := g.stream(d, name)
	g.bytes += d.Transferred()
	if found.Lines > 0 {
		g.fit++
		g.lines += found.Lines
	}
	err = cmp.Or(err, g.sum(name, found))
	broken := found.Early && (d.Size() < 0 || d.Size()-d.Transferred() > readOn) || err != nil && !errors.Is(err, io.EOF)
	err = cmp.Or(err, endData(d, !broken))
	if err == nil && c.Is("quiet") && g.fit > 0 {
		return errStop
	}
	return failure.About(name, err)
}

// stream searches the bytes of a file.
func (g *grepping) stream(in io.Reader, name string) (search.Found, error) {
	if g.call.Is("decompress") {
		u, err := unpack.New(in, g.bounds, true)
		if err != nil {
			return search.Found{}, err
		}
		in = u
	}
	return g.search.Run(in, func(line search.Line) error { return g.tell(name, line) })
}

// tell shows a line.
func (g *grepping) tell(name string, line search.Line) error {
	c := g.call
	switch {
	case c.Is("quiet") || c.Is("files-with-matches") || c.Is("count"):
		return nil
	case c.JSON():
		return c.Object(grepLine{Name: name, Line: line.Number, Text: string(line.Text), Fits: line.Fits})
	}
	mark := ":"
	if !line.Fits {
		mark = "-"
	}
	another := !c.Screen && g.shown != "" && g.shown != name // a screen has its name above
	if (line.Apart || g.around && another) && !c.Is("only-matching") {
		if err := c.Print("--"); err != nil {
			return err
		}
	}
	start := g.start(name, line.Number, mark)
	text := line.Text
	if c.Is("only-matching") {
		return g.tellMatches(start, line)
	}
	const longest = 64 << 10
	cut := line.Cut || c.Screen && len(text) > longest
	if c.Screen {
		text = text[:min(len(text), longest)]
	}
	var at [][]int
	if line.Fits && !c.Is("invert-match") {
		at = g.search.Matches(text)
	}
	return g.print(start, g.painted(text, at), cut)
}

// tellMatches shows what fits, and nothing around it.
func (g *grepping) tellMatches(start string, line search.Line) error {
	for _, at := range g.search.Matches(line.Text) {
		if at[0] < at[1] && line.Fits {
			if err := g.print(start, g.painted(line.Text[at[0]:at[1]], nil), false); err != nil {
				return err
			}
		}
	}
	return nil
}

// start is what stands before a line: on a screen the name stands above all lines of the file.
func (g *grepping) start(name string, number int64, mark string) string {
	c := g.call
	var start string
	switch {
	case g.named && c.Screen && g.shown != name:
		if g.shown != "" {
			_ = c.Print("")
		}
		g.shown = name
		_, _ = fmt.Fprintln(c.Out, render.Bold.Paint(c.Shell.Console.ColorOut(), render.Safe(name)))
	case g.named && !c.Screen:
		g.shown = name
		start = c.Shown(name) + mark
	}
	if !c.Is("no-line-number") {
		start += strconv.FormatInt(number, 10) + mark
	}
	return start
}

// painted is a line, with what was found in it in colour on a screen.
func (g *grepping) painted(text []byte, at [][]int) string {
	c := g.call
	if !c.Screen {
		return c.Shown(string(text))
	}
	var out strings.Builder
	from := 0
	for _, found := range at {
		if found[0] == found[1] {
			continue
		}
		out.WriteString(render.SafeLines(string(text[from:found[0]])))
		out.WriteString(render.Red.Paint(c.Shell.Console.ColorOut(), render.SafeLines(string(text[found[0]:found[1]]))))
		from = found[1]
	}
	out.WriteString(render.SafeLines(string(bytes.TrimSuffix(text[from:], []byte("\r")))))
	return out.String()
}

func (g *grepping) print(start, text string, cut bool) error {
	end := "\n"
	if cut {
		end = "…\n"
	}
	_, err := io.WriteString(g.call.Out, start+text+end)
	return err
}

// sum shows what is known of a file when its search is over.
func (g *grepping) sum(name string, found search.Found) error {
	c := g.call
	switch {
	case c.Is("quiet"), found.Lines == 0 && !c.Is("count"):
		return nil
	case c.Is("files-with-matches"):
		return command.Result(c, grepLine{Name: name, Fits: true}, "%s", name)
	case c.Is("count") && !g.named && !c.JSON():
		return c.Print("%d", found.Lines)
	case c.Is("count"):
		return command.Result(c, grepLine{Name: name, Fits: found.Lines > 0, Lines: &found.Lines}, "%s:%d", name, found.Lines)
	case found.Binary:
		return command.Result(c, grepLine{Name: name, Fits: true, Binary: true}, "%s: binary file matches", name)
	}
	return nil
}
