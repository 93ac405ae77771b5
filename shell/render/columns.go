package render

// columns lays names out as ls does: down the columns, in as many of them as
// fit the width. The names are safe text; widths are their cells.
func columns(names []string, widths []int, width int) []string {
	rows, cols := Columns(widths, width)
	lines := make([]string, rows)
	var b []byte
	for r := range rows {
		b = b[:0]
		for c, at := 0, r; at < len(names); c, at = c+1, at+rows {
			b = append(b, names[at]...)
			if at+rows < len(names) {
				b = appendBlanks(b, cols[c]+len(gap)-widths[at])
			}
		}
		lines[r] = string(b)
	}
	return lines
}

// Columns finds the fewest rows that fit, with two blanks between columns, and the width of each column.
func Columns(widths []int, width int) (rows int, cols []int) {
	n := len(widths)
	if n == 0 {
		return 0, nil
	}
	most := min(n, max(1, (width+len(gap))/(1+len(gap))))
	for count := most; count > 1; count-- {
		rows = (n + count - 1) / count
		if cols = fits(widths, rows, width); cols != nil {
			return rows, cols
		}
	}
	return n, make([]int, 1)
}

// fits returns the widths of the columns, or nil if the rows become too long.
func fits(widths []int, rows, width int) []int {
	var cols []int
	total := -len(gap)
	for from := 0; from < len(widths); from += rows {
		widest := 0
		for _, w := range widths[from:min(from+rows, len(widths))] {
			widest = max(widest, w)
		}
		cols = append(cols, widest)
		if total += widest + len(gap); total > width {
			return nil
		}
	}
	return cols
}
