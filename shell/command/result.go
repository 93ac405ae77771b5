package command

import "github.com/ftpsh/ftpsh/shell/render"

// Result prints one row of a result: an object with --json, else a line.
func Result(c *Call, object any, format string, args ...any) error {
	if c.JSON() {
		return c.Object(object)
	}
	return c.Print(format, args...)
}

// Rows shows the rows of a result: each as an object with --json, else all of them in a table, or
// the words of none where there are none.
func Rows[T any](c *Call, t render.Table, none string, all []T, row func(i int, one T) (object any, cells []string)) error {
	for i, one := range all {
		object, cells := row(i, one)
		if !c.JSON() {
			t.Rows = append(t.Rows, cells)
		} else if err := c.Object(object); err != nil {
			return err
		}
	}
	switch {
	case c.JSON():
		return nil
	case len(all) == 0 && none != "":
		c.Note("%s", none)
		return nil
	}
	return c.Table(t)
}
