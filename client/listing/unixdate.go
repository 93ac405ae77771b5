package listing

import (
	"strings"
	"time"
)

// unixDate is the date of a line of ls, in one of its many forms.
type unixDate struct {
	stamp
	named   month       // if the month is a word
	numeric numericDate // if numbers stand in an order to be found out
	start   int         // where the date begins
	end     int         // just behind it
	padded  bool        // the column may have one blank more behind the date

	shortYears bool // "Jan 16 98" is a date too
}

// set gives the entry the time; it is false if the day or time does not exist.
func (d *unixDate) set(c *calendar, e *Entry) bool {
	switch {
	case d.numeric.sep != 0:
		return c.setNumeric(e, d.numeric, &d.stamp)
	case d.named != month{}:
		return c.setNamed(e, d.named, &d.stamp)
	}
	return c.set(e, &d.stamp)
}

// name is what follows the date after one blank.
func (d *unixDate) name(line string) string {
	w := words{line: line, at: d.end}
	name := w.afterBlank()
	if d.padded && len(name) > 1 && name[0] == ' ' {
		name = name[1:]
	}
	return name
}

// findIn finds the date behind the mode, in the likeliest place where there is one. At
// first it expects a column before the size: in "1 jan 12 4096 May  6" jan is a user.
func (d *unixDate) findIn(w words, latest time.Time) bool {
	second := w
	second.next()
	readEpoch := func(w words, _, _ string) bool { return d.readEpoch(w, latest) }
	return d.find(second, isNumberLike, d.read) ||
		d.find(w, isNumberLike, d.read) ||
		d.find(w, endsInDigit, d.read) || // the size ran into the group
		d.find(w, isNumberLike, readEpoch)
}

// find looks for the first date that follows a word which could be the size.
func (d *unixDate) find(w words, isSize func(string) bool, read func(w words, first, second string) bool) bool {
	size := w.next()
	at := w
	first := w.next()
	for first != "" {
		next := w
		second := w.next()
		if isSize(size) && read(at, first, second) {
			d.start = at.at
			return true
		}
		size, first, at = first, second, next
	}
	return false
}

// read reads the date in front of w, whose first two words are known.
func (d *unixDate) read(w words, first, second string) bool {
	n := leadingDigits(first)
	switch {
	case n == 0 && second != "" && isDigit(second[0]):
		return d.readMonthDay(w)
	case n == 0:
		return isWeekday(first) && d.readWeekday(w)
	case n < len(first) && first[n] >= 0x80 && !hasNoBreakSpace(first[n:]):
		return d.readMarked(w)
	case n < len(first) && first[n] == ':':
		return d.readClockFirst(w)
	case isGlued(first, n):
		return d.readGlued(w)
	case n == 4 && n == len(first):
		return d.readYearFirst(w)
	case n <= 2:
		return d.readDayFirst(w)
	}
	return false
}

// isGlued reports that a separator follows the first n digits: 2024-05-06, 31.12.
func isGlued(word string, n int) bool {
	if n == len(word) {
		return false
	}
	return word[n] == '-' || word[n] == '/' || word[n] == '.' && n+1 < len(word) && isDigit(word[n+1])
}

// readMonthDay reads "Jan 12 10:33" and "Jan 12  2024": what nearly all servers print.
func (d *unixDate) readMonthDay(w words) bool {
	name := w.next()
	day, ok := parseDay(w.next())
	if !ok {
		return false
	}
	named, ok := lookupMonth(name)
	if !ok {
		return false
	}
	*d = unixDate{named: named, shortYears: d.shortYears}
	d.day = day
	return d.readYearOrClock(w)
}

// readWeekday reads the form of ctime: "Mon May  6 07:08:09 2024".
func (d *unixDate) readWeekday(w words) bool {
	w.next()
	return d.readMonthDay(w)
}

func isWeekday(word string) bool {
	return len(word) == 3 && strings.Contains("mon tue wed thu fri sat sun", strings.ToLower(word))
}

// parseDay reads "7", "07", "7." and "7,".
func parseDay(word string) (int, bool) {
	n := leadingDigits(word)
	if n == 0 || n > 2 || n < len(word) && word[n:] != "." && word[n:] != "," {
		return 0, false
	}
	return number(word[:n])
}

// readYearOrClock reads what follows month and day.
func (d *unixDate) readYearOrClock(w words) bool {
	gap := w.gap()
	word := w.next()
	d.end = w.at
	if d.setClock(word) {
		// ls -T of BSD and ctime have the year behind seconds; without seconds,
		// four digits are a name.
		year := w
		if d.precision > Minute && d.setYear(year.next()) && year.at < len(w.line) {
			d.end = year.at
		}
		return true
	}
	if !d.setYear(strings.TrimSuffix(word, ",")) && !(d.shortYears && d.setShortYear(word)) {
		return false
	}
	d.precision, d.padded = Day, gap == 1
	// ls has two blanks before the year. With one, a clock may follow (VShell), but
	// not at the end: then it is the name.
	clock, isClock := parseClock(w.peek())
	if !isClock || gap != 1 || w.gap() != 1 {
		return true
	}
	if w.next(); w.at+1 < len(w.line) {
		d.clock, d.end, d.padded = clock, w.at, false
	}
	return true
}

// setYear takes four digits.
func (s *stamp) setYear(word string) bool {
	if len(word) != 4 || !isAllDigits(word) {
		return false
	}
	s.year, _ = number(word)
	return s.year > 0
}

// setShortYear takes two digits.
func (s *stamp) setShortYear(word string) bool {
	n, ok := number(word)
	if ok = ok && len(word) == 2; ok {
		s.year = fullYear(n, 2)
	}
	return ok
}

// readDayFirst reads "12 Jan 10:33", "26. Juli, 20:10", "31 de des.   2021",
// "1 Thg 4   2026", the Finnish " 1. 4.  2026", and "3 29 03:26", month first.
func (d *unixDate) readDayFirst(w words) bool {
	*d = unixDate{}
	first, dotted := readDay(&w)
	next := w
	if second, isDay := parseDay(next.next()); isDay && !dotted {
		d.month, d.day = first, second
		return d.readClock(next)
	} else if isDay {
		d.day, d.month = first, second
		return d.readYearOrClock(next)
	}
	d.day = first
	return d.readMonth(&w) && d.readYearOrClock(w)
}

// readDay reads the day and, as a blank, the no-break space that Czech has behind it.
func readDay(w *words) (day int, dotted bool) {
	w.at += w.gap()
	n := leadingDigits(w.line[w.at:])
	day, _ = number(w.line[w.at : w.at+n])
	w.at += n
	if strings.HasPrefix(w.line[w.at:], ".") {
		w.at++
		dotted = true
	}
	if rest := w.line[w.at:]; hasNoBreakSpace(rest) {
		w.at += strings.IndexByte(rest, 0xA0) + 1
	}
	return day, dotted
}

// hasNoBreakSpace looks at the front of s, for UTF-8 and for one byte.
func hasNoBreakSpace(s string) bool {
	return strings.HasPrefix(s, "\u00a0") || strings.HasPrefix(s, "\xa0")
}

// readMonth reads a month name, in Catalan with "de" or "d’" before it, or the
// Vietnamese "Thg 4".
func (d *unixDate) readMonth(w *words) (ok bool) {
	word := w.next()
	switch word {
	case "de":
		word = w.next()
	case "Thg", "thg", "Tháng", "tháng":
		d.month, ok = parseDay(w.next())
		return ok
	}
	word = strings.TrimPrefix(strings.TrimPrefix(word, "d’"), "d'")
	d.named, ok = lookupMonth(word)
	return ok
}

// readClock wants a clock to follow, and nothing else.
func (d *unixDate) readClock(w words) bool {
	ok := d.setClock(w.next())
	d.end = w.at
	return ok
}

// readClockFirst reads the Vietnamese "21:09 15 Thg 8", padded to the width of "Thg 12".
func (d *unixDate) readClockFirst(w words) (ok bool) {
	*d = unixDate{}
	if !d.setClock(w.next()) {
		return false
	}
	if d.day, ok = parseDay(w.next()); !ok || !d.readMonth(&w) {
		return false
	}
	d.end, d.padded = w.at, d.month > 0 && d.month < 10
	return true
}

// readYearFirst reads "2026 api  1" (Basque, Hungarian) and "2003 3月 20". A file of
// 2026 bytes before "Jan 12 10:33" is more usual, but it has a name: in "2026 api  1 1999"
// the last word is that.
func (d *unixDate) readYearFirst(w words) (ok bool) {
	size := w
	size.next()
	if (d.readMonthDay(size) || d.readMarked(size)) && d.name(w.line) != "" {
		return false
	}
	if d.readMarked(w) {
		return true
	}
	*d = unixDate{}
	if !d.setYear(w.next()) || !d.readMonth(&w) {
		return false
	}
	d.day, ok = parseDay(w.next())
	d.end, d.precision = w.at, Day
	return ok
}

// readEpoch reads the seconds of ls --time-style=+%s, the last resort for a line
// without any other date: nine or ten digits between single blanks, not in the future.
func (d *unixDate) readEpoch(w words, latest time.Time) bool {
	single := w.gap() == 1
	word := w.next()
	t := time.Unix(decimal(word), 0).UTC()
	if !single || !isAllDigits(word) || len(word) < 9 || len(word) > 10 || t.After(latest) || w.gap() != 1 {
		return false
	}
	*d = unixDate{}
	d.year, d.month, d.day = t.Year(), int(t.Month()), t.Day()
	d.hour, d.minute, d.second = t.Clock()
	d.precision, d.hasOffset, d.end = Second, true, w.at
	return true
}

// readGlued reads dates that are one word: 2024-05-06, 6-May-2024, 06.05.24, 09-26, 31.12.
func (d *unixDate) readGlued(w words) bool {
	*d = unixDate{}
	date, clock := w.next(), ""
	if strings.IndexByte(date, 'T') == 10 { // ISO 8601
		date, clock = date[:10], date[11:]
	}
	if d.setMonthDay(date) {
		return d.readYearOrClock(w)
	}
	if numeric, ok := parseNumericDate(date); ok {
		d.numeric = numeric
	} else if !d.setNamed(date) {
		return false
	}
	if clock != "" {
		d.end = w.at
		return d.setClock(clock)
	}
	d.readClockBehind(w)
	return true
}

// setMonthDay reads the ISO 09-26 and the Finnish 31.12., which lack the year.
func (d *unixDate) setMonthDay(word string) bool {
	if day, monthText, ok := strings.Cut(word, "."); ok && strings.HasSuffix(monthText, ".") {
		if n, ok := parseDay(monthText); ok {
			d.month = n
			d.day, ok = number(day)
			return ok
		}
	}
	if len(word) != 5 || word[2] != '-' {
		return false
	}
	var isMonth, isDay bool
	d.month, isMonth = number(word[:2])
	d.day, isDay = number(word[3:])
	return isMonth && isDay
}

// setNamed reads 01-jun-99.
func (d *unixDate) setNamed(word string) bool {
	day, rest, _ := strings.Cut(word, "-")
	name, year, _ := strings.Cut(rest, "-")
	n, isYear := number(year)
	var isDay, isMonth bool
	d.day, isDay = parseDay(day)
	d.named, isMonth = lookupMonth(name)
	d.year = fullYear(n, len(year))
	return isDay && isMonth && isYear && d.year > 0
}

// readClockBehind reads the clock and the offset of long-iso and full-iso; without
// them the date column is padded.
func (d *unixDate) readClockBehind(w words) {
	d.end, d.precision = w.at, Day
	if w.gap() != 1 || !d.setClock(w.next()) {
		d.padded = true
		return
	}
	d.end = w.at
	if d.precision > Minute && d.setOffset(w.next()) {
		d.end = w.at
	}
}

// readMarked reads dates whose numbers carry a mark, in whatever charset: "2026年 4月 1日",
// " 8月15日 21:09", "4月  1  2026". A mark begins with a byte above 0x7F and ends at a
// blank or digit.
func (d *unixDate) readMarked(w words) bool {
	var n [3]int
	marked := false
	count := 0
	for count < 3 {
		at := w
		at.at += at.gap()
		digits := leadingDigits(at.line[at.at:])
		mark, ok := markLength(at.line[at.at+digits:])
		if !ok || digits == 0 || digits > 4 || count == 2 && n[0] < 1000 && digits != 4 {
			break
		}
		n[count], _ = number(at.line[at.at : at.at+digits])
		count++
		marked = marked || mark > 0
		w.at = at.at + digits + mark
	}
	if !marked || count < 2 {
		return false
	}
	*d = unixDate{}
	d.end, d.precision = w.at, Day
	switch {
	case count == 2:
		d.month, d.day = n[0], n[1]
		return d.readClock(w)
	case n[0] >= 1000:
		d.year, d.month, d.day = n[0], n[1], n[2]
	default:
		d.month, d.day, d.year = n[0], n[1], n[2]
	}
	return true
}

// markLength is the length of the mark that s begins with, perhaps 0; it is false if
// something else follows the number.
func markLength(s string) (int, bool) {
	if s == "" || isBlank(s[0]) {
		return 0, true
	}
	if s[0] < 0x80 {
		return 0, false
	}
	n := 0
	for n < len(s) && !isBlank(s[n]) && !isDigit(s[n]) {
		n++
	}
	return n, true
}
