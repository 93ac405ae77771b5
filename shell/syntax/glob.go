package syntax

import (
	"slices"
	"strings"
)

// maxAlternatives bounds what braces expand to; beyond it braces are plain.
const maxAlternatives = 1024

// A Glob is a compiled pattern: * and ? and [a-z] and [!a-z] within a name,
// ** for any number of directories, {a,b} for alternatives, \ before what is
// plain. A name that begins with a dot is matched only by a dot. A bracket or a
// brace that is not closed is plain.
type Glob struct {
	alternatives [][]segment
}

// A segment matches one name in a path.
type segment struct {
	literal  bool // only name matches
	name     string
	elements []element
	deep     bool // **
	dot      bool // begins with a dot
}

// Compile prepares a pattern for many names.
func Compile(pattern string) Glob {
	var g Glob
	for _, p := range braces(pattern) {
		parts := strings.Split(p, "/")
		segs := make([]segment, len(parts))
		for i, part := range parts {
			segs[i] = compileSegment(part)
		}
		g.alternatives = append(g.alternatives, segs)
	}
	return g
}

func compileSegment(p string) segment {
	if p == "**" {
		return segment{deep: true}
	}
	if !special(p) {
		return segment{literal: true, name: unescapePattern(p)}
	}
	dot := strings.HasPrefix(p, ".") || strings.HasPrefix(p, `\.`)
	return segment{elements: elements(p), dot: dot}
}

// Match reports whether the whole of name matches. The time is at most the
// product of the lengths.
func (g Glob) Match(name string) bool {
	parts := strings.Split(name, "/")
	for _, segs := range g.alternatives {
		if matchPath(segs, parts) {
			return true
		}
	}
	return false
}

// Match reports whether name matches pattern.
func Match(pattern, name string) bool { return Compile(pattern).Match(name) }

// matchPath compares name by name. Going back to the last ** is enough: no
// earlier one could do better.
func matchPath(segs []segment, parts []string) bool {
	s, p := 0, 0
	backSeg, backPart := -1, 0
	for p < len(parts) {
		switch {
		case s < len(segs) && segs[s].deep:
			backSeg, backPart = s, p
			s++
		case s < len(segs) && segs[s].match(parts[p]):
			s++
			p++
		case backSeg >= 0 && !strings.HasPrefix(parts[backPart], "."):
			backPart++
			s, p = backSeg+1, backPart
		default:
			return false
		}
	}
	for s < len(segs) && segs[s].deep {
		s++
	}
	return s == len(segs)
}

func (s segment) match(name string) bool {
	switch {
	case s.literal:
		return name == s.name
	case strings.HasPrefix(name, ".") && !s.dot:
		return false
	}
	return name != "" && matchName(s.elements, name)
}

// HasMeta reports whether the pattern can match anything but one name.
func HasMeta(pattern string) bool {
	_, cuts := firstBraces(pattern)
	return cuts != nil || special(pattern)
}

// braces returns the patterns that {a,b} stands for, in order. Braces without a
// comma are plain.
func braces(pattern string) []string {
	out := []string{}
	if strings.Count(pattern, "{") > maxAlternatives || !expandBraces(&out, "", pattern) {
		return []string{pattern}
	}
	return slices.Compact(out)
}

func expandBraces(out *[]string, head, tail string) bool {
	open, cuts := firstBraces(tail)
	if cuts == nil {
		*out = append(*out, head+tail)
		return len(*out) <= maxAlternatives
	}
	rest := tail[cuts[len(cuts)-1]+1:]
	from := open + 1
	for _, cut := range cuts {
		if !expandBraces(out, head+tail[:open], tail[from:cut]+rest) {
			return false
		}
		from = cut + 1
	}
	return true
}

// firstBraces finds the first pair of braces with a comma in it: the index of
// the opening one, and those of its commas and of its end.
func firstBraces(p string) (open int, cuts []int) {
	type pair struct {
		open int
		cuts []int
	}
	var pairs []pair // those that are open
	var first pair
	var class classes
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '\\':
			i++
		case '[':
			i += class.end(p[i:])
		case '{':
			pairs = append(pairs, pair{open: i})
		case ',':
			if n := len(pairs); n > 0 {
				pairs[n-1].cuts = append(pairs[n-1].cuts, i)
			}
		case '}':
			n := len(pairs)
			if n == 0 {
				continue
			}
			last := pairs[n-1]
			pairs = pairs[:n-1]
			if len(last.cuts) > 0 && (first.cuts == nil || last.open < first.open) {
				first = pair{last.open, append(last.cuts, i)}
			}
			if len(pairs) == 0 && first.cuts != nil {
				return first.open, first.cuts
			}
		}
	}
	return first.open, first.cuts
}
