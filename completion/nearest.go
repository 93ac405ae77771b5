package completion

import (
	"cmp"
	"slices"
	"strings"
)

// maxSuggestions is how many names a "did you mean" offers.
const maxSuggestions = 3

// Nearest returns up to three names that word may be a slip for, the likeliest
// first: one letter wrong, missing, added or swapped with its neighbour for
// every three typed, or a beginning of the name. Case does not count.
func Nearest(word string, names []string) []string {
	type scored struct {
		name     string
		distance int
	}
	word = strings.ToLower(word)
	var found []scored
	for _, name := range names {
		low := strings.ToLower(name)
		d := distance(word, low)
		if len(word) > 1 && strings.HasPrefix(low, word) {
			d = min(d, 1)
		}
		if low != "" && d <= max(1, len(word)/3) && d < len(word) {
			found = append(found, scored{name, d})
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int { return cmp.Compare(a.distance, b.distance) })
	var out []string
	for _, f := range found[:min(maxSuggestions, len(found))] {
		out = append(out, f.name)
	}
	return out
}

// distance counts the slips between a and b: the restricted distance of Damerau
// and Levenshtein, by character.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before := make([]int, len(t)+1)
	last := make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := range s {
		row := make([]int, len(t)+1)
		row[0] = i + 1
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(t)]
}
