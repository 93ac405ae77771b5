package listing

import "strings"

// parseDLS reads "dls", a listing with descriptions; a long name is alone on its line:
//
//	README2             763  Feb  3 18:21  Information about this server
//	pub/                  =  Public area
//	mirror               14  -> ../real/mirror
func (c *calendar) parseDLS(line string, e *Entry) outcome {
	w := words{line: line}
	e.Name = w.next()
	if w.rest() == "" && !isBlank(line[0]) {
		return half
	}
	switch size := w.next(); size {
	case "-", "=":
	default:
		if !isAllDigits(size) {
			return unknown
		}
		e.Size = decimal(size)
	}
	if w.gap() == 1 {
		return unknown
	}
	if strings.HasSuffix(e.Name, "/") {
		e.setDirName(e.Name)
	}
	if target, ok := strings.CutPrefix(w.rest(), "-> "); ok {
		e.Type, e.Target = Link, target
		return parsed
	}
	c.setDescribed(w, e)
	return namedEntry(e)
}

// setDescribed takes the date that may stand before the description.
func (c *calendar) setDescribed(w words, e *Entry) {
	var d unixDate
	ok := d.readMonthDay(w) || leadingDigits(w.peek()) == 2 && d.readDayFirst(w)
	if ok && (d.end == len(w.line) || strings.HasPrefix(w.line[d.end:], "  ")) {
		d.set(c, e)
	}
}
