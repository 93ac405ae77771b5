package transfer

import "testing"

func TestMarker(t *testing.T) {
	for _, row := range []struct {
		pattern, name string
		marks         bool
		of            string
	}{
		{"%s.done", "a.csv", false, "a.csv.done"},
		{"%s.done", "a.csv.done", true, "a.csv.done.done"},
		{"%s.done", ".done", false, ".done.done"},
		{".%s.ok", ".a.ok", true, "..a.ok.ok"},
		{".%s.ok", "a.ok", false, ".a.ok.ok"},
		{"%s.%d", "100%s.%d", true, "100%s.%d.%d"},
	} {
		m, err := ReadMarker(row.pattern)
		if err != nil || m.Marks(row.name) != row.marks || m.Of(row.name) != row.of {
			t.Errorf("%s of %s: %s, marks %v, %v", row.pattern, row.name, m.Of(row.name), m.Marks(row.name), err)
		}
	}
	for _, wrong := range []string{"", "%s", "done", "%s%s", "%s/done", "../%s.done"} {
		if m, err := ReadMarker(wrong); err == nil {
			t.Errorf("%q is taken as %q", wrong, m)
		}
	}
}
