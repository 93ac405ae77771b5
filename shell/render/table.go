package render

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// A Table is rows of safe cells in aligned columns, without borders.
type Table struct {
	Header []string // bold, if there are colours; may be empty
	Right  []bool   // which columns are aligned to the right
	Rows   [][]string
	// Width wraps the last column, so that no line is longer; 0 does not.
	Width int
	Color bool
}

// gap is what stands between two columns.
const gap = "  "

// Write writes the table, one line for each row. A row may have fewer cells
// than the others; one with a single cell is a title.
func (t Table) Write(w io.Writer) error {
	rows := t.Rows
	if len(t.Header) > 0 {
		rows = append([][]string{titles(t.Header, t.Color)}, rows...)
	}
	b := bufio.NewWriter(w)
	for _, line := range t.lines(t.wrap(rows)) {
		_, _ = b.WriteString(line)
		_ = b.WriteByte('\n')
	}
	return b.Flush()
}

// titles are the names of columns, bold where there are colours.
func titles(names []string, color bool) []string {
	bold := make([]string, len(names))
	for i, name := range names {
		bold[i] = Bold.Paint(color, name)
	}
	return bold
}

// lines aligns the rows. Those with a single cell are titles, which make no column wider.
func (t Table) lines(rows [][]string) (lines []string) {
	widths := columnWidths(withoutTitles(rows))
	model := make([]string, len(widths)) // makes the columns of all runs between titles as wide as each other
	for i := range max(len(widths)-1, 0) {
		model[i] = strings.Repeat(" ", widths[i])
	}
	for len(rows) > 0 {
		if isTitle(rows[0]) {
			lines, rows = append(lines, rows[0][0]), rows[1:]
			continue
		}
		n := slices.IndexFunc(rows, isTitle)
		if n < 0 {
			n = len(rows)
		}
		lines = append(lines, align(append(slices.Clip(rows[:n]), model), t.Right, gap)[:n]...)
		rows = rows[n:]
	}
	return lines
}

func isTitle(row []string) bool { return len(row) == 1 }

func withoutTitles(rows [][]string) [][]string { return slices.DeleteFunc(slices.Clone(rows), isTitle) }

// leastRoom is how narrow the last column may be. Where there is less room, it comes below the others.
const leastRoom = 20

// wrap gives the last column the room that the others leave, with further rows for what does not fit.
func (t Table) wrap(rows [][]string) [][]string {
	widths := columnWidths(withoutTitles(rows))
	last := len(widths) - 1
	if t.Width == 0 || last < 1 {
		return rows
	}
	room := t.Width
	for _, w := range widths[:last] {
		room -= w + len(gap)
	}
	var out [][]string
	for _, row := range rows {
		switch {
		case len(row) <= last:
			out = append(out, row)
		case room < leastRoom:
			out = append(out, row[:last])
			for _, line := range Wrap(row[last], t.Width-2*len(gap)) {
				if line != "" {
					out = append(out, []string{gap + gap + line})
				}
			}
		default:
			for i, line := range Wrap(row[last], room) {
				cells := make([]string, last+1)
				if i == 0 {
					copy(cells, row[:last])
				}
				cells[last] = line
				out = append(out, cells)
			}
		}
	}
	return out
}

// manyRows is where tablewriter, at 20 µs a row, begins to be felt.
const manyRows = 1000

// align returns a line for each row. Both ways make the same bytes.
func align(rows [][]string, right []bool, gap string) []string {
	if len(rows) > manyRows {
		return alignFast(rows, right, gap)
	}
	return alignTable(rows, right, gap)
}

// alignFast measures all cells and then pads them.
func alignFast(rows [][]string, right []bool, gap string) []string {
	widths := columnWidths(rows)
	out := make([]string, len(rows))
	var b []byte
	for i, row := range rows {
		b = b[:0]
		for j, w := range widths {
			cell := ""
			if j < len(row) {
				cell = row[j]
			}
			blanks := w - Width(cell)
			toRight := j < len(right) && right[j]
			if toRight {
				b = appendBlanks(b, blanks)
			}
			b = append(b, cell...)
			if !toRight {
				b = appendBlanks(b, blanks)
			}
			b = append(b, gap...)
		}
		out[i] = string(bytes.TrimRight(b, " "))
	}
	return out
}

func appendBlanks(b []byte, n int) []byte {
	for range n {
		b = append(b, ' ')
	}
	return b
}

func columnWidths(rows [][]string) []int {
	var widths []int
	for _, row := range rows {
		for j, cell := range row {
			if j == len(widths) {
				widths = append(widths, 0)
			}
			widths[j] = max(widths[j], Width(cell))
		}
	}
	return widths
}

// alignTable lets tablewriter do it.
func alignTable(rows [][]string, right []bool, gap string) []string {
	if len(rows) == 0 {
		return nil
	}
	columns := len(columnWidths(rows))
	var b strings.Builder
	t := plainTable(&b, columns, right, gap)
	for _, row := range rows {
		cells := make([]string, columns)
		for j := range cells {
			if j < len(row) {
				cells[j] = row[j]
			}
			cells[j] += gap[1:] // a wider padding makes it cut colours
		}
		if t.Append(cells) != nil {
			return alignFast(rows, right, gap)
		}
	}
	if t.Render() != nil {
		return alignFast(rows, right, gap)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

// noLines is a table of nothing but its cells.
var noLines = tw.Rendition{Borders: tw.BorderNone, Settings: tw.Settings{Lines: tw.LinesNone, Separators: tw.SeparatorsNone}}

// plainTable is a table without lines.
func plainTable(w io.Writer, columns int, right []bool, gap string) *tablewriter.Table {
	row := aligned(columns, right)
	row.Padding = tw.CellPadding{Global: tw.Padding{Right: gap[:1], Overwrite: true}}
	return tableOf(w, noLines, tablewriter.Config{Row: row})
}

// aligned is cells that are shown as they are, on the left of their columns or on the right.
func aligned(columns int, right []bool) tw.CellConfig {
	aligns := make([]tw.Align, columns)
	for j := range aligns {
		aligns[j] = tw.AlignLeft
		if j < len(right) && right[j] {
			aligns[j] = tw.AlignRight
		}
	}
	return tw.CellConfig{
		Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone, AutoFormat: tw.Off},
		Alignment:  tw.CellAlignment{PerColumn: aligns},
	}
}

// tableOf is a table with these lines, which keeps the blanks of its cells.
func tableOf(w io.Writer, lines tw.Rendition, c tablewriter.Config) *tablewriter.Table {
	c.Behavior = tw.Behavior{TrimSpace: tw.Off, TrimLine: tw.Off}
	return tablewriter.NewTable(w, tablewriter.WithRenderer(renderer.NewBlueprint(lines)), tablewriter.WithConfig(c))
}
