package completion

import (
	"sort"
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
	measure := ruler{word: []rune(word)}
	slips := max(1, len(word)/3)
	var found []scored
	for _, name := range names {
		low := strings.ToLower(name)
		d := slips + 1
		if longer := len(low) - len(word); longer <= 4*slips && longer >= -4*slips { // a character has up to four bytes
			d = measure.distance(low)
		}
		if len(word) > 1 && strings.HasPrefix(low, word) {
			d = min(d, 1)
		}
		if low != "" && d <= slips && d < len(word) {
			found = append(found, scored{name, d})
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].distance < found[j].distance })
	var out []string
	for _, f := range found[:min(maxSuggestions, len(found))] {
		out = append(out, f.name)
	}
	return out
}

// A ruler measures distances from one word without making garbage.
type ruler struct {
	word                []rune
	other               []rune
	before, last, newer []int
}

// distance counts the slips between the word and another one: the restricted
// distance of Damerau and Levenshtein, by character.
func (r *ruler) distance(other string) int {
	r.other = r.other[:0]
	for _, c := range other {
		r.other = append(r.other, c)
	}
	s, t := r.word, r.other
	for len(r.last) <= len(t) {
		r.before, r.last, r.newer = append(r.before, 0), append(r.last, 0), append(r.newer, 0)
	}
	before, last, row := r.before, r.last, r.newer
	for j := range len(t) + 1 {
		last[j] = j
	}
	for i := range s {
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
		before, last, row = last, row, before
	}
	return last[len(t)]
}
