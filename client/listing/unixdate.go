package listing

import "strings"

// unixDate is the date of a line of ls, in one of its many forms.
type unixDate struct {
	stamp
	named   month       // if the month is a word
	numeric numericDate // if numbers stand in an order to be found out
	start   int         // where the date begins
	end     int         // just behind it
	padded  bool        // the column may have one blank more behind the date
}

// set gives the entry the time; it is false if there is no such day or time.
func (d *unixDate) set(c *calendar, e *Entry) bool {
	switch {
	case d.numeric.sep != 0:
		return c.setNumeric(e, d.numeric, d.stamp)
	case d.named != month{}:
		return c.setNamed(e, d.named, d.stamp)
	}
	return c.set(e, d.stamp)
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

// parseUnixDate reads the date in front of w.
func parseUnixDate(w words, cal *calendar) (d unixDate, ok bool) {
	first := w.peek()
	if first == "" {
		return d, false
	}
	if n := leadingDigits(first); n > 0 {
		return parseDigitsFirst(w, first, n, cal)
	}
	if d, ok = parseMonthDay(w); ok {
		return d, true
	}
	if isWeekday(w.next()) { // ctime: "Mon May  6 07:08:09 2024"
		return parseMonthDay(w)
	}
	return d, false
}

func isWeekday(word string) bool {
	return len(word) == 3 && strings.Contains("mon tue wed thu fri sat sun", strings.ToLower(word))
}

// parseDigitsFirst chooses by what follows the first n digits.
func parseDigitsFirst(w words, first string, n int, cal *calendar) (unixDate, bool) {
	switch {
	case n < len(first) && first[n] >= 0x80 && !hasNoBreakSpace(first[n:]):
		return parseMarked(w)
	case n < len(first) && first[n] == ':':
		return parseClockFirst(w)
	case n < len(first) && (first[n] == '-' || first[n] == '/' || first[n] == '.' && n+1 < len(first) && isDigit(first[n+1])):
		return parseGlued(w)
	case n == 4 && n == len(first):
		return parseYearFirst(w)
	case n >= 9 && n == len(first):
		return parseEpoch(w, cal)
	case n <= 2:
		return parseDayFirst(w)
	}
	return unixDate{}, false
}

// parseMonthDay reads "Jan 12 10:33" and "Jan 12  2024": what nearly all servers print.
func parseMonthDay(w words) (d unixDate, ok bool) {
	name := w.next()
	if d.day, ok = parseDay(w.next()); !ok {
		return d, false
	}
	if m := englishMonth(name); m > 0 {
		d.named.usual = uint8(m)
	} else if d.named, ok = lookupMonth(name); !ok {
		return d, false
	}
	return d, d.yearOrClock(w)
}

// parseDay reads "7", "07", "7." and "7,".
func parseDay(word string) (int, bool) {
	n := leadingDigits(word)
	if n == 0 || n > 2 || n < len(word) && word[n:] != "." && word[n:] != "," {
		return 0, false
	}
	return number(word[:n])
}

// yearOrClock reads what follows month and day.
func (d *unixDate) yearOrClock(w words) bool {
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
	if !d.setYear(strings.TrimSuffix(word, ",")) {
		return false
	}
	d.precision, d.padded = Day, gap == 1
	// ls has two blanks before the year. With one, a clock may follow (VShell).
	if clock := w; gap == 1 && w.gap() == 1 && d.setClock(clock.next()) {
		if name := clock; name.next() != "" {
			d.end, d.padded = clock.at, false
			return true
		}
		d.hour, d.minute, d.second, d.nanosecond, d.precision = 0, 0, 0, 0, Day
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

// parseDayFirst reads "12 Jan 10:33", "26. Juli, 20:10", "31 de des.   2021",
// "1 Thg 4   2026", the Finnish " 1. 4.  2026", and "3 29 03:26", month first.
func parseDayFirst(w words) (d unixDate, ok bool) {
	first, dotted := readDay(&w)
	next := w
	if second, isDay := parseDay(next.next()); isDay && !dotted {
		d.month, d.day = first, second
		return d, d.clock(next)
	} else if isDay {
		d.day, d.month = first, second
		return d, d.yearOrClock(next)
	}
	d.day = first
	if !d.readMonth(&w) {
		return d, false
	}
	return d, d.yearOrClock(w)
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
	s = strings.TrimPrefix(s, ".")
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

// clock wants a clock to follow, and nothing else.
func (d *unixDate) clock(w words) bool {
	ok := d.setClock(w.next())
	d.end = w.at
	return ok
}

// parseClockFirst reads the Vietnamese "21:09 15 Thg 8", padded to the width of "Thg 12".
func parseClockFirst(w words) (d unixDate, ok bool) {
	if !d.setClock(w.next()) {
		return d, false
	}
	if d.day, ok = parseDay(w.next()); !ok || !d.readMonth(&w) {
		return d, false
	}
	d.end, d.padded = w.at, d.month > 0 && d.month < 10
	return d, true
}

// parseYearFirst reads "2026 api  1" (Basque, Hungarian) and "2003 3月 20". A file of
// 2026 bytes before "Jan 12 10:33" is more usual.
func parseYearFirst(w words) (d unixDate, ok bool) {
	size := w
	size.next()
	if _, usual := parseMonthDay(size); usual {
		return d, false
	}
	if _, usual := parseMarked(size); usual {
		return d, false
	}
	if d, ok = parseMarked(w); ok {
		return d, true
	}
	if !d.setYear(w.next()) || !d.readMonth(&w) {
		return d, false
	}
	d.day, ok = parseDay(w.next())
	d.end, d.precision = w.at, Day
	return d, ok
}

// parseEpoch reads the seconds of ls --time-style=+%s, which no line of another form
// has in this place: nine digits or more between single blanks, not in the future.
func parseEpoch(w words, cal *calendar) (d unixDate, ok bool) {
	if w.gap() != 1 {
		return d, false
	}
	seconds := decimal(w.next())
	t, ok := epoch(seconds)
	if !ok || t.After(cal.latest) || w.gap() != 1 || w.at+1 >= len(w.line) {
		return d, false
	}
	d.year, d.month, d.day = t.Year(), int(t.Month()), t.Day()
	d.hour, d.minute, d.second = t.Clock()
	d.precision, d.hasOffset, d.end = Second, true, w.at
	return d, true
}

// parseGlued reads dates that are one word: 2024-05-06, 6-May-2024, 06.05.24, 09-26, 31.12.
func parseGlued(w words) (d unixDate, ok bool) {
	word := w.next()
	if i := strings.IndexByte(word, 'T'); i == 10 { // ISO 8601
		ok = d.setClock(word[i+1:])
		word = word[:i]
		d.end = w.at
	}
	if d.monthDayGlued(word) {
		return d, d.yearOrClock(w)
	}
	numeric, isNumeric := parseNumericDate(word)
	if isNumeric {
		d.numeric = numeric
	} else if !d.namedGlued(word) {
		return d, false
	}
	if !ok {
		d.clockBehind(w)
	}
	return d, true
}

// monthDayGlued reads the ISO 09-26 and the Finnish 31.12., which lack the year.
func (d *unixDate) monthDayGlued(word string) bool {
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

// namedGlued reads 01-jun-99.
func (d *unixDate) namedGlued(word string) bool {
	parts := strings.Split(word, "-")
	if len(parts) != 3 {
		return false
	}
	var isDay, isMonth, isYear bool
	d.day, isDay = parseDay(parts[0])
	d.named, isMonth = lookupMonth(parts[1])
	d.year, isYear = fullYear(parts[2])
	return isDay && isMonth && isYear
}

// clockBehind reads the clock and the offset of long-iso and full-iso; without them
// the date column is padded.
func (d *unixDate) clockBehind(w words) {
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

// parseMarked reads dates whose numbers carry a mark, in whatever charset: "2026年 4月 1日",
// " 8月15日 21:09", "4月  1  2026". A mark begins with a byte above 0x7F and ends at a
// blank or digit.
func parseMarked(w words) (d unixDate, ok bool) {
	var n [3]int
	marked := false
	count := 0
	for count < 3 {
		at := w
		at.at += at.gap()
		digits := leadingDigits(at.line[at.at:])
		if digits == 0 || digits > 4 {
			break
		}
		value, _ := number(at.line[at.at : at.at+digits])
		at.at += digits
		length, ok := markLength(at.line[at.at:])
		if !ok || count == 2 && n[0] < 1000 && digits != 4 {
			break
		}
		n[count] = value
		at.at += length
		marked = marked || length > 0
		w = at
		count++
	}
	d.end, d.precision = w.at, Day
	switch {
	case !marked:
		return d, false
	case count == 3 && n[0] >= 1000:
		d.year, d.month, d.day = n[0], n[1], n[2]
		return d, true
	case count == 3:
		d.month, d.day, d.year = n[0], n[1], n[2]
		return d, true
	case count == 2:
		d.month, d.day = n[0], n[1]
		return d, d.clock(w)
	}
	return d, false
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
