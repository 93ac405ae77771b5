package render

import (
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/fatih/color"

	"github.com/ftpsh/ftpsh/client/listing"
)

// A Colour is a colour or style of the terminal. The zero value changes nothing.
type Colour struct {
	start, end string // what switches it on and off
}

// NewColour makes a colour of the numbers of SGR (ECMA-48 section 8.3.117), as color names them.
// Whether a stream shows colours is decided in one place, so neither the environment nor standard
// output has a say here.
func NewColour(numbers ...color.Attribute) Colour {
	c := color.New(numbers...)
	c.EnableColor()
	var start, end strings.Builder
	c.SetWriter(&start)
	c.UnsetWriter(&end)
	return Colour{start.String(), end.String()}
}

// The colours that have a meaning of their own everywhere.
var (
	Plain  Colour
	Bold   = NewColour(color.Bold)
	Dim    = NewColour(color.Faint)
	Red    = NewColour(color.FgRed)    // failures
	Green  = NewColour(color.FgGreen)  // success, protection
	Yellow = NewColour(color.FgYellow) // warnings
	Blue   = NewColour(color.FgBlue)
	Cyan   = NewColour(color.FgCyan)

	Magenta   = NewColour(color.FgMagenta) // data on the wire
	Underline = NewColour(color.Underline) // what is there
)

// Paint returns text in this colour, if colours are on.
func (c Colour) Paint(on bool, text string) string {
	if !on || c == Plain || text == "" {
		return text
	}
	return c.start + text + c.end
}

// Start switches the colour on for all that follows. That of Plain ends any other.
func (c Colour) Start() string {
	if c == Plain {
		return Bold.end
	}
	return c.start
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

// usualSuffixes are coloured where LS_COLORS is not set, as dircolors(1) has them: archives, pictures and films, sound.
var usualSuffixes = map[string]string{
	"01;31": "tar tgz gz bz2 xz zst zip 7z rar jar deb rpm iso cab Z",
	"01;35": "jpg jpeg png gif webp svg bmp tif tiff mp4 mkv webm avi mov mpg mpeg",
	"00;36": "mp3 ogg oga opus flac wav m4a mid",
}

// ParseColours reads the value of LS_COLORS over the built-in colours. What is
// no colour is ignored.
func ParseColours(value string) Colours {
	c := Colours{kinds: map[string]Colour{}, suffixes: map[string]Colour{}}
	for code, ends := range usualSuffixes {
		for end := range strings.FieldsSeq(ends) {
			if colour, _ := parseColour(code); value == "" {
				c.suffixes["."+strings.ToLower(end)] = colour
			}
		}
	}
	for item := range strings.SplitSeq(defaultColours+":"+value, ":") {
		key, code, found := strings.Cut(item, "=")
		colour, ok := parseColour(code)
		if !found || !ok {
			continue
		}
		end, isSuffix := strings.CutPrefix(key, "*")
		switch {
		case !isSuffix:
			c.kinds[key] = colour
		case strings.LastIndexByte(end, '.') == 0:
			c.suffixes[strings.ToLower(end)] = colour
		default:
			c.others = append(c.others, suffix{strings.ToLower(end), colour})
		}
	}
	return c
}

// parseColour reads the numbers of a value of LS_COLORS: "01;34". None are no colour.
func parseColour(code string) (Colour, bool) {
	if code == "" {
		return Plain, true
	}
	var numbers []color.Attribute
	for field := range strings.SplitSeq(code, ";") {
		n, err := strconv.ParseUint("0"+field, 10, 8)
		if err != nil {
			return Plain, false
		}
		numbers = append(numbers, color.Attribute(n))
	}
	return NewColour(numbers...), true
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
