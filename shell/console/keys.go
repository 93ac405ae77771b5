package console

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"
)

// A key is what one press sends. Name is "C-a", "M-f", "Up", "C-Left", "Tab", "Enter", …; "Text" for a
// character and "Paste" for pasted text, both in Text; "Position" for where the terminal says that its cursor is, in
// Text, too; "" for bytes that mean no key.
type key struct {
	Name string
	Text string
}

// keySource gives the bytes of a terminal one by one. It waits for ever when wait is negative, and
// returns errNoKey when nothing came in time.
type keySource interface {
	next(wait time.Duration) (byte, error)
}

var errNoKey = errors.New("no key")

const (
	// A sequence arrives at once; what comes later was typed after a single Escape.
	escapeTime = 50 * time.Millisecond
	pasteTime  = 2 * time.Second
	pasteLimit = 1 << 20
)

// decode reads one key. Other replies of the terminal and unknown sequences give a key without a name.
func decode(in keySource) (key, error) {
	b, err := in.next(-1)
	if err != nil {
		return key{}, err
	}
	switch {
	case b == 0x1b:
		return escape(in)
	case b < 0x20 || b == 0x7f:
		return key{Name: control(b)}, nil
	case b < 0x80:
		return key{"Text", string(rune(b))}, nil
	}
	return character(in, b), nil
}

func control(b byte) string {
	switch b {
	case 0:
		return "C-Space"
	case '\t':
		return "Tab"
	case '\r', '\n':
		return "Enter"
	case 0x08, 0x7f:
		return "Backspace"
	case 0x1b:
		return "Esc"
	}
	return "C-" + strings.ToLower(string(rune(b+'@')))
}

// character reads the rest of one UTF-8 character.
func character(in keySource, b byte) key {
	text := []byte{b}
	for !utf8.FullRune(text) {
		more, err := in.next(escapeTime)
		if err != nil {
			return key{}
		}
		text = append(text, more)
	}
	if r, _ := utf8.DecodeRune(text); r == utf8.RuneError || r < 0xa0 {
		return key{}
	}
	return key{"Text", string(text)}
}

func escape(in keySource) (key, error) {
	b, err := in.next(escapeTime)
	switch {
	case errors.Is(err, errNoKey):
		return key{Name: "Esc"}, nil
	case err != nil:
		return key{}, err
	}
	switch {
	case b == '[':
		return csi(in)
	case b == 'O':
		return single(in)
	case b == ']' || b == 'P' || b == '_' || b == '^':
		return key{}, skipString(in)
	case b == 0x1b: // rxvt and iTerm2 send Escape twice for Alt with an arrow
		k, err := escape(in)
		if strings.Contains("Up Down Left Right", k.Name) && k.Name != "" {
			k.Name = "M-" + k.Name
		}
		return k, err
	case b < 0x20 || b == 0x7f:
		return key{Name: "M-" + control(b)}, nil
	case b < 0x80:
		return key{Name: "M-" + string(rune(b))}, nil
	}
	return key{}, nil
}

var finals = map[byte]string{
	'A': "Up", 'B': "Down", 'C': "Right", 'D': "Left", 'H': "Home", 'F': "End", 'Z': "S-Tab", 'M': "Enter", 'P': "F1",
	'a': "C-Up", 'b': "C-Down", 'c': "C-Right", 'd': "C-Left",
}

var tildes = map[string]string{
	"1": "Home", "2": "Insert", "3": "Delete", "4": "End", "5": "PageUp", "6": "PageDown", "7": "Home", "8": "End",
	"11": "F1",
}

var modifiers = map[string]string{
	"2": "S-", "3": "M-", "4": "M-S-", "5": "C-", "6": "C-S-", "7": "M-C-", "8": "M-C-S-",
}

// single reads a key of ESC O, the cursor keys in application mode.
func single(in keySource) (key, error) {
	b, err := in.next(escapeTime)
	if errors.Is(err, errNoKey) {
		return key{Name: "M-O"}, nil
	}
	return key{Name: finals[b]}, err
}

// csi reads a key of ESC [.
func csi(in keySource) (key, error) {
	parameters := ""
	for len(parameters) < 64 {
		b, err := in.next(escapeTime)
		if errors.Is(err, errNoKey) && parameters == "" {
			return key{Name: "M-["}, nil
		}
		if err != nil {
			return key{}, ignoreNoKey(err)
		}
		switch {
		case b >= 0x20 && b < 0x40:
			parameters += string(rune(b))
			continue
		case b == '[' && parameters == "": // function keys of the Linux console
			b, err := in.next(escapeTime)
			if b == 'A' {
				return key{Name: "F1"}, nil
			}
			return key{}, ignoreNoKey(err)
		case b == '~' && parameters == "200":
			return paste(in)
		case b == 'R' && strings.Contains(parameters, ";"): // or F3 with Shift, which means nothing here
			return key{"Position", parameters}, nil
		}
		return key{Name: csiName(parameters, b)}, nil
	}
	return key{}, nil
}

func csiName(parameters string, final byte) string {
	code, modifier, _ := strings.Cut(parameters, ";")
	switch final {
	case '~':
		if name := tildes[code]; name != "" {
			return modifiers[modifier] + name
		}
	case '^', '@': // rxvt
		if name := tildes[code]; name != "" {
			return "C-" + name
		}
	case 'M', 'a', 'b', 'c', 'd':
		if parameters == "" && final != 'M' {
			return finals[final]
		}
	default:
		if name := finals[final]; name != "" {
			return modifiers[modifier] + name
		}
	}
	return ""
}

// paste reads what a bracketed paste encloses. Only line feeds and tabs are kept of its control characters:
// pasted text never acts.
func paste(in keySource) (key, error) {
	const end = "\x1b[201~"
	var text []byte
	for len(text) < pasteLimit {
		b, err := in.next(pasteTime)
		if err != nil {
			return key{"Paste", pasted(text)}, ignoreNoKey(err)
		}
		text = append(text, b)
		if b == '~' && strings.HasSuffix(string(text[max(0, len(text)-len(end)):]), end) {
			text = text[:len(text)-len(end)]
			break
		}
	}
	return key{"Paste", pasted(text)}, nil
}

func pasted(text []byte) string {
	s := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(string(text), "\uFFFD"))
	s = strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, s)
	return strings.TrimRight(s, "\n")
}

// skipString drops a reply of the terminal (OSC, DCS), which ends in BEL or ESC \.
func skipString(in keySource) error {
	escaped := false
	for range 4096 {
		b, err := in.next(escapeTime)
		if err != nil {
			return ignoreNoKey(err)
		}
		if b == 0x07 || escaped && b == '\\' {
			return nil
		}
		escaped = b == 0x1b
	}
	return nil
}

func ignoreNoKey(err error) error {
	if errors.Is(err, errNoKey) {
		return nil
	}
	return err
}
