package console

import "strconv"

const menuGap = 2

// menu lays candidates out in columns, filled downwards as ls does. Notes stand beside the names when the
// rows still fit.
func menu(found Completion, columns, room int) [][]cell {
	names, noted := make([][]cell, len(found.Candidates)), make([][]cell, len(found.Candidates))
	widest, notes := 0, false
	for i, c := range found.Candidates {
		shown := c.Shown
		if shown == "" {
			shown = c.Text
		}
		names[i] = cut(oneRow(shown), columns-1)
		widest = max(widest, width(names[i]))
		notes = notes || c.Note != ""
	}
	rows := inColumns(names, columns)
	if notes {
		for i, c := range found.Candidates {
			noted[i] = cut(append(pad(names[i], widest+1), plain(c.Note, dim)...), columns-1)
		}
		if r := inColumns(noted, columns); len(r) <= room {
			rows = r
		}
	}
	if found.More > 0 {
		rows = append(rows, plain("… and "+strconv.Itoa(found.More)+" more", dim))
	}
	return rows
}

// inColumns finds the largest number of columns the items fit in.
func inColumns(items [][]cell, limit int) [][]cell {
	widths := make([]int, len(items))
	for i, item := range items {
		widths[i] = width(item)
	}
	most := min(len(items), max(1, limit/(1+menuGap)))
	for n := most; n > 1; n-- {
		perColumn := (len(items) + n - 1) / n
		if columnWidths := fit(widths, perColumn, limit-1); columnWidths != nil {
			return fill(items, perColumn, columnWidths)
		}
	}
	return items
}

// fit gives the width of each column when perColumn items stand in one, nil when they are too wide together.
func fit(widths []int, perColumn, limit int) []int {
	var columns []int
	total := -menuGap
	for at := 0; at < len(widths); at += perColumn {
		widest := 0
		for _, w := range widths[at:min(at+perColumn, len(widths))] {
			widest = max(widest, w)
		}
		if total += widest + menuGap; total > limit {
			return nil
		}
		columns = append(columns, widest)
	}
	return columns
}

func fill(items [][]cell, perColumn int, columns []int) [][]cell {
	rows := make([][]cell, perColumn)
	for i, item := range items {
		column := i / perColumn
		if i+perColumn < len(items) {
			item = pad(item, columns[column]+menuGap)
		}
		rows[i%perColumn] = append(rows[i%perColumn], item...)
	}
	return rows
}

// pad gives a copy of cells that is n wide.
func pad(cells []cell, n int) []cell {
	padded := append([]cell(nil), cells...)
	for w := width(cells); w < n; w++ {
		padded = append(padded, cell{" ", "", 1})
	}
	return padded
}
