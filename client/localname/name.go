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
	Windows bool // devices, streams, backslashes, trailing dots and blanks
	Folds   bool // names that differ in case only, or in their normal form, are one file
}

// System are the rules of the system that the program runs on. Whether names fold is asked of each folder; see Folding.
func System() Rules { return Rules{Windows: runtime.GOOS == "windows"} }

// longest is what file systems take for one name: bytes, or UTF-16 units on Windows.
const longest = 255

// NameError says that a name can stand for no file here.
type NameError struct{ Name, Why string }

func (e *NameError) Error() string { return fmt.Sprintf("%q %s", e.Name, e.Why) }

// Name is the local name of a file that a server calls name. On Windows what the system would not take as part of a name
// is written as a percent sign and two hexadecimal digits: a*b is a%2Ab, CON.txt is %43ON.txt, "x." is x%2E. A name that
// leads elsewhere is an error on every system.
func (r Rules) Name(name string) (string, error) {
	switch {
	case name == "" || name == "." || name == "..":
		return "", &NameError{name, "is not a name"}
	case strings.ContainsAny(name, "/\x00"):
		return "", &NameError{name, "leads elsewhere"}
	}
	if r.Windows {
		name = windowsName(name)
	}
	size, of := len(name), "bytes"
	if r.Windows {
		size, of = len(utf16.Encode([]rune(name))), "UTF-16 units"
	}
	if size > longest {
		return "", &NameError{name, fmt.Sprintf("has %d %s, and a name here has %d at most", size, of, longest)}
	}
	return name, nil
}

// Key is the same for names that are one file.
func (r Rules) Key(name string) string {
	if r.Windows {
		name = strings.TrimRight(name, ". ")
	}
	if r.Folds || r.Windows {
		name = norm.NFC.String(strings.ToLower(strings.ToUpper(name)))
	}
	return name
}

// windowsName escapes what Windows gives a meaning of its own, or drops.
func windowsName(name string) string {
	var b strings.Builder
	device := isDevice(name)
	kept := len(strings.TrimRight(name, ". "))
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c < ' ', strings.IndexByte(`<>:"|?*\`, c) >= 0, i >= kept, device && i == 0:
			fmt.Fprintf(&b, "%%%02X", c)
		case c >= utf8.RuneSelf && !utf8.ValidString(name): // names are UTF-16 there
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
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

// Numbered is a name for the n-th file of a name that is taken: "name (2).txt".
func Numbered(name string, n int) string {
	stem, ext := name, ""
	if dot := strings.LastIndexByte(name, '.'); dot > 0 {
		stem, ext = name[:dot], name[dot:]
	}
	return fmt.Sprintf("%s (%d)%s", stem, n, ext)
}
