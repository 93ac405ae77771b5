package listing

import (
	"strconv"
	"strings"
	"time"
)

// parseEPLF reads the Easily Parsed LIST Format of publicfile and anonftpd:
//
//	+i8388621.48594,m825718503,r,s280,up755<TAB>name
func parseEPLF(line string, e *Entry) outcome {
	facts, name, ok := strings.Cut(line, "\t")
	if !ok || name == "" || !strings.HasPrefix(facts, "+") {
		return unknown
	}
	e.Type, e.Name = Other, name
	for fact := range strings.SplitSeq(facts[1:], ",") {
		if fact != "" {
			e.takeEPLF(fact[0], fact[1:])
		}
	}
	return parsed
}

func (e *Entry) takeEPLF(letter byte, value string) {
	switch letter {
	case '/':
		e.Type = Dir
	case 'r':
		if e.Type != Dir {
			e.Type = File
		}
	case 's':
		e.Size = decimal(value)
	case 'm':
		if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
			e.setEpoch(seconds)
		}
	case 'i':
		e.Unique = value
	case 'u':
		if octal, ok := strings.CutPrefix(value, "p"); ok {
			if bits, err := strconv.ParseUint(octal, 8, 32); err == nil {
				e.setMode(bits)
			}
		}
	}
}

// setEpoch takes seconds since 1970, unless their year has not four digits.
func (e *Entry) setEpoch(seconds int64) {
	if t := time.Unix(seconds, 0).UTC(); 1000 <= t.Year() && t.Year() <= 9999 {
		e.Time, e.Precision = t, Second
	}
}
