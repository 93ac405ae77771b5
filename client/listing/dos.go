package listing

import "strings"

// parseDOS reads what "dir" of Windows prints, and IIS, which imitates it:
//
//	04-27-00  09:09PM       <DIR>          licensed
//	04-14-00  03:47PM                  589 readme.htm
func (c *calendar) parseDOS(line string, e *Entry) outcome {
	w := words{line: line}
	date, ok := parseNumericDate(w.next())
	if !ok {
		return dosHeader(line)
	}
	var s stamp
	clock := w.next()
	glued := len(clock) > 2 && !isDigit(clock[len(clock)-1])
	if !glued {
		if half := w.peek(); strings.EqualFold(half, "AM") || strings.EqualFold(half, "PM") {
			clock += w.next()
		}
	}
	if !s.setClock(clock) {
		return unknown
	}
	column := w.at + 22 // IIS writes 22 characters between clock and name
	if !e.setDOSKind(w.next()) || !c.setNumeric(e, date, &s) {
		return unknown
	}
	e.Name = w.rest()
	if glued && date.sep == '-' && w.at < column && column < len(line) && trimBlanks(line[w.at:column]) == "" {
		e.Name = line[column:]
	}
	switch e.Type {
	case Link:
		e.setJunction(e.Name)
	case Dir:
		e.setDirName(e.Name)
	}
	return namedEntry(e)
}

// setDOSKind reads the column that has a size, or a kind in angle brackets.
func (e *Entry) setDOSKind(word string) (ok bool) {
	switch word {
	case "<DIR>":
		e.Type = Dir
		return true
	case "<JUNCTION>", "<SYMLINK>", "<SYMLINKD>":
		e.Type = Link
		return true
	}
	e.Size, _, ok = parseSize(word)
	return ok
}

// setJunction divides "name [target]", "name -> target" and "name => target".
func (e *Entry) setJunction(s string) {
	for _, arrow := range []string{" -> ", " => "} {
		if name, target, ok := strings.Cut(s, arrow); ok {
			e.Name, e.Target = name, target
			return
		}
	}
	if name, target, ok := strings.Cut(s, " ["); ok && strings.HasSuffix(target, "]") {
		e.Name, e.Target = name, strings.TrimSuffix(target, "]")
	}
}

// dosHeader knows what "dir" prints around the entries.
func dosHeader(line string) outcome {
	text := trimBlanks(line)
	for _, prefix := range []string{"Volume in drive ", "Volume Serial Number is ", "Directory of "} {
		if strings.HasPrefix(text, prefix) && isBlank(line[0]) {
			return header
		}
	}
	w := words{line: text}
	_, isCount := number(w.next())
	switch w.next() {
	case "files", "File(s)", "directories", "Dir(s)", "file", "directory":
		if isCount && strings.Contains(text, "bytes") {
			return header
		}
	}
	return unknown
}
