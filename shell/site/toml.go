package site

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// ReadTOML hands each table (without a value) and each line with a value to apply, in their order. Nothing may be there
// twice. With an error comes its line.
func ReadTOML(text []byte, apply func(key []string, value *unstable.Node) error) (line int, err error) {
	text = slices.Clip(text)
	var p unstable.Parser
	p.Reset(text)
	var table []string
	seen := map[string]bool{}
	for p.NextExpression() {
		e := p.Expression()
		key, at := keyOf(&p, e)
		full := key
		if e.Kind == unstable.KeyValue {
			full = append(slices.Clone(table), key...)
		}
		name := fmt.Sprintf("%q", full)
		switch {
		case seen[name]:
			err = fmt.Errorf("%s already exists", strings.Join(full, "."))
		case e.Kind == unstable.KeyValue:
			err = apply(key, e.Value())
		case e.Kind == unstable.Table:
			table = key
			err = apply(key, nil)
		default:
			err = fmt.Errorf("%s: a list of tables has no meaning here", strings.Join(key, "."))
		}
		if err != nil {
			return at, err
		}
		seen[name] = true
	}
	var bad *unstable.ParserError
	if errors.As(p.Error(), &bad) {
		return lineOf(text, bad.Highlight), errors.New(bad.Message)
	}
	return 1, p.Error()
}

// lineOf is the line that a part of the text begins in.
func lineOf(text, part []byte) int {
	return 1 + bytes.Count(text[:cap(text)-cap(part)], []byte("\n"))
}

// keyOf is the parts of a dotted key, and the line it is on.
func keyOf(p *unstable.Parser, e *unstable.Node) (key []string, line int) {
	parts := e.Key()
	for parts.Next() {
		if key = append(key, string(parts.Node().Data)); line == 0 {
			line = p.Shape(parts.Node().Raw).Start.Line
		}
	}
	return key, line
}

// QuoteTOML writes a text as a string of TOML.
func QuoteTOML(text string) string {
	plain := func(r rune) bool { return r >= ' ' && r != 0x7f && r != '\'' && r != '\ufffd' }
	if !strings.ContainsFunc(text, func(r rune) bool { return !plain(r) }) {
		return "'" + text + "'"
	}
	var b strings.Builder
	for _, r := range text {
		if plain(r) && r != '"' && r != '\\' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u%04X`, r)
		}
	}
	return `"` + b.String() + `"`
}
