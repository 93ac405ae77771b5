package shell

import (
	"context"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ftpsh/ftpsh/client/localname"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/failure"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var nmapCommands = []*Command{
	{
		Name: "nmap", Args: "[pattern name]", Short: "rename files on their way: parts of the name in another order",
		Long: "It is for transfers whose target was not named. $1 to $9 in the pattern stand for parts of the name, everything else " +
			"for itself; in the new name they stand for what they were, $0 for the whole name, and [$1,text] for $1 or, where that " +
			"is empty, the text. A name that does not fit the pattern stays as it is, and one may end before the pattern does. " +
			"A backslash makes $ [ ] , plain. Without arguments it is switched off.",
		Examples: []Example{
			{"nmap $1.$2 $2.$1", "notes.txt becomes txt.notes"},
			{"nmap $1.$2.$3 [$1,$2].[$2,txt]", "notes becomes notes.txt, notes.md.old becomes notes.md"},
		},
		Max: 2, Complete: []completion.Kind{completion.Text}, Foreign: Confined, Run: setNameMap,
	},
	{
		Name: "ntrans", Args: "[from [to]]", Short: "replace characters in names on their way",
		Long: "It is for transfers whose target was not named. Each character of the first word becomes the one at the same place " +
			"in the second, or nothing where that is shorter. Without arguments it is switched off.",
		Examples: []Example{{"ntrans : _", "a:b becomes a_b"}, {"ntrans ' '", "blanks disappear"}},
		Max:      2, Complete: []completion.Kind{completion.Text}, Foreign: Confined, Run: setNameTrans,
	},
}

func setNameMap(_ context.Context, c *Call) error {
	if len(c.Args) == 1 {
		return c.Usage("the new name is missing")
	}
	c.Shell.nmap = nameMap{pattern: c.Arg(0), name: c.Arg(1)}
	c.tellMap("nmap", len(c.Args) > 0)
	return nil
}

func setNameTrans(_ context.Context, c *Call) error {
	c.Shell.ntrans = nameTrans{from: []rune(c.Arg(0)), to: []rune(c.Arg(1))}
	c.tellMap("ntrans", len(c.Args) > 0)
	return nil
}

func (c *Call) tellMap(name string, on bool) {
	if c.Interactive() {
		c.Note("%s is %s", name, settings.OnOff(on))
	}
}

// mapText shows what nmap or ntrans does; "" when it does nothing.
func (n *names) mapText(name string) string {
	switch {
	case name == "nmap" && n.nmap.pattern != "":
		return n.nmap.pattern + " " + n.nmap.name
	case name == "ntrans" && len(n.ntrans.from) > 0:
		return string(n.ntrans.from) + " " + string(n.ntrans.to)
	}
	return ""
}

// nameTrans is what ntrans does to a name; the zero value does nothing.
type nameTrans struct{ from, to []rune }

func (t nameTrans) apply(name string) string {
	if len(t.from) == 0 {
		return name // bytes that are not UTF-8 stay what they are
	}
	return strings.Map(func(r rune) rune {
		for i, from := range t.from {
			switch {
			case r != from:
			case i < len(t.to):
				return t.to[i]
			default:
				return -1
			}
		}
		return r
	}, name)
}

// nameMap is what nmap does to a name; the zero value does nothing.
type nameMap struct{ pattern, name string }

func (m nameMap) apply(name string) string {
	if m.pattern == "" {
		return name
	}
	parts, fits := match(m.pattern, name)
	if !fits {
		return name
	}
	parts[0] = name
	return fill(m.name, &parts)
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
			value := fill(first, parts)
			if value == "" {
				value = fill(second, parts)
			}
			b.WriteString(value)
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

// localName is the name that a remote file gets in a local folder when the user has named none: its last part, changed by
// case, ntrans and nmap, and by what the file system does not take. What the server calls a file can never lead out of the
// folder.
func localName(sh *Shell, dir, remote string) (string, error) {
	name := baseName(remote)
	if sh.Settings.Case && isUpper(name) && utf8.ValidString(name) {
		name = strings.ToLower(name)
	}
	name = sh.nmap.apply(sh.ntrans.apply(name))
	local := ""
	for part := range strings.SplitSeq(name, "/") {
		if localname.LeadsElsewhere(part) {
			return "", &unsafeNameError{remote}
		}
		part, err := namesIn(sh, filepath.Join(dir, local)).Name(part)
		if err != nil {
			return "", &failure.LocalError{Text: failure.InWords(err)}
		}
		local = filepath.Join(local, part)
	}
	return local, nil
}

// remoteName is the name that a local file gets on the server when the user has
// named none.
func (n *names) remoteName(local string) string {
	return n.nmap.apply(n.ntrans.apply(filepath.Base(local)))
}

// isUpper reports whether a name has capital letters and no others.
func isUpper(name string) bool {
	return strings.ContainsFunc(name, unicode.IsUpper) && !strings.ContainsFunc(name, unicode.IsLower)
}
