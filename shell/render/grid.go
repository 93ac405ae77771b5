package render

import (
	"cmp"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/ftpsh/ftpsh/client/listing"
)

// A Grid is a listing as a table with lines and with chosen columns.
type Grid struct {
	List    // how sizes, times and names look
	Columns []string
	Borders string // one of Borders()
	Width   int    // names are cut so that no line is longer; 0: never
	Color   bool   // titles are bold
}

// borders are the lines of a Grid.
var borders = map[string]func() tw.Symbols{
	"rounded":  func() tw.Symbols { return tw.NewSymbols(tw.StyleRounded) },
	"light":    func() tw.Symbols { return tw.NewSymbols(tw.StyleLight) },
	"double":   func() tw.Symbols { return tw.NewSymbols(tw.StyleDouble) },
	"ascii":    func() tw.Symbols { return tw.NewSymbols(tw.StyleASCII) },
	"markdown": func() tw.Symbols { return tw.NewSymbols(tw.StyleMarkdown) },
}

// Borders lists the kinds of lines that a Grid can have.
func Borders() []string { return append(slices.Sorted(maps.Keys(borders)), "none") }

// A field is what an entry can be asked for.
type field struct {
	name  string
	right bool
	shown func(List, *listing.Entry) string // for people, safe
	value func(*listing.Entry) string       // for programs
}

// fields are all of them, under the names of the JSON of an entry.
var fields = []field{
	{"name", false, List.target, func(e *listing.Entry) string { return e.Name }},
	{"type", false, func(_ List, e *listing.Entry) string { return typeName(e) }, typeName},
	{"size", true, List.size, func(e *listing.Entry) string { return number(e.Size) }},
	{"modified", false, List.time, func(e *listing.Entry) string { return pointed(Stamp(e.Time)) }},
	{
		"age", false, func(l List, e *listing.Entry) string { return Time(e.Time, e.Precision, Ago, l.Now, l.Zone) },
		func(e *listing.Entry) string { return pointed(Stamp(e.Time)) },
	},
	{"mode", false, func(_ List, e *listing.Entry) string { return mode(e) }, func(e *listing.Entry) string { return pointed(Entry(*e).Mode) }},
	{"owner", false, func(l List, e *listing.Entry) string { return cmp.Or(l.text(e.Owner), "-") }, func(e *listing.Entry) string { return e.Owner }},
	{"group", false, func(l List, e *listing.Entry) string { return cmp.Or(l.text(e.Group), "-") }, func(e *listing.Entry) string { return e.Group }},
	{"links", true, func(_ List, e *listing.Entry) string { return links(e) }, func(e *listing.Entry) string { return number(int64(e.Links)) }},
	{"target", false, func(l List, e *listing.Entry) string { return cmp.Or(l.text(e.Target), "-") }, func(e *listing.Entry) string { return e.Target }},
	{"dir", false, func(l List, e *listing.Entry) string { return cmp.Or(l.text(e.Dir), "-") }, func(e *listing.Entry) string { return e.Dir }},
}

func typeName(e *listing.Entry) string { return Entry(*e).Type }

func number(n int64) string {
	if n < 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func pointed(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// ColumnNames lists what a Grid can have as columns.
func ColumnNames() []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return names
}

// chosen are the fields of columns, which are some of ColumnNames.
func chosen(columns []string) []field {
	all := make([]field, len(columns))
	for i, name := range columns {
		all[i] = fields[slices.IndexFunc(fields, func(f field) bool { return f.name == name })]
	}
	return all
}

// Values returns the fields of an entry as programs want them: sizes in bytes,
// times as RFC 3339 in UTC, names byte by byte; "" for what is not known.
func Values(columns []string, e *listing.Entry) []string {
	row := make([]string, len(columns))
	for i, f := range chosen(columns) {
		row[i] = f.value(e)
	}
	return row
}

// Write writes the entries in their order.
func (g Grid) Write(w io.Writer, entries []listing.Entry) error {
	if g.Now.IsZero() {
		g.Now = time.Now()
	}
	columns, rows := chosen(g.Columns), make([][]string, len(entries))
	for i := range entries {
		for _, f := range columns {
			rows[i] = append(rows[i], f.shown(g.List, &entries[i]))
		}
	}
	g.fit(rows)
	right := make([]bool, len(columns))
	for i, f := range columns {
		right[i] = f.right
	}
	if len(rows) > 10*manyRows { // they would take seconds and hundreds of megabytes
		return Table{Header: g.Columns, Right: right, Rows: rows, Color: g.Color}.Write(w)
	}
	cell := aligned(len(columns), right)
	t := tableOf(w, g.lines(), tablewriter.Config{Header: cell, Row: cell})
	t.Header(titles(g.Columns, g.Color))
	if err := t.Bulk(rows); err != nil {
		return err
	}
	return t.Render()
}

// fit cuts names where the lines would be too long.
func (g Grid) fit(rows [][]string) {
	name := slices.Index(g.Columns, "name")
	if g.Width == 0 || name < 0 {
		return
	}
	room := g.Width - 1
	for i, w := range columnWidths(append([][]string{g.Columns}, rows...)) {
		room -= 3
		if i != name {
			room -= w
		}
	}
	for _, row := range rows {
		if Width(row[name]) > max(room, 8) {
			row[name] = Fit(Uncoloured(row[name]), max(room, 8))
		}
	}
}

// Uncoloured returns text without its colours.
func Uncoloured(s string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "\x1b[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		_, s, _ = strings.Cut(rest, "m")
	}
}

func (g Grid) lines() tw.Rendition {
	symbols, lined := borders[g.Borders]
	if !lined {
		return noLines
	}
	r := tw.Rendition{Symbols: symbols(), Settings: tw.Settings{Separators: tw.Separators{BetweenRows: tw.Off}}}
	if g.Borders == "markdown" {
		r.Borders = tw.Border{Left: tw.On, Right: tw.On, Top: tw.Off, Bottom: tw.Off}
	}
	return r
}
