package command

import (
	"cmp"
	"path/filepath"
	"strings"
)

// NameTrans is what ntrans does to a name; the zero value does nothing.
type NameTrans struct{ From, To []rune }

// Apply is a name with its characters changed, as ntrans says.
func (t NameTrans) Apply(name string) string {
	if len(t.From) == 0 {
		return name // bytes that are not UTF-8 stay what they are
	}
	return strings.Map(func(r rune) rune {
		for i, from := range t.From {
			switch {
			case r != from:
			case i < len(t.To):
				return t.To[i]
			default:
				return -1
			}
		}
		return r
	}, name)
}

// NameMap is what nmap does to a name; the zero value does nothing.
type NameMap struct{ Pattern, Name string }

// Apply is a name as nmap maps it.
func (m NameMap) Apply(name string) string {
	if m.Pattern == "" {
		return name
	}
	parts, fits := match(m.Pattern, name)
	if !fits {
		return name
	}
	parts[0] = name
	return fill(m.Name, &parts)
}

// match takes a name apart: each $n reaches up to the character that follows it
// in the pattern. A name may end before the pattern does.
func match(pattern, name string) (parts [10]string, fits bool) {
	for pattern != "" && name != "" {
		if n := variable(pattern); n > 0 {
			pattern = pattern[2:]
			end := len(name)
			if stop := literal(pattern); stop != "" {
				if i := strings.Index(name, stop); i >= 0 {
					end = i
				}
			}
			parts[n], name = name[:end], name[end:]
			continue
		}
		stop := literal(pattern)
		if !strings.HasPrefix(name, stop) {
			return parts, false
		}
		name = name[len(stop):]
		pattern = strings.TrimPrefix(pattern, `\`)[len(stop):]
	}
	return parts, name == ""
}

// variable returns n where text begins with $n, else 0.
func variable(text string) int {
	if len(text) > 1 && text[0] == '$' && text[1] >= '1' && text[1] <= '9' {
		return int(text[1] - '0')
	}
	return 0
}

// literal returns the character that text begins with, without the backslash
// that makes it plain; "" where a $n begins.
func literal(text string) string {
	switch {
	case variable(text) > 0:
		return ""
	case len(text) > 1 && text[0] == '\\':
		text = text[1:]
	}
	for i := range text {
		if i > 0 {
			return text[:i]
		}
	}
	return text
}

// fill puts the parts of a name into another one.
func fill(text string, parts *[10]string) string {
	var b strings.Builder
	for text != "" {
		n := variable(text)
		switch {
		case n > 0 || strings.HasPrefix(text, "$0"):
			b.WriteString(parts[n])
			text = text[2:]
		case text[0] == '[':
			first, second, rest := choice(text)
			b.WriteString(cmp.Or(fill(first, parts), fill(second, parts)))
			text = rest
		default:
			plain := literal(text)
			b.WriteString(plain)
			text = strings.TrimPrefix(text, `\`)[min(len(plain), len(strings.TrimPrefix(text, `\`))):]
		}
	}
	return b.String()
}

// choice takes [first,second]rest apart. Brackets and commas behind a backslash
// are plain.
func choice(text string) (first, second, rest string) {
	comma := -1
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == ',' && comma < 0:
			comma = i
		case text[i] == ']' && comma < 0:
			return text[1:i], "", text[i+1:]
		case text[i] == ']':
			return text[1:comma], text[comma+1 : i], text[i+1:]
		}
	}
	return text[1:], "", ""
}

// RemoteName is the name that a local file gets on the server when the user has
// named none.
func (n *Names) RemoteName(local string) string {
	return n.Nmap.Apply(n.Ntrans.Apply(filepath.Base(local)))
}
