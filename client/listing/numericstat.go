package listing

import "strconv"

// parseNumericStat reads the fields of stat(2): mode in octal, uid, gid, size, seconds:
//
//	0100644   500  101   12345    123456789       name
func parseNumericStat(line string, e *Entry) outcome {
	w := words{line: line}
	octal, uid, gid, size, seconds := w.next(), w.next(), w.next(), w.next(), w.next()
	bits, err := strconv.ParseUint(octal, 8, 32)
	if err != nil || len(octal) < 6 || !isAllDigits(uid) || !isAllDigits(gid) || !isAllDigits(size) || !isAllDigits(seconds) {
		return unknown
	}
	switch bits &^ 0o7777 {
	case 0o100000:
		e.Type = File
	case 0o040000:
		e.Type = Dir
	case 0o120000:
		e.Type = Link
	default:
		e.Type = Other
	}
	e.setMode(bits)
	e.Owner, e.Group, e.Size, e.Name = uid, gid, decimal(size), w.rest()
	if n := decimal(seconds); n >= 0 {
		e.setEpoch(n)
	}
	return namedEntry(e)
}
