package listing

import "strings"

// isDirectoryName knows the names of a directory itself and of the one above: no text but
// a listing has them alone on a line.
func isDirectoryName(line string) bool { return line == "." || line == ".." }

// parseNames reads a LIST that has nothing but names, each after a blank.
func parseNames(line string, e *Entry) outcome {
	name, ok := strings.CutPrefix(line, " ")
	if !ok || strings.ContainsAny(name, " \t\n") {
		return unknown
	}
	e.Type, e.Name = Other, name
	return namedEntry(e)
}
