package console

import (
	"slices"

	"github.com/ftpsh/ftpsh/shell/render"
)

const menuGap = 2 // as render.Columns has it

// A grid has items in columns, filled downwards as ls does.
type grid struct {
	items  [][]cell
	widths []int // of the columns
	height int   // items in a column
}

// inColumns finds the largest number of columns the items fit in.
func inColumns(items [][]cell, limit int) grid {
	widths := make([]int, len(items))
	for i, item := range items {
		widths[i] = width(item)
	}
	height, columns := render.Columns(widths, limit-1)
	return grid{items, columns, height}
}

// row is one row of the grid, with one of its items marked; -1 for none.
func (g grid) row(at, marked int) (cells []cell) {
	for column, i := 0, at; i < len(g.items); column, i = column+1, i+g.height {
		item := g.items[i]
		if i == marked {
			item = inverted(item)
		}
		if i+g.height < len(g.items) {
			item = pad(item, g.widths[column]+menuGap)
		}
		cells = append(cells, item...)
	}
	return cells
}

func inverted(cells []cell) []cell {
	marked := slices.Clone(cells)
	for i := range marked {
		marked[i].style = reverse
	}
	return marked
}

// pad gives a copy of cells that is n wide.
func pad(cells []cell, n int) []cell {
	padded := slices.Clone(cells)
	for w := width(cells); w < n; w++ {
		padded = append(padded, cell{" ", "", 1})
	}
	return padded
}
