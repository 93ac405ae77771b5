package commands

import (
	"context"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/history"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
	"github.com/ftpsh/ftpsh/shell/syntax"
)

var _ = command.Add(&command.Command{
	Name: "find", Theme: "look around", Args: "[path…]", Short: "list a tree of directories, or what fits in it", JSON: true, OneDash: true,
	Long: "All the tests must hold. Sizes are in bytes, or with k, m or g; +N means more, -N less. Times are days, or with s, m or " +
		"h: `-mtime -1` is what was changed within a day, `-mtime +7` what is older than a week. Links are not followed.\n" +
		"-exec takes the words up to \\; or the end of the line, or one line in quotes. {} is the name as it is shown, always one word, " +
		"whatever characters it has. The command runs for all that is found, one after the other; the status tells if one of them failed.",
	Examples: []command.Example{
		{Line: "find pub -name '*.txt'", Says: "by name"},
		{Line: "find -type f -size +1m", Says: "large files"},
		{Line: "find -mtime -1 --json", Says: "what is new, as JSON"},
		{Line: "find pub -name '*.iso' -exec get {}", Says: "a command for each"},
		{Line: "find backups -name '*.tgz' -delete -keep-last 7", Says: "only the newest seven of each directory stay"},
	},
	Max: -1, Flags: findFlags, Complete: []completion.Kind{completion.RemoteDir}, Wire: command.Verbs(command.ListVerbs, command.Sends("DELE", "RMD")), Needs: command.Login, Reach: command.WholeLine, Foreign: command.Confined,
	Runs: "exec", Secret: history.Secret{Wraps: true, Option: "exec"}, Run: find,
})

func findFlags(fs *pflag.FlagSet) {
	fs.String("name", "", "the name fits the `PATTERN`")
	fs.String("iname", "", "the same `PATTERN`, ignoring case")
	fs.String("path", "", "the whole path fits the `PATTERN`; ** stands for any directories")
	fs.String("type", "", "`TYPE` is f (file), d (directory) or l (link)")
	command.Choices(fs, "type", "f", "d", "l")
	fs.String("size", "", "the size is `N`, +N or -N bytes")
	fs.String("mtime", "", "the last change is +`N` or -N days ago")
	fs.Bool("empty", false, "files without a byte")
	fs.Int("maxdepth", math.MaxInt, "go no deeper than `N` directories")
	fs.Int("mindepth", 0, "show nothing less deep than `N`")
	fs.BoolP("long", "l", false, "sizes, times, owners")
	fs.Bool("print0", false, "end each path with a NUL, for xargs -0")
	fs.Bool("delete", false, "delete what is found, files and empty directories")
	fs.Int("keep-last", 0, "with -delete or -exec: the newest `N` files of each directory stay")
	fs.String("exec", "", "run `COMMAND` for each name that is found, {} being the name, up to \\; or the end of the line")
}

// finding is what find looks for.
type finding struct {
	tests    []entryTest
	min, max int
}

// entryTest reports whether what has a path fits.
type entryTest = func(path string, e *listing.Entry) bool

func find(ctx context.Context, c *command.Call) error {
	want, err := findingOf(c)
	if err != nil {
		return err
	}
	if c.Is("delete") && c.Given("exec") {
		return c.Usage("-delete and -exec do not go together")
	}
	if c.Is("delete") {
		return findDelete(ctx, c, want)
	}
	if c.Given("exec") {
		return findExec(ctx, c, want)
	}
	if c.Given("keep-last") {
		return c.Usage("-keep-last goes with -delete or -exec")
	}
	list := &render.List{Long: true, Fixed: true} // one by one, they line up no other way
	return want.each(ctx, c, func(e listing.Entry) error {
		switch {
		case c.JSON():
			return c.Object(render.Entry(e))
		case c.Is("long"):
			return list.Write(c.Out, []listing.Entry{e})
		case c.Is("print0"):
			_, err := io.WriteString(c.Out, c.Shown(e.Name)+"\x00")
			return err
		}
		return c.Print("%s", e.Name)
	})
}

// each goes through what fits in the trees that are named, under its whole path.
func (f *finding) each(ctx context.Context, c *command.Call, found func(listing.Entry) error) error {
	return eachOf(ctx, slices.Values(rootsOf(c)), func(root string) error {
		t := &tree{call: c, most: f.max, before: func(path string, e listing.Entry, depth int) error {
			if depth < f.min || slices.ContainsFunc(f.tests, func(test entryTest) bool { return !test(path, &e) }) {
				return nil
			}
			e.Name = path
			return found(e)
		}}
		return t.walk(ctx, root)
	})
}

// rootsOf are the trees that the arguments name, by default the present directory.
func rootsOf(c *command.Call) []string {
	if len(c.Args) == 0 {
		return []string{"."}
	}
	return c.Texts()
}

// findingOf reads the tests from the options.
func findingOf(c *command.Call) (*finding, error) {
	f := &finding{}
	f.min, _ = c.Flags.GetInt("mindepth")
	f.max, _ = c.Flags.GetInt("maxdepth")
	for _, row := range []struct {
		name string
		make func(string) (entryTest, error)
	}{
		{"name", byName(func(s string) string { return s })},
		{"iname", byName(strings.ToLower)},
		{"path", byPath},
		{"type", byType},
		{"size", bySize},
		{"mtime", byAge},
	} {
		if flag := c.Flags.Lookup(row.name); flag.Changed {
			test, err := row.make(flag.Value.String())
			if err != nil {
				return nil, c.Usage("-%s: %s", row.name, err)
			}
			f.tests = append(f.tests, test)
		}
	}
	if c.Is("empty") {
		f.tests = append(f.tests, func(_ string, e *listing.Entry) bool { return e.Type == listing.File && e.Size == 0 })
	}
	return f, nil
}

func byName(fold func(string) string) func(string) (entryTest, error) {
	return func(pattern string) (entryTest, error) {
		pattern = fold(pattern)
		return func(path string, _ *listing.Entry) bool {
			name := fold(command.BaseName(path))
			return syntax.Match(pattern, name) || strings.HasPrefix(name, ".") && syntax.Match("."+pattern, name) && pattern[0] == '*'
		}, nil
	}
}

func byPath(pattern string) (entryTest, error) {
	return func(path string, _ *listing.Entry) bool { return syntax.Match(pattern, path) }, nil
}

func byType(word string) (entryTest, error) {
	types := map[string]listing.Type{"f": listing.File, "d": listing.Dir, "l": listing.Link}
	want, ok := types[word]
	if !ok {
		return nil, &failure.UsageError{Text: word + " is not one of f, d, l"}
	}
	return func(_ string, e *listing.Entry) bool { return e.Type == want }, nil
}

// compared splits +N and -N into the sign and N.
func compared(text string) (sign byte, number string) {
	if text != "" && (text[0] == '+' || text[0] == '-') {
		return text[0], text[1:]
	}
	return 0, text
}

func bySize(text string) (entryTest, error) {
	sign, number := compared(strings.TrimSuffix(text, "c")) // find(1) calls bytes c
	n, err := settings.ParseBytes(number)
	if err != nil {
		return nil, err
	}
	return func(_ string, e *listing.Entry) bool {
		if e.Type != listing.File || e.Size < 0 {
			return false
		}
		return sign == '+' && e.Size > n || sign == '-' && e.Size < n || sign == 0 && e.Size == n
	}, nil
}

func byAge(text string) (entryTest, error) {
	sign, number := compared(text)
	if sign == 0 {
		return nil, &failure.UsageError{Text: "it takes +N (longer ago) or -N (more recently)"}
	}
	if _, err := strconv.ParseFloat(number, 64); err == nil {
		number += "d"
	}
	d, err := settings.ReadDuration(number)
	if err != nil {
		return nil, err
	}
	limit := time.Now().Add(-d)
	return func(_ string, e *listing.Entry) bool {
		return !e.Time.IsZero() && (e.Time.Before(limit) == (sign == '+'))
	}, nil
}
