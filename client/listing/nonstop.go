package listing

import "strings"

// parseNonStop reads HP NonStop Guardian:
//
//	File         Code             EOF  Last Modification    Owner  RWEP
//	FILE1        101              528 12-Jan-14 14:21:18 255, 0 "oooo"
func (c *calendar) parseNonStop(line string, e *Entry) outcome {
	w := words{line: line}
	name, code, eof := w.next(), w.next(), w.next()
	if name == "File" && code == "Code" && eof == "EOF" {
		return header
	}
	if !isAllDigits(code) || !isAllDigits(eof) {
		return unknown
	}
	var d unixDate
	if !d.setNamed(w.next()) || !d.setClock(w.next()) || !d.set(c, e) {
		return unknown
	}
	owner, security, ok := strings.Cut(w.rest(), "\"")
	if !ok || !strings.HasSuffix(security, "\"") {
		return unknown
	}
	e.Name, e.Size = name, decimal(eof)
	e.Owner = strings.ReplaceAll(owner, " ", "")
	return parsed
}
