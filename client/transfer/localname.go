package transfer

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"unicode/utf8"
)

// longestName is how many bytes a name has at most on the file systems there are.
const longestName = 255

// PartName is the name of the part of a local file: NAME.part, or where that is too long the beginning
// of the name and a mark of the whole.
func PartName(name string) string { return shortName(name, PartSuffix) }

// otherPart is the name of the part where another file has the usual one.
func otherPart(name string) string { return markedName(name, PartSuffix) }

// Part is the name of the part of a local file, as it is there.
func (f Folder) Part(local string) string {
	if other := otherPart(local); f.isFile(other) {
		return other
	}
	return PartName(local)
}

// HasPart reports whether there is a part of a download, with its note.
func (f Folder) HasPart(local string) bool { return f.isFile(f.Part(local) + NoteSuffix) }

// shortName is a name with a suffix, behind which the one of a note has room.
func shortName(name, suffix string) string {
	if len(filepath.Base(name)) <= room(suffix) {
		return name + suffix
	}
	return markedName(name, suffix)
}

func room(suffix string) int { return longestName - len(suffix) - len(NoteSuffix) }

// markedName is the beginning of a name, with a mark of the whole and a suffix.
func markedName(name, suffix string) string {
	dir, base := filepath.Split(name)
	sum := sha256.Sum256([]byte(base))
	mark := "~" + hex.EncodeToString(sum[:8])
	short := base[:min(len(base), room(suffix)-len(mark))]
	for !utf8.ValidString(short) && utf8.ValidString(base) { // a cut within a letter
		short = short[:len(short)-1]
	}
	return dir + short + mark + suffix
}
