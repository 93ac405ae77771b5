package listing

import "time"

// A question can only be answered by the listing as a whole: in which order do its
// dates like 04/05/06 stand, and does its "lis" mean October (Croatian) or November
// (Czech, Polish)? Each such date excludes answers, or speaks against them.
type question struct {
	answers  int // how many there are
	asked    bool
	excluded [3]bool
	late     [3]int // how many dates lie in the future with this answer
	dotted   bool   // dates have dots: 04.05.06
}

// Answers to calendar.order, and to calendar.tongue.
const (
	monthDayYear = iota
	dayMonthYear
	yearMonthDay

	usual    = 0
	croatian = 1
)

// readings are the times that one date has with each answer; zero if it has none.
type readings struct {
	times [3]time.Time
	of    *question // nil if the time is not open
}

// weigh takes a date into account. It is false if the date makes no sense with any
// answer that is left.
func (q *question) weigh(times [3]time.Time, latest time.Time) bool {
	possible := false
	for i := range q.answers {
		possible = possible || !times[i].IsZero() && !q.excluded[i]
	}
	if !possible {
		return false
	}
	q.asked = true
	for i := range q.answers {
		if times[i].IsZero() {
			q.excluded[i] = true
		} else if times[i].After(latest) {
			q.late[i]++
		}
	}
	return true
}

// settled reports that the question was not asked, or has one answer left.
func (q *question) settled() bool {
	if !q.asked {
		return true
	}
	left := 0
	for i := range q.answers {
		if !q.excluded[i] {
			left++
		}
	}
	return left == 1
}

// answer is the best one by now: possible, with the fewest dates in the future, and
// of equal ones the most usual.
func (q *question) answer() int {
	ranking := [3]int{monthDayYear, dayMonthYear, yearMonthDay}
	if q.dotted {
		ranking = [3]int{dayMonthYear, monthDayYear, yearMonthDay}
	}
	best := -1
	for _, i := range ranking {
		if i < q.answers && !q.excluded[i] && (best < 0 || q.late[i] < q.late[best]) {
			best = i
		}
	}
	return best
}

// undecided reports that the entry just read, or one before it, waits for an answer.
func (c *calendar) undecided() bool { return !c.order.settled() || !c.tongue.settled() }

// setNumeric gives the entry a date of three numbers, with the clock of s. It is
// false if they are no date in any order that the listing can have.
func (c *calendar) setNumeric(e *Entry, d numericDate, s *stamp) bool {
	if d.digits[0] == 4 {
		s.year, s.month, s.day = d.numbers[0], d.numbers[1], d.numbers[2]
		return s.year > 0 && c.set(e, s)
	}
	c.order.dotted = c.order.dotted || d.sep == '.'
	e.Precision = s.precision
	return c.ask(e, &c.order, d.readings(c, s))
}

// setNamed gives the entry a date whose month is a word.
func (c *calendar) setNamed(e *Entry, m month, s *stamp) bool {
	if m.croatian == 0 && !c.tongue.asked {
		c.tongue.excluded[croatian] = true
		s.month = int(m.usual)
		return c.set(e, s)
	}
	var times [3]time.Time
	s.month = int(m.usual)
	times[usual], _ = c.time(s)
	s.month = int(m.croatian)
	times[croatian], _ = c.time(s)
	e.Precision = s.precision
	return c.ask(e, &c.tongue, times)
}

func (c *calendar) ask(e *Entry, q *question, times [3]time.Time) bool {
	if !q.weigh(times, c.latest) {
		return false
	}
	c.open = readings{times: times, of: q}
	e.Time = times[q.answer()]
	return true
}

// numericDate is a date of three numbers.
type numericDate struct {
	numbers [3]int
	digits  [3]int // of each number
	sep     byte
}

// parseNumericDate reads 04-27-00, 1999/10/12, 6.5.2024 or 04-23-103.
func parseNumericDate(word string) (d numericDate, ok bool) {
	for i := range d.numbers {
		n := leadingDigits(word)
		if n == 0 || n > 4 {
			return d, false
		}
		d.numbers[i], _ = number(word[:n])
		d.digits[i] = n
		word = word[n:]
		if i == 2 {
			break
		}
		if word == "" || word[0] != '-' && word[0] != '/' && word[0] != '.' || i == 1 && word[0] != d.sep {
			return d, false
		}
		d.sep = word[0]
		word = word[1:]
	}
	return d, word == "" && d.plausible()
}

// plausible wants one year, and no more than two digits for the rest.
func (d *numericDate) plausible() bool {
	if d.digits[0] == 4 {
		return d.digits[1] <= 2 && d.digits[2] <= 2
	}
	return d.digits[0] <= 2 && d.digits[1] <= 2 && d.digits[2] >= 2
}

// readings are the times with each order; s has the clock.
func (d *numericDate) readings(c *calendar, s *stamp) (times [3]time.Time) {
	a, b := d.numbers[0], d.numbers[1]
	s.year, s.month, s.day = fullYear(d.numbers[2], d.digits[2]), a, b
	if s.year > 0 {
		times[monthDayYear], _ = c.time(s)
		s.month, s.day = b, a
		times[dayMonthYear], _ = c.time(s)
	}
	if d.digits[0] == 2 && d.digits[2] == 2 {
		s.year, s.month, s.day = fullYear(a, 2), b, d.numbers[2]
		times[yearMonthDay], _ = c.time(s)
	}
	return times
}
