package listing

import "strings"

// dls reads "dls", a listing with descriptions; a long name is alone on its line:
//
//	README2             763  Feb  3 18:21  Information about this server
//	pub/                  =  Public area
//	mirror               14  -> ../real/mirror
type dls struct {
	cal *calendar
	end int // where the column of the sizes ends; 0 before the first
}

func startDLS(cal *calendar) grammar { return &dls{cal: cal} }

// isDLS knows the marks that no other listing has: a directory with "-" or "=" for its
// size, or where a link leads behind the size.
func isDLS(line string) bool {
	w := words{line: line}
	name, size := w.next(), w.next()
	if strings.HasPrefix(w.rest(), "-> ") {
		return isAllDigits(size)
	}
	return strings.HasSuffix(name, "/") && (size == "-" || size == "=")
}

func (d *dls) parse(line string, e *Entry) outcome {
	switch {
	case trimBlanks(line) == "":
		return skipped
	case isBlank(line[0]):
		return unknown
	}
	w := words{line: line}
	e.Name = w.next()
	if w.rest() == "" {
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
	end := w.at - 1 - strings.IndexByte(line, '\n') // in its own line, if the name has another
	if d.end == 0 {
		d.end = end
	}
	if end != d.end || w.rest() != "" && w.gap() != 2 {
		return unknown
	}
	if strings.HasSuffix(e.Name, "/") {
		e.setDirName(e.Name)
	}
	if target, ok := strings.CutPrefix(w.rest(), "-> "); ok {
		e.Type, e.Target = Link, target
		return parsed
	}
	d.cal.setDescribed(w, e)
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
