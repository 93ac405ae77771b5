package listing

import (
	"math"
	"strings"
)

// parseVMS reads OpenVMS, MultiNet and UCX, whose columns stand in any order. Long names
// are alone on their line, and the rest is on the next:
//
//	README.TXT;4      2/8   18-APR-2000 10:40:39  [GROUP,OWNER]  (RWED,RWED,RE,)
func (c *calendar) parseVMS(line string, e *Entry) outcome {
	name, version, rest, ok := cutVersion(line)
	if !ok {
		return vmsHeader(line)
	}
	e.Name, e.Version = name, version
	if dir, ok := strings.CutSuffix(name, ".DIR"); ok {
		e.setDirName(dir)
	}
	text := trimBlanks(rest)
	switch {
	case text == "":
		return half
	case strings.Contains(text, "%RMS-E-FNF"):
		return header // "*.*;0" of an empty directory
	case strings.HasPrefix(strings.TrimPrefix(text, "<"), "%"):
		return namedEntry(e) // the file is there, but cannot be looked at
	}
	return c.vmsColumns(text, e)
}

// cutVersion takes NAME.TYPE;version off the front. With ODS-5 a name may have blanks.
func cutVersion(line string) (name string, version int, rest string, ok bool) {
	semicolon := strings.IndexByte(line, ';')
	if semicolon < 1 {
		return "", 0, "", false
	}
	digits := leadingDigits(line[semicolon+1:])
	rest = line[semicolon+1+digits:]
	version, ok = number(line[semicolon+1 : semicolon+1+digits])
	return line[:semicolon], version, rest, ok && (rest == "" || isBlank(rest[0])) && !isBlank(line[0])
}

// vmsColumns reads all but the name.
func (c *calendar) vmsColumns(text string, e *Entry) outcome {
	protection := strings.IndexByte(text, '(')
	if protection >= 0 {
		if !e.setProtection(text[protection:]) {
			return unknown
		}
		text = text[:protection]
	}
	if owner := strings.IndexByte(text, '['); owner >= 0 {
		uic, behind, _ := strings.Cut(text[owner+1:], "]") // MultiNet may cut the bracket off
		e.setUIC(trimBlanks(uic))
		text = text[:owner] + behind
	}
	var date, clock string
	w := words{line: text}
	for word := w.next(); word != ""; word = w.next() {
		switch {
		case strings.Count(word, "-") == 2 && date == "":
			date = word
		case strings.IndexByte(word, ':') > 0 && clock == "":
			clock = word
		case strings.Trim(word, "*/") == "": // the size does not fit its column
		case isDigit(word[0]) && e.Size < 0:
			if !e.setBlocks(word) {
				return unknown
			}
		case e.Owner == "" && !strings.ContainsAny(word, "/;"):
			e.Owner = word
		default:
			return unknown
		}
	}
	switch found := namedEntry(e); {
	case !c.setVMSTime(e, date, clock):
		return unknown
	case found == parsed && protection < 0:
		return open // it may be on a line of its own
	default:
		return found
	}
}

// setBlocks reads "2/8", the used and allocated blocks of 512 bytes, or "2KB".
func (e *Entry) setBlocks(word string) bool {
	used, _, _ := strings.Cut(word, "/")
	size, approx, ok := parseSize(used)
	if !approx && size > 0 {
		if size > math.MaxInt64/512 {
			size = -1
		} else {
			size *= 512
		}
	}
	e.Size, e.SizeApprox = size, true
	return ok
}

// setUIC reads GROUP,OWNER, or an owner alone.
func (e *Entry) setUIC(uic string) {
	if group, owner, ok := strings.Cut(uic, ","); ok {
		e.Group, e.Owner = trimBlanks(group), trimBlanks(owner)
		return
	}
	e.Owner = uic
}

// setProtection reads (system,owner,group,world), each with some of RWED. "Delete" has
// no bit in a mode, and "system" no place.
func (e *Entry) setProtection(s string) bool {
	s, ok := strings.CutSuffix(strings.TrimPrefix(s, "("), ")")
	parts := strings.Split(s, ",")
	if !ok || len(parts) != 4 {
		return false
	}
	var bits uint64
	for _, part := range parts[1:] {
		bits <<= 3
		for _, letter := range part {
			switch letter {
			case 'R':
				bits |= 4
			case 'W':
				bits |= 2
			case 'E':
				bits |= 1
			}
		}
	}
	e.setMode(bits)
	return true
}

// setVMSTime reads 2-JUL-2003 and 10:30:13.64, which may be missing.
func (c *calendar) setVMSTime(e *Entry, date, clock string) bool {
	var d unixDate
	d.precision = Day
	if !d.setNamed(date) {
		return false
	}
	if clock != "" && !d.setClock(clock) {
		return false
	}
	return d.set(c, e)
}

// vmsHeader knows the lines around the entries.
func vmsHeader(line string) outcome {
	text := trimBlanks(line)
	switch {
	case strings.HasPrefix(text, "Directory ") && strings.HasSuffix(text, "]"),
		strings.HasSuffix(text, "]") && strings.Contains(text, ":["),
		strings.HasPrefix(text, "Grand total of "),
		strings.HasPrefix(text, "Total ") && strings.Contains(text, "ile"):
		return header
	}
	return unknown
}
