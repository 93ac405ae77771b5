// Package localname knows what local file systems make of the names that a server lists: which they forbid, and which of
// them are one file.
package localname

import (
	"fmt"
	"runtime"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Rules are those of a file system. The zero value has those of Linux: all names but "", "." and "..", without a slash
// and NUL, and no two are the same.
type Rules struct {
	Devices bool // NUL, COM1 and others are no files, whatever is behind a dot
	Forbids bool // < > : " | ? * \ and control characters are in no name
	Trims   bool // dots and blanks at the end are dropped, or refused
	UTF8    bool // names are text: other bytes are not taken
	Units   bool // the length is counted in UTF-16 units, not in bytes
	Folds   bool // names that differ in case only are one file
	Forms   bool // so are those that are composed otherwise
	Longest int  // how long a name may be; 0: 255
}

// The rules of systems, on the file systems that they come with.
var (
	Linux   = Rules{}
	MacOS   = Rules{UTF8: true, Folds: true, Forms: true}
	Windows = Rules{Devices: true, Forbids: true, Trims: true, UTF8: true, Units: true, Folds: true}

	strictest = Rules{Devices: true, Forbids: true, Trims: true, UTF8: true, Folds: true, Forms: true, Longest: 143}
)

// System are the rules of the system that the program runs on, as far as each of its file systems has them; see Ask.
func System() Rules {
	switch runtime.GOOS {
	case "windows":
		return Windows
	case "darwin", "ios":
		return Rules{UTF8: true, Forms: true}
	}
	return Linux
}

// longest is what file systems take for one name: bytes, or UTF-16 units on Windows.
const longest = 255

// NameError says that a name can stand for no file here.
type NameError struct{ Name, Why string }

func (e *NameError) Error() string {
	if len(e.Name) > longest/2 {
		return fmt.Sprintf("%.60q… %s", e.Name, e.Why)
	}
	return fmt.Sprintf("%q %s", e.Name, e.Why)
}

// LeadsElsewhere reports whether a listed name is none: it would lead out of its directory, on every system.
func LeadsElsewhere(name string) bool {
	return name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00")
}

// Name is the local name of a file that a server calls name. What the file system would not take as part of a name is
// written as a percent sign and two hexadecimal digits. On Windows a*b is a%2Ab, CON.txt is %43ON.txt, "x." is x%2E; where
// names are text, a byte 0xFF is %FF. A name that leads elsewhere, or is too long, is an error.
func (r Rules) Name(name string) (string, error) {
	switch {
	case name == "" || name == "." || name == "..":
		return "", &NameError{name, "is not a name"}
	case LeadsElsewhere(name):
		return "", &NameError{name, "leads elsewhere"}
	}
	local := r.escape(name)
	size, of := len(local), "bytes"
	if r.Units {
		size, of = len(utf16.Encode([]rune(local))), "UTF-16 units"
	}
	if most := r.longest(); size > most {
		return "", &NameError{name, fmt.Sprintf("has %d %s, and a name here has %d at most", size, of, most)}
	}
	return local, nil
}

func (r Rules) longest() int {
	if r.Longest > 0 {
		return r.Longest
	}
	return longest
}

// Key is the same for names that are one file. Where a file system is known to fold, it is the same for more names than
// each of them folds: two names that are refused are no file that is lost.
func (r Rules) Key(name string) string {
	if r.Trims {
		name = strings.TrimRight(name, ". ")
	}
	if r.Folds && isASCII(name) {
		return strings.ToLower(name)
	}
	if r.Forms || r.Folds {
		name = norm.NFC.String(name)
	}
	if r.Folds {
		name = norm.NFC.String(fold(norm.NFD.String(name)))
	}
	return name
}

// Loose is the same for names that are one file on some file system.
func Loose(name string) string { return strictest.Key(name) }

// fold is full case folding of a decomposed name, in which also ß is ss, and what is one letter to those that map it there
// and back.
func fold(name string) string { return several.Replace(strings.ToLower(strings.ToUpper(name))) }

// several are the letters that fold into more than one and are not decomposed. golang.org/x/text/cases has them too, with
// tables of languages that are larger than all of this package.
var several = strings.NewReplacer("ß", "ss", "ŉ", "ʼn", "և", "եւ", "ẚ", "aʾ", "ﬀ", "ff", "ﬁ", "fi", "ﬂ", "fl",
	"ﬃ", "ffi", "ﬄ", "ffl", "ﬅ", "st", "ﬆ", "st", "ﬓ", "մն", "ﬔ", "մե", "ﬕ", "մի", "ﬖ", "վն", "ﬗ", "մխ")

func isASCII(name string) bool {
	return !strings.ContainsFunc(name, func(letter rune) bool { return letter >= utf8.RuneSelf })
}

// escape writes what a file system gives a meaning of its own, or drops, in other characters.
func (r Rules) escape(name string) string {
	device := r.Devices && isDevice(name)
	kept := len(name)
	if r.Trims {
		kept = len(strings.TrimRight(name, ". "))
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		letter, size := utf8.DecodeRuneInString(name[i:])
		forbidden := r.Forbids && (letter < ' ' || strings.ContainsRune(`<>:"|?*\`, letter))
		noText := r.UTF8 && letter == utf8.RuneError && size == 1
		if forbidden || noText || i >= kept || device && i == 0 {
			fmt.Fprintf(&b, "%%%02X", name[i])
		} else {
			b.WriteString(name[i : i+size])
		}
		i += size
	}
	return b.String()
}

// isDevice reports whether Windows takes a name for a device, whatever its extension.
func isDevice(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	stem, _, _ = strings.Cut(stem, ":")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$":
		return true
	}
	number, com := strings.CutPrefix(stem, "COM")
	if !com {
		if number, com = strings.CutPrefix(stem, "LPT"); !com {
			return false
		}
	}
	switch number {
	case "¹", "²", "³":
		return true
	}
	return len(number) == 1 && number[0] >= '0' && number[0] <= '9'
}

// Numbered is a name for the n-th file of a name that is taken: "name (2).txt". One that would be too long is shortened
// before the number.
func (r Rules) Numbered(name string, n int) string {
	stem, ext := name, ""
	if dot := strings.LastIndexByte(name, '.'); dot > 0 {
		stem, ext = name[:dot], name[dot:]
	}
	number := fmt.Sprintf(" (%d)", n)
	for len(stem) > 0 {
		numbered := stem + number + ext
		if _, err := r.Name(numbered); err == nil {
			return numbered
		}
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-size]
	}
	return name[:min(len(name), 100)] + number // all of it was behind the dot
}
