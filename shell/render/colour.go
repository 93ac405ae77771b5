package render

import (
	"io/fs"
	"path"
	"strings"

	"github.com/ftpsh/ftpsh/client/listing"
)

// A Colour is what stands between ESC[ and m: the numbers of a terminal colour
// or style. The empty one changes nothing.
type Colour string

// The colours that have a meaning of their own everywhere.
const (
	Plain  Colour = ""
	Bold   Colour = "1"
	Dim    Colour = "2"
	Red    Colour = "31" // failures
	Green  Colour = "32" // success, protection
	Yellow Colour = "33" // warnings
	Blue   Colour = "34"
	Cyan   Colour = "36"
)

// Paint returns text in this colour, if colours are on.
func (c Colour) Paint(on bool, text string) string {
	if !on || c == "" || text == "" {
		return text
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}

// Colours say how entries are coloured: by kind, under the two-letter names of
// LS_COLORS (di, ln, ex …), and by the end of the name.
type Colours struct {
	kinds    map[string]Colour
	suffixes map[string]Colour // by extension with its dot, lower case
	others   []suffix          // patterns of LS_COLORS that are no extension
}

type suffix struct {
	end    string
	colour Colour
}

// defaultColours are those of dircolors(1) without its list of extensions.
const defaultColours = "di=01;34:ln=01;36:pi=33:so=01;35:bd=01;33:cd=01;33:su=37;41:sg=30;43:tw=30;42:ow=34;42:st=37;44:ex=01;32"

// ParseColours reads the value of LS_COLORS over the built-in colours. What is
// no colour is ignored.
func ParseColours(value string) Colours {
	c := Colours{kinds: map[string]Colour{}, suffixes: map[string]Colour{}}
	for item := range strings.SplitSeq(defaultColours+":"+value, ":") {
		key, code, found := strings.Cut(item, "=")
		if !found || strings.Trim(code, "0123456789;") != "" {
			continue
		}
		end, isSuffix := strings.CutPrefix(key, "*")
		switch {
		case !isSuffix:
			c.kinds[key] = Colour(code)
		case strings.LastIndexByte(end, '.') == 0:
			c.suffixes[strings.ToLower(end)] = Colour(code)
		default:
			c.others = append(c.others, suffix{strings.ToLower(end), Colour(code)})
		}
	}
	return c
}

// Of returns the colour of an entry.
func (c Colours) Of(e *listing.Entry) Colour {
	if k := kind(e); k != "fi" {
		return c.kinds[k]
	}
	low := strings.ToLower(e.Name)
	if colour, ok := c.suffixes[path.Ext(low)]; ok {
		return colour
	}
	for _, s := range c.others {
		if strings.HasSuffix(low, s.end) {
			return s.colour
		}
	}
	return c.kinds["fi"]
}

// kind returns the key of LS_COLORS for an entry.
func kind(e *listing.Entry) string {
	m := e.Mode
	switch e.Type {
	case listing.Dir:
		switch {
		case m&fs.ModeSticky != 0 && m&2 != 0:
			return "tw"
		case m&2 != 0:
			return "ow"
		case m&fs.ModeSticky != 0:
			return "st"
		}
		return "di"
	case listing.Link:
		return "ln"
	case listing.Other:
		return map[byte]string{'p': "pi", 's': "so", 'b': "bd", 'c': "cd"}[typeLetter(e)]
	}
	switch {
	case m&fs.ModeSetuid != 0:
		return "su"
	case m&fs.ModeSetgid != 0:
		return "sg"
	case m&0o111 != 0 && e.HasMode:
		return "ex"
	}
	return "fi"
}

// typeLetter is the first letter of a line of ls -l.
func typeLetter(e *listing.Entry) byte {
	switch e.Type {
	case listing.File:
		return '-'
	case listing.Dir:
		return 'd'
	case listing.Link:
		return 'l'
	}
	if e.HasMode && e.Raw != "" && strings.IndexByte("bcpsD", e.Raw[0]) >= 0 {
		return e.Raw[0]
	}
	return '?'
}
