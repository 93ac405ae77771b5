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
	var low, upper, lower, single, pairs, kanaJIS, kanaEUC int
	for _, run := range highRuns(text) {
		if len(run) == 1 {
			single++
		}
		for _, b := range run {
			if b == 0x82 || b == 0x83 {
				kanaJIS++
			}
			switch {
			case b < 0xC0:
				low++
			case b < 0xE0:
				upper++
			default:
				lower++
			}
		}
		for i := 0; i+1 < len(run); i += 2 {
			pairs++
			if run[i] == 0xA4 || run[i] == 0xA5 {
				kanaEUC++
			}
		}
	}
	switch {
	case kanaJIS > 0:
		return "shift_jis"
	case kanaEUC > 0 && 2*kanaEUC >= pairs:
		return "euc-jp"
	case single >= pairs:
		return "latin1"
	case 4*low >= upper+lower:
		return "gbk"
	case upper > lower:
		return "koi8-r"
	}
	return "cp1251"
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
