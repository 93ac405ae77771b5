package completion

import (
	"cmp"
	"strings"
	"unicode/utf8"
)

// Words returns the candidates whose text begins with typed. If there are none and typed has no upper-case letter, case
// does not count; if there are still none, those that hold typed, or its letters in this order.
func Words(typed string, all []Candidate) Result {
	if found := Beginning(typed, all); len(found.Candidates) > 0 || typed == "" {
		return found
	}
	for _, alike := range likenesses {
		if found := pick(all, func(text string) bool { return alike(text, strings.ToLower(typed)) }); len(found) > 0 {
			return Result{Candidates: found, Common: commonText(typed, found)}
		}
	}
	return Result{Common: typed}
}

// Beginning is Words without what only holds the letters.
func Beginning(typed string, all []Candidate) Result {
	found := pick(all, func(text string) bool { return begins(text, typed, false) })
	if len(found) == 0 && folds(typed) {
		found = pick(all, func(text string) bool { return begins(text, typed, true) })
	}
	return Result{Candidates: found, Common: commonText(typed, found)}
}

func pick(all []Candidate, fits func(text string) bool) (found []Candidate) {
	for _, c := range all {
		if fits(c.Text) {
			c.Shown = cmp.Or(c.Shown, c.Text)
			found = append(found, c)
		}
	}
	return found
}

// likenesses are how a name may be meant that begins otherwise, the closest first. What was typed is in small letters.
var likenesses = []func(name, typed string) bool{
	func(name, typed string) bool { return strings.Contains(strings.ToLower(name), typed) },
	func(name, typed string) bool {
		for _, r := range strings.ToLower(name) {
			if typed == "" {
				break
			}
			if first, size := utf8.DecodeRuneInString(typed); r == first {
				typed = typed[size:]
			}
		}
		return typed == ""
	},
}

// begins reports whether name begins with typed.
func begins(name, typed string, fold bool) bool {
	if !fold {
		return strings.HasPrefix(name, typed)
	}
	return strings.HasPrefix(strings.ToLower(name), typed)
}

// folds reports whether typed may match names in another case.
func folds(typed string) bool { return typed == strings.ToLower(typed) }

func commonText(typed string, found []Candidate) string {
	names := make([]string, len(found))
	for i, c := range found {
		names[i] = c.Text
	}
	return common(typed, names)
}

// common returns the common beginning of names, in their case, unless typed says
// more.
func common(typed string, names []string) string {
	if c := CommonPrefix(names); len(c) >= len(typed) {
		return c
	}
	return typed
}

// CommonPrefix returns the longest beginning that all names share; it never
// ends within a character.
func CommonPrefix(names []string) string {
	if len(names) == 0 {
		return ""
	}
	prefix := names[0]
	for _, name := range names[1:] {
		prefix = shared(prefix, name)
	}
	return prefix
}

func shared(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n < len(a) && n > 0 && !utf8.RuneStart(a[n]) {
		n--
	}
	return a[:n]
}
