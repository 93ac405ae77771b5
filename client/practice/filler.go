package practice

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// filling reads the rest of a D+ line.
func filling(text string) (step, error) {
	kind, number, _ := strings.Cut(text, " ")
	size, err := strconv.ParseInt(number, 10, 64)
	if err != nil || size < 0 || kind != "file" && kind != "listing" && kind != "names" {
		return step{}, fmt.Errorf("%q is not a kind and a size", text)
	}
	return step{kind: dataStep, word: "+", bytes: kind, size: size}, nil
}

// fill writes data whose text nobody has kept: of its size, and in the form of a listing where it
// was one. However large it is, it takes no memory.
func fill(w io.Writer, kind string, size int64) error {
	out := bufio.NewWriterSize(w, 32<<10)
	for n, left := 1, size; left > 0; n++ {
		line := strings.Repeat("x", int(min(left, 32<<10)))
		if kind != "file" {
			line = notKept(kind, n, left)
		}
		if _, err := out.WriteString(line); err != nil {
			return err
		}
		left -= int64(len(line))
	}
	return out.Flush()
}

// notKept is line n of a listing; the last one has the bytes that are left.
func notKept(kind string, n int, left int64) string {
	line := fmt.Sprintf("type=file;size=0; not-kept-%d", n)
	if kind == "names" {
		line = "not-kept-" + strconv.Itoa(n)
	}
	if room := int(min(left, 1<<10)) - len("\r\n"); room < 2*len(line)+4 {
		line = (line + strings.Repeat("x", max(room-len(line), 0)))[:max(room, 0)]
	}
	return (line + "\r\n")[:min(int64(len(line)+2), left)]
}
