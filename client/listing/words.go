package listing

// words walks over the words of a line. A copy is a bookmark: to look ahead, walk
// with a copy.
type words struct {
	line string
	at   int
}

// isBlank takes a line feed for a blank too: it joins the halves of a wrapped line.
func isBlank(b byte) bool { return b <= ' ' && (b == ' ' || b == '\t' || b == '\n') }

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// gap is the number of blanks in front of the next word.
func (w *words) gap() int {
	at := w.at
	for at < len(w.line) && isBlank(w.line[at]) {
		at++
	}
	return at - w.at
}

// next returns the next word and stops behind it; at the end it returns "".
func (w *words) next() string {
	line, start := w.line, w.at
	for start < len(line) && isBlank(line[start]) {
		start++
	}
	end := start
	for end < len(line) && !isBlank(line[end]) {
		end++
	}
	w.at = end
	return line[start:end]
}

// peek returns the next word and stays.
func (w words) peek() string { return w.next() }

// rest is all that follows, from the next word on.
func (w *words) rest() string { return w.line[w.at+w.gap():] }

// afterBlank is all that follows the one blank that ends a column: other blanks
// belong to what comes then.
func (w *words) afterBlank() string {
	if w.at >= len(w.line) {
		return ""
	}
	return w.line[w.at+1:]
}

// isAllDigits reports that s is a number without sign.
func isAllDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// number reads up to nine digits and nothing else.
func number(s string) (int, bool) {
	if len(s) > 9 || !isAllDigits(s) {
		return 0, false
	}
	n := 0
	for i := 0; i < len(s); i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// leadingDigits is the number of digits that s begins with.
func leadingDigits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

func trimBlanks(s string) string { return trimBlanksRight(trimBlanksLeft(s)) }

func trimBlanksLeft(s string) string {
	n := 0
	for n < len(s) && isBlank(s[n]) {
		n++
	}
	return s[n:]
}

func trimBlanksRight(s string) string {
	n := len(s)
	for n > 0 && isBlank(s[n-1]) {
		n--
	}
	return s[:n]
}

// firstBlank is the index of the first blank in s, or its length.
func firstBlank(s string) int {
	n := 0
	for n < len(s) && !isBlank(s[n]) {
		n++
	}
	return n
}

// cutLastWord parts the last word from what stands before it.
func cutLastWord(s string) (before, last string) {
	s = trimBlanksRight(s)
	n := len(s)
	for n > 0 && !isBlank(s[n-1]) {
		n--
	}
	return trimBlanksRight(s[:n]), s[n:]
}
