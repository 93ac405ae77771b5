package commands

import (
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/shell/command"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/render"
	"github.com/ftpsh/ftpsh/shell/settings"
)

// timeStyles are the values of the setting time-style.
var timeStyles = map[string]render.TimeStyle{"ls": render.LS, "iso": render.ISO, "full": render.Full, "ago": render.Ago}

// lookFlags are the options of listings beyond those of the old clients.
func lookFlags(fs *pflag.FlagSet) {
	fs.BoolP("recursive", "R", false, "directories within directories, too")
	fs.BoolP("extension", "X", false, "sorted by what follows the last dot")
	fs.BoolP("unsorted", "U", false, "as the server sends them")
	fs.String("sort", "", "by `WORD`: name, time, size, extension or none")
	command.OneOf(fs, "sort", "name", "time", "size", "extension", "none")
	fs.String("color", "", "`WHEN` names are coloured: auto, always or never; the program's own --color without it")
	fs.Lookup("color").NoOptDefVal = "always"
	command.OneOf(fs, "color", "auto", "always", "never")
	fs.String("time-style", "", "`STYLE` is ls, iso, full or ago")
	command.Choices(fs, "time-style", settings.TimeStyles...)
	fs.Bool("header", false, "with -l: a first row that says what the columns are")
	fs.Bool("table", false, "a table with lines; the setting borders says which")
	fs.Bool("csv", false, "comma separated values, with a first row of names")
	fs.String("columns", "", "which `COLUMNS` --table and --csv have: "+strings.Join(render.ColumnNames(), ", "))
	command.Choices(fs, "columns", render.ColumnNames()...)
	fs.BoolP("null", "0", false, "end each name with a NUL, for xargs -0")
}

// listingOrder is what the flags say about sorting.
func listingOrder(c *command.Call) render.Order {
	for _, row := range orders {
		if c.Is(row.flag) || c.Value("sort") == row.word {
			return row.by
		}
	}
	return render.ByName
}

// orders are the ways to sort: the option of each, and the value of --sort.
var orders = []struct {
	flag, word string
	by         render.Order
}{
	{"", "name", render.ByName},
	{"time", "time", render.ByTime},
	{"size", "size", render.BySize},
	{"extension", "extension", render.ByExtension},
	{"unsorted", "none", render.Unsorted},
}

// listingColours reports whether names are coloured.
func listingColours(c *command.Call) bool {
	switch c.Value("color") {
	case "always":
		return true
	case "never":
		return false
	}
	return c.Out == c.Shell.Console.Out() && c.Shell.Console.ColorOut()
}

func timeStyle(c *command.Call) (render.TimeStyle, error) {
	name := c.Shell.Settings.TimeStyle
	if c.Given("time-style") {
		name = c.Value("time-style")
	}
	style, known := timeStyles[name]
	if !known {
		return 0, c.Usage("--time-style: %q is not one of %s", name, strings.Join(settings.TimeStyles, ", "))
	}
	return style, nil
}

// listingView returns what writes the entries, if it is no listing as of ls(1).
func listingView(c *command.Call) func(*command.Call, render.List, []listing.Entry) error {
	switch {
	case c.Is("null"):
		return withNULs
	case c.Is("csv"):
		return asCSV
	case c.Is("table") || c.Given("columns"):
		return asTable
	}
	return nil
}

func withNULs(c *command.Call, _ render.List, entries []listing.Entry) error {
	for _, e := range entries {
		name := e.Name
		if e.Dir != "" {
			name = command.JoinRemote(e.Dir, name)
		}
		if _, err := io.WriteString(c.Out, c.Shown(name)+"\x00"); err != nil {
			return err
		}
	}
	return nil
}

// narrow is a screen with no room for a table of four columns.
const narrow = 60

func asTable(c *command.Call, l render.List, entries []listing.Entry) error {
	usual := "mode,size,modified,name"
	if c.Screen && c.Shell.Console.Width() < narrow {
		usual = "size,modified,name"
	}
	columns, err := listingColumns(c, usual)
	if err != nil {
		return err
	}
	g := render.Grid{List: l, Columns: columns, Borders: borders(c.Shell), Color: c.Screen && c.Shell.Console.ColorOut()}
	if c.Screen {
		g.Width = c.Shell.Console.Width()
	}
	return g.Write(c.Out, entries)
}

// borders are the lines of a table: those of the setting, or what stands for them on a terminal with nothing but ASCII.
func borders(sh *command.Shell) string {
	if b := sh.Settings.Borders; command.DrawsUnicode(sh) || b == "markdown" || b == "none" {
		return b
	}
	return "ascii"
}

// asCSV writes sizes as numbers and times in UTC (RFC 4180 says how to quote).
func asCSV(c *command.Call, _ render.List, entries []listing.Entry) error {
	columns, err := listingColumns(c, "name,type,size,modified")
	if err != nil {
		return err
	}
	w := csv.NewWriter(c.Out)
	rows := [][]string{columns}
	for i := range entries {
		row := render.Values(columns, &entries[i])
		for j := range row {
			row[j] = c.Shown(row[j])
		}
		rows = append(rows, row)
	}
	return w.WriteAll(rows)
}

// listingColumns are those of --columns.
func listingColumns(c *command.Call, usual string) ([]string, error) {
	text := usual
	if c.Given("columns") {
		text = c.Value("columns")
	}
	names := strings.Split(text, ",")
	for _, name := range names {
		if !slices.Contains(render.ColumnNames(), name) {
			return nil, c.Usage("--columns: %q is not one of %s", name, strings.Join(render.ColumnNames(), ", "))
		}
	}
	return names, nil
}

// listTree reads a directory and those in it, each as a group of its own. Links
// are not followed.
func listTree(ctx context.Context, c *command.Call, dir string) ([]listing.Entry, error) {
	var all []listing.Entry
	var errs []error
	var read func(dir string, depth int) error
	read = func(dir string, depth int) error {
		if err := goDeeper(c, depth); err != nil {
			errs = append(errs, failure.About(command.OrDot(dir), err))
			return nil
		}
		entries, err := c.List(ctx, dir, c.Is("all"))
		if ctx.Err() != nil {
			return err
		}
		errs = append(errs, failure.About(command.OrDot(dir), err))
		entries = visibleEntries(c, entries)
		render.Sort(entries, listingOrder(c), c.Is("reverse"))
		for i := range entries {
			entries[i].Dir = command.OrDot(dir)
		}
		all = append(all, entries...)
		for _, e := range entries {
			if e.Type == listing.Dir && command.IsPlain(e.Name) {
				if err := read(command.JoinRemote(dir, e.Name), depth+1); err != nil {
					return err
				}
			}
		}
		return nil
	}
	err := read(dir, 0)
	return all, failure.Several(append(errs, err)...)
}
