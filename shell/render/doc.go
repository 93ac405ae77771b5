// Package render turns results into text: listings, tables, sizes, times,
// progress, errors, JSON. It decides how things look, never where they go: the
// caller brings the width, says whether there is colour, and owns the terminal.
//
// Text from a server passes through Safe before it becomes part of a line.
package render
