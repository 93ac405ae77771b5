package listing

import "strings"

// parseNetWare reads what NetWare prints, and HellSoft, which adds a link count:
//
//	d [R----F--] supervisor            512       Jan 16 18:53    login
//	-[RWCEMFA]  1 *unknown    13312 May 27  1997 19calit.doc
func (c *calendar) parseNetWare(line string, e *Entry) outcome {
	if isTotal(trimBlanks(line)) {
		return skipped
	}
	open, end := strings.IndexByte(line, '['), strings.IndexByte(line, ']')
	if open < 1 || end < open || strings.Trim(line[1:open], " ") != "" || line[0] != 'd' && line[0] != '-' {
		return unknown
	}
	w := words{line: line, at: end + 1}
	owner := w.next()
	if links, ok := number(owner); ok && open == 1 {
		e.Links = links
		owner = w.next()
	}
	size, _, ok := parseSize(w.next())
	d := unixDate{shortYears: true}
	if !ok || !d.readMonthDay(w) && !d.readGlued(w) || !d.set(c, e) {
		return unknown
	}
	w.at = d.end
	e.Name, e.Owner, e.Size = w.rest(), owner, size
	if line[0] == 'd' {
		e.setDirName(e.Name)
	}
	e.setFact("rights", line[open+1:end])
	return namedEntry(e)
}

// namedEntry is the outcome for a line whose last column must not be empty.
func namedEntry(e *Entry) outcome {
	if e.Name == "" {
		return unknown
	}
	return parsed
}
