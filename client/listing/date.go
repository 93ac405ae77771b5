package listing

import (
	"strings"
	"time"
)

// stamp is a date as a line shows it.
type stamp struct {
	year, month, day int // the year is 0 if not told
	clock
	offset    int // seconds east of UTC, if hasOffset
	hasOffset bool
}

// clock is a time of the day.
type clock struct {
	hour, minute, second, nanosecond int
	precision                        Precision
}

// calendar turns the stamps of one listing into times.
type calendar struct {
	latest time.Time      // no date without a year is later than this
	newest int            // the year of latest, in zone
	zone   *time.Location // nil for UTC
	order  question       // in which order 04/05/06 stands
	tongue question       // in which language "lis" is a month
	open   readings       // of the entry just read, if its time is still open
}

// newCalendar allows dates to be a day ahead of now: clocks are wrong, and the
// server may be in any zone.
func newCalendar(now time.Time, zone *time.Location) *calendar {
	if zone == time.UTC {
		zone = nil
	}
	c := &calendar{
		latest: now.Add(24 * time.Hour).UTC(),
		zone:   zone,
		tongue: question{answers: 2},
		order:  question{answers: 3},
	}
	c.newest = c.latest.Year()
	if zone != nil {
		c.newest = c.latest.In(zone).Year()
	}
	return c
}

// set gives the entry the time of a stamp. It is false if the day or the
// time does not exist.
func (c *calendar) set(e *Entry, s *stamp) bool {
	t, ok := c.time(s)
	if ok {
		e.Time, e.Precision = t, s.precision
	}
	return ok
}

// time resolves a stamp. A date without a year is the latest one that exists and
// is not later than c.latest: ls shows the clock for recent files only.
func (c *calendar) time(s *stamp) (time.Time, bool) {
	if s.month < 1 || s.month > 12 || s.day < 1 || !s.clock.valid() {
		return time.Time{}, false
	}
	if s.year > 0 {
		if s.year < 1000 || s.day > daysIn(s.month, s.year) {
			return time.Time{}, false
		}
		return c.at(s.year, s), true
	}
	for year := c.newest; year > c.newest-9; year-- { // 29 February is eight years back around 1900 and 2100
		if s.day > daysIn(s.month, year) {
			continue
		}
		if t := c.at(year, s); !t.After(c.latest) {
			return t, true
		}
	}
	return time.Time{}, false
}

// valid allows 24:00, the end of the day, and a leap second (RFC 3659, 2.3).
func (c *clock) valid() bool {
	if c.hour == 24 {
		return c.minute == 0 && c.second == 0 && c.nanosecond == 0
	}
	return c.hour < 24 && c.minute < 60 && c.second <= 60
}

func daysIn(month, year int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// at reads the clock in the zone of the server. When summer time begins, a time in
// the gap has the offset before it; when it ends, the first of two is meant.
func (c *calendar) at(year int, s *stamp) time.Time {
	t := time.Date(year, time.Month(s.month), s.day, s.hour, s.minute, s.second, s.nanosecond, time.UTC)
	if s.hasOffset {
		return t.Add(-time.Duration(s.offset) * time.Second)
	}
	if c.zone == nil {
		return t
	}
	before, after := c.local(t, -24*time.Hour), c.local(t, 24*time.Hour)
	if !c.shows(before, t) && c.shows(after, t) {
		return after
	}
	return before
}

// local is the instant at which a clock with the offset of a day before or after
// shows t.
func (c *calendar) local(t time.Time, day time.Duration) time.Time {
	_, offset := t.Add(day).In(c.zone).Zone()
	return t.Add(-time.Duration(offset) * time.Second)
}

func (c *calendar) shows(instant, clock time.Time) bool {
	_, offset := instant.In(c.zone).Zone()
	return instant.Add(time.Duration(offset) * time.Second).Equal(clock)
}

// setClock reads h:mm, hh:mm:ss or hh.mm, perhaps with a fraction, AM or PM. It
// changes nothing if the word is no clock.
func (s *stamp) setClock(word string) bool {
	c, ok := parseClock(word)
	if ok {
		s.clock = c
	}
	return ok
}

func parseClock(word string) (c clock, ok bool) {
	n := leadingDigits(word)
	if n < 1 || n > 2 || n == len(word) || word[n] != ':' && word[n] != '.' {
		return c, false
	}
	c.hour, _ = number(word[:n])
	sep, rest := word[n], word[n+1:]
	n = leadingDigits(rest)
	if n < 1 || n > 2 || sep == '.' && n != 2 {
		return c, false
	}
	c.minute, _ = number(rest[:n])
	c.precision = Minute
	rest = rest[n:]
	if rest != "" && rest[0] == sep {
		if rest = c.setSecond(rest[1:]); c.precision == Minute {
			return c, false
		}
	}
	return c, rest == "" || c.setHalf(rest)
}

// setSecond reads ss or ss.fff and returns what follows. A fraction of zeros says no
// more than the second.
func (c *clock) setSecond(text string) (rest string) {
	if leadingDigits(text) < 2 {
		return text
	}
	c.second, _ = number(text[:2])
	c.precision = Second
	text = text[2:]
	if len(text) < 2 || text[0] != '.' || !isDigit(text[1]) {
		return text
	}
	n := leadingDigits(text[1:])
	c.setFraction(text[1 : 1+n])
	return text[1+n:]
}

// setFraction takes the digits behind the point.
func (c *clock) setFraction(digits string) {
	if len(digits) > 9 {
		digits = digits[:9]
	}
	c.nanosecond, _ = number(digits)
	for range 9 - len(digits) {
		c.nanosecond *= 10
	}
	if c.nanosecond > 0 {
		c.precision = Subsecond
	}
}

// setHalf applies AM or PM to a clock of twelve hours.
func (c *clock) setHalf(half string) bool {
	if c.hour > 12 {
		return false
	}
	switch { // 00:34AM is written too, and means the same as 12:34AM
	case strings.EqualFold(half, "AM"):
		c.hour %= 12
	case strings.EqualFold(half, "PM"):
		c.hour = c.hour%12 + 12
	default:
		return false
	}
	return true
}

// setOffset reads +0530.
func (s *stamp) setOffset(word string) bool {
	if len(word) != 5 || word[0] != '+' && word[0] != '-' || !isAllDigits(word[1:]) {
		return false
	}
	n, _ := number(word[1:])
	s.offset, s.hasOffset = (n/100*60+n%100)*60, true
	if word[0] == '-' {
		s.offset = -s.offset
	}
	return true
}

// fullYear completes a year of two digits (69 to 99 are 19xx), or of three (a tm_year:
// 103 is 2003). It is 0 if no year fits.
func fullYear(n, digits int) int {
	switch digits {
	case 2:
		if n >= 69 {
			return 1900 + n
		}
		return 2000 + n
	case 3:
		return 1900 + n
	case 4:
		return n
	}
	return 0
}
