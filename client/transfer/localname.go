package transfer

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// IsLocalName reports whether a name that a server chose can be that of a file here, in the directory
// where it is put: on some systems a backslash or a colon leads elsewhere. Bytes that are not UTF-8
// are left to the file system, which takes them or says so.
func IsLocalName(name string) bool {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00") {
		return false
	}
	_, err := filepath.Localize(strings.ToValidUTF8(name, "x"))
	return err == nil
}

// longestName is how many bytes a name has at most on the file systems there are.
const longestName = 255

// PartName is the name of the part of a local file: NAME.part, or where that is too long the beginning
// of the name and a mark of the whole.
func PartName(name string) string { return shortName(name, PartSuffix) }

// shortName is a name with a suffix, behind which the one of a note has room.
func shortName(name, suffix string) string {
	dir, base := filepath.Split(name)
	room := longestName - len(suffix) - len(NoteSuffix)
	if len(base) <= room {
		return name + suffix
	}
	sum := sha256.Sum256([]byte(base))
	mark := "~" + hex.EncodeToString(sum[:8])
	short := base[:room-len(mark)]
	for !utf8.ValidString(short) && utf8.ValidString(base) { // a cut within a letter
		short = short[:len(short)-1]
	}
	return dir + short + mark + suffix
}
