package listing

// parseOS2 reads OS/2, whose years are those of tm_year, with attributes or without:
//
//	  1123 DIR  A    10-05-100  23:38  directory
//	149473      A    11-17-98   16:07  POPUPLOG.OS2
func (c *calendar) parseOS2(line string, e *Entry) outcome {
	w := words{line: line}
	size, _, ok := parseSize(w.next())
	if !ok {
		return unknown
	}
	word := w.next()
	for ; word != "" && !isDigit(word[0]); word = w.next() {
		if word == "DIR" {
			e.Type = Dir
		} else if !isDOSAttributes(word) {
			return unknown
		}
	}
	date, isDate := parseNumericDate(word)
	var s stamp
	if !isDate || !s.setClock(w.next()) || !c.setNumeric(e, date, &s) {
		return unknown
	}
	e.Name, e.Size = w.rest(), size
	return namedEntry(e)
}

// isDOSAttributes knows "A", "RHS" and the like.
func isDOSAttributes(word string) bool {
	for i := range len(word) {
		switch word[i] {
		case 'A', 'R', 'H', 'S':
		default:
			return false
		}
	}
	return word != ""
}
