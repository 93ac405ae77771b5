package listing

// parseChameleon reads NetManage Chameleon, and SuperTCP, which writes the date in
// numbers:
//
//	INSTALL         <DIR>      Nov 16 1994 17:17
//	CMT.CSV             0      Jul 06 1995 14:56   RHA
//	DESIGN1.DOC          11264      05-11-95        14:20
func (c *calendar) parseChameleon(line string, e *Entry) outcome {
	w := words{line: line}
	e.Name = w.next()
	if !e.setDOSKind(w.next()) || !c.setChameleonTime(&w, e) {
		return unknown
	}
	if attributes := w.next(); attributes != "" && !isDOSAttributes(attributes) || w.rest() != "" {
		return unknown
	}
	return namedEntry(e)
}

func (c *calendar) setChameleonTime(w *words, e *Entry) bool {
	var d unixDate
	word := w.next()
	if numeric, ok := parseNumericDate(word); ok {
		d.numeric = numeric
		return d.setClock(w.next()) && d.set(c, e)
	}
	var isMonth, isDay bool
	d.named, isMonth = lookupMonth(word)
	d.day, isDay = parseDay(w.next())
	return isMonth && isDay && d.setYear(w.next()) && d.setClock(w.next()) && d.set(c, e)
}
