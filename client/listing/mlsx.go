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
	for len(facts) > 0 {
		var fact string
		fact, facts, _ = strings.Cut(facts, ";")
		key, value, _ := strings.Cut(fact, "=")
		e.takeFact(key, value, &owner, &group)
	}
	e.Owner, e.Group = owner.best(), group.best()
	return nil
}

// Facts walks over the facts of a line of MLSD or MLST, with names and values as sent.
func Facts(line string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		facts, _ := splitFacts(line)
		for fact := range strings.SplitSeq(facts, ";") {
			if name, value, ok := strings.Cut(fact, "="); ok && !yield(name, value) {
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
		indented := words{line: line}
		if rest := indented.rest(); !startsWithFact(rest) {
			return "", line[1:]
		} else {
			line = rest
		}
	}
	end := strings.IndexAny(line, " \t")
	if end < 0 {
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
	return ok && strings.IndexAny(key, " \t;") < 0 && strings.IndexByte(s, ';') >= 0
}

// ids are the ways to name an owner or a group: a name beats a number.
type ids struct{ name, number string }

func (i ids) best() string {
	if i.name != "" {
		return i.name
	}
	return i.number
}

// takeFact ignores the case of names (RFC 3659, 7.2), and facts it does not know.
func (e *Entry) takeFact(key, value string, owner, group *ids) {
	switch len(key) {
	case 4:
		switch {
		case strings.EqualFold(key, "type"):
			e.takeType(value)
		case strings.EqualFold(key, "perm"):
			e.Perm = value
		case e.Size < 0 && (strings.EqualFold(key, "size") || strings.EqualFold(key, "sizd")): // pure-ftpd: sizd of directories
			e.Size = decimal(value)
		}
	case 6:
		switch {
		case strings.EqualFold(key, "modify"):
			if t, precision, err := ParseTime(value); err == nil {
				e.Time, e.Precision = t, precision
			}
		case strings.EqualFold(key, "unique"):
			e.Unique = value
		}
	default:
		if len(key) > 5 && strings.EqualFold(key[:5], "unix.") {
			e.takeUnixFact(key[5:], value, owner, group)
		}
	}
}

func (e *Entry) takeUnixFact(key, value string, owner, group *ids) {
	switch {
	case strings.EqualFold(key, "mode"):
		if bits, err := strconv.ParseUint(value, 8, 32); err == nil {
			e.setMode(bits)
		}
	case strings.EqualFold(key, "owner"), strings.EqualFold(key, "uid"):
		owner.number = value
	case strings.EqualFold(key, "ownername"):
		owner.name = value
	case strings.EqualFold(key, "group"), strings.EqualFold(key, "gid"):
		group.number = value
	case strings.EqualFold(key, "groupname"):
		group.name = value
	}
}

// takeType reads the values of RFC 3659, 7.5.1, and the links of proftpd and pure-ftpd:
// OS.unix=slink:/target and OS.unix=symlink.
func (e *Entry) takeType(value string) {
	switch {
	case strings.EqualFold(value, "file"):
		e.Type = File
	case strings.EqualFold(value, "dir"):
		e.Type = Dir
	case strings.EqualFold(value, "cdir"):
		e.Type, e.Special = Dir, CurrentDir
	case strings.EqualFold(value, "pdir"):
		e.Type, e.Special = Dir, ParentDir
	case strings.EqualFold(value, "OS.unix=symlink"):
		e.Type = Link
	default:
		const slink = "OS.unix=slink"
		if len(value) >= len(slink) && strings.EqualFold(value[:len(slink)], slink) {
			e.Type = Link
			e.Target = strings.TrimPrefix(value[len(slink):], ":")
		}
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
		return time.Time{}, Unknown, fmt.Errorf("%q is not a time of RFC 3659", val)
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
		return time.Time{}, Unknown, fmt.Errorf("%q is no time that exists", val)
	}
	return t, s.precision, nil
}
