package listing

import "strings"

// parseVxWorks reads VxWorks:
//
//	2048    Feb-28-1998  05:23:30   name              <DIR>
func (c *calendar) parseVxWorks(line string, e *Entry) outcome {
	w := words{line: line}
	size, _, ok := parseSize(w.next())
	date := strings.Split(w.next(), "-")
	if !ok || len(date) != 3 {
		return unknown
	}
	var d unixDate
	if !d.setNamed(date[1]+"-"+date[0]+"-"+date[2]) || !d.setClock(w.next()) || !d.set(c, e) {
		return unknown
	}
	e.Name, e.Size = w.rest(), size
	if name, ok := strings.CutSuffix(e.Name, "<DIR>"); ok {
		e.setDirName(trimBlanks(name))
	}
	return namedEntry(e)
}
