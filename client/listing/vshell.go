package listing

import "strings"

// parseVShell reads the old form of VShell, which marks directories by a slash:
//
//	206876  Apr 04, 2000 21:06 name
func (c *calendar) parseVShell(line string, e *Entry) outcome {
	w := words{line: line}
	size, _, ok := parseSize(w.next())
	var d unixDate
	if !ok || !d.readMonthDay(w) || d.year == 0 || d.precision != Minute || !d.set(c, e) {
		return unknown
	}
	e.Name, e.Size = d.name(line), size
	if strings.HasSuffix(e.Name, "/") {
		e.setDirName(e.Name)
	}
	return namedEntry(e)
}
