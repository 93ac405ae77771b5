package settings

import (
	"strings"
	"unicode/utf8"
)

// GuessCharset is what names are likely to be written in that are not UTF-8; "" when all of them are. It goes by the bytes
// that are not ASCII: single ones between letters are Latin, pairs from 0xA1 on are Chinese, those with the kana of Japan in
// them are Japanese, and runs of letters Russian.
func GuessCharset(names []string) string {
	text := strings.Join(names, "\n")
	if utf8.ValidString(text) {
		return ""
	}
	seen := countHigh(highRuns(text))
	switch {
	case seen.kanaJIS > 0:
		return "shift_jis"
	case seen.kanaEUC > 0 && 2*seen.kanaEUC >= seen.pairs:
		return "euc-jp"
	case seen.single >= seen.pairs:
		return "latin1"
	case 4*seen.low >= seen.upper+seen.lower:
		return "gbk"
	case seen.upper > seen.lower:
		return "koi8-r"
	}
	return "cp1251"
}

// highBytes counts what tells one charset from another.
type highBytes struct {
	low, upper, lower int // below C0, below E0, above
	single, pairs     int // bytes that stand alone, and twos of those that do not
	kanaJIS, kanaEUC  int
}

func countHigh(runs [][]byte) (seen highBytes) {
	for _, run := range runs {
		if len(run) == 1 {
			seen.single++
		}
		for _, b := range run {
			if b == 0x82 || b == 0x83 {
				seen.kanaJIS++
			}
			switch {
			case b < 0xC0:
				seen.low++
			case b < 0xE0:
				seen.upper++
			default:
				seen.lower++
			}
		}
		for i := 0; i+1 < len(run); i += 2 {
			seen.pairs++
			if run[i] == 0xA4 || run[i] == 0xA5 {
				seen.kanaEUC++
			}
		}
	}
	return seen
}

// highRuns are the parts of a text that are not ASCII.
func highRuns(text string) (runs [][]byte) {
	var run []byte
	for _, b := range append([]byte(text), 0) {
		switch {
		case b >= 0x80:
			run = append(run, b)
		case run != nil:
			runs, run = append(runs, run), nil
		}
	}
	return runs
}
