// Package textdiff compares two texts line by line.
package textdiff

import (
	"bytes"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// The bounds of a text; what is larger is compared byte by byte.
const (
	MostBytes = 16 << 20
	MostLines = 200_000
)

// head is where a NUL says that a file is no text, as git has it.
const head = 8000

// IsText reports whether a file is compared line by line.
func IsText(text []byte) bool {
	return len(text) <= MostBytes && bytes.IndexByte(text[:min(len(text), head)], 0) < 0 && bytes.Count(text, []byte("\n")) <= MostLines
}

// Difference is how one text becomes another one.
type Difference struct {
	Unified        string // "" if they are the same
	Added, Removed int    // lines
	OnlyEnds       bool   // they differ in CR before LF only
}

// Options say how texts are compared.
type Options struct {
	Context int  // lines around what differs
	Blanks  bool // the number of blanks, and those at the end of a line, do not matter
}

// Compare says how old becomes new. The labels name both in the unified form.
func Compare(oldLabel, newLabel string, old, new []byte, o Options) (Difference, error) {
	before, after := string(old), string(new)
	if before == after {
		return Difference{}, nil
	}
	edits := udiff.Lines(before, after)
	if o.Blanks {
		edits = withoutBlanks(before, after)
	}
	if len(edits) == 0 {
		return Difference{}, nil
	}
	d := Difference{OnlyEnds: strings.ReplaceAll(before, "\r\n", "\n") == strings.ReplaceAll(after, "\r\n", "\n")}
	for _, e := range edits {
		d.Removed += countLines(before[e.Start:e.End])
		d.Added += countLines(e.New)
	}
	var err error
	d.Unified, err = udiff.ToUnified(oldLabel, newLabel, before, edits, o.Context)
	return d, err
}

func countLines(text string) int {
	n := strings.Count(text, "\n")
	if text != "" && !strings.HasSuffix(text, "\n") {
		n++
	}
	return n
}

// withoutBlanks finds the edits of texts whose blanks are made alike, and says them of the texts
// as they are.
func withoutBlanks(before, after string) []udiff.Edit {
	alike, other := plain(before), plain(after)
	starts, otherStarts := offsets(alike.text), offsets(other.text)
	var edits []udiff.Edit
	shift := 0 // of a place in the other text
	for _, e := range udiff.Lines(alike.text, other.text) {
		from, to := lineAt(starts, e.Start), lineAt(starts, e.End)
		at := e.Start + shift
		first, last := lineAt(otherStarts, at), lineAt(otherStarts, at+len(e.New))
		edits = append(edits, udiff.Edit{Start: alike.at[from], End: alike.at[to], New: after[other.at[first]:other.at[last]]})
		shift += len(e.New) - (e.End - e.Start)
	}
	return edits
}

// plainText is a text whose blanks were made alike; at has the place of each of its lines in the
// original, and the end.
type plainText struct {
	text string
	at   []int
}

func plain(text string) (p plainText) {
	var out strings.Builder
	at := 0
	for line := range strings.Lines(text) {
		p.at = append(p.at, at)
		at += len(line)
		body, end := strings.CutSuffix(line, "\n")
		blank := len(body) > 0 && (body[0] == ' ' || body[0] == '\t')
		words := strings.Fields(body)
		if blank && len(words) > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(strings.Join(words, " "))
		if end {
			out.WriteByte('\n')
		}
	}
	p.at = append(p.at, at)
	p.text = out.String()
	return p
}

// offsets are the places at which the lines of a text begin, and its end.
func offsets(text string) []int {
	var all []int
	at := 0
	for line := range strings.Lines(text) {
		all = append(all, at)
		at += len(line)
	}
	return append(all, at)
}

func lineAt(starts []int, at int) int {
	i, _ := slices.BinarySearch(starts, at)
	return min(i, len(starts)-1)
}
