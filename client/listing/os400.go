package listing

import "strings"

// parseOS400 reads the native form of IBM i; members of a file have no size and date:
//
//	QSYS            77824 02/23/00 15:09:55 *DIR       home/
//	QPGMR                                   *MEM       A.FILE/B.MBR
func (c *calendar) parseOS400(line string, e *Entry) outcome {
	w := words{line: line}
	e.Owner = w.next()
	word := w.next()
	if !strings.HasPrefix(word, "*") {
		size, _, ok := parseSize(word)
		date, isDate := parseNumericDate(w.next())
		var s stamp
		if !ok || !isDate || !s.setClock(w.next()) || !c.setNumeric(e, date, &s) {
			return unknown
		}
		e.Size = size
		word = w.next()
	} else if word != "*MEM" {
		return unknown
	}
	if len(word) < 2 || word[0] != '*' {
		return unknown
	}
	e.Name = w.rest()
	switch word {
	case "*DIR", "*DDIR", "*LIB", "*FLR":
		e.setDirName(e.Name)
	}
	return namedEntry(e)
}
