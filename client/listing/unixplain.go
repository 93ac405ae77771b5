package listing

import "strings"

// parsePlain reads in one pass the line that nearly every server prints nearly always:
//
//	-rw-r--r--   1 owner    group        1234 Jan 12 10:33 name
//
// It leaves all others to the full grammar, and means the same by what it accepts
// (FuzzPlain). It is there for the directory with a million files.
func (u *unix) parsePlain(line string, e *Entry) bool {
	if len(line) < 11 || line[10] != ' ' || line[0] != '-' && line[0] != 'd' && line[0] != 'l' {
		return false
	}
	if strings.HasPrefix(trimBlanksLeft(line[10:]), "0") {
		return false // see setLinks
	}
	mode, ok := permissions(line[1:10])
	links, at, isLinks := plainNumber(line, 10)
	owner, at := plainWord(line, at)
	group, at := plainWord(line, at)
	size, at, isSize := plainNumber(line, at)
	if !ok || !isLinks || links > mostLinks || !isSize || owner == "" || group == "" || isDigit(owner[0]) != isDigit(group[0]) {
		return false // a date may begin with a number and a word
	}
	if isDigit(group[0]) && leadingDigits(group) < len(group) { // it may be a time, or a date of a language
		return false
	}
	var s stamp
	m, at := s.setPlain(line, at)
	if m == 0 || at+1 >= len(line) || line[at] != ' ' || !u.cal.setNamed(e, month{usual: uint8(m)}, &s) {
		return false
	}
	e.Mode, e.HasMode, e.Links, e.Owner, e.Group, e.Size = mode, true, int(links), owner, group, size
	e.setUnixName(line[0], line[at+1:])
	return true
}

// mostLinks has as many digits as the full grammar counts.
const mostLinks = 999_999_999

// setPlain reads "Jan 12 10:33" and "Jan 12  2024", and returns the month, or 0, and
// where the date ends.
func (s *stamp) setPlain(line string, at int) (month, end int) {
	name, at := plainWord(line, at)
	day, at, isDay := plainNumber(line, at)
	month, s.day = englishMonth(name), int(min(day, 32))
	if !isDay || at+6 > len(line) || isDigit(line[at-3]) { // a day of three digits is none
		return 0, 0
	}
	text := line[at+1 : at+6]
	switch {
	case text[2] == ':' && isDigit(text[0]) && isDigit(text[1]) && isDigit(text[3]) && isDigit(text[4]):
		s.hour = int(text[0]-'0')*10 + int(text[1]-'0')
		s.minute = int(text[3]-'0')*10 + int(text[4]-'0')
		s.precision = Minute
	case text[0] == ' ' && s.setYear(text[1:]):
		s.precision = Day
	default:
		return 0, 0
	}
	return month, at + 6
}

// plainNumber reads up to eighteen digits behind blanks.
func plainNumber(line string, at int) (n int64, end int, ok bool) {
	for at < len(line) && line[at] == ' ' {
		at++
	}
	start := at
	for at < len(line) && isDigit(line[at]) {
		n = n*10 + int64(line[at]-'0')
		at++
	}
	return n, at, at > start && at-start <= 18 && at < len(line) && line[at] == ' '
}

// plainWord reads a word behind blanks.
func plainWord(line string, at int) (word string, end int) {
	for at < len(line) && line[at] == ' ' {
		at++
	}
	start := at
	for at < len(line) && line[at] > ' ' {
		at++
	}
	return line[start:at], at
}
