package practice

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

type stepKind int

const (
	sayStep stepKind = iota
	hearStep
	dataStep
	actStep
)

// anything stands for D< *; no real data can be told from it, but none has this text.
const anything = "\x00any\x00"

// step is one line of a script.
type step struct {
	kind    stepKind
	line    int    // its number
	text    string // as written
	bytes   string // what is sent, or must come
	word    string // of D and of acts
	size    int64  // of D+
	pattern *regexp.Regexp
}

// parseScript reads the language of [Script].
func parseScript(text string) ([]step, error) {
	var steps []step
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(strings.TrimLeft(line, " \t"), "\r")
		if line == "" || line[0] == '#' {
			continue
		}
		st, err := parseStep(line)
		if err != nil {
			return nil, fmt.Errorf("script line %d: %w", i+1, err)
		}
		st.line, st.text = i+1, line
		steps = append(steps, st)
	}
	return steps, nil
}

func parseStep(line string) (st step, err error) {
	mark, rest := line[:min(2, len(line))], ""
	if len(line) > 2 {
		rest = strings.TrimPrefix(line[2:], " ")
	}
	switch mark {
	case "S:":
		return step{kind: sayStep, bytes: rest + "\r\n"}, nil
	case "S>":
		rest, err = unescape(rest)
		return step{kind: sayStep, bytes: rest}, err
	case "C:":
		return heard(regexp.QuoteMeta(rest), rest == "*")
	case "C~":
		return heard(rest, false)
	case "D:":
		return step{kind: dataStep, bytes: rest + "\r\n"}, nil
	case "D>":
		rest, err = unescape(rest)
		return step{kind: dataStep, bytes: rest}, err
	case "D+":
		return filling(rest)
	case "D<":
		if rest == "*" {
			return step{kind: dataStep, word: "<", bytes: anything}, nil
		}
		rest, err = unescape(rest)
		return step{kind: dataStep, word: "<", bytes: rest}, err
	}
	switch line = strings.TrimRight(line, " \t"); line {
	case "D close", "D end", "D reset", "D hold", "D tls":
		return step{kind: dataStep, word: line[2:]}, nil
	case "tls", "close", "reset", "silence", "accept":
		return step{kind: actStep, word: line}, nil
	}
	return step{}, fmt.Errorf("%q is neither said nor heard nor done", line)
}

func heard(pattern string, any bool) (step, error) {
	if any {
		pattern = ".*"
	}
	re, err := regexp.Compile(`(?s)\A(?:` + pattern + `)\z`)
	return step{kind: hearStep, pattern: re}, err
}

// unescape puts bytes in the place of \r \n \t \\ \xNN.
func unescape(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		if i++; i == len(s) {
			return "", fmt.Errorf(`a \ ends the line`)
		}
		switch s[i] {
		case 'r':
			b.WriteByte('\r')
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case '\\':
			b.WriteByte('\\')
		case 'x':
			v, err := strconv.ParseUint(s[min(i+1, len(s)):min(i+3, len(s))], 16, 8)
			if err != nil || i+3 > len(s) {
				return "", fmt.Errorf(`two hexadecimal digits follow \x`)
			}
			b.WriteByte(byte(v))
			i += 2
		default:
			return "", fmt.Errorf(`\%c is unknown`, s[i])
		}
	}
	return b.String(), nil
}

// Escape writes bytes as the lines S> and D> of [Script] have them.
func Escape(data string) string {
	var b strings.Builder
	for i := range len(data) {
		switch c := data[i]; {
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '\\':
			b.WriteString(`\\`)
		case c < ' ' || c >= 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
