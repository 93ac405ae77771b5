package listing

import (
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"
)

// mlsx reads the facts of MLSD and MLST.
type mlsx struct{}

func startMLSx(*calendar) grammar { return mlsx{} }

func (mlsx) parse(line string, e *Entry) outcome {
	if line == "" {
		return skipped
	}
	if err := parseFacts(line, e); err != nil {
		return unknown
	}
	return parsed
}

// ParseFacts reads one line of MLSD, or the second line of the answer to MLST, without
// its line end (RFC 3659, 7.2):
//
//	type=file;size=1024;modify=20240506070809;perm=adfrw; name
//
// A fact with a bad value is unknown; the line is refused only if it has no name. An
// entry without a type is Other.
func ParseFacts(line string) (Entry, error) {
	e := Entry{Size: -1, Raw: line}
	err := parseFacts(line, &e)
	return e, err
}

var errNoName = errors.New("fact line without a name")

func parseFacts(line string, e *Entry) error {
	facts, name := splitFacts(line)
	if name == "" || facts != "" && strings.IndexByte(facts, '=') < 0 {
		return errNoName
	}
	e.Type, e.Name = Other, name
	var owner, group ids
	for key, value := range eachFact(facts) {
		e.takeFact(key, value, &owner, &group)
	}
	e.Owner, e.Group = owner.best(), group.best()
	if strings.HasSuffix(name, "/") && (e.Type == Dir || e.Type == Other) { // ESP8266, ESP32
		e.setDirName(name)
	}
	return nil
}

// eachFact leaves out what has no "=".
func eachFact(facts string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for facts := facts; facts != ""; {
			fact := facts
			if end := strings.IndexByte(facts, ';'); end >= 0 {
				fact, facts = facts[:end], facts[end+1:]
			} else {
				facts = ""
			}
			if equal := strings.IndexByte(fact, '='); equal >= 0 && !yield(fact[:equal], fact[equal+1:]) {
				return
			}
		}
	}
}

// splitFacts finds the blank that ends the facts. Drafts before mlst-07, and NcFTPd,
// leave out the last semicolon; targets in a fact may have blanks; some servers indent
// the line, or write a TAB.
func splitFacts(line string) (facts, name string) {
	if strings.HasPrefix(line, " ") {
		indented := trimBlanksLeft(line)
		if !startsWithFact(indented) {
			return "", line[1:]
		}
		line = indented
	}
	end := strings.IndexByte(line, ' ')
	if end < 0 {
		end = len(line)
	}
	if tab := strings.IndexByte(line[:end], '\t'); tab >= 0 {
		end = tab
	}
	if end == len(line) {
		return line, ""
	}
	if end > 0 && line[end-1] != ';' {
		if i := strings.Index(line, "; "); i >= 0 {
			end = i + 1
		}
	}
	return line[:end], line[end+1:]
}

func startsWithFact(s string) bool {
	key, _, ok := strings.Cut(s, "=")
	return ok && !strings.ContainsAny(key, " \t;") && strings.IndexByte(s, ';') >= 0
}

// ids are the ways to name an owner or a group: a name beats a number.
type ids struct{ name, number string }

func (i ids) best() string {
	if i.name != "" {
		return i.name
	}
	return i.number
}

// takeFact ignores facts it does not know.
func (e *Entry) takeFact(key, value string, owner, group *ids) {
	switch {
	case is(key, "type"):
		e.takeType(value)
	case is(key, "size"), is(key, "sizd"): // pure-ftpd: sizd of directories
		if e.Size < 0 {
			e.Size = decimal(value)
		}
	case is(key, "modify"):
		if t, precision, err := ParseTime(value); err == nil {
			e.Time, e.Precision = t, precision
		}
	case is(key, "perm"):
		e.Perm = value
	case is(key, "unique"):
		e.Unique = value
	case is(key, "unix.mode"):
		octal := strings.TrimPrefix(value, "0o") // pyftpdlib on Python 3
		if bits, err := strconv.ParseUint(octal, 8, 32); err == nil {
			e.setMode(bits)
		}
	case is(key, "unix.owner"), is(key, "unix.uid"):
		owner.number = value
	case is(key, "unix.ownername"):
		owner.name = value
	case is(key, "unix.group"), is(key, "unix.gid"):
		group.number = value
	case is(key, "unix.groupname"):
		group.name = value
	}
}

// is compares with a name in lower case: names of facts, and values of "type", ignore
// the case (RFC 3659, 7.2 and 7.5.1).
func is(s, lower string) bool {
	if len(s) != len(lower) {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// takeType reads the values of RFC 3659, 7.5.1, and the links of proftpd and pure-ftpd:
// OS.unix=slink:/target and OS.unix=symlink.
func (e *Entry) takeType(value string) {
	const slink = "os.unix=slink"
	switch {
	case is(value, "file"):
		e.Type = File
	case is(value, "dir"):
		e.Type = Dir
	case is(value, "cdir"):
		e.Type, e.Special = Dir, CurrentDir
	case is(value, "pdir"):
		e.Type, e.Special = Dir, ParentDir
	case is(value, "os.unix=symlink"):
		e.Type = Link
	case len(value) >= len(slink) && is(value[:len(slink)], slink):
		e.Type = Link
		e.Target = strings.TrimPrefix(value[len(slink):], ":")
	}
}

// ParseTime reads the answer to MDTM, or a fact like modify: YYYYMMDDHHMMSS with an
// optional fraction, in UTC (RFC 3659, 2.3). A year of five digits that begins with 191
// is forgiven: it is 19 followed by the years since 1900.
func ParseTime(val string) (time.Time, Precision, error) {
	text := strings.TrimSuffix(val, "Z")
	digits, frac, hasFraction := strings.Cut(text, ".")
	s := stamp{clock: clock{precision: Second}}
	if len(digits) == 15 && strings.HasPrefix(digits, "191") {
		s.year, _ = number(digits[2:5])
		s.year += 1900
		digits = digits[1:]
	}
	if len(digits) != 14 || !isAllDigits(digits) || hasFraction && !isAllDigits(frac) {
		return time.Time{}, NoTime, fmt.Errorf("%q is not a time of RFC 3659", val)
	}
	if s.year == 0 {
		s.year, _ = number(digits[:4])
	}
	s.month, _ = number(digits[4:6])
	s.day, _ = number(digits[6:8])
	s.hour, _ = number(digits[8:10])
	s.minute, _ = number(digits[10:12])
	s.second, _ = number(digits[12:])
	if hasFraction {
		s.setFraction(frac)
	}
	var utc calendar
	t, ok := utc.time(&s)
	if !ok || s.year == 0 {
		return time.Time{}, NoTime, fmt.Errorf("%q is not a time that exists", val)
	}
	return t, s.precision, nil
}
