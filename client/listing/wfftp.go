package listing

// parseWfFTP reads Nortel wfFtp:
//
//	name       1014196  06/03/04  Thur.   10:20:03
func (c *calendar) parseWfFTP(line string, e *Entry) outcome {
	w := words{line: line}
	name := w.next()
	size, _, ok := parseSize(w.next())
	date, isDate := parseNumericDate(w.next())
	weekday := w.next()
	var s stamp
	if !ok || !isDate || weekday == "" || isDigit(weekday[0]) || !s.setClock(w.next()) || w.rest() != "" || !c.setNumeric(e, date, &s) {
		return unknown
	}
	e.Name, e.Size = name, size
	return namedEntry(e)
}
