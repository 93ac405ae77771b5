package completion

import (
	"strings"
	"unicode/utf8"
)

// Words returns the candidates whose text begins with typed. If there are none
// and typed has no upper-case letter, case does not count.
func Words(typed string, all []Candidate) Result {
	var found []Candidate
	for _, fold := range []bool{false, true} {
		if fold && (len(found) > 0 || !folds(typed)) {
			break
		}
		for _, c := range all {
			if begins(c.Text, typed, fold) {
				if c.Shown == "" {
					c.Shown = c.Text
				}
				found = append(found, c)
			}
		}
	}
	return Result{Candidates: found, Common: commonText(typed, found)}
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
