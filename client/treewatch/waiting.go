package treewatch

import (
	"fmt"
	"strings"
)

// WaitingError is of files that were saved and are not on the server.
type WaitingError struct{ Names []string }

func (e *WaitingError) Error() string {
	return "saved here, and not on the server: " + SomeNames(e.Names)
}

const namesShown = 10

// SomeNames are the first names of many, in one line.
func SomeNames(names []string) string {
	if more := len(names) - namesShown; more > 0 {
		return strings.Join(names[:namesShown], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(names, ", ")
}
