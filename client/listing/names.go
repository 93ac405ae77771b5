package listing

import "strings"

// parseNames reads a LIST that has nothing but names, each after a blank.
func parseNames(line string, e *Entry) outcome {
	name, ok := strings.CutPrefix(line, " ")
	if !ok || strings.ContainsAny(name, " \t\n") {
		return unknown
	}
	e.Type, e.Name = Other, name
	return namedEntry(e)
}
