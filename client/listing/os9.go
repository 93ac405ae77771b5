package listing

// parseOS9 reads OS-9: owner, date, clock, attributes, sector, size, name:
//
//	20.20 07/03/29 1026 d-ewrewr 2650 85920 name
func (c *calendar) parseOS9(line string, e *Entry) outcome {
	w := words{line: line}
	owner := w.next()
	date, isDate := parseNumericDate(w.next())
	hour, attributes, sector := w.next(), w.next(), w.next()
	size, _, ok := parseSize(w.next())
	if !isDate || date.sep != '/' || len(hour) != 4 || len(attributes) != 8 || sector == "" || !ok {
		return unknown
	}
	s := stamp{clock: clock{precision: Minute}}
	s.year, s.month, s.day = fullYear(date.numbers[0], date.digits[0]), date.numbers[1], date.numbers[2]
	hhmm, isClock := number(hour)
	s.hour, s.minute = hhmm/100, hhmm%100
	if !isClock || s.year == 0 || !c.set(e, &s) {
		return unknown
	}
	e.Owner, e.Name, e.Size = owner, w.rest(), size
	if attributes[0] == 'd' {
		e.setDirName(e.Name)
	}
	return namedEntry(e)
}
